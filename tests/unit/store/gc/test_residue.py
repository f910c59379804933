"""What a collection that leaves nothing dead takes along, and what it spares."""

import pytest

from assetstore.documents.upkeep import collect
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.pack import RECORD, pack_key
from assetstore.store.gc.residue import Residue
from assetstore.store.repair.quarantine import preserve
from assetstore.store.reports import GcReport
from support.optimized import Shown, page
from support.samples import picture, svg, uri
from support.screens import session


def drawn(first: int, words: str, count: int = 60) -> dict[str, bytes]:
    documents = {}
    for number in range(first, first + count):
        raw = svg(number).replace("<rect", f"<text>{words}</text><rect", 1).encode()
        documents[f"d{number}"] = f'<img src="{uri(raw, "image/svg+xml")}">'.encode()
    return documents


LONG = " ".join(f"{n * 7919:x}" for n in range(90))


def strictly(shown: Shown) -> GcReport:
    return collect(shown.store, grace=0, max_unused=0)


def test_a_dictionary_of_what_lives_stays() -> None:
    shown = Shown.of(drawn(0, LONG), effort=3)
    coded = shown.codecs()[2]
    assert coded > 30
    report = strictly(shown)
    assert (report.rewritten.packs, shown.codecs()[2]) == (0, coded)


def test_a_dictionary_goes_with_the_words_of_the_dead_however_long_they_are_gone() -> (
    None
):
    shown = Shown.of({**drawn(0, "a drawing"), **drawn(500, LONG)}, effort=3)
    assert any(LONG[40:60].encode() in raw for raw in dictionaries(shown))
    shown.forget(*[name for name in shown.whole if int(name[1:]) >= 500])
    collect(shown.store, grace=0)  # takes them, and leaves the dictionary
    assert any(LONG[40:60].encode() in raw for raw in dictionaries(shown))
    strictly(shown)
    assert dictionaries(shown) == []
    shown.check()
    shown.optimize(4)
    assert not any(LONG[40:60].encode() in raw for raw in dictionaries(shown))


def test_no_dictionary_is_made_of_what_nothing_needs() -> None:
    shown = Shown.of({**drawn(0, "a drawing"), **drawn(500, LONG)})
    shown.forget(*[name for name in shown.whole if int(name[1:]) >= 500])
    shown.optimize(3)
    assert len(dictionaries(shown)) == 1
    assert LONG[40:60].encode() not in dictionaries(shown)[0]


def dictionaries(shown: Shown) -> list[bytes]:
    prefixes = {each for wanted in shown.related().values() for each in wanted}
    entries = {e.record.id: e for e in shown.store.entries()}
    found = [
        b"".join(map(bytes, shown.store.stream_copy(e)))
        for id, e in entries.items()
        if id[:8] in prefixes and e.pack in shown.store.packs()
    ]
    return [raw for raw in found if raw.startswith(b"\x37\xa4\x30\xec")]


def test_a_picture_that_others_were_coded_from_goes() -> None:
    seen = session(9, seed=3)
    shown = Shown.of({f"s{n}": page(raw) for n, raw in enumerate(seen)}, effort=3)
    bases = {each for wanted in shown.related().values() for each in wanted}
    (first, *_) = [
        name
        for name, raw in zip(shown.whole, seen, strict=True)
        if blob_id(Kind.MEDIA, raw)[:8] in bases
    ]
    id = blob_id(Kind.MEDIA, seen[int(first[1:])])
    shown.forget(first)
    collect(shown.store, grace=0)
    assert shown.opened().holds(id)  # as it does without the option
    report = strictly(shown)
    assert not shown.opened().holds(id)
    assert any("were coded from what went" in note for note in report.notes)
    shown.check()
    assert strictly(shown).rewritten.packs == 0


def test_records_that_no_index_names_go_from_a_pack_that_one_names() -> None:
    shown = Shown.of({"one": page(picture(20, 20, 1))})
    dead = Shown.of({"two": page(picture(20, 20, 2))})
    (entry,) = dead.store.copies(blob_id(Kind.MEDIA, picture(20, 20, 2)))
    data = dead.backend.objects[pack_key(entry.pack)]
    record = data[entry.offset : entry.offset + RECORD.size + entry.record.stored]
    (name,) = shown.store.packs()
    shown.backend.objects[pack_key(name)] += record
    assert collect(shown.store, grace=0).rewritten.packs == 0
    assert strictly(shown).rewritten.packs == 1
    assert not any(record[-40:] in each for each in shown.backend.objects.values())
    shown.check()


@pytest.mark.parametrize("grace", [0, 30 * 86400.0])
def test_what_a_clock_that_was_ahead_dated_goes_without_a_grace(grace: float) -> None:
    shown = Shown()
    clock, shown.store.clock = shown.store.clock, lambda: 2_000_000_000.0
    shown.archive({"one": page(picture(20, 20, 1))})
    shown.archive({"two": page(picture(20, 20, 2))})
    shown.forget("one")
    shown.store.clock = clock
    report = collect(shown.store, grace=grace, max_unused=0)
    told = [note for note in report.notes if "a clock was ahead" in note]
    assert (report.dropped.packs, len(told)) == ((0, 1) if grace else (1, 0))


def broken(shown: Shown, raw: bytes, at: int) -> str:
    """Damage a blob's record, in its header or behind it."""
    packs = shown.store.packs()
    copies = shown.store.copies(blob_id(Kind.MEDIA, raw))
    (entry,) = [each for each in copies if each.pack in packs]
    key = pack_key(entry.pack)
    data = bytearray(shown.backend.objects[key])
    data[entry.offset + at] ^= 1
    shown.backend.objects[key] = bytes(data)
    return key


def test_the_quarantine_is_emptied_of_what_is_dead() -> None:
    shown = Shown.of({"one": page(picture(20, 20, 1)), "two": page(picture(20, 20, 2))})
    for name in shown.store.packs():
        preserve(shown.backend, pack_key(name))
    assert list(Residue(shown.store, _ids(shown)).aside()) == []
    shown.forget("two")
    report = collect(shown.store, grace=0, max_unused=0, dry_run=True)
    assert any("would be removed" in note for note in report.notes)
    report = strictly(shown)
    assert any("were removed" in note for note in report.notes)
    left = [data for key, data in shown.backend.objects.items() if "quarantine" in key]
    assert len(left) == 1
    assert picture(20, 20, 2)[-60:] not in left[0]
    shown.check()


def test_what_the_store_lacks_keeps_its_pack_in_the_quarantine() -> None:
    one, two = picture(20, 20, 1), picture(20, 20, 2)
    shown = Shown.of({"both": page(one, two), "two": page(two)})
    name = broken(shown, one, RECORD.size + 99)
    kept = preserve(shown.backend, name)
    shown.forget("both")
    with shown.store.session() as writing:  # as a repair writes it
        writing.distrust([blob_id(Kind.MEDIA, two)])
        writing.put(Kind.MEDIA, two)
        writing.commit()
    shown.backend.delete(name)
    broken(shown, two, RECORD.size + 99)
    report = strictly(shown)
    assert any(note.startswith(f"{kept} stays") for note in report.notes)
    assert kept in shown.backend.objects


def _ids(shown: Shown) -> set[BlobId]:
    return {entry.record.id for entry in shown.store.entries()}
