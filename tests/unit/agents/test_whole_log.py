"""A thread's whole text in one log."""

import json
from pathlib import Path

import pytest

from assetstore.agents.find import log_at
from assetstore.agents.whole_log import write_whole
from assetstore.archiver.run import archive_paths
from assetstore.errors import MissingBlob, SourceRefused
from support.homes import codex_fork, codex_home, rollout
from support.stores import memory_store


def numbered(log: bytes, first: int = 0) -> bytes:
    records = [json.loads(line) for line in log.splitlines()]
    return b"".join(
        json.dumps({"ordinal": n, **record}, separators=(",", ":")).encode() + b"\n"
        for n, record in enumerate(records, first)
    )


def family(folder: Path) -> tuple[Path, Path]:
    """A log, and one that goes on from it."""
    origin = codex_home(folder, numbered(rollout(1, 0)))
    log = origin.read_bytes()
    fork = codex_fork(origin, 11, len(log), rollout(1, 0, 7))
    fork.write_bytes(numbered(fork.read_bytes(), log.count(b"\n")))
    return origin, fork


def test_one_log_is_written_as_it_was(alone: Path, tmp_path: Path) -> None:
    log, target = codex_home(alone), tmp_path / "whole"
    whole = log.read_bytes()
    assert write_whole(None, log_at(log), target) == 0
    assert target.read_bytes() == whole
    with memory_store() as store:
        archive_paths(store, [log])
        assert write_whole(store, log_at(log), target) == 0
        assert target.read_bytes() == whole
        assert b"as1:" in log.read_bytes()  # the thread stays as it is


def test_a_fork_becomes_one(alone: Path, tmp_path: Path) -> None:
    _, fork = family(alone)
    target = tmp_path / "whole"
    with memory_store() as store:
        write_whole(store, log_at(fork), target)
    records = [json.loads(line) for line in target.read_bytes().splitlines()]
    assert [r["ordinal"] for r in records] == list(range(len(records)))
    text = target.read_text()
    assert "look at number 0" in text
    assert "look at number 7" in text
    assert "history_base" not in text


def test_placeholders_that_stay_are_counted(alone: Path, tmp_path: Path) -> None:
    log, target = codex_home(alone), tmp_path / "whole"
    with memory_store() as store:
        archive_paths(store, [log])
    count = log.read_bytes().count(b"as1:")
    assert write_whole(None, log_at(log), target) == count
    with memory_store() as other:
        assert write_whole(other, log_at(log), target) == count


def test_a_history_that_is_not_whole_is_refused(alone: Path, tmp_path: Path) -> None:
    origin, fork = family(alone)
    target = tmp_path / "whole"
    origin.write_bytes(origin.read_bytes().replace(b"\n", b" ", 1))
    whole = origin.read_bytes()
    origin.write_bytes(whole[:-1] + b" more\n")
    with pytest.raises(SourceRefused, match="where no line of that ends"):
        write_whole(None, log_at(fork), target)
    origin.unlink()
    with pytest.raises(SourceRefused, match="the history is not whole"):
        write_whole(None, log_at(fork), target)
    assert not target.exists()


def test_a_picture_that_is_lost_ends_it(alone: Path, tmp_path: Path) -> None:
    log, target = codex_home(alone), tmp_path / "whole"
    with memory_store() as store:
        archive_paths(store, [log])
        for key, _ in list(store.backend.list("packs/")):
            store.backend.delete(key)
        with pytest.raises(MissingBlob):
            write_whole(store, log_at(log), target)
    assert not target.exists()
