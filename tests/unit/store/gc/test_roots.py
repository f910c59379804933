"""What lives: what manifests name, but for those that are superseded."""

from pathlib import Path

import pytest

from assetstore.errors import DamagedManifest
from assetstore.progress import SILENT
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.retention import Retention
from assetstore.store.gc.roots import Everything, Roots, joined, named
from assetstore.store.store import Store
from support.blobs import Nobody, manifest_of, media, objects, pack_of
from support.stores import memory_store

IDS = [BlobId(bytes([n]) * 32) for n in range(9)]


@pytest.fixture
def live() -> LiveSet:
    return LiveSet()


def test_copies_and_marks_are_joined_by_id(live: LiveSet) -> None:
    store = memory_store()
    pack_of(store, b"one", b"two")
    pack_of(store, b"one", again=True)
    one, two, before, behind = (
        media(b"one"),
        media(b"two"),
        IDS[0],
        BlobId(b"\xff" * 32),
    )
    live.add((Kind.MEDIA, id) for id in (one, before, behind))
    found = {
        id: (lives, len(copies)) for id, lives, copies in joined(store.entries(), live)
    }
    assert found == {
        one: (True, 2),
        two: (False, 1),
        before: (True, 0),
        behind: (True, 0),
    }
    assert list(found) == sorted(found)
    live.close()


def test_of_no_copies_all_marks_are_given(live: LiveSet) -> None:
    live.add((Kind.MEDIA, id) for id in IDS)
    assert [id for id, _, _ in joined([], live)] == IDS
    live.close()


def test_everything_lives() -> None:
    everything = Everything()
    everything.mark_new()
    assert IDS[0] in everything.live


def test_all_that_manifests_name_is_collected_old_ones_too() -> None:
    store = memory_store()
    manifest_of(store, "/a", IDS[1])
    manifest_of(store, "/a", IDS[2])
    found = named(store)
    assert found is not None
    assert list(found) == [IDS[1], IDS[2]]
    found.close()
    key = next(key for key in objects(store) if key.startswith("manifests/"))
    objects(store)[key] = b"damaged"
    assert named(store) is None


def roots(store: Store, documents: Nobody | None = None, **how: object) -> Roots:
    how = {"grace": 0.0, "retention": Retention(keep_last=1), **how}
    return Roots(store, documents or Nobody(), **how)  # type: ignore[arg-type]


def aged(store: Store, days: float) -> None:
    """Let time pass."""
    clock = store.clock
    store.clock = lambda: clock() + days * 86400


def test_the_newest_state_of_each_document_lives() -> None:
    store = memory_store()
    manifest_of(store, "/a", IDS[1])
    manifest_of(store, "/b", IDS[2])
    found = roots(store)
    found.mark()
    assert list(found.live) == [IDS[1], IDS[2]]
    assert (found.manifests, found.superseded, found.vanished) == (2, [], 0)
    found.close()


def test_a_superseded_state_does_not_once_it_is_old() -> None:
    store = memory_store()
    old = manifest_of(store, "/a", IDS[1])
    manifest_of(store, "/a", IDS[2])
    young = roots(store, grace=86400.0)
    young.mark()
    assert young.superseded == []
    assert list(young.live) == [IDS[1], IDS[2]]
    aged(store, 4000)
    documents = Nobody()
    found = roots(store, documents)
    found.mark()
    assert found.superseded == [old.key]
    assert list(found.live) == [IDS[2]]
    assert documents.asked == ["/a"], "it is looked at before anything goes"
    assert [decision.keep for decision in found.decisions] == [False]


def test_the_state_that_a_file_is_in_is_spared() -> None:
    store = memory_store()
    documents = Nobody()
    documents.now = 1
    manifest_of(store, "/a", IDS[1])
    manifest_of(store, "/a", IDS[2])
    aged(store, 4000)
    found = roots(store, documents)
    found.mark()
    assert found.superseded == []
    assert list(found.live) == [IDS[1], IDS[2]]


def test_where_that_cannot_be_told_nothing_goes() -> None:
    store = memory_store()
    documents = Nobody()
    documents.problem = "the disk is away"
    manifest_of(store, "/a", IDS[1])
    manifest_of(store, "/a", IDS[2])
    aged(store, 4000)
    found = roots(store, documents, dry_run=True)
    found.mark()
    assert found.superseded == []
    assert any("the disk is away" in each.reason for each in found.decisions)


def test_a_restore_that_was_begun_and_is_done_needs_nothing() -> None:
    store = memory_store()
    manifest_of(store, "/a", IDS[1])
    documents = Nobody()
    documents.now = 0
    begun = manifest_of(store, "/a", IDS[1], state="restored")
    found = roots(store, documents)
    found.mark()
    newest = store.manifest(Path("/a"))
    assert newest is not None
    assert (newest.seq, newest.state, newest.refs) == (begun.seq + 1, "restored", ())


def test_in_a_dry_run_that_is_not_written() -> None:
    store = memory_store()
    manifest_of(store, "/a", IDS[1])
    documents = Nobody()
    documents.now = 0
    manifest_of(store, "/a", IDS[1], state="restored")
    before = dict(objects(store))
    found = roots(store, documents, dry_run=True)
    found.mark()
    assert objects(store) == before


def test_what_comes_meanwhile_lives() -> None:
    store = memory_store()
    manifest_of(store, "/a", IDS[1])
    found = roots(store)
    found.mark()
    manifest_of(store, "/b", IDS[2])
    found.mark_new()
    assert list(found.live) == [IDS[1], IDS[2]]
    found.mark_new()
    assert found.manifests == 2


def test_what_files_say_lives_too() -> None:
    store = memory_store()
    documents = Nobody()
    documents.claims = {(Kind.MEDIA, IDS[5])}
    found = roots(store, documents)
    assert found.scan([Path("/x"), Path("/y")], SILENT) == 2
    assert list(found.live) == [IDS[5]]


def test_a_manifest_that_cannot_be_read_ends_it() -> None:
    store = memory_store()
    key = manifest_of(store, "/a", IDS[1]).key
    objects(store)[key] = b"damaged"
    for mark in (roots(store).mark, roots(store).mark_new):
        with pytest.raises(DamagedManifest):
            mark()


def test_a_document_that_is_gone_for_good_is_counted() -> None:
    store = memory_store()
    manifest_of(store, "/a", IDS[1])
    aged(store, 4000)
    found = roots(store, gone=lambda manifest: "its disk was sold")
    found.mark()
    assert found.vanished == 1
    assert list(found.live) == []
    assert [each.reason for each in found.decisions] == ["its disk was sold"]
