"""gc, verify and repair on a store whose pictures need each other."""

import zlib

import pytest

from assetstore.documents.upkeep import collect, repair
from assetstore.errors import UnsupportedStore
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.check.verify import verify
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import pack_key, records
from assetstore.store.gc import plan as plans
from assetstore.store.gc.plan import REWRITE_AT
from assetstore.store.optimize.optimize import optimize
from assetstore.store.store import Store
from support.optimized import Shown, page, pages, unlike
from support.screens import session
from support.stores import restored

compressobj = zlib.compressobj


def owners(shown: Shown) -> set[bytes]:
    """How the ids begin of pictures that others need."""
    return {prefix for wanted in shown.related().values() for prefix in wanted}


def media(shown: Shown, name: str) -> set[BlobId]:
    """The pictures of a document, by its manifest."""
    from blake3 import blake3

    wanted = blake3(shown.slim[name]).digest()
    (found,) = [
        manifest
        for key in shown.store.manifest_keys()
        if (manifest := shown.store.load_manifest(key)).slim_hash == wanted
    ]
    return {id for kind, id in found.refs if kind is Kind.MEDIA}


def first_is_needed(shown: Shown) -> None:
    """The first document's pictures are what those of others are made of."""
    needed = owners(shown)
    assert {id[:8] for id in media(shown, "first")} & needed
    assert {id for n in shown.slim if n != "first" for id in media(shown, n)} & set(
        shown.related()
    )


def scrolled(more: int = 4) -> dict[str, bytes]:
    seen = session(3 + more)
    return {"first": page(*seen[:3])} | {
        f"then {number}": page(seen[3 + number]) for number in range(more)
    }


def test_what_is_dead_and_needed_is_kept() -> None:
    shown = Shown.of(scrolled() | unlike(1), effort=3)
    first_is_needed(shown)
    before = set(shown.store.packs())
    shown.forget("first")
    report = collect(shown.store, grace=0)
    assert set(shown.store.packs()) == before
    assert report.kept.blobs < 6  # recipes, and pictures that nothing is made of
    shown.check()
    assert collect(shown.store, grace=0).freed == 0


def test_a_pack_that_is_mostly_dead_is_written_anew_with_what_is_needed() -> None:
    shown = Shown.of(scrolled(2) | unlike(4) | pages(1, 4, seed=9), effort=3)
    first_is_needed(shown)
    (before,) = shown.store.packs()
    size = shown.store.packs()[before]
    shown.forget("first", "9-0", *(n for n in shown.slim if n.startswith("noise")))
    report = collect(shown.store, grace=0)
    assert report.rewritten.packs == 1
    (after,) = shown.store.packs()
    assert after != before
    assert shown.store.packs()[after] < size * (1 - REWRITE_AT)
    assert shown.efforts() == [3]
    assert owners(shown)
    shown.check()
    assert collect(shown.store, grace=0).freed == 0
    assert shown.optimize().packs == 0
    shown.archive({"later": page(*session(9)[6:])})
    shown.optimize()
    assert len(shown.store.packs()) == 1
    shown.check()


def test_what_is_all_dead_goes() -> None:
    shown = Shown.of(scrolled(), effort=3)
    shown.forget(*list(shown.slim))
    report = collect(shown.store, grace=0, force=True)  # no manifest says so
    assert report.dropped.packs == 1
    assert shown.store.packs() == {}


def test_needed_pictures_of_a_dead_document_go_with_who_needs_them() -> None:
    shown = Shown.of(scrolled() | unlike(1), effort=3)
    shown.forget("first")
    collect(shown.store, grace=0)
    shown.forget(*(name for name in list(shown.slim) if name.startswith("then")))
    collect(shown.store, grace=0)
    shown.check()
    assert shown.codecs() == {0: 1}


def apart(efforts: tuple[int, ...]) -> Shown:
    """A store with several optimized packs, and what is not."""
    shown = Shown()
    for number, effort in enumerate(efforts):
        shown.archive(
            {f"{number} {n}": d for n, d in pages(1, 4, seed=number + 1).items()}
        )
        if effort:
            names = {n for n, size in shown.store.packs().items()}
            newest = max(names)
            optimize(shown.store, effort=effort, wanted=newest.__eq__)
    return shown


