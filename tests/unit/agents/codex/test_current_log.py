"""Which log of a thread goes on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.agents.codex.current_log import current_log
from assetstore.agents.codex.rollout import Rollout
from support.homes import ROLLOUT, THREAD, at, codex_home


@pytest.fixture
def logs(tmp_path: Path) -> list[Rollout]:
    """A thread's first log, and one that it was rewound to."""
    first = at(codex_home(tmp_path, b""))
    other = ROLLOUT.replace(".jsonl", f"_{THREAD[:-2]}ff.jsonl")
    first.path.with_name(other).write_bytes(b"{}\n")
    return [first, at(first.path.with_name(other))]


def listed(log: Rollout, number: int, value: object) -> None:
    """Have the list of threads name a log."""
    with closing(sqlite3.connect(log.home / f"state_{number}.sqlite")) as db, db:
        db.execute("CREATE TABLE threads(id TEXT, rollout_path)")
        db.execute("INSERT INTO threads VALUES(?,?)", (log.thread, value))


def test_without_a_list_it_is_the_newest(logs: list[Rollout]) -> None:
    assert current_log(logs) is logs[1]
    assert current_log(logs[:1]) is logs[0]


@pytest.mark.parametrize("ending", ["", ".zst"])
def test_the_list_of_threads_names_it(logs: list[Rollout], ending: str) -> None:
    listed(logs[0], 5, f"/moved/since/{logs[0].path.name}{ending}")
    assert current_log(logs) is logs[0]


def test_the_newest_list_counts(logs: list[Rollout]) -> None:
    listed(logs[0], 5, str(logs[0].path))
    listed(logs[0], 10, str(logs[1].path))
    assert current_log(logs) is logs[1]


@pytest.mark.parametrize("value", [None, 7, b"\xff", "/none.jsonl"])
def test_a_list_that_names_none_of_them(logs: list[Rollout], value: object) -> None:
    listed(logs[0], 5, value)
    assert current_log(logs) is logs[1]


def test_a_list_that_cannot_be_read(logs: list[Rollout]) -> None:
    (logs[0].home / "state_5.sqlite").write_bytes(b"no database at all" * 100)
    assert current_log(logs) is logs[1]
