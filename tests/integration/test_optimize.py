"""What a store holds, coded smaller: every byte comes back, whatever happens."""

import contextlib
import itertools
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assetstore.documents.upkeep import collect
from assetstore.errors import (
    LockedError,
    StoreWriteError,
    UnsupportedStore,
    UsageError,
)
from assetstore.store import config as configs
from assetstore.store.backends.base import Upload
from assetstore.store.backends.memory import MemoryBackend, MemoryUpload
from assetstore.store.check.verify import verify
from assetstore.store.codecs import table
from assetstore.store.codecs.png import PngCodec
from assetstore.store.codecs.png import encode as pngs
from assetstore.store.codecs.table import TABLE
from assetstore.store.format.blob import Kind
from assetstore.store.format.pack import RECORD, Record, pack_key, pack_name, records
from assetstore.store.optimize import encode
from assetstore.store.optimize import optimize as optimizing
from assetstore.store.optimize.optimize import optimize
from assetstore.store.store import Store
from support.optimized import Shown, page, pages, unlike
from support.program import Program
from support.samples import picture
from support.screens import jpeg as photo
from support.screens import screen, session
from support.stores import restored

Found = tuple[int, Record]


def test_everything_comes_back_and_it_is_smaller() -> None:
    shown = Shown.of(pages() | unlike(2))
    before = sum(shown.store.packs().values())
    report = shown.optimize()
    after = sum(shown.store.packs().values())
    assert report.packs == 5
    assert report.left == 0
    assert report.notes == ()
    assert report.before_bytes > report.after_bytes
    assert after < before * 0.6
    assert shown.codecs()[3] == 9
    assert shown.related()
    assert shown.efforts() == [3]
    assert sum(share.blobs for share in report.codecs.values()) == report.blobs
    shown.check()
    assert shown.copies() == 0


def test_the_program_does_it(program: Program) -> None:
    folder = program.folder / "docs"
    folder.mkdir()
    wholes = {folder / f"{name}.html": data for name, data in pages().items()}
    for path, data in wholes.items():
        path.write_bytes(data)
    assert program("archive", folder).code == 0
    ran = program("optimize", "--json", "--max-effort", "2")
    assert ran.code == 0, ran.err
    assert ran.result["after_bytes"] < ran.result["before_bytes"]
    assert program("verify", "--read-data").code == 0
    again = program("optimize", "--json", "--max-effort", "2")
    assert (again.code, again.result["packs"], again.result["blobs"]) == (0, 0, 0)
    assert program("restore", folder).code == 0
    assert {path: path.read_bytes() for path in wholes} == wholes
    config = json.loads((program.store / "config").read_bytes())
    assert {"png", "jpeg"} <= set(config["features"]["read"])


def test_the_program_takes_it_back(program: Program) -> None:
    wholes = {f"{name}.html": data for name, data in pages(2).items()}
    for name, data in wholes.items():
        (program.folder / name).write_bytes(data)
    assert program("archive", *wholes).code == 0
    assert program("optimize", "--max-effort", "1").code == 0
    said = program("optimize", "--to", "raw", "-n", "--json").result
    done = program("optimize", "--to", "raw", "--json").result
    assert said | {"dry_run": False, "seconds": done["seconds"]} == done
    assert done["codecs"].keys() == {"raw"}
    assert program("verify", "--read-data").code == 0
    ran = program("optimize", "--to", "raw", "--max-effort", "3")
    assert (ran.code, "--max-effort does not go with" in ran.err) == (2, True)
    assert program("restore", *wholes).code == 0
    for name, data in wholes.items():
        assert (program.folder / name).read_bytes() == data


def test_again_changes_nothing() -> None:
    shown = Shown.of(pages(), effort=3)
    before = dict(shown.backend.objects)
    for effort in (3, 2, 1):
        report = shown.optimize(effort)
        assert (report.packs, report.left, report.blobs) == (0, 0, 0)
    assert shown.backend.objects == before


def test_more_effort_codes_again_and_never_larger() -> None:
    shown = Shown.of(pages() | unlike(1), effort=1)
    sizes = [sum(shown.store.packs().values())]
    for effort in (2, 5):
        report = shown.optimize(effort)
        assert report.packs == 1
        assert shown.efforts() == [effort]
        shown.check()
        sizes.append(sum(shown.store.packs().values()))
    assert sizes[-1] <= sizes[0]


