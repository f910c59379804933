"""Rot in any file of a store: the exact bytes or a typed error, and it is found."""

import errno
from itertools import combinations

import pytest

from assetstore.documents.upkeep import repair
from assetstore.errors import AssetstoreError, IntegrityError
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.check.verify import verify
from assetstore.store.format.pack import records
from assetstore.store.store import Store
from support.rot import Rotten, flips, harm
from support.stores import restored

# It only counts that it is there; without it, gc puts it anew.
NOTE = "notes/claimed"


@pytest.fixture(scope="module")
def rotten() -> Rotten:
    return Rotten.new()


@pytest.fixture(scope="module")
def optimized() -> Rotten:
    return Rotten.optimized()


def record_headers(rotten: Rotten, key: str) -> list[int]:
    """Every byte of the pack's header and of records of each kind and codec."""
    backend = rotten.spoilt({})
    kinds: dict[tuple[int, int], int] = {}
    for offset, record in records(backend, key.rpartition("/")[2]):
        kinds[record.kind, record.codec] = offset
    assert len(kinds) == 3  # pictures, drawings, recipes
    return [*range(16), *(o + i for o in kinds.values() for i in range(64))]


def test_every_bit_of_pack_headers_and_some_of_blobs(rotten: Rotten) -> None:
    (key, _) = rotten.keys("packs/")
    data = rotten.objects[key]
    faults = 0
    for spoilt in flips(data, record_headers(rotten, key), every=23):
        outcome = rotten.survives({key: spoilt})
        # A bit of a compressed frame may mean nothing: then nothing is wrong.
        assert outcome.found or not outcome.failed
        assert all(isinstance(e, IntegrityError) for e in outcome.failed)
        assert outcome.report is not None
        if outcome.failed:
            documents = {d for f in outcome.report.findings for d in f.documents}
            assert documents
        faults += outcome.found
    assert faults > 1600


def test_a_pack_of_pictures_that_need_each_other(optimized: Rotten) -> None:
    (key,) = optimized.keys("packs/")
    data = optimized.objects[key]
    name = key.rpartition("/")[2]
    found = list(records(optimized.spoilt({}), name))
    needed = next(offset for offset, record in found if record.codec == 3)
    assert sum(record.codec == 3 for _, record in found) == 4
    headers = [needed + at for at in (*range(0, 64, 7), *range(64, 66))]
    lost: set[int] = set()
    for spoilt in flips(data, [*range(4, 7), *headers], every=29):
        outcome = optimized.survives({key: spoilt})
        assert outcome.found or not outcome.failed
        assert all(isinstance(e, IntegrityError) for e in outcome.failed)
        assert outcome.report is not None
        documents = {d for f in outcome.report.findings for d in f.documents}
        assert bool(documents) == bool(outcome.failed)
        lost.add(len(documents))
    assert lost == {0, 1, 2}  # what one document needs may be another one's


def test_files_of_an_optimized_store_cut_zeroed_and_gone(optimized: Rotten) -> None:
    for key, data in optimized.objects.items():
        for what, spoilt in harm(data):
            outcome = optimized.survives({key: spoilt})
            if key.startswith("packs/") and what != "one byte more":
                assert outcome.failed
            if not (key.startswith(("manifests/", "config", NOTE))):
                assert outcome.found, (key, what)


def test_every_bit_of_an_index_head_and_some_of_its_rest(rotten: Rotten) -> None:
    key = rotten.keys("index/")[0]
    data = rotten.objects[key]
    for spoilt in flips(data, range(32 + 26 + 32), every=11):
        outcome = rotten.survives({key: spoilt})
        assert outcome.report is not None
        assert "index-damaged" in {f.kind for f in outcome.report.findings}
        assert all(isinstance(e, IntegrityError) for e in outcome.failed)


