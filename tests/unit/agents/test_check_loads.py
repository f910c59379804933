"""A rescued log is read as its client would, line by line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.agents.check_loads import check_loads
from assetstore.agents.find import log_at
from assetstore.agents.reading import Reading, read_thread
from assetstore.archiver.options import ArchiveOptions
from assetstore.archiver.run import archive_paths
from assetstore.errors import VerifyMismatch
from assetstore.restore.restore import Restorer
from assetstore.store.store import Store
from support.homes import claude_home
from support.stores import memory_store


@pytest.fixture
def log(alone: Path) -> Path:
    return claude_home(alone)


@pytest.fixture
def was(log: Path) -> Reading:
    return read_thread(log_at(log))


@pytest.fixture
def store(log: Path, was: Reading) -> Iterator[Store]:
    with memory_store() as made:
        archive_paths(made, [log], ArchiveOptions(media="any"))
        yield made


def check(store: Store, log: Path, was: Reading, kept: int = 0) -> int:
    thread = log_at(log)
    return check_loads(store, thread, was, read_thread(thread), kept)


def test_a_log_that_is_whole_is_counted(store: Store, log: Path, was: Reading) -> None:
    assert check(store, log, was) == was.lines == 9
    log.write_bytes(log.read_bytes() + b"{}\n")  # its client went on
    assert check(store, log, was) == 10


def test_a_line_that_was_none_of_json_may_be_none(
    store: Store, log: Path, was: Reading
) -> None:
    log.write_bytes(log.read_bytes() + b"no json as1: either\n")
    assert check(store, log, was) == 10


def test_a_line_that_is_no_json_any_more_is_told(
    store: Store, log: Path, was: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was some, as its restored form says."""
    text = log.read_bytes()
    number = text[: text.index(b"as1:")].count(b"\n")
    lines = text.splitlines(keepends=True)
    whole = lines[number]
    lines[number] = whole.replace(b"{", b"", 1)
    log.write_bytes(b"".join(lines))
    assert check(store, log, was) == 9  # nor is its restored form
    monkeypatch.setattr(Restorer, "of_bytes", lambda self, line, name: whole)
    with pytest.raises(VerifyMismatch, match=f"line {number + 1} is no JSON") as error:
        check(store, log, was)
    assert "--undo" in str(error.value.hint)


def test_a_line_that_is_gone_is_told(store: Store, log: Path, was: Reading) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(VerifyMismatch, match="it has 8 lines, it had 9"):
        check(store, log, was)


def test_a_picture_that_is_left_is_told(alone: Path, log: Path, was: Reading) -> None:
    with memory_store() as store:
        with pytest.raises(VerifyMismatch, match="6 images are in it, not 5"):
            check(store, log, was, 5)
        assert check(store, log, was, 6) == 9