def test_what_becomes_no_smaller_is_not_kept_raw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It needs others, which are not where it goes: it is coded anew all the same."""
    monkeypatch.setattr(pngs, "_WEBP", {1: (6, 100), 2: (0, 20)})
    shown = Shown.of(pages(), effort=1)
    codecs = shown.codecs()
    assert codecs[3] == 9
    report = shown.optimize(2)
    assert report.after_bytes > report.before_bytes  # else it shows nothing
    assert shown.codecs() == codecs
    shown.check()


def test_a_dry_run_changes_no_byte() -> None:
    shown = Shown.of(pages())
    before = dict(shown.backend.objects)
    report = optimize(shown.store, effort=3, dry_run=True)
    assert shown.backend.objects == before
    really = shown.optimize()
    assert report.dry_run
    assert not really.dry_run
    assert (report.packs, report.left) == (3, 0)
    assert report.blobs == really.blobs
    assert report.before_bytes == really.before_bytes
    assert report.after_bytes == really.after_bytes
    assert report.codecs == really.codecs


def test_a_dry_run_on_disk_changes_no_byte(program: Program) -> None:
    folder = program.folder / "docs"
    folder.mkdir()
    (folder / "a.html").write_bytes(page(*session(3)))
    assert program("archive", folder).code == 0

    def tree() -> dict[str, bytes]:
        return {
            str(p): p.read_bytes()
            for p in program.store.rglob("*")
            if p.is_file() and p.parent.name != "locks"
        }

    before = tree()
    ran = program("optimize", "--dry-run", "--json")
    assert ran.code == 0, ran.err
    assert ran.result["after_bytes"] < ran.result["before_bytes"]
    assert tree() == before
    assert not list((program.store / "tmp").iterdir())


class Ticking:
    """A clock that goes on by a second at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.mark.parametrize("limit", [0, 1.5, 3.5])
def test_a_time_limit_that_is_too_short_for_a_pack_still_gets_there(
    limit: float,
) -> None:
    shown = Shown.of(pages(2) | pages(1, seed=5))
    for number in itertools.count():
        report = optimize(shown.store, effort=1, time_limit=limit, clock=Ticking())
        if number % 4 == 0:
            shown.check()
        assert report.left >= 0
        if not report.left:
            break
        assert number < 100
        assert report.blobs > 0, "it will never get there"
        assert report.blobs < 9, "it does not stop"
    assert number > 1
    assert shown.efforts() == [1]
    assert shown.copies() == 0
    assert len(shown.related()) > 2
    shown.check()


def test_what_comes_later_joins_the_newest_pack() -> None:
    shown = Shown.of(pages(1), effort=3)
    (first,) = shown.store.packs()
    for number in range(3):
        shown.archive({f"more {number}": page(*session(12)[3 * number + 3 :][:3])})
        report = shown.optimize()
        assert report.packs == 1
        assert report.left == 0
        assert shown.efforts() == [3]
        assert first not in shown.store.packs()
        shown.check()
        assert shown.copies() == 0
    assert len(shown.store.packs()) == 1
    assert len(shown.related()) > 6  # they are like what was there before


def test_a_pack_that_is_large_beside_what_is_new_stays() -> None:
    shown = Shown.of(pages(4, 4), effort=3)
    (first,) = shown.store.packs()
    shown.archive({"small": page(picture(3, 3, 1))})
    shown.optimize()
    assert first in shown.store.packs()
    assert shown.efforts() == [3, 3]
    shown.check()


def test_packs_of_the_size_that_packs_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizing, "TARGET", 9000)
    shown = Shown()
    for number in range(4):
        shown.archive(pages(2, seed=number))
    report = shown.optimize()
    assert report.packs == 8
    assert len(shown.store.packs()) > 1
    assert set(shown.efforts()) == {3}
    shown.check()
    assert shown.copies() == 0


