"""A session: blobs that nobody sees before they are committed."""

import pytest

from assetstore.errors import MissingBlob
from assetstore.store.backends.base import put
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.store import Store
from support.stores import memory_store

RAW = b"a picture, say " * 100
LARGE = bytes(range(256)) * (20 << 10)  # it gets a pack of its own while it comes
ID = blob_id(Kind.MEDIA, RAW)


def kept(store: Store, *blobs: bytes) -> None:
    with store.session() as session:
        for raw in blobs:
            session.put(Kind.MEDIA, raw)
        session.commit()


def test_a_blob_is_seen_once_it_is_committed() -> None:
    store = memory_store()
    with store.session() as session:
        assert session.put(Kind.MEDIA, RAW) == (ID, True)
        assert session.put(Kind.MEDIA, RAW) == (ID, False)
        assert session.read(Kind.MEDIA, ID) == RAW
        assert not store.packs()
        with pytest.raises(MissingBlob):
            store.read(Kind.MEDIA, ID)
        session.commit()
        assert session.pending == 0
    assert store.read(Kind.MEDIA, ID) == RAW


def test_what_was_not_committed_leaves_nothing() -> None:
    store = memory_store()
    with store.session() as session:
        session.put(Kind.MEDIA, RAW)
        session.put(Kind.MEDIA, LARGE)
    assert not store.packs()
    assert not store.holds(ID)


def test_a_large_blob_that_is_known_leaves_no_pack() -> None:
    store = memory_store()
    kept(store, LARGE)
    before = store.packs()
    kept(store, LARGE)
    assert store.packs() == before


def test_what_is_distrusted_is_written_anew() -> None:
    store = memory_store()
    kept(store, RAW)
    with store.session() as session:
        session.distrust([ID])
        assert session.put(Kind.MEDIA, RAW) == (ID, True)
        session.commit()
        assert session.put(Kind.MEDIA, RAW) == (ID, False)  # it is trusted again
    assert len(store.copies(ID)) == 2


def test_absent_is_what_has_no_copy_outside_of_condemned_packs() -> None:
    store = memory_store()
    kept(store, RAW)
    kept(store, b"other")
    (pack,) = {entry.pack for entry in store.copies(ID)}
    other = (Kind.MEDIA, blob_id(Kind.MEDIA, b"other"))
    never = (Kind.MEDIA, BlobId(bytes(32)))
    with store.session() as session:
        assert session.absent([(Kind.MEDIA, ID), other, never]) == [never]
        put(store.backend, f"tombs/{pack}", [])
        assert session.absent([(Kind.MEDIA, ID), other]) == [(Kind.MEDIA, ID)]


def test_what_was_purged_is_refused() -> None:
    store = memory_store()
    put(store.backend, f"purged/{ID.hex()}", [])
    with store.session() as session:
        assert session.refuses(ID)
        assert session.put(Kind.MEDIA, RAW) == (ID, False)
        assert session.forgets(ID)
        session.commit()
    assert not store.packs()


def test_what_is_purged_meanwhile_is_absent_once_and_refused_from_then_on() -> None:
    store = memory_store()
    kept(store, RAW)
    with store.session() as session:
        assert not session.refuses(ID)  # from here on it knows what was purged
        put(store.backend, f"purged/{ID.hex()}", [])
        assert session.absent([(Kind.MEDIA, ID)]) == [(Kind.MEDIA, ID)]
        assert session.absent([(Kind.MEDIA, ID)]) == []
        assert session.refuses(ID)


def test_what_is_purged_before_the_commit_is_taken_out_again() -> None:
    store = memory_store()
    with store.session() as session:
        session.put(Kind.MEDIA, RAW)
        session.put(Kind.MEDIA, b"other")
        put(store.backend, f"purged/{ID.hex()}", [])
        session.commit()
    assert not store.holds(ID)
    assert store.read(Kind.MEDIA, blob_id(Kind.MEDIA, b"other")) == b"other"


def test_a_recipe_is_found_before_it_is_committed() -> None:
    store = memory_store()
    with store.session() as session:
        id, _ = session.put(Kind.RECIPE, b"{}")
        assert session.find_recipe(id[:20]) == id
        assert store.find_recipe(id[:20]) is None
