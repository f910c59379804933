"""Purges: nothing of a picture stays in a store, and all else does."""

from collections.abc import Callable

import pytest

import assetstore.store.config as configs
from assetstore.archiver.find_lost import FileHealer
from assetstore.documents.upkeep import collect, repair
from assetstore.errors import MissingBlob, PurgedBlob, UnsupportedStore
from assetstore.restore.run import RestoreOptions
from assetstore.store.backends.base import put
from assetstore.store.check.verify import verify
from assetstore.store.codecs.png import PngCodec
from assetstore.store.codecs.table import FEATURES
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.dialect import PLAIN
from assetstore.store.format.pack import RECORD, Record, pack_key, records
from assetstore.store.format.placeholder import format_placeholder
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.purge.purge import lift, purge
from assetstore.store.repair.index import rebuild_index
from assetstore.store.repair.quarantine import preserve
from assetstore.store.store import Store
from support.optimized import Shown, page, unlike
from support.purged import check_gone, media_id, objects, stored_forms
from support.samples import b64, picture, svg, uri, wrapped
from support.screens import session
from support.stores import archived, restored

SECRET = picture(60, 40, 7)
OTHER = picture(50, 40, 8)


def check(shown: Shown, raw: bytes, forms: list[bytes]) -> None:
    check_gone(shown.opened(), raw, objects(shown.backend), forms)


def test_a_picture_goes_and_its_neighbour_stays() -> None:
    shown = Shown.of({"both": page(SECRET, OTHER), "other": page(OTHER)})
    born = sorted(name[:10] for name in shown.store.packs())
    report = purge(shown.store, [media_id(SECRET)])
    (gone,) = report.pictures
    assert (gone.type, gone.size, len(gone.documents)) == ("image/png", len(SECRET), 1)
    assert (report.packs, report.recoded, report.left) == (1, 0, ())
    assert report.freed == len(SECRET) + RECORD.size
    check(shown, SECRET, [])
    store = shown.opened()
    assert restored(store, shown.slim["other"]) == shown.whole["other"]
    with pytest.raises(PurgedBlob, match=r"as1:.{27} stands for .*purged"):
        restored(store, shown.slim["both"])
    partly = restored(store, shown.slim["both"], RestoreOptions(allow_missing=True))
    assert partly.count(b"as1:") == 1
    assert partly.count(b64(OTHER).encode()) == 1
    # To a collection, what was carried on is as old as it was.
    assert sorted(name[:10] for name in shown.store.packs()) == born


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    shown = Shown.of({"both": page(SECRET, OTHER)})
    before = dict(shown.backend.objects)
    said = purge(shown.store, [media_id(SECRET)], dry_run=True)
    assert shown.backend.objects == before
    done = purge(shown.store, [media_id(SECRET)])
    assert (said.pictures, said.packs, said.pack_bytes, said.freed) == (
        done.pictures,
        done.packs,
        done.pack_bytes,
        done.freed,
    )
    with pytest.raises(MissingBlob):
        purge(shown.store, [BlobId(bytes(32))])


def test_a_pack_with_nothing_else_is_not_written_anew() -> None:
    shown = Shown()
    with shown.store.session() as writing:
        writing.put(Kind.MEDIA, SECRET)
        writing.commit()
    purge(shown.store, [media_id(SECRET)])
    assert shown.store.packs() == {}
    check(shown, SECRET, [])


def test_every_copy_goes() -> None:
    """Of two packs, one condemned, one that no index names, and the cache's own."""
    shown = Shown.of({"one": page(SECRET, OTHER)})
    id = media_id(SECRET)
    for _ in range(3):
        with shown.store.session() as writing:
            writing.distrust([id])
            writing.put(Kind.MEDIA, SECRET)
            writing.put(Kind.MEDIA, picture(20, 20, 77))
            writing.commit()
    names = sorted(shown.store.packs())
    put(shown.backend, f"tombs/{names[1]}", [])
    (last,) = [
        key
        for key in shown.backend.objects
        if key.startswith("index/") and names[-1].encode() in shown.backend.objects[key]
    ]
    shown.backend.delete(last)
    report = purge(Store.on(shown.backend, writer="another"), [id])
    assert report.packs == 4
    check(shown, SECRET, [])
    assert set(names).isdisjoint(shown.store.packs())
    assert not any(key.startswith("tombs/") for key in shown.backend.objects)