@pytest.mark.parametrize("efforts", [(3, 3, 3), (3, 0, 5, 3, 5), (5, 2)])
def test_small_packs_are_joined(
    monkeypatch: pytest.MonkeyPatch, efforts: tuple[int, ...]
) -> None:
    # Nothing is carried on.
    monkeypatch.setattr("assetstore.store.optimize.optimize.TARGET", 1)
    shown = apart(efforts)
    assert sorted(shown.efforts()) == sorted(efforts)
    monkeypatch.undo()
    monkeypatch.setattr(plans, "TARGET", 4000)
    report = collect(shown.store, grace=0)
    assert report.merged.packs == len(efforts)
    assert shown.efforts() == sorted(set(efforts))
    shown.check()
    assert shown.related()
    assert shown.copies() == 0


def test_a_damaged_picture_that_others_need_keeps_its_pack() -> None:
    shown = Shown.of(scrolled() | unlike(4), effort=3)
    entry = needed_entry(shown)
    (name,) = shown.store.packs()
    spoil(shown.backend, entry, header=False)
    shown.forget("first", *(n for n in shown.slim if n.startswith("noise")))
    report = collect(shown.store, grace=0)
    assert name in shown.store.packs()
    if report.rewritten.packs:
        assert any(name in note for note in report.notes)
    for wanted in lost(shown, entry) & shown.slim.keys():
        with pytest.raises(Exception, match="damaged"):
            restored(shown.opened(), shown.slim[wanted])


# What is damaged, and what it is needed for.


def needed_entry(shown: Shown) -> Entry:
    """The entry that most others need."""
    shown.store.refresh()
    wanted = [prefix for needs in shown.related().values() for prefix in needs]
    most = max(set(wanted), key=lambda p: (wanted.count(p), p))
    (entry,) = [
        e
        for e in shown.store.entries()
        if e.record.id.startswith(most) and e.pack in shown.store.packs()
    ]
    return entry


def spoil(backend: MemoryBackend, entry: Entry, *, header: bool) -> None:
    key = pack_key(entry.pack)
    data = bytearray(backend.objects[key])
    at = 30 if header else 64 + entry.record.stored - 9
    data[entry.offset + at] ^= 0x10
    backend.objects[key] = bytes(data)


def lost(shown: Shown, entry: Entry) -> set[str]:
    """Documents with a picture that needs this one, or with itself."""
    prefix = entry.record.id[:8]
    gone = {id for id, wanted in shown.related().items() if prefix in wanted}
    gone.add(entry.record.id)
    return {name for name in shown.slim if media(shown, name) & gone}


def named(shown: Shown, *, read_data: bool) -> set[str]:
    """Documents that a check names."""
    from blake3 import blake3

    store = shown.opened()
    by_hash = {blake3(data).digest(): name for name, data in shown.slim.items()}
    documents = {
        m.document: by_hash.get(m.slim_hash, "")
        for key in store.manifest_keys()
        for m in [store.load_manifest(key)]
    }
    report = verify(store, read_data=read_data)
    return {documents[d] for f in report.findings for d in f.documents}


@pytest.fixture
def whole() -> Shown:
    return Shown.of(scrolled() | unlike(1), effort=3)


@pytest.mark.parametrize(("header", "read_data"), [(0, 1), (1, 1), (1, 0)])
def test_everything_that_needs_what_is_damaged_is_named(
    whole: Shown, header: int, read_data: int
) -> None:
    entry = needed_entry(whole)
    expected = lost(whole, entry)
    assert 1 < len(expected) < len(whole.slim)
    spoil(whole.backend, entry, header=bool(header))
    found = named(whole, read_data=bool(read_data))
    broken = set()
    for name, data in whole.slim.items():
        try:
            assert restored(whole.opened(), data) == whole.whole[name]
        except Exception:
            broken.add(name)
    assert found == broken
    assert broken <= expected
    if header:
        assert found == expected


def test_the_damage_of_a_dead_picture_that_others_need_is_named(whole: Shown) -> None:
    entry = needed_entry(whole)
    whole.forget("first")
    spoil(whole.backend, entry, header=True)
    expected = lost(whole, entry)
    assert expected
    for read_data in (False, True):
        assert named(whole, read_data=read_data) == expected


class Documents:
    """Heals from documents that still embed their pictures."""

    name = "documents"

    def __init__(self, *data: bytes):
        self._data = data

    def heal(self, session: object, profiles: frozenset[str]) -> None:
        import base64
        import re

        for data in self._data:
            for text in re.findall(rb"base64,([A-Za-z0-9+/=]+)", data):
                session.put(Kind.MEDIA, base64.b64decode(text))  # type: ignore[attr-defined]


