"""Packs coded anew: smaller, whole, and only what may be."""

import itertools
from pathlib import Path

import pytest

from assetstore.errors import LockedError, UnsupportedStore, UsageError
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.check.verify import verify
from assetstore.store.codecs.table import FEATURES
from assetstore.store.format.blob import Kind
from assetstore.store.format.pack import RECORD, pack_effort, pack_key
from assetstore.store.optimize import optimize as module
from assetstore.store.optimize.optimize import optimize
from assetstore.store.reports import OptimizeReport
from assetstore.store.store import Store
from support.blobs import flip, manifest_of, media, objects, pack_of
from support.samples import picture
from support.screens import pillow, screen
from support.stores import folder_store, memory_store

TEXT = b"<svg>" + b"the same again and again " * 300
SCREEN = pillow(screen(96, 64))
NOISE = picture(20, 20, 1)
BLOBS = (TEXT, SCREEN, NOISE)


@pytest.fixture
def store() -> Store:
    found = memory_store()
    pack_of(found, *BLOBS)
    manifest_of(found, "/a", *map(media, BLOBS))
    return found


def done(store: Store, effort: int = 1, **how: object) -> OptimizeReport:
    return optimize(store, effort=effort, **how)  # type: ignore[arg-type]


def check(store: Store, *blobs: bytes) -> None:
    fresh = Store.on(store.backend, writer="another")
    for raw in blobs:
        assert fresh.read(Kind.MEDIA, media(raw)) == raw
    assert verify(fresh, read_data=True).findings == ()


def test_what_is_coded_is_smaller_and_whole(store: Store) -> None:
    (old,) = store.packs()
    report = done(store)
    (new,) = store.packs()
    assert new != old
    assert pack_effort(store.backend, new) == 1
    assert (report.packs, report.left, report.blobs, report.unreadable) == (1, 0, 3, 0)
    assert report.after_bytes < report.before_bytes
    assert report.codecs["png"].blobs == 1
    assert report.codecs["png"].raw_bytes == len(SCREEN)
    assert (
        sum(each.after_bytes for each in report.codecs.values()) == report.after_bytes
    )
    assert not store.condemned()
    check(store, *BLOBS)


def test_what_was_coded_with_as_much_effort_is_left(store: Store) -> None:
    done(store, 2)
    before = dict(objects(store))
    assert done(store, 2).packs == 0
    assert done(store, 1).packs == 0
    assert objects(store) == before
    assert done(store, 3).packs == 1


def test_a_store_names_what_readers_must_know_first(store: Store) -> None:
    assert b"png" not in objects(store)["config"]
    done(store)
    for feature in FEATURES:
        assert feature.encode() in objects(store)["config"]
    empty = memory_store()
    done(empty)
    assert b"png" not in objects(empty)["config"], "there was nothing to do"


def test_a_dry_run_estimates_and_changes_nothing(store: Store) -> None:
    before = dict(objects(store))
    said = done(store, dry_run=True)
    assert objects(store) == before
    report = done(store)
    assert said.dry_run
    assert (said.packs, said.blobs) == (report.packs, report.blobs)
    assert said.after_bytes == report.after_bytes


def test_the_time_is_over_at_the_next_blob() -> None:
    store = memory_store()
    for number in range(4):
        pack_of(store, b"%d" % number + TEXT)
    manifest_of(store, "/a", *(media(b"%d" % n + TEXT) for n in range(4)))
    ticks = itertools.count()
    report = done(store, time_limit=1.5, clock=lambda: float(next(ticks)))
    assert 1 <= report.packs < 4
    assert report.left == 4 - report.packs
    check(store, *(b"%d" % n + TEXT for n in range(4)))
    done(store)
    assert len(store.packs()) == 1


def test_an_estimate_of_a_part_is_for_all() -> None:
    store = memory_store()
    for number in range(4):
        pack_of(store, b"%d" % number + TEXT)
    manifest_of(store, "/a", *(media(b"%d" % n + TEXT) for n in range(4)))
    ticks = itertools.count()
    report = done(store, dry_run=True, time_limit=1.5, clock=lambda: float(next(ticks)))
    assert (report.packs, report.left) == (4, 0)
    assert 4 <= report.blobs <= 5, "what a pack has around its blobs counts, too"