def related(shown: Shown) -> tuple[bytes, list[bytes]]:
    """A picture that others were coded from, and how many are."""
    needed: dict[bytes, int] = {}
    for prefixes in shown.related().values():
        for prefix in prefixes:
            needed[prefix] = needed.get(prefix, 0) + 1
    prefix = max(needed, key=lambda each: needed[each])
    (id,) = [e.record.id for e in shown.store.entries() if e.record.id[:8] == prefix]
    return shown.store.read(Kind.MEDIA, id), list(needed)


def screens(count: int = 9) -> dict[str, bytes]:
    seen = session(count, seed=3)
    return {f"s{i}": page(each) for i, each in enumerate(seen)}


def test_what_was_coded_from_it_is_coded_anew() -> None:
    shown = Shown.of(screens(), effort=3)
    secret, _ = related(shown)
    forms = stored_forms(shown.store, media_id(secret))
    before = {e.record.id: e.record for e in shown.store.entries()}
    report = purge(shown.store, [media_id(secret)])
    assert report.recoded > 0
    assert report.left == ()
    check(shown, secret, forms)
    store = shown.opened()
    for name, slim in shown.slim.items():
        if b64(secret).encode() not in shown.whole[name]:
            assert restored(store, slim) == shown.whole[name]
    after = {e.record.id: e.record for e in store.entries()}
    anew = [id for id in after if after[id].codec != before[id].codec]
    assert len(anew) == report.recoded
    assert all(after[id].codec == 0 for id in anew)
    # The rest is as it was, and coded once more it is small again.
    assert 0 in shown.efforts()
    assert 3 in shown.efforts()
    assert shown.optimize(3).packs == 1
    assert shown.efforts() == [3, 3] or shown.efforts() == [3]
    check(shown, secret, forms)
    assert verify(shown.opened(), read_data=True).findings == ()


def test_what_cannot_be_decoded_here_keeps_its_pack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = Shown.of(screens(), effort=3)
    secret, _ = related(shown)
    packs = shown.store.packs()
    with monkeypatch.context() as missing:

        def refuse(*words: object) -> None:
            raise UnsupportedStore("a package is missing")

        missing.setattr(PngCodec, "decode", refuse)
        report = purge(shown.opened(), [media_id(secret)])
        assert "cramjam>=" in report.left[0]
    assert shown.store.packs().keys() >= packs.keys()
    for name, slim in shown.slim.items():
        assert restored(shown.opened(), slim) == shown.whole[name]
    report = purge(shown.opened(), [media_id(secret)])
    assert report.left == ()
    check(shown, secret, [])


def drawings(count: int = 60) -> dict[str, bytes]:
    return {
        f"d{i}": f'<img src="{uri(svg(i).encode(), "image/svg+xml")}">'.encode()
        for i in range(count)
    }


def test_a_dictionary_that_may_have_been_made_from_it_goes() -> None:
    shown = Shown.of(drawings(), effort=3)
    assert shown.codecs().get(2, 0) > 30
    known = {e.record.id for e in shown.store.entries()}
    secret = svg(5).encode()
    report = purge(shown.store, [media_id(secret)])
    assert report.dictionaries == 1
    assert shown.codecs().get(2, 0) == 0
    (gone,) = (
        known
        - {r.id for n in shown.store.packs() for _, r in rows(shown, n)}
        - {media_id(secret)}
    )
    assert gone in shown.store.purged()
    for _ in range(2):  # the very same dictionary is not made again
        shown.optimize(4)
        ids = {r.id for n in shown.store.packs() for _, r in rows(shown, n)}
        assert not ids & {gone, media_id(secret)}
    for name, slim in shown.slim.items():
        if name != "d5":
            assert restored(shown.opened(), slim) == shown.whole[name]


def rows(shown: Shown, name: str) -> list[tuple[int, Record]]:
    return list(records(shown.backend, name))