def test_blobs_that_several_packs_hold() -> None:
    shown = Shown.of(pages(2))
    ids = {entry.record.id for entry in shown.store.entries()}
    with shown.store.session() as again:  # as a writer does that lost a race
        again.distrust(ids)
        for id in sorted(ids):
            (entry, *_) = shown.store.copies(id)
            raw = shown.store.read(entry.record.kind, id)
            again.put(entry.record.kind, raw)
        again.commit()
    assert shown.copies() == len(ids)
    report = shown.optimize()
    assert report.packs == 3
    assert report.blobs == len(ids)
    shown.check()
    assert shown.copies() == 0


def test_a_damaged_pack_is_left_alone() -> None:
    shown = Shown.of(pages(1))
    (bad,) = shown.store.packs()
    spoil(shown.backend, bad, Kind.MEDIA)
    shown.archive(pages(2, seed=7))
    kept = shown.backend.objects[pack_key(bad)]
    report = shown.optimize()
    assert [bad in note for note in report.notes] == [True]
    assert "repair" in report.notes[0]
    assert report.packs == 2
    assert report.left == 1
    assert shown.backend.objects[pack_key(bad)] == kept
    assert not shown.store.condemned()
    lost = {d for f in verify(shown.opened()).findings for d in f.documents}
    assert not lost
    del shown.slim["1-0"], shown.whole["1-0"]
    for name, data in shown.slim.items():
        assert restored(shown.opened(), data) == shown.whole[name]
    again = shown.optimize()
    assert again.packs == 0
    assert len(again.notes) == 1


@pytest.mark.parametrize("kind", [Kind.RECIPE, Kind.MEDIA])
def test_no_damaged_copy_is_made(kind: Kind) -> None:
    """Neither of a picture nor of a recipe, which is copied as it is."""
    shown = Shown.of(pages(1))
    (bad,) = shown.store.packs()
    id = spoil(shown.backend, bad, kind)
    shown.optimize()
    for name in shown.store.packs():
        if name != bad:
            assert id not in {r.id for _, r in records(shown.backend, name)}
    assert bad in shown.store.packs()
    assert not shown.store.condemned()