def test_only_packs_that_are_wanted_are_coded(store: Store) -> None:
    (first,) = store.packs()
    second = pack_of(store, b"2" + TEXT)
    manifest_of(store, "/b", media(b"2" + TEXT))
    done(store, wanted=lambda name: name == second)
    assert first in store.packs()
    assert second not in store.packs()


def test_what_no_document_needs_is_not_coded(store: Store) -> None:
    dead = b"dead " * 500
    name = pack_of(store, dead)
    report = done(store)
    assert name in store.packs()
    assert report.blobs == 3
    check(store, *BLOBS)


def test_what_no_document_needs_goes_along_as_it_is() -> None:
    store = memory_store()
    dead = b"dead " * 500
    pack_of(store, TEXT, dead)
    manifest_of(store, "/a", media(TEXT))
    done(store)
    check(store, TEXT, dead)
    efforts = {
        raw: {pack_effort(store.backend, e.pack) for e in store.copies(media(raw))}
        for raw in (TEXT, dead)
    }
    assert efforts == {TEXT: {1}, dead: {0}}


def test_a_damaged_pack_is_left_and_told(store: Store) -> None:
    (name,) = store.packs()
    (entry,) = store.copies(media(TEXT))
    flip(store, entry)
    report = done(store)
    assert (report.packs, list(store.packs())) == (0, [name])
    (note,) = report.notes
    assert "repair" in note


def test_a_pack_of_one_blob_that_is_too_large_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", len(TEXT) - 1)
    before = store.packs()
    assert done(store).packs == 0
    assert store.packs() == before


def test_pictures_that_come_later_go_on_with_the_pack_before(store: Store) -> None:
    done(store)
    later = pillow(screen(96, 64, edits=1))
    pack_of(store, later)
    manifest_of(store, "/b", media(later))
    done(store)
    (name,) = store.packs()
    assert {e.record.id for e in store.entries(name)} >= {media(SCREEN), media(later)}
    check(store, *BLOBS, later)


@pytest.mark.parametrize("effort", [0, -1, 10])
def test_there_is_no_such_effort(store: Store, effort: int) -> None:
    with pytest.raises(UsageError, match=f"no effort {effort}"):
        done(store, effort)


def test_a_missing_package_is_told_before_anything_is_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking() -> None:
        raise UnsupportedStore("numpy is missing")

    monkeypatch.setattr(module, "check_packages", lacking)
    before = dict(objects(store))
    with pytest.raises(UnsupportedStore):
        done(store)
    assert objects(store) == before


def test_two_do_not_do_the_same_work(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_WAIT", 0)
    with (
        folder_store(tmp_path) as store,
        folder_store(tmp_path) as other,
        other.lock("optimize"),
        pytest.raises(LockedError),
    ):
        done(store)


def test_a_collection_that_runs_all_the_time_leaves_both(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(name: str, timeout: float = 0, *, reads: bool = False) -> object:
        if name == "gc":
            raise LockedError("a collection is running")
        return lock(name, timeout, reads=reads)

    lock = store.lock
    monkeypatch.setattr(store, "lock", busy)
    report = done(store)
    assert any("still there twice" in note for note in report.notes)
    assert len(store.packs()) == 2
    monkeypatch.undo()
    done(store)
    check(store, *BLOBS)


def test_what_is_published_otherwise_than_it_was_decoded_is_noticed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that writes other bytes: the old pack stays, and nothing is lost."""
    (old,) = store.packs()
    publish = MemoryBackend.publish

    def spoilt(self: MemoryBackend, uploads: list[object]) -> None:
        publish(self, uploads)  # type: ignore[arg-type]
        for key in [key for key in self.objects if key.startswith("packs/")]:
            if key != pack_key(old):
                data = bytearray(self.objects[key])
                data[16 + RECORD.size + 3] ^= 1
                self.objects[key] = bytes(data)

    monkeypatch.setattr(MemoryBackend, "publish", spoilt)
    done(store)
    monkeypatch.undo()
    fresh = Store.on(store.backend, writer="another")
    for raw in BLOBS:
        assert fresh.read(Kind.MEDIA, media(raw)) == raw