@pytest.mark.parametrize("header", [False, True])
def test_repair_moves_what_is_whole_and_finds_the_rest(
    whole: Shown, header: bool
) -> None:
    entry = needed_entry(whole)
    (bad,) = whole.store.packs()
    spoil(whole.backend, entry, header=header)
    report = repair(whole.opened(), healers=lambda: [Documents(*whole.whole.values())])
    assert [item.key for item in report.set_aside] == [pack_key(bad)]
    assert report.healed
    assert report.lost == ()
    assert f"quarantine/{pack_key(bad)}" in whole.backend.objects
    assert bad not in whole.store.packs()
    whole.check()
    store = whole.opened()
    optimize(store, effort=3)
    whole.check()


def test_repair_names_what_nothing_embeds(whole: Shown) -> None:
    entry = needed_entry(whole)
    spoil(whole.backend, entry, header=True)
    expected = named(whole, read_data=True)
    report = repair(whole.opened())
    assert report.lost
    by_name = {d for item in report.lost for d in item.documents}
    assert len(by_name) == len(expected)
    for name in whole.slim.keys() - expected:
        assert restored(whole.opened(), whole.slim[name]) == whole.whole[name]


def test_an_index_is_lost_and_a_header_is_damaged(whole: Shown) -> None:
    """Pictures behind the damage find those that they need, by their headers."""
    (name,) = whole.store.packs()
    first = next(records(whole.backend, name))
    entry = Entry(record=first[1], pack=name, offset=first[0])
    assert any(offset > first[0] for offset, _ in records(whole.backend, name))
    spare = lost(whole, entry)
    spoil(whole.backend, entry, header=True)
    for key in [k for k in whole.backend.objects if k.startswith("index/")]:
        del whole.backend.objects[key]
    report = repair(whole.opened())
    assert report.lost
    for other in whole.slim.keys() - spare:
        assert restored(whole.opened(), whole.slim[other]) == whole.whole[other]


def test_a_lost_config_is_written_with_what_the_packs_need(tmp_path: object) -> None:
    """An older version must not open a store that it would take for damaged."""
    import json
    from pathlib import Path

    from assetstore.store.repair.repair import mend_config
    from support.stores import folder_store

    folder = Path(str(tmp_path))
    with folder_store(folder) as store:
        shown = Shown(store)
        shown.archive(pages(1))
        optimize(store, effort=1)
        config = folder / "store" / "config"
        before = json.loads(config.read_bytes())
        config.unlink()
        assert mend_config(folder / "store")
        after = json.loads(config.read_bytes())
        assert after["features"] == before["features"]
        assert after["features"]["read"]


def test_two_pictures_whose_ids_begin_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who wants it can make such two; nothing is lost by it."""
    for module in (
        "codecs.dependent",
        "dependencies",
        "optimize.encode",
        "optimize.verified",
    ):
        monkeypatch.setattr(f"assetstore.store.{module}.PREFIX", 1)
    monkeypatch.setattr("assetstore.store.codecs.dependent.HEAD", 10)
    monkeypatch.setattr("assetstore.store.dependencies.HEAD", 10)
    shown = Shown()
    for number in range(5):
        shown.archive(pages(1, 8, seed=number))
    for work in (
        lambda: shown.optimize(1),
        lambda: shown.optimize(2),
        lambda: collect(shown.store, grace=0),
    ):
        work()
        for name, data in shown.slim.items():
            assert restored(shown.opened(), data) == shown.whole[name]
        assert not named(shown, read_data=True)


def test_less_effort_changes_nothing() -> None:
    shown = Shown.of(scrolled(1), effort=3)
    store = Store.on(shown.backend, writer="x")
    assert optimize(store, effort=2).packs == 0


@pytest.mark.parametrize("longer", [False, True])
def test_an_encoder_of_another_version_is_no_damage(
    whole: Shown, monkeypatch: pytest.MonkeyPatch, longer: bool
) -> None:
    """Nothing is put aside, and it comes back with the right one."""
    from assetstore.store.codecs.png import streams

    before = dict(whole.backend.objects)
    monkeypatch.setattr(streams, "version", lambda encoder: "0.9")
    monkeypatch.setattr(
        zlib, "compressobj", lambda level, *more: compressobj(1 + level % 9, *more)
    )
    if longer:
        monkeypatch.setattr(streams, "make", lambda *how: b"x" * 9)
    store = whole.opened()
    with pytest.raises(UnsupportedStore, match=r"0\.9"):
        restored(store, whole.slim["first"])
    report = verify(store, read_data=True)
    assert {finding.kind for finding in report.findings} == {"blob-unreadable"}
    assert all("not made again" in finding.what for finding in report.findings)
    repair(store)
    monkeypatch.undo()
    assert {k: v for k, v in whole.backend.objects.items() if "packs/" in k} == {
        k: v for k, v in before.items() if "packs/" in k
    }
    whole.check()
