"""Manifests: which is the newest, whose it is, and whether all were lost."""

from pathlib import Path

import pytest

from assetstore.errors import DamagedManifest, ForeignManifest
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.manifest import Manifest
from assetstore.store.store import Store
from support.stores import memory_store

PAGE = Path("/a/page.html")


def manifest(document: Path = PAGE, ref: int = 1) -> Manifest:
    blob = BlobId(bytes([ref]) * 32)
    return Manifest(
        document=str(document),
        source_size=1,
        slim_size=1,
        slim_hash=bytes(32),
        refs=((Kind.MEDIA, blob),),
    )


def other(store: Store) -> Store:
    return Store.on(store.backend, writer="somebody")


def test_the_newest_has_the_highest_number() -> None:
    store = memory_store()
    first = store.put_manifest(manifest(ref=1))
    second = store.put_manifest(manifest(ref=2))
    assert (first.seq, second.seq) == (1, 2)
    found = store.manifest(PAGE)
    assert found is not None
    assert found.refs == second.refs
    assert store.states(second) == [first.key, second.key]
    assert list(store.newest_keys()) == [second.key]


def test_a_number_is_given_once() -> None:
    store = memory_store()
    put = store.put_manifest(manifest())
    assert not store.put_signed(put)
    assert store.put_manifest(manifest()).seq == 2


def test_what_another_writer_knows_is_not_one_s_own() -> None:
    store = memory_store()
    theirs = other(store).put_manifest(manifest())
    assert store.manifest(PAGE) is None
    assert store.claims_on(PAGE) == [theirs.key]
    assert not store.is_own(theirs.key)
    with pytest.raises(ForeignManifest, match="another user or machine"):
        store.retract(theirs)
    assert store.claims_on(PAGE) == [theirs.key]
    store.retract(theirs, foreign=True)
    assert store.claims_on(PAGE) == []


def test_all_states_of_a_document_are_retracted() -> None:
    store = memory_store()
    store.put_manifest(manifest())
    last = store.put_manifest(manifest())
    beside = store.put_manifest(manifest(Path("/a/other.html")))
    store.retract(last)
    assert list(store.manifest_keys()) == [beside.key]


def test_one_that_cannot_be_read_says_so() -> None:
    store = memory_store()
    put = store.put_manifest(manifest())
    store.backend.delete(put.key)
    upload = store.backend.create(put.key)
    upload.write([put.pack()[:-1]])
    store.backend.publish([upload])
    with pytest.raises(DamagedManifest, match="cannot be read"):
        store.manifest(PAGE)


def with_pack(store: Store) -> Store:
    with store.session() as session:
        session.put(Kind.MEDIA, b"a picture")
        session.commit()
    return store


def test_manifests_that_went_by_themselves_are_lost() -> None:
    store = with_pack(memory_store())
    assert not store.manifests_lost()  # there never was one
    put = store.put_manifest(manifest())
    store.backend.delete(put.key)
    assert store.manifests_lost()
    later = with_pack(other(store))
    later.put_manifest(manifest())
    assert not store.manifests_lost()
    assert store.lost_before  # though it has one, it had others
    store.note_found()
    assert not store.lost_before


def test_the_last_one_that_is_retracted_is_not_lost() -> None:
    store = with_pack(memory_store())
    store.retract(store.put_manifest(manifest()))
    assert not store.manifests_lost()