def spoil(backend: MemoryBackend, name: str, kind: Kind) -> bytes:
    """Damage the last record of a kind in a pack."""
    found = [(o, r) for o, r in records(backend, name) if r.kind is kind]
    offset, record = found[-1]
    data = bytearray(backend.objects[pack_key(name)])
    data[offset + 64 + record.stored // 2] ^= 4
    backend.objects[pack_key(name)] = bytes(data)
    return record.id


def test_a_blob_that_is_too_large_is_not_read_into_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(optimizing, "LARGEST", 1 << 20)
    large = os.urandom(5 << 20)
    shown = Shown.of(pages(1))
    with shown.store.session() as session:
        session.put(Kind.MEDIA, large)
        session.commit()
    names = set(shown.store.packs())
    assert len(names) == 2
    report = shown.optimize()
    assert report.left == 0
    kept = names & set(shown.store.packs())
    assert len(kept) == 1
    assert shown.backend.size(pack_key(kept.pop())) == len(large) + 64 + 16
    assert shown.optimize().packs == 0
    shown.check()


class Full(MemoryBackend):
    """A medium that is full, or cannot be written."""

    def __init__(self, objects: dict[str, bytes], left: int):
        super().__init__()
        self.objects.update(objects)
        self.left = left

    def publish(self, uploads: object) -> None:
        self.spend()
        super().publish(uploads)  # type: ignore[arg-type]

    def mend(self, key: str, data: bytes) -> None:
        self.spend()
        super().mend(key, data)

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreWriteError("no space left on device")


def test_a_store_that_is_full_loses_nothing() -> None:
    shown = Shown.of(pages(2))
    before = dict(shown.backend.objects)
    for left in range(12):
        backend = Full(before, left)
        store = Store.on(backend, writer="test")
        try:
            optimize(store, effort=1)
        except StoreWriteError:
            other = Shown(store, shown.whole, shown.slim)
            other.check()
            backend.left = 99
            optimize(Store.on(backend, writer="test"), effort=1)
            other.check()
            collect(store, grace=0)  # a pack that is in no index
            assert other.copies() == 0
            assert not other.store.condemned()
        else:
            assert left > 3
            return
    raise AssertionError("it was always full")


class Flipping(MemoryBackend):
    """A medium that changes a byte of a coded pack as it is published.

    Args:
        objects: What it holds.
        flips: Says of a pack's records where.
    """

    def __init__(
        self, objects: dict[str, bytes], flips: Callable[[list[Found]], int | None]
    ):
        super().__init__()
        self.objects.update(objects)
        self.flips = flips
        self.done = 0

    def publish(self, uploads: Sequence[Upload]) -> None:
        super().publish(uploads)
        for key in [u.key for u in uploads if isinstance(u, MemoryUpload)]:
            data = self.objects[key]
            if key.startswith("packs/") and data[5] and not self.done:
                at = self.flips(list(records(self, pack_name(key))))
                if at is not None:
                    self.objects[key] = (
                        data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
                    )
                    self.done += 1


# Codecs of what is no picture, and of what is kept as it is.
TEXTS = {codec.number for codec in TABLE if not codec.mime} - {0}
FLIPS: dict[str, Callable[[list[Found]], int | None]] = {
    "a picture that others need": lambda found: middle(found, {3}, 0),
    "the last picture": lambda found: middle(found, {3}, -1),
    "what is no picture": lambda found: middle(found, TEXTS, 0),
    "a header's hash": lambda found: found[1][0] + 30,
    "a header's check": lambda found: found[1][0] + 62,
    "what a picture needs": lambda found: needing(found) + RECORD.size + 4,
}


def middle(found: list[Found], codecs: set[int], which: int) -> int:
    """The middle of the stored form of one of the records of some codecs."""
    offset, record = [each for each in found if each[1].codec in codecs][which]
    return offset + RECORD.size + record.stored // 2


def needing(found: list[Found]) -> int:
    """Where a record begins that needs another one: it is small."""
    return min((r.stored, offset) for offset, r in found if r.codec == 3)[1]


@pytest.mark.parametrize("name", FLIPS)
def test_what_is_damaged_as_it_is_published_takes_nothing_along(name: str) -> None:
    shown = Shown.of(pages() | unlike(1))
    backend = Flipping(shown.backend.objects, FLIPS[name])
    store = Store.on(backend, writer="test")
    optimize(store, effort=1)
    assert backend.done == 1
    for document, data in shown.slim.items():
        assert restored(store, data) == shown.whole[document]


def test_what_was_decoded_before_it_was_written_is_not_decoded_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = Shown.of(pages())
    decoded: list[int] = []
    file = PngCodec.file

    def counted(self: PngCodec, *how: Any) -> Sequence[bytes]:
        decoded.append(1)
        return file(self, *how)

    monkeypatch.setattr(PngCodec, "file", counted)
    shown.optimize()
    assert shown.codecs()[3] == 9
    assert not decoded
    shown.check()
    assert decoded


def test_an_older_version_refuses_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown.of(pages(1))
    config = shown.backend.objects["config"]
    monkeypatch.setattr(configs, "KNOWN_FEATURES", frozenset[str]())
    shown.opened()
    monkeypatch.undo()
    shown.optimize()
    assert json.loads(shown.backend.objects["config"])["id"] in config.decode()
    shown.opened()
    monkeypatch.setattr(configs, "KNOWN_FEATURES", frozenset[str]())
    with pytest.raises(UnsupportedStore, match="png"):
        shown.opened()


def test_an_older_version_refuses_it_before_the_first_record_is_there() -> None:
    shown = Shown.of(pages(1))
    backend = Full(dict(shown.backend.objects), 1)
    with pytest.raises(StoreWriteError):
        optimize(Store.on(backend, writer="test"), effort=1)
    assert json.loads(backend.objects["config"])["features"]["read"]


def test_a_store_without_pictures_stays_open_to_older_versions() -> None:
    shown = Shown()
    shown.optimize()
    features = json.loads(shown.backend.objects["config"])["features"]
    assert features == {"read": [], "write": []}


def test_efforts_that_there_are_not() -> None:
    for effort in (-1, 0, 10):
        with pytest.raises(UsageError):
            optimize(Shown().store, effort=effort)


def test_without_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "missing_packages", lambda: ["numpy"])
    with pytest.raises(UnsupportedStore, match="numpy") as caught:
        optimize(Shown().store)
    assert "numpy>=2.0" in caught.value.hint


