"""A search writes what is looked for, and nothing else."""

from assetstore.store.backends.base import put
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.repair.lost_blobs import Search
from support.stores import memory_store

LOST, OTHER = b"lost" * 1000, b"another" * 1000
LARGE = bytes(range(256)) * (20 << 10)  # it gets a pack of its own while it comes
ID = blob_id(Kind.MEDIA, LOST)


def test_only_what_is_looked_for_is_written() -> None:
    store = memory_store()
    with store.session() as session:
        search = Search(session, {ID, blob_id(Kind.MEDIA, LARGE)})
        assert search.put(Kind.MEDIA, OTHER) == (blob_id(Kind.MEDIA, OTHER), False)
        assert search.put(Kind.MEDIA, LOST) == (ID, True)
        assert search.put(Kind.MEDIA, LOST) == (ID, False)
        assert search.missing == {blob_id(Kind.MEDIA, LARGE)}
        assert search.put(Kind.MEDIA, LARGE)[1]
        assert search.put(Kind.MEDIA, LARGE + b".")[1] is False
        assert not search.missing
        assert set(search.found.values()) == {Kind.MEDIA}
        session.commit()
    assert {e.record.id for e in store.entries()} == set(search.found)
    assert store.read(Kind.MEDIA, ID) == LOST


def test_what_was_found_can_be_read_and_what_was_let_go_cannot() -> None:
    store = memory_store()
    with store.session() as session:
        search = Search(session, {ID})
        search.put(Kind.MEDIA, LOST)
        search.put(Kind.MEDIA, OTHER)
        assert not search.forgets(ID)
        assert b"".join(map(bytes, search.stream(Kind.MEDIA, ID))) == LOST
        assert search.forgets(blob_id(Kind.MEDIA, OTHER))
    assert not store.packs()  # it was not committed


def test_what_was_purged_is_found() -> None:
    store = memory_store()
    put(store.backend, f"purged/{ID.hex()}", [])
    with store.session() as session:
        search = Search(session, {ID})
        search.put(Kind.MEDIA, LOST)
        assert search.found == {ID: Kind.MEDIA}
    assert not store.packs()