def test_every_bit_of_a_manifest_head_and_some_of_its_rest(rotten: Rotten) -> None:
    key = rotten.keys("manifests/")[0]
    data = rotten.objects[key]
    for spoilt in flips(data, range(12), every=5):
        outcome = rotten.survives({key: spoilt})
        assert not outcome.failed  # a restore needs no manifest
        assert outcome.report is not None
        assert "manifest-damaged" in {f.kind for f in outcome.report.findings}


def test_every_bit_of_the_config(rotten: Rotten) -> None:
    for spoilt in flips(rotten.objects["config"], range(1 << 16), every=1):
        outcome = rotten.survives({"config": spoilt})
        # Either it says so, or another id was read: only caches go by that.
        assert outcome.opened == (not outcome.failed)


def test_files_cut_zeroed_overwritten_and_gone(rotten: Rotten) -> None:
    for key, data in rotten.objects.items():
        for what, spoilt in harm(data):
            outcome = rotten.survives({key: spoilt})
            if key.startswith("manifests/") and spoilt is None:
                continue  # nobody can know that it was there
            if key == NOTE:
                assert not outcome.failed
                assert not outcome.found
                continue
            if key == "config" and outcome.opened:
                assert what in ("one byte short", "one byte more")  # white space
                continue
            assert outcome.found, (key, what)
            for error in outcome.failed:
                assert isinstance(error, AssetstoreError)
                assert str(error)


@pytest.mark.parametrize("folder", ["packs/", "index/", "manifests/"])
def test_two_files_swapped(rotten: Rotten, folder: str) -> None:
    for one, other in combinations(rotten.keys(folder), 2):
        swapped = {one: rotten.objects[other], other: rotten.objects[one]}
        outcome = rotten.survives(dict(swapped))
        if folder == "index/":  # an index may have any name
            assert not outcome.failed
            assert not outcome.found
            continue
        assert outcome.found, (one, other)
        if folder == "manifests/":
            assert not outcome.failed


def test_a_pack_in_another_folder(rotten: Rotten) -> None:
    key = rotten.keys("packs/")[0]
    name = key.rpartition("/")[2]
    outcome = rotten.survives({key: None, f"packs/zz/{name}": rotten.objects[key]})
    assert outcome.failed
    assert outcome.found
    assert outcome.report is not None
    assert any("no pack's place" in note for note in outcome.report.notes)


@pytest.mark.parametrize("folder", ["packs/", "index/", "manifests/"])
def test_a_file_twice(rotten: Rotten, folder: str) -> None:
    for key in rotten.keys(folder):
        name = key.rpartition("/")[2]
        copy = key.replace(name, name[:-1] + "7")
        if folder == "packs/":  # whose folder goes by the end of the name
            copy = f"packs/{copy[-2:]}/{copy[-26:]}"
        outcome = rotten.survives({copy: rotten.objects[key]})
        assert not outcome.failed
        assert outcome.found == (folder == "manifests/")  # it belongs elsewhere
        assert outcome.report is not None
        if folder == "packs/":
            assert any("in no index" in note for note in outcome.report.notes)


class Failing(MemoryBackend):
    """A medium that does not give out some objects."""

    def __init__(self, objects: dict[str, bytes], bad: str):
        super().__init__()
        self.objects.update(objects)
        self.bad = bad

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        if key == self.bad:
            raise OSError(errno.EIO, "Input/output error")
        return super().read_into(key, offset, view)


def test_files_that_the_medium_does_not_give_out(rotten: Rotten) -> None:
    for key in rotten.objects.keys() - {NOTE}:
        backend = Failing(rotten.objects, key)
        try:
            store = Store.on(backend, writer="test")
        except AssetstoreError:
            assert key == "config"
            continue
        for name, data in rotten.slim.items():
            try:
                assert restored(store, data) == rotten.whole[name]
            except IntegrityError:
                assert not key.startswith("manifests/")
        kinds = {f.kind for f in verify(store, read_data=True).findings}
        assert kinds & {"pack-damaged", "index-damaged", "manifest-damaged"}
        assert repair(store, dry_run=True).work