def opened(tmp_path: Path, client: str = "a") -> Store:
    return Store.open(
        tmp_path / "store",
        create=True,
        cache_dir=tmp_path / client / "cache",
        state_dir=tmp_path / client / "state",
    )


def test_two_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizing, "_WAIT", 0.01)
    with opened(tmp_path) as one, opened(tmp_path, "b") as other:
        with one.lock("optimize"), pytest.raises(LockedError):
            optimize(other, effort=1)
        optimize(other, effort=1)


def test_while_a_collection_is_running_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetstore.store.gc.remove._WAIT_FOR_GC", 0.01)
    with opened(tmp_path) as store, opened(tmp_path, "b") as other:
        shown = Shown(store)
        shown.archive(pages(1))
        with other.lock("gc"):
            report = optimize(store, effort=1)
        assert len(report.notes) == 1
        assert "twice" in report.notes[0]
        assert len(store.packs()) == 2
        for name, data in shown.slim.items():
            assert restored(other, data) == shown.whole[name]
        again = optimize(store, effort=1)
        assert again.notes == ()
        assert again.left == 0
        assert len(store.packs()) == 1
        for name, data in shown.slim.items():
            assert restored(other, data) == shown.whole[name]


@pytest.mark.timeout(120)
def test_beside_archives_and_collections(tmp_path: Path) -> None:
    """Threads with stores of their own; nothing is lost that anybody was told is in."""
    kept: dict[str, tuple[bytes, bytes]] = {}
    problems: list[BaseException] = []
    done = threading.Event()

    def guarded(work: Iterator[None]) -> None:
        try:
            for _ in work:
                if problems:
                    return
        except BaseException as e:
            problems.append(e)

    def archives(client: str, seed: int) -> Iterator[None]:
        with opened(tmp_path, client) as store:
            for number in range(6):
                shown = Shown(store)
                shown.archive(pages(1, 2, seed=seed * 10 + number % 4))
                (name,) = shown.slim
                assert restored(store, shown.slim[name]) == shown.whole[name]
                kept[f"{client} {number}"] = shown.slim[name], shown.whole[name]
                yield

    def collections() -> Iterator[None]:
        with opened(tmp_path, "gc") as store:
            while not done.is_set():
                with contextlib.suppress(LockedError):
                    collect(store, grace=0)
                yield

    def optimizations() -> Iterator[None]:
        with opened(tmp_path, "o") as store:
            for effort in itertools.cycle((1, 1, 2)):
                optimize(store, effort=effort)
                yield
                if done.is_set():
                    return

    writers = [
        threading.Thread(target=guarded, args=(archives(f"w{n}", n),)) for n in range(2)
    ]
    others = [
        threading.Thread(target=guarded, args=(work,))
        for work in (collections(), optimizations())
    ]
    for thread in (*writers, *others):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in others:
        thread.join()
    assert not problems, problems
    assert len(kept) == 12
    with opened(tmp_path, "last") as store:
        for slim, whole in kept.values():
            assert restored(store, slim) == whole
        assert verify(store, read_data=True).findings == ()
        optimize(store, effort=2)
        collect(store, grace=0)
        assert not store.condemned()
        assert Shown(store).copies() == 0
        for slim, whole in kept.values():
            assert restored(store, slim) == whole


def test_where_a_package_cannot_be_had_jpeg_files_stay_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "is_made_here", lambda name: "lepton" not in name)
    monkeypatch.setattr(encode, "is_made_here", table.is_made_here)
    monkeypatch.setitem(sys.modules, "lepton_jpeg_python", None)
    shown = Shown.of({"photo": page(photo(screen(160, 120)))} | pages(1))
    report = shown.optimize()
    assert report.notes == (
        "JPEG files stay as they are: no package is made for this system.",
    )
    assert set(report.codecs) == {"png", "raw", "zstd"}
    assert 4 not in shown.codecs()
    shown.check()
    assert shown.optimize().notes == ()  # nothing was to be done
