"""Losses that were accepted, until the blob is back."""

from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.repair.accepted import accept_loss, accepted_losses, end_losses
from support.stores import memory_store

ID = blob_id(Kind.MEDIA, b"lost")


def test_a_loss_is_accepted_once() -> None:
    backend = MemoryBackend()
    accept_loss(backend, ID.hex(), "media", ["/a"], 1.0)
    first = dict(backend.objects)
    accept_loss(backend, ID.hex(), "media", ["/a", "/b"], 2.0)
    assert backend.objects == first
    assert accepted_losses(backend) == {ID}


def test_what_is_no_id_is_none() -> None:
    backend = MemoryBackend()
    put(backend, "losses/readme", [b"?"])
    put(backend, f"losses/{ID.hex()[:-1]}", [b"?"])
    assert accepted_losses(backend) == set()


def test_only_those_that_are_named_end() -> None:
    backend = MemoryBackend()
    other = blob_id(Kind.MEDIA, b"other")
    for id in (ID, other):
        accept_loss(backend, id.hex(), "media", [], 1.0)
    end_losses(backend, [ID, blob_id(Kind.MEDIA, b"never")])
    assert accepted_losses(backend) == {other}


def test_whoever_writes_the_blob_again_ends_it() -> None:
    store = memory_store()
    accept_loss(store.backend, ID.hex(), "media", [], 1.0)
    with store.session() as session:
        assert session.absent([(Kind.MEDIA, ID)]) == []  # nobody waits for it
        session.put(Kind.MEDIA, b"lost")
        session.commit()
    assert accepted_losses(store.backend) == set()
