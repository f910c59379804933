"""A store: opened or refused, and what its index, packs and locks say."""

import hashlib
import sys
import time
from pathlib import Path

import pytest

from assetstore.errors import (
    AmbiguousId,
    ForeignStore,
    LockedError,
    MissingBlob,
    StoreError,
    StoreNotFound,
    StoreWriteError,
    UnsupportedStore,
)
from assetstore.store import store as module
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry, write_index
from assetstore.store.format.pack import Record, pack_key
from assetstore.store.store import Store
from support.blobs import media, objects, pack_of, recipe_of
from support.stores import folder_store, memory_store

RAW = b"a picture, say " * 9
ID = media(RAW)


def another(store: Store) -> Store:
    return Store.on(store.backend, writer="another")


def test_a_store_is_made_where_that_was_asked_for(tmp_path: Path) -> None:
    root = tmp_path / "store"
    with pytest.raises(StoreNotFound, match="no store at"):
        Store.open(root, cache_dir=tmp_path / "c", state_dir=tmp_path / "s")
    assert not root.exists()
    with folder_store(tmp_path) as one:
        pack_of(one, RAW)
        assert one.root == root
    with folder_store(tmp_path) as two:
        assert (two.id, two.writer, two.unkept) == (one.id, one.writer, None)
        assert two.read(Kind.MEDIA, ID) == RAW


def test_a_store_on_a_backend_is_made_once() -> None:
    backend = MemoryBackend()
    with pytest.raises(StoreNotFound):
        Store.on(backend, writer="w")
    one = Store.on(backend, writer="w", create=True)
    two = Store.on(backend, writer="v", create=True)
    assert one.id == two.id
    assert one.root is None
    backend.objects["config"] = backend.objects["config"].replace(b": 1", b": 9")
    with pytest.raises(UnsupportedStore):
        Store.on(backend, writer="w")


def test_a_writer_that_cannot_be_written_down_is_told(tmp_path: Path) -> None:
    folder_store(tmp_path).close()
    (tmp_path / "file").touch()
    with Store.open(
        tmp_path / "store", cache_dir=tmp_path / "c", state_dir=tmp_path / "file"
    ) as store:
        assert isinstance(store.unkept, OSError)


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    folder_store(tmp_path).close()
    (tmp_path / "store" / "tombs").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="symbolic link"):
        folder_store(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="owners of POSIX")
def test_a_store_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(root: Path, trusted: object) -> None:
        raise ForeignStore(f"{root} {trusted}")

    folder_store(tmp_path).close()
    monkeypatch.setattr(module, "check_owner", refuse)
    with pytest.raises(ForeignStore, match=r"\(7,\)"):
        Store.open(tmp_path / "store", trusted=(7,))


def test_what_others_wrote_is_seen_after_a_look() -> None:
    store = memory_store()
    pack_of(another(store), RAW)
    assert not store.holds(ID)
    store.refresh()
    assert store.holds(ID)
    record = store.info(Kind.MEDIA, ID)
    assert record is not None
    assert record.raw == len(RAW)


def test_a_record_is_looked_for_again_before_it_is_said_to_be_none() -> None:
    store = memory_store()
    pack_of(another(store), RAW)
    assert store.info(Kind.MEDIA, ID) is not None
    assert store.info(Kind.MEDIA, media(b"never")) is None


def test_an_index_that_went_is_forgotten() -> None:
    store = memory_store()
    pack_of(store, RAW)
    pack_of(store, b"other")
    (first, _) = sorted(key for key in objects(store) if key.startswith("index/"))
    store.backend.delete(first)
    store.refresh()
    assert not store.holds(ID)
    assert store.holds(media(b"other"))


def test_a_damaged_index_is_told_and_the_others_are_used() -> None:
    store = memory_store()
    put(store.backend, "index/damaged", [b"nothing of the kind"])
    pack_of(store, RAW)
    fresh = another(store)
    assert list(fresh.damaged_indexes) == ["damaged"]
    assert fresh.read(Kind.MEDIA, ID) == RAW
    store.backend.delete("index/damaged")
    fresh.refresh()
    assert fresh.damaged_indexes == {}


def test_entries_are_all_by_id_or_a_pack_s_by_place() -> None:
    store = memory_store()
    one = pack_of(store, b"b", b"a", b"c")
    pack_of(store, b"d")
    ids = [entry.record.id for entry in store.entries()]
    assert ids == sorted(map(media, (b"a", b"b", b"c", b"d")))
    assert [e.record.id for e in store.entries(one)] == [
        media(x) for x in (b"b", b"a", b"c")
    ]
    assert list(store.entries(new_name())) == []


def test_a_recipe_is_found_by_its_first_bytes() -> None:
    store = memory_store()
    id = recipe_of(store, b"{}")
    assert store.find_recipe(id[:20]) == id
    assert store.find_recipe(bytes(20)) is None
    pack_of(store, RAW)
    assert store.find_recipe(ID[:20]) is None, "a medium is none"