def test_a_dictionary_stays_if_a_photograph_goes() -> None:
    shown = Shown.of({**drawings(), "photo": page(SECRET)}, effort=3)
    coded = shown.codecs().get(2, 0)
    assert coded > 30
    report = purge(shown.store, [media_id(SECRET)])
    assert report.dictionaries == 0
    assert shown.codecs().get(2, 0) == coded


def test_what_is_damaged_goes_on_as_it_is() -> None:
    """Damage to a neighbour keeps nothing, and makes nothing worse."""
    shown = Shown.of({"both": page(SECRET, OTHER)})
    (entry,) = shown.store.copies(media_id(OTHER))
    key = pack_key(entry.pack)
    data = bytearray(shown.backend.objects[key])
    data[entry.offset + RECORD.size + 99] ^= 1
    shown.backend.objects[key] = bytes(data)
    damaged = bytes(data[entry.offset : entry.offset + RECORD.size + len(OTHER)])
    report = purge(shown.store, [media_id(SECRET)])
    assert report.left == ()
    check(shown, SECRET, [])
    assert any(damaged in data for _, data in objects(shown.backend))
    (finding,) = verify(shown.opened(), read_data=True).findings
    assert finding.blob == media_id(OTHER).hex()


def test_a_pack_whose_headers_are_damaged_is_said() -> None:
    shown = Shown.of({"both": page(SECRET, OTHER)})
    (entry,) = shown.store.copies(media_id(OTHER))
    key = pack_key(entry.pack)
    data = bytearray(shown.backend.objects[key])
    data[entry.offset] ^= 1
    shown.backend.objects[key] = bytes(data)
    report = purge(shown.store, [media_id(SECRET)])
    (said,) = report.left
    assert "assetstore repair" in said
    # As it says: a repair puts the pack aside, and what is whole in it elsewhere.
    assert repair(shown.store).set_aside
    assert purge(shown.store, [media_id(SECRET)]).left == ()
    check(shown, SECRET, [])


def test_the_quarantine_is_gone_through() -> None:
    shown = Shown.of({"one": page(SECRET)})
    shown.archive({"two": page(OTHER)})
    (one,) = shown.store.copies(media_id(SECRET))
    (two,) = shown.store.copies(media_id(OTHER))
    assert one.pack != two.pack
    for entry in (one, two):
        preserve(shown.backend, pack_key(entry.pack))
    broken = bytearray(shown.backend.objects[pack_key(two.pack)])
    broken[two.offset] ^= 1
    shown.backend.objects["quarantine/packs/xx/broken"] = bytes(broken)
    assert purge(shown.store, [media_id(SECRET)]).quarantined == 2
    check(shown, SECRET, [])
    kept = [k for k in shown.backend.objects if k.startswith("quarantine/")]
    assert kept == [f"quarantine/{pack_key(two.pack)}"]


@pytest.mark.parametrize(
    "spelt",
    [
        lambda raw: b64(raw).encode(),
        lambda raw: raw,
        lambda raw: b64(raw).replace("/", "\\/").encode(),
        lambda raw: b64(raw).replace("+", "-").replace("/", "_").encode(),
        lambda raw: b"\\n".join(
            b64(raw).encode()[i : i + 76] for i in range(0, len(b64(raw)), 76)
        ),
    ],
)
def test_a_recipe_that_spells_it_out_goes(spelt: Callable[[bytes], bytes]) -> None:
    small = picture(16, 16, 4)
    shown = Shown.of({"one": page(small, OTHER)})
    recipe = Recipe(
        was=(b"<i>" + spelt(small) + b"</i>", Media(media_id(OTHER), PLAIN))
    )
    with shown.store.session() as writing:
        writing.put(Kind.RECIPE, recipe.raw)
        writing.commit()
    document = b"x " + format_placeholder(recipe.id)
    assert b"<i>" in restored(shown.store, document)
    assert purge(shown.store, [media_id(small)]).recipes == 1
    check(shown, small, [])
    with pytest.raises(PurgedBlob, match="purged"):
        restored(shown.opened(), document)
    kept = restored(shown.opened(), document, RestoreOptions(allow_missing=True))
    assert kept == document


