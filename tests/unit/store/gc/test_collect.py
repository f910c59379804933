"""A collection: dead packs go, living blobs stay, and doubt ends it."""

import errno
from pathlib import Path

import pytest

from assetstore.errors import (
    CollectionRefused,
    DamagedManifest,
    IntegrityError,
    MissingBlob,
    StoreWriteError,
)
from assetstore.store.backends.base import put
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.pack import pack_key
from assetstore.store.gc.collect import GRACE, Collector
from assetstore.store.gc.roots import Roots
from assetstore.store.repair.accepted import accept_loss, accepted_losses
from assetstore.store.reports import GcReport
from assetstore.store.store import Store
from support.blobs import Nobody, manifest_of, media, objects, pack_of
from support.stores import memory_store

ONE, TWO, THREE = (word * 500 for word in (b"one ", b"two ", b"three "))


def collected(
    store: Store,
    documents: Nobody | None = None,
    *,
    grace: float = 0,
    paths: tuple[str, ...] = (),
    dry_run: bool = False,
    force: bool = False,
) -> GcReport:
    roots = Roots(store, documents or Nobody(), grace=grace, dry_run=dry_run)
    collector = Collector(store, roots, grace=grace)
    return collector.run(tuple(map(Path, paths)), dry_run=dry_run, force=force)


@pytest.fixture
def store() -> Store:
    """One pack of which all lives, one of which nothing does, one of both."""
    found = memory_store()
    pack_of(found, ONE)
    pack_of(found, TWO)
    pack_of(found, THREE, b"dead " * 500)
    manifest_of(found, "/a", media(ONE), media(THREE))
    return found


def there(store: Store) -> set[BlobId]:
    fresh = Store.on(store.backend, writer="another")
    return {e.record.id for e in fresh.entries() if e.pack in fresh.packs()}


def test_what_nothing_needs_goes_and_the_rest_stays(store: Store) -> None:
    before = sum(map(len, objects(store).values()))
    report = collected(store)
    assert there(store) == {media(ONE), media(THREE)}
    assert store.read(Kind.MEDIA, media(THREE)) == THREE
    with pytest.raises(MissingBlob):
        store.read(Kind.MEDIA, media(TWO))
    assert (report.dropped.packs, report.dropped.blobs) == (1, 1)
    assert report.rewritten.blobs == 1
    assert (report.live.blobs, report.missing) == (2, 0)
    assert not store.condemned()
    packs = before - sum(map(len, objects(store).values()))
    assert report.freed > 0
    assert packs > 0


def test_a_second_one_has_nothing_to_do(store: Store) -> None:
    collected(store)
    before = dict(objects(store))
    report = collected(store)
    assert report.freed == 0
    assert {k for k in objects(store) if k.startswith("packs/")} == {
        k for k in before if k.startswith("packs/")
    }


def test_a_dry_run_says_the_same_and_changes_nothing(store: Store) -> None:
    before = dict(objects(store))
    said = collected(store, dry_run=True)
    assert objects(store) == before
    done = collected(store)
    assert said.dry_run
    assert not done.dry_run
    for share in ("dropped", "rewritten", "live", "young", "kept"):
        assert getattr(said, share) == getattr(done, share)


def test_what_is_young_stays(store: Store) -> None:
    report = collected(store, grace=GRACE)
    assert len(there(store)) == 4
    assert report.young.blobs == 2
    assert report.freed == 0


def test_what_a_file_names_stays(store: Store) -> None:
    documents = Nobody()
    documents.claims = {(Kind.MEDIA, media(TWO))}
    report = collected(store, documents, paths=("/x",))
    assert report.scanned == 1
    assert media(TWO) in there(store)


@pytest.mark.parametrize("what", ["manifest", "index"])
def test_what_cannot_be_read_ends_it_before_anything_goes(
    store: Store, what: str
) -> None:
    folder = {"manifest": "manifests/", "index": "index/"}[what]
    key = next(key for key in objects(store) if key.startswith(folder))
    objects(store)[key] = b"damaged"
    before = dict(objects(store))
    with pytest.raises((IntegrityError, DamagedManifest)):
        collected(Store.on(store.backend, writer="test"))
    assert objects(store) == before


def test_manifests_that_are_all_gone_are_no_word_that_nothing_is_needed(
    store: Store,
) -> None:
    for key in list(store.manifest_keys()):
        store.backend.delete(key)
    before = dict(objects(store))
    with pytest.raises(CollectionRefused, match="manifests were lost"):
        collected(store)
    assert objects(store) == before
    collected(store, force=True)
    assert there(store) == set()


def test_everything_may_go_once_it_was_said(store: Store) -> None:
    manifest_of(store, "/a", state="restored")
    clock = store.clock
    store.clock = lambda: clock() + 4000 * 86400
    collected(store)
    assert there(store) == set()


def test_a_blob_that_is_lost_is_counted_until_its_loss_is_accepted(
    store: Store,
) -> None:
    (entry,) = store.copies(media(ONE))
    store.backend.delete(pack_key(entry.pack))
    assert collected(store).missing == 1
    accept_loss(store.backend, media(ONE).hex(), "media", ["/a"], 1.0)
    assert collected(store).missing == 0
    assert accepted_losses(store.backend) == {media(ONE)}


def test_an_accepted_loss_of_what_nobody_needs_ends(store: Store) -> None:
    accept_loss(store.backend, "ab" * 32, "media", ["/x"], 1.0)
    collected(store, dry_run=True)
    assert len(accepted_losses(store.backend)) == 1
    collected(store)
    assert accepted_losses(store.backend) == set()


def test_what_a_killed_collection_condemned_is_finished(store: Store) -> None:
    (entry,) = store.copies(media(ONE))
    put(store.backend, f"tombs/{entry.pack}", [])
    collected(store)
    assert not store.condemned()
    assert store.read(Kind.MEDIA, media(ONE)) == ONE
    assert entry.pack not in store.packs()


def test_a_pack_that_no_index_names_goes(store: Store) -> None:
    data = objects(store)[pack_key(next(iter(store.packs())))]
    put(store.backend, pack_key(name := new_name(lambda: 0.0)), [data])
    report = collected(store)
    assert report.unindexed.packs == 1
    assert name not in store.packs()


@pytest.mark.parametrize(
    ("number", "goes_on"), [(errno.ENOSPC, True), (errno.EIO, False)]
)
def test_a_full_disk_is_no_reason_to_keep_what_is_dead_as_a_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: int, goes_on: bool
) -> None:
    cause = OSError(number, "cannot write")

    def failing(self: object, names: object) -> None:
        raise StoreWriteError("cannot write") from cause

    monkeypatch.setattr(Collector, "_rewrite", failing)
    if goes_on:
        report = collected(store)
        assert any("no room" in note for note in report.notes)
        assert report.rewritten.packs == 0
        assert report.kept.blobs == 1
    else:
        with pytest.raises(StoreWriteError):
            collected(store)
    assert media(TWO) not in there(store)
    assert {media(ONE), media(THREE)} <= there(store)
