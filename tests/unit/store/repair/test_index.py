"""The index made anew from packs, and records found behind damage."""

from pathlib import Path

import pytest

from assetstore.errors import LockedError
from assetstore.store.backends.base import put
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.pack import PACK_HEADER, RECORD, Record, pack_key
from assetstore.store.repair import index
from assetstore.store.repair.index import rebuild_index, scan_pack
from assetstore.store.store import Store
from support.blobs import flip, media, objects, pack_of
from support.stores import folder_store, memory_store

ONE, TWO, THREE = (word * 50 for word in (b"one ", b"two ", b"three "))


def indexes(store: Store) -> list[str]:
    return [key for key in objects(store) if key.startswith("index/")]


def test_what_no_index_named_is_found_again() -> None:
    store = memory_store()
    pack_of(store, ONE, TWO)
    pack_of(store, THREE)
    old = indexes(store)
    for key in old:
        objects(store)[key] = b"damaged"
    report = rebuild_index(store)
    assert (report.packs, report.blobs, report.replaced, report.notes) == (2, 3, 2, ())
    (new,) = indexes(store)
    assert new not in old
    fresh = Store.on(store.backend, writer="another")
    for raw in (ONE, TWO, THREE):
        assert fresh.read(Kind.MEDIA, media(raw)) == raw


def test_a_store_without_packs_has_an_index_of_none() -> None:
    store = memory_store()
    put(store.backend, "index/damaged", [b"x"])
    report = rebuild_index(store)
    assert (report.packs, report.blobs, report.replaced) == (0, 0, 1)
    assert indexes(store) == []


def test_many_blobs_are_written_to_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_MOST", 2)
    store = memory_store()
    for number in range(5):
        pack_of(store, b"%d" % number)
    assert rebuild_index(store).blobs == 5
    assert len(indexes(store)) == 3
    assert len(list(Store.on(store.backend, writer="a").entries())) == 5


def test_what_is_damaged_is_told_and_the_rest_is_named() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO, THREE)
    (entry,) = store.copies(media(TWO))
    flip(store, entry, 9)
    report = rebuild_index(store)
    assert report.blobs == 2
    (note,) = report.notes
    assert name in note
    assert "1 more blobs were found" in note


def test_a_collection_that_runs_is_not_disturbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_WAIT", 0)
    with folder_store(tmp_path) as store, folder_store(tmp_path) as other:
        pack_of(store, ONE)
        index_before = [key for key, _ in store.backend.list("index/")]
        with other.lock("gc"):
            with pytest.raises(LockedError):
                rebuild_index(store)
            assert [key for key, _ in store.backend.list("index/")] == index_before
            rebuild_index(store, locked=True)


def record(raw: bytes, stored: int = -1) -> bytes:
    size = len(raw) if stored < 0 else stored
    head = Record(kind=Kind.MEDIA, id=media(raw), codec=0, raw=size, stored=size)
    return head.pack() + raw


def scanned(data: bytes, size: int = -1) -> tuple[list[BlobId], str]:
    store, name = memory_store(), new_name()
    put(store.backend, pack_key(name), [data])
    size = len(data) if size < 0 else size
    found, wrong = scan_pack(store.backend, name, size)
    at = {entry.offset: entry for entry in found}
    for offset in at:
        assert data[offset : offset + 4] == b"ASrc"
    return [entry.record.id for entry in found], wrong


def test_a_whole_pack_has_nothing_wrong() -> None:
    data = PACK_HEADER + record(ONE) + record(TWO)
    assert scanned(data) == ([media(ONE), media(TWO)], "")


@pytest.mark.parametrize(
    "damage",
    [b"", b"x", bytes(63), b"ASrc" * 30, b"ASrc" + bytes(60), record(THREE)[:40]],
)
def test_the_next_whole_header_is_found_behind_any_damage(damage: bytes) -> None:
    data = PACK_HEADER + record(ONE) + damage + record(TWO)
    found, wrong = scanned(data)
    assert found == [media(ONE), media(TWO)]
    assert bool(wrong) == bool(damage)


def test_a_head_of_a_pack_that_is_damaged_costs_no_blob() -> None:
    assert scanned(bytes(16) + record(ONE) + record(TWO))[0] == [media(ONE), media(TWO)]


def test_damage_longer_than_what_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "_CHUNK", 100)
    for gap in range(150, 260):
        found, _ = scanned(PACK_HEADER + bytes(gap) + record(ONE) + record(TWO))
        assert found == [media(ONE), media(TWO)], gap


def test_a_header_that_claims_more_than_there_is_is_none() -> None:
    data = PACK_HEADER + record(ONE, 1 << 60) + record(TWO)
    found, wrong = scanned(data)
    assert found == [media(TWO)]
    assert "cut short" in wrong
    cut = PACK_HEADER + record(ONE) + record(TWO)[:-1]
    assert scanned(cut)[0] == [media(ONE)]


def test_a_header_within_a_blob_is_not_taken_for_one() -> None:
    """A blob may hold a whole pack; its record is passed over as a whole."""
    inner = record(THREE)
    data = PACK_HEADER + record(ONE) + b"?" * RECORD.size + record(inner)
    assert scanned(data)[0] == [media(ONE), media(inner)]


def test_a_pack_that_is_gone_holds_nothing() -> None:
    assert scan_pack(memory_store().backend, new_name(), 9) == ([], "")