def test_it_is_not_archived_again_until_that_is_said() -> None:
    shown = Shown.of({"one": page(SECRET)})
    purge(shown.store, [media_id(SECRET)])
    other = page(SECRET, OTHER, text="another")
    slim, result = archived(shown.opened(), other)
    assert slim.count(b"as1:") == 1
    assert b64(SECRET).encode() in slim
    assert any("purged" in warning for warning in result.warnings)
    assert restored(shown.opened(), slim) == other
    check(shown, SECRET, [])
    lift(shown.store, [media_id(SECRET)])
    slim, result = archived(shown.opened(), other)
    assert slim.count(b"as1:") == 2
    assert result.warnings == ()
    assert restored(shown.opened(), slim) == other
    # The documents that had it have it again.
    assert restored(shown.opened(), shown.slim["one"]) == shown.whole["one"]


@pytest.mark.parametrize("size", [(60, 40), (1300, 1100)])
@pytest.mark.parametrize("width", [0, 76])
def test_it_is_not_archived_in_another_spelling(
    size: tuple[int, int], width: int
) -> None:
    raw = picture(*size, 9)
    shown = Shown.of({"one": page(raw)})
    purge(shown.store, [media_id(raw)])
    text = wrapped(b64(raw), width or len(raw) * 2, "\\n").replace("/", "\\/")
    other = f'{{"url": "data:image/png;base64,{text}"}}'.encode()
    slim, result = archived(shown.opened(), other)
    assert slim == other
    assert any("purged" in warning for warning in result.warnings)
    check_gone(shown.opened(), raw, objects(shown.backend))


def test_what_is_archived_stays_archived() -> None:
    shown = Shown.of({"both": page(SECRET, OTHER)})
    purge(shown.store, [media_id(SECRET)])
    store = shown.opened()
    grown = shown.slim["both"] + page(picture(30, 30, 99))
    slim, _ = archived(store, grown)
    assert slim.startswith(shown.slim["both"])
    assert slim.count(b"as1:") == 3
    whole = restored(store, slim, RestoreOptions(allow_missing=True))
    assert whole.endswith(grown[len(shown.slim["both"]) :])
    assert whole.count(b"as1:") == 1


def test_it_is_no_alarm_and_no_loss() -> None:
    shown = Shown.of({"both": page(SECRET, OTHER)})
    purge(shown.store, [media_id(SECRET)])
    report = verify(shown.opened(), read_data=True)
    assert report.findings == ()
    assert "1 blobs that documents need were purged, for good." in report.notes
    assert collect(shown.opened(), grace=0).missing == 0
    assert repair(shown.opened()).lost == ()


def test_repair_does_not_bring_it_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("from") / "page.html"
    file.write_bytes(page(SECRET, OTHER))
    shown = Shown.of({"both": page(SECRET, OTHER)})
    purge(shown.store, [media_id(SECRET)])
    (entry,) = shown.store.copies(media_id(OTHER))
    key = pack_key(entry.pack)
    data = bytearray(shown.backend.objects[key])
    data[entry.offset + RECORD.size + 99] ^= 1
    shown.backend.objects[key] = bytes(data)
    report = repair(shown.opened(), healers=lambda: [FileHealer(file)])
    assert [healed.blob for healed in report.healed] == [media_id(OTHER).hex()]
    assert report.lost == ()
    check(shown, SECRET, [])


def test_the_index_can_be_lost_afterwards() -> None:
    shown = Shown.of({"both": page(SECRET, OTHER)}, effort=3)
    purge(shown.store, [media_id(SECRET)])
    for key in [k for k in shown.backend.objects if k.startswith("index/")]:
        shown.backend.delete(key)
    rebuild_index(shown.opened())
    assert verify(shown.opened(), read_data=True).findings == ()
    with pytest.raises(PurgedBlob):
        restored(shown.opened(), shown.slim["both"])


