"""A repair: the config, packs, manifests and lost blobs, one after the other."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from assetstore.errors import SourceRefused, StoreError, UnsupportedStore, UsageError
from assetstore.progress import SILENT
from assetstore.store.backends.base import put
from assetstore.store.backends.local import LocalBackend
from assetstore.store.codecs.table import FEATURES
from assetstore.store.config import checked_config
from assetstore.store.format.blob import Kind, new_name
from assetstore.store.format.pack import pack_header, pack_key
from assetstore.store.repair.accepted import accepted_losses
from assetstore.store.repair.lost_blobs import LostBlobFinder, Search
from assetstore.store.repair.repair import Repair, mend_config
from assetstore.store.reports import RepairReport
from assetstore.store.store import Store
from support.blobs import Nobody, flip, manifest_of, media, objects, pack_of
from support.stores import folder_store, memory_store

ONE, TWO = b"one " * 50, b"two " * 50


class Holds:
    """Something that holds some blobs."""

    def __init__(self, *blobs: bytes, error: Exception | None = None):
        self.name = f"what holds {len(blobs)}"
        self.blobs, self.error = blobs, error
        self.asked: list[frozenset[str]] = []

    def heal(self, search: Search, profiles: frozenset[str]) -> None:
        self.asked.append(profiles)
        if self.error is not None:
            raise self.error
        for raw in self.blobs:
            search.put(Kind.MEDIA, raw)


def repaired(
    store: Store,
    healers: Callable[[], Iterable[LostBlobFinder]] = tuple,
    *,
    dry_run: bool = False,
    set_aside: bool = False,
    accept: Sequence[str] | None = None,
) -> RepairReport:
    work = Repair(store, Nobody(), SILENT, dry_run=dry_run)
    try:
        return work.run(healers, (), set_aside, accept)
    finally:
        work.close()


@pytest.fixture
def store() -> Store:
    found = memory_store()
    pack_of(found, ONE, TWO)
    manifest_of(found, "/a", media(ONE))
    manifest_of(found, "/b", media(ONE), media(TWO))
    return found


@pytest.fixture
def lacking(store: Store) -> Store:
    """The pack is gone."""
    (name,) = store.packs()
    store.backend.delete(pack_key(name))
    return store


def test_a_sound_store_is_left_as_it_is(store: Store) -> None:
    before = dict(objects(store))
    report = repaired(store)
    assert not report.work
    assert (report.packs, report.bytes_read) == (1, len(ONE + TWO))
    assert objects(store) == before


def test_a_damaged_index_is_set_aside_and_made_anew(store: Store) -> None:
    (key,) = (key for key in objects(store) if key.startswith("index/"))
    objects(store)[key] = b"damaged"
    store = Store.on(store.backend, writer="test")
    said = repaired(store, dry_run=True)
    assert objects(store)[key] == b"damaged"
    report = repaired(store)
    assert said.reindexed
    assert report.reindexed
    assert [item.key for item in report.set_aside] == [key]
    assert objects(store)[f"quarantine/{key}"] == b"damaged"
    assert Store.on(store.backend, writer="x").read(Kind.MEDIA, media(ONE)) == ONE


def test_a_damaged_pack_goes_and_what_is_whole_in_it_stays(store: Store) -> None:
    (name,) = store.packs()
    (entry,) = store.copies(media(ONE))
    flip(store, entry)
    said = repaired(store, dry_run=True)
    assert list(store.packs()) == [name]
    report = repaired(store)
    for each in (said, report):
        ((aside,), (lost,)) = each.set_aside, each.lost
        assert (aside.key, aside.moved) == (pack_key(name), 1)
        assert (lost.blob, lost.documents) == (media(ONE).hex(), ("/a", "/b"))
    assert name not in store.packs()
    assert f"quarantine/{pack_key(name)}" in objects(store)
    assert store.read(Kind.MEDIA, media(TWO)) == TWO


def test_what_was_lost_is_found_again(lacking: Store) -> None:
    other, right, unasked = Holds(b"else"), Holds(ONE, TWO), Holds(ONE)
    report = repaired(lacking, lambda: [other, right, unasked])
    assert report.lost == ()
    assert {item.source for item in report.healed} == {right.name}
    assert {item.blob for item in report.healed} == {media(ONE).hex(), media(TWO).hex()}
    assert report.searched == 2
    assert unasked.asked == []
    assert right.asked == [frozenset({"generic"})]
    assert lacking.read(Kind.MEDIA, media(ONE)) == ONE
    assert not lacking.holds(media(b"else"))


def test_a_dry_run_finds_it_and_writes_nothing(lacking: Store) -> None:
    before = dict(objects(lacking))
    report = repaired(lacking, lambda: [Holds(ONE)], dry_run=True)
    assert [item.blob for item in report.healed] == [media(ONE).hex()]
    assert [item.blob for item in report.lost] == [media(TWO).hex()]
    assert objects(lacking) == before


def test_one_that_cannot_be_read_does_not_end_the_search(lacking: Store) -> None:
    for error in (OSError("no disk"), SourceRefused("a device")):
        healers = [Holds(error=error), Holds(ONE)]
        report = repaired(lacking, lambda found=healers: found, dry_run=True)  # type: ignore[misc]
        assert len(report.healed) == 1
        (note,) = report.notes
        assert "was not searched" in note


def test_nothing_is_searched_where_nothing_is_lost(store: Store) -> None:
    def healers() -> Iterable[LostBlobFinder]:
        raise AssertionError("searched")

    assert repaired(store, healers).searched == 0


def test_a_purged_blob_is_not_lost(lacking: Store) -> None:
    put(lacking.backend, f"purged/{media(ONE).hex()}", [])
    report = repaired(lacking)
    assert [item.blob for item in report.lost] == [media(TWO).hex()]


@pytest.mark.parametrize("accept", [[], [media(ONE).hex()[:6].upper()]])
def test_a_loss_is_accepted_by_its_digits_or_all_are(
    lacking: Store, accept: list[str]
) -> None:
    report = repaired(lacking, accept=accept, dry_run=True)
    assert accepted_losses(lacking.backend) == set()
    assert len(report.accepted) == (1 if accept else 2)
    report = repaired(lacking, accept=accept)
    assert len(report.accepted) == (1 if accept else 2)
    assert media(ONE) in accepted_losses(lacking.backend)
    report = repaired(lacking)
    assert len(report.accepted) == (1 if accept else 2), "it stays accepted"
    repaired(lacking, lambda: [Holds(ONE)])
    assert media(ONE) not in accepted_losses(lacking.backend)


@pytest.mark.parametrize("accept", ["", "abc", "zzzz", media(b"whole").hex()])
def test_what_is_not_lost_cannot_be_accepted(lacking: Store, accept: str) -> None:
    with pytest.raises(UsageError, match="no blob that is lost"):
        repaired(lacking, accept=[accept])
    assert accepted_losses(lacking.backend) == set()


def test_a_manifest_that_stays_damaged_is_lost_or_set_aside(store: Store) -> None:
    key = next(iter(store.manifest_keys()))
    objects(store)[key] = b"damaged"
    (lost,) = repaired(store).lost
    assert (lost.kind, lost.key) == ("manifest", key)
    assert repaired(store, set_aside=True, dry_run=True).set_aside[0].key == key
    assert key in objects(store)
    report = repaired(store, set_aside=True)
    assert (report.lost, [item.key for item in report.set_aside]) == ((), [key])
    assert key not in objects(store)
    assert objects(store)[f"quarantine/{key}"] == b"damaged"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with folder_store(tmp_path) as store:
        pack_of(store, ONE)
        return tmp_path / "store"


def test_a_config_that_is_whole_is_not_touched(root: Path) -> None:
    before = (root / "config").read_bytes()
    assert not mend_config(root)
    assert (root / "config").read_bytes() == before
    assert not mend_config(root.parent), "no store"


@pytest.mark.parametrize("data", [None, b"", b"{", b"\xff" * 90])
def test_a_config_that_is_lost_is_written_anew(root: Path, data: bytes | None) -> None:
    id = checked_config((root / "config").read_bytes())
    (root / "config").unlink()
    if data is not None:
        (root / "config").write_bytes(data)
    with pytest.raises(StoreError) as caught:
        mend_config(root, dry_run=True)
    assert "--dry-run" in caught.value.hint
    assert mend_config(root, id=id)
    assert checked_config((root / "config").read_bytes()) == id
    kept = root / "quarantine" / "config"
    assert (kept.read_bytes() if kept.exists() else None) == data


def test_what_the_packs_need_is_asked_for(root: Path) -> None:
    backend = LocalBackend(root)
    name = new_name()
    put(backend, pack_key(name), [pack_header(3)])
    put(backend, f"purged/{media(ONE).hex()}", [])
    backend.close()
    (root / "config").unlink()
    mend_config(root)
    features = json.loads((root / "config").read_bytes())["features"]["read"]
    assert set(features) == {*FEATURES, "purge"}


def test_manifests_with_notes_are_asked_for(root: Path) -> None:
    backend = LocalBackend(root)
    put(backend, "manifests/w/d/0000000001", [b"ASmf\2\0\0\0rest"])
    backend.close()
    (root / "config").unlink()
    mend_config(root)
    features = json.loads((root / "config").read_bytes())["features"]["read"]
    assert features == ["notes"]


def test_a_store_of_another_version_is_left_alone(root: Path) -> None:
    backend = LocalBackend(root)
    put(backend, pack_key(new_name()), [b"ASPK\x09" + bytes(11)])
    backend.close()
    (root / "config").unlink()
    with pytest.raises(StoreError, match="no config"):
        mend_config(root)
    assert not (root / "config").exists()


def test_a_config_that_a_newer_version_wrote_is_no_damage(root: Path) -> None:
    config = json.loads((root / "config").read_bytes())
    (root / "config").write_text(json.dumps({**config, "format": 9}))
    with pytest.raises(UnsupportedStore):
        mend_config(root)
