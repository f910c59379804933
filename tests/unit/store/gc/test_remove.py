"""Packs go, and what lives in them does not."""

from collections.abc import Iterable

import pytest

from assetstore.errors import MissingBlob, UnsupportedStore
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, pack_key
from assetstore.store.gc.remove import Remover
from assetstore.store.gc.roots import Everything
from assetstore.store.store import Store
from support.stores import memory_store

ONE, TWO = b"one " * 100, b"two " * 100
FIRST, SECOND = blob_id(Kind.MEDIA, ONE), blob_id(Kind.MEDIA, TWO)


class Only:
    """Says that some blobs live."""

    def __init__(self, *live: BlobId):
        self.live = set(live)

    def mark_new(self) -> None:
        pass


def pack_of(store: Store, *blobs: bytes, again: bool = False) -> str:
    before = store.packs().keys()
    with store.session() as session:
        if again:
            session.distrust(blob_id(Kind.MEDIA, raw) for raw in blobs)
        for raw in blobs:
            session.put(Kind.MEDIA, raw)
        session.commit()
    (name,) = store.packs().keys() - before
    return name


def spoil(store: Store, entries: Iterable[Entry]) -> None:
    backend = store.backend
    assert isinstance(backend, MemoryBackend)
    for entry in entries:
        key = pack_key(entry.pack)
        data = bytearray(backend.objects[key])
        data[entry.offset + RECORD.size] ^= 1
        backend.objects[key] = bytes(data)


def test_what_lives_is_copied_and_the_rest_goes() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO)
    remover = Remover(store, Only(FIRST))
    remover.remove([name])
    assert name not in store.packs()
    assert not store.condemned()
    assert remover.moved == {name: 1}
    assert store.read(Kind.MEDIA, FIRST) == ONE
    with pytest.raises(MissingBlob):
        store.read(Kind.MEDIA, SECOND)


def test_what_another_pack_has_is_not_copied() -> None:
    store = memory_store()
    old = pack_of(store, ONE)
    new = pack_of(store, ONE, again=True)
    remover = Remover(store, Everything())
    remover.remove([old])
    assert store.packs().keys() == {new}
    assert not remover.moved


def test_a_copy_that_is_damaged_is_none() -> None:
    store = memory_store()
    old = pack_of(store, ONE)
    new = pack_of(store, ONE, again=True)
    spoil(store, (e for e in store.copies(FIRST) if e.pack == new))
    Remover(store, Everything()).remove([old])
    assert store.read(Kind.MEDIA, FIRST) == ONE


def test_a_pack_stays_whose_blob_is_whole_nowhere() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO)
    spoil(store, store.copies(FIRST))
    remover = Remover(store, Everything())
    remover.remove([name])
    assert name in store.packs()
    assert any("damaged" in note for note in remover.notes)


def test_it_goes_with_what_is_lost_if_somebody_is_told() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO)
    spoil(store, store.copies(FIRST))
    lost: list[Entry] = []
    Remover(store, Everything(), lose=lost.append).remove([name])
    assert name not in store.packs()
    assert [entry.record.id for entry in lost] == [FIRST]
    assert store.read(Kind.MEDIA, SECOND) == TWO


def test_what_a_pack_holds_may_be_told() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO)
    whole = [e for e in store.entries(name) if e.record.id == FIRST]
    Remover(store, Everything(), contents=lambda name: whole).remove([name])
    assert store.read(Kind.MEDIA, FIRST) == ONE
    assert name not in store.packs()
    with pytest.raises(MissingBlob):
        store.read(Kind.MEDIA, SECOND)


@pytest.mark.parametrize("waits", [True, False])
def test_a_copy_that_cannot_be_read_here_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """Either the pack waits for whoever can read it, or what it holds is copied."""
    store = memory_store()
    old = pack_of(store, ONE)
    new = pack_of(store, ONE, again=True)
    read = Store.read_through

    def refusing(self: Store, entry: Entry) -> None:
        if entry.pack == new:
            raise UnsupportedStore("it takes a package")
        read(self, entry)

    monkeypatch.setattr(Store, "read_through", refusing)
    remover = Remover(store, Everything(), waits=waits)
    remover.remove([old])
    assert (old in store.packs()) is waits
    assert len(store.packs()) == 2
    assert remover.unreadable == {FIRST}


def test_what_was_purged_does_not_live() -> None:
    store = memory_store()
    name = pack_of(store, ONE)
    upload = store.backend.create(f"purged/{FIRST.hex()}")
    store.backend.publish([upload])
    Remover(store, Everything()).remove([name])
    assert not store.packs()


def test_a_removal_that_was_killed_is_finished_where_nothing_is_needed() -> None:
    store = memory_store()
    old = pack_of(store, ONE)
    new = pack_of(store, ONE, again=True)
    alone = pack_of(store, TWO)
    remover = Remover(store, Everything())
    remover.condemn([old, alone])
    remover.finish()
    assert store.packs().keys() == {new, alone}
    assert store.condemned() == {alone}  # a tomb is never taken back