def test_a_collection_finishes_it() -> None:
    shown = Shown.of({"both": page(SECRET, OTHER)})
    put(shown.backend, f"purged/{media_id(SECRET).hex()}", [])
    (note,) = verify(shown.opened()).notes
    assert "A purge was interrupted" in note
    collect(shown.opened())  # however young it is
    check(shown, SECRET, [])
    assert verify(shown.opened(), read_data=True).findings == ()


def test_a_collection_looks_into_the_quarantine() -> None:
    shown = Shown.of({"one": page(SECRET)})
    shown.archive({"two": page(OTHER)})
    for raw in (SECRET, OTHER):
        (entry,) = shown.store.copies(media_id(raw))
        preserve(shown.backend, pack_key(entry.pack))
    put(shown.backend, f"purged/{media_id(SECRET).hex()}", [])
    collect(shown.store, grace=0)
    check(shown, SECRET, [])
    assert sum(k.startswith("quarantine/") for k in shown.backend.objects) == 1


def test_the_next_purge_finishes_one_that_was_killed() -> None:
    """It was killed when the drawing had gone, and the dictionary had not."""
    shown = Shown.of({**drawings(), "photo": page(SECRET)}, effort=3)
    secret = svg(5).encode()
    said = purge(shown.opened(), [media_id(secret)], dry_run=True)
    assert said.dictionaries == 1
    known = shown.related()
    (prefix,) = {p for needed in known.values() for p in needed if p}
    (id,) = {
        e.record.id for e in shown.store.entries() if e.record.id.startswith(prefix)
    }
    put(shown.backend, f"purged/{id.hex()}", [])
    purge(shown.store, [media_id(SECRET)])
    assert shown.codecs().get(2, 0) == 0
    assert id not in {r.id for n in shown.store.packs() for _, r in rows(shown, n)}


def test_who_does_not_know_of_it_refuses_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An older version would write what was purged, and gc would take it."""
    shown = Shown.of({"one": page(SECRET)})
    purge(shown.store, [media_id(SECRET)])
    monkeypatch.setattr(configs, "KNOWN_FEATURES", FEATURES)
    with pytest.raises(UnsupportedStore, match="needs purge"):
        shown.opened()


def test_many_at_once() -> None:
    shown = Shown.of(unlike(30))
    for _ in range(2):
        shown.archive(unlike(10, first=30))
    ids = [media_id(picture(40, 30, 100 + number)) for number in range(0, 40, 2)]
    report = purge(shown.store, ids)
    assert [each.blob for each in report.pictures] == sorted(id.hex() for id in ids)
    store = shown.opened()
    for number in range(40):
        name = f"noise-{number}"
        if number % 2:
            assert restored(store, shown.slim[name]) == shown.whole[name]
        else:
            with pytest.raises(PurgedBlob):
                restored(store, shown.slim[name])
            check(shown, picture(40, 30, 100 + number), [])


@pytest.mark.parametrize(
    ("most", "rewritten"), [(None, 0), (0.0, 2), (0.5, 0), (0.15, 1), (0.05, 2)]
)
def test_collections_leave_as_much_dead_as_they_may(
    most: float | None, rewritten: int
) -> None:
    """In each of two packs one picture of six is dead: a tenth of what lives."""
    shown = Shown()
    for first in (100, 200):
        six = [picture(40, 30, first + number) for number in range(6)]
        shown.archive({"six": page(*six), f"five-{first}": page(*six[:5])})
        shown.forget("six")
    report = collect(shown.store, grace=0, max_unused=most)
    assert report.rewritten.packs == rewritten
    assert report.kept.packs == 2 - rewritten
    dead = [picture(40, 30, first + 5) for first in (100, 200)]
    left = [raw in b"".join(shown.backend.objects.values()) for raw in dead]
    assert sum(left) == 2 - rewritten
    shown.check()


def test_young_packs_are_not_rewritten_for_a_collection() -> None:
    shown = Shown()
    six = [picture(40, 30, 100 + number) for number in range(6)]
    shown.archive({"six": page(*six), "five": page(*six[:5])})
    shown.forget("six")
    report = collect(shown.store, max_unused=0.0)
    assert (report.rewritten.packs, report.young.packs) == (0, 1)
