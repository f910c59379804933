"""Whole logs of Codex as .zst, and back byte for byte."""

import os
from pathlib import Path
from typing import Any

import pytest
import zstandard

from assetstore.agents.codex import packing
from assetstore.agents.codex.packing import PackedLog, pack_logs, unpack_log
from assetstore.archiver.run import archive_paths
from assetstore.documents.upkeep import collect
from assetstore.errors import SourceChanged, SourceInUse, SourceRefused
from assetstore.files.draft_names import is_temporary
from assetstore.files.replace import Draft
from assetstore.restore.run import restore_paths
from assetstore.store.locks import hold
from assetstore.store.store import Store
from support.cut_off import Killed
from support.homes import THREAD, codex_fork, codex_home, rollout
from support.samples import lines
from support.stores import folder_store, memory_store

NUMBERED = {
    "timestamp": "2026-10-01T10:00:00Z",
    "type": "session_meta",
    "payload": {"id": THREAD, "history_mode": "paginated"},
}


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def log(alone: Path) -> Path:
    """A numbered log that is idle since long, with an odd mode."""
    path = codex_home(alone, lines(NUMBERED) + rollout(2))
    path.chmod(0o640)
    return path


def old(path: Path) -> None:
    os.utime(path, (1_700_000_000, 1_700_000_000))


def pack(store: Store, path: Path, **settings: Any) -> PackedLog:
    old(path)
    (done,) = pack_logs(store, [path], older_than=86400.0, **settings)
    return done


def text_of(path: Path) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()


def test_packed_and_back(store: Store, log: Path) -> None:
    data = log.read_bytes()
    dry = pack(store, log, dry_run=True)
    assert (dry.error, dry.after, log.read_bytes()) == (None, 0, data)
    done = pack(store, log)
    assert done.error is None
    assert (done.path, done.before) == (log, len(data))
    assert not log.exists()
    assert text_of(done.to) == data
    now = done.to.stat()
    assert (now.st_size, now.st_mtime, now.st_mode & 0o777) == (
        done.after,
        1_700_000_000,
        0o640,
    )
    assert list(log.parent.iterdir()) == [done.to]
    assert list(pack_logs(store, [done.to], older_than=0.0)) == []
    back = unpack_log(store, done.to)
    assert (back.to, log.read_bytes()) == (log, data)
    assert log.stat().st_mtime == 1_700_000_000
    assert list(log.parent.iterdir()) == [log]


def test_only_what_is_idle_and_its_client_can_read(store: Store, alone: Path) -> None:
    before = codex_home(alone)
    assert pack(store, before).old
    os.utime(before)
    other = alone / "log.jsonl"
    other.write_bytes(lines(NUMBERED))
    old(other)
    assert list(pack_logs(store, [before, other], older_than=86400.0)) == []
    for path in (before, other):
        with pytest.raises(SourceRefused, match="no packed log"):
            unpack_log(store, path)


def test_what_a_store_knows_of_a_log_goes_along(store: Store, log: Path) -> None:
    whole = log.read_bytes()
    archive_paths(store, [log])
    slim = log.read_bytes()
    assert slim != whole
    packed = pack(store, log).to
    assert {m.document for m in store.manifests()} == {str(log), str(packed)}
    store.retract(next(m for m in store.manifests() if m.document == str(log)))
    collect(store, grace=0)
    unpack_log(store, packed)
    assert log.read_bytes() == slim
    assert {m.document for m in store.manifests()} == {str(log)}
    collect(store, grace=0)
    assert restore_paths(store, [log]).files[0].status == "restored"
    assert log.read_bytes() == whole


def test_a_log_that_another_goes_on_from(store: Store, log: Path) -> None:
    fork = codex_fork(log, 1, len(log.read_bytes()), rollout(1, 0))
    data = fork.read_bytes()
    pack(store, log)
    assert fork.read_bytes() == data  # its place counts in the text


def test_one_that_is_loaded_stays(store: Store, log: Path) -> None:
    data = log.read_bytes()
    lock = log.parents[4] / "thread-writer-locks" / f"{THREAD}.lock"
    lock.touch()
    with hold(lock, 0):
        assert isinstance(pack(store, log).error, SourceInUse)
    assert log.read_bytes() == data
    assert list(log.parent.iterdir()) == [log]


def test_one_that_is_written_to_stays(
    store: Store, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = log.read_bytes()
    real = packing._dated

    def writing(path: Path, source: Any) -> None:
        real(path, source)
        with log.open("ab") as file:
            file.write(b"{}\n")

    monkeypatch.setattr(packing, "_dated", writing)
    assert isinstance(pack(store, log).error, SourceChanged)
    assert log.read_bytes() == data + b"{}\n"
    assert list(log.parent.iterdir()) == [log]


@pytest.mark.parametrize("step", ["publish", "_dated", "_claim", "_removed", "unlink"])
def test_killed_it_is_the_one_or_the_other_and_the_next_finishes(
    alone: Path, log: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    data = log.read_bytes()

    real = Path.unlink

    def kill(*words: object, **settings: object) -> None:
        raise Killed

    def unlink(path: Path, **settings: bool) -> None:
        if path.parent == log.parent:
            raise Killed
        real(path, **settings)

    with folder_store(alone) as store:
        with monkeypatch.context() as change:
            if step == "publish":
                change.setattr(Draft, "publish", kill)
                change.setattr(Draft, "close", lambda draft: None)
            elif step == "unlink":
                change.setattr(Path, "unlink", unlink)
            else:
                change.setattr(packing, step, kill)
            with pytest.raises(Killed):
                pack(store, log)
        packed = log.with_name(f"{log.name}.zst")
        whole = [p for p in (log, packed) if p.exists()]
        assert whole
        assert all(
            (text_of(p) if p == packed else p.read_bytes()) == data for p in whole
        )
        if log.exists():
            assert pack(store, log).error is None
        unpack_log(store, packed)
        assert log.read_bytes() == data
        assert not [p for p in log.parent.iterdir() if is_temporary(p.name)]


def test_neither_takes_the_place_of_something_else(store: Store, log: Path) -> None:
    packed = log.with_name(f"{log.name}.zst")
    packed.write_bytes(zstandard.compress(b"other"))
    assert isinstance(pack(store, log).error, SourceRefused)
    packed.write_bytes(zstandard.compress(log.read_bytes()[:50]))  # it grew since
    assert pack(store, log).error is None
    log.write_bytes(b"other")
    with pytest.raises(SourceRefused, match="exists already"):
        unpack_log(store, packed)
    log.unlink()
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(SourceRefused, match="ends in the middle"):
        unpack_log(store, packed)