def test_two_recipes_that_begin_alike_are_not_guessed_between() -> None:
    store, name = memory_store(), new_name()
    entries = [
        Entry(
            record=Record(
                kind=Kind.RECIPE,
                id=BlobId(b"x" * 20 + bytes([n]) * 12),
                codec=0,
                raw=1,
                stored=1,
            ),
            pack=name,
            offset=16 + n,
        )
        for n in range(2)
    ]
    put(store.backend, f"index/{name}", [write_index(entries)])
    store.expect_news()
    with pytest.raises(AmbiguousId):
        store.find_recipe(b"x" * 20)


def test_unknown_placeholders_do_not_list_the_index_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, looked = memory_store(), list[float]()
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    look = store.refresh

    def refresh() -> None:
        looked.append(now)
        look()

    monkeypatch.setattr(store, "refresh", refresh)
    store.expect_news()
    for number in range(5):
        assert store.find_recipe(bytes([number]) * 20) is None
    assert len(looked) == 1
    store.expect_news()  # the next document
    assert store.find_recipe(bytes(20)) is None
    assert len(looked) == 2
    now += 1
    assert store.find_recipe(bytes(20)) is None
    assert len(looked) == 3


@pytest.mark.parametrize("digits", [0, 1, 2, 7, 64])
def test_media_are_found_by_digits(digits: int) -> None:
    store = memory_store()
    pack_of(store, *(b"%d" % n for n in range(40)))
    wanted = media(b"7").hex()[:digits]
    found = store.find_media(wanted)
    assert media(b"7") in found
    assert all(id.hex().startswith(wanted) for id in found)
    assert len(found) == sum(
        media(b"%d" % n).hex().startswith(wanted) for n in range(40)
    )


def test_only_what_is_in_a_pack_s_place_is_a_pack() -> None:
    store = memory_store()
    name = pack_of(store, RAW)
    put(store.backend, "packs/zz/stray", [b"x"])
    put(store.backend, f"packs/{name[-2:]}/{name[:-1]}0", [b"x"])
    assert store.packs() == {name: store.backend.size(pack_key(name))}


def test_tombs_and_tombstones_are_read_by_name() -> None:
    store = memory_store()
    put(store.backend, "tombs/a-pack", [])
    for name in (ID.hex(), "no-hash", ID.hex()[:-2]):
        put(store.backend, f"purged/{name}", [])
    assert store.condemned() == {"a-pack"}
    assert store.purged() == {ID}


def test_a_cache_that_is_wrong_is_left(tmp_path: Path) -> None:
    with folder_store(tmp_path) as store:
        pack_of(store, RAW)
        cache = store.cache_dir
        assert cache is not None
        assert (cache / "index.sqlite").exists()
        store._cache.clear()
        assert store.read(Kind.MEDIA, ID) == RAW
        assert store.renew(delete=True)
        assert not (cache / "index.sqlite").exists()
        assert store.holds(ID)
        assert not store.renew()


def test_the_lock_of_a_document_is_one_of_256(tmp_path: Path) -> None:
    store = memory_store()
    stripes = {store.doc_stripe(Path(f"/a/{n}")) for n in range(3000)}
    assert len(stripes) == 256
    assert all(len(stripe) == 6 for stripe in stripes)
    assert store.doc_stripe(Path("/a")) == store.doc_stripe(Path("/a"))
    with store.lock("gc"), store.lock("gc"):
        pass  # in memory there is nobody else


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    with folder_store(tmp_path) as one, folder_store(tmp_path) as two:
        with one.lock("gc"):
            with pytest.raises(LockedError), two.lock("gc"):
                pass
            with two.lock("other"), two.doc_lock(Path("/a")):
                pass
        with two.lock("gc"):
            pass


def test_a_lock_that_cannot_be_made_matters_to_who_writes(tmp_path: Path) -> None:
    with folder_store(tmp_path) as store:
        assert store.root is not None
        (store.root / "locks").touch()  # a file is in the way
        with pytest.raises(StoreWriteError, match="cannot be written"):
            store.lock("gc")
        with store.lock("gc", reads=True):
            pass


def test_a_store_is_closed_behind_the_block(tmp_path: Path) -> None:
    with folder_store(tmp_path) as store:
        put(store.backend, "tombs/x", [b"y"])
    assert list((tmp_path / "store" / "tmp").iterdir()) == []


def test_a_crafted_index_leads_nowhere() -> None:
    """It names a pack that is no such pack, of a size that is none."""
    store, name = memory_store(), new_name()
    digest = hashlib.sha256(b"x").digest()
    record = Record(
        kind=Kind.MEDIA, id=BlobId(digest), codec=0, raw=1 << 60, stored=1 << 60
    )
    entry = Entry(record=record, pack=name, offset=1 << 60)
    put(store.backend, f"index/{name}", [write_index([entry])])
    store.refresh()
    assert store.holds(BlobId(digest))
    with pytest.raises(MissingBlob):
        store.read(Kind.MEDIA, BlobId(digest))
