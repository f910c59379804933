"""Undo of a rescue whose log Codex wrote anew since: it numbers its records now."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support.homes import THREAD, codex_home, rollout
from support.program import Program
from support.samples import lines

OLDER = rollout(3, 0).replace(b'"cli_version":"0.169.0"', b'"cli_version":"0.125.0"')
Line = Callable[[dict[str, object]], bool]


def migrate(path: Path, without: Line) -> int:
    """Write a log anew, without some of its lines; how many placeholders are left."""
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    records[0]["payload"]["history_mode"] = "paginated"
    kept = [record for record in records if not without(record)]
    for number, record in enumerate(kept):
        record["ordinal"] = number
    path.write_bytes(lines(*kept))
    for database in path.parents[4].glob("thread_history_1.sqlite"):
        database.unlink()
    return path.read_bytes().count(b"as1:")


def is_shown(record: dict[str, object]) -> bool:
    return '"UserMessage"' in json.dumps(record)


def is_the_second(record: dict[str, object]) -> bool:
    return '"2026-10-03' in json.dumps(record)


@pytest.fixture
def rescued(agents: Program) -> Path:
    path = codex_home(agents.folder, OLDER)
    assert agents("rescue", THREAD, "--now").code == 0
    return path


def test_it_puts_back_what_is_there_and_says_what_differs(
    agents: Program, rescued: Path
) -> None:
    assert migrate(rescued, is_shown) == 3
    undone = agents("rescue", "--undo", THREAD, "--json")
    assert undone.code == 0, undone.out
    assert undone.result["exact"] is False
    assert undone.result["images"] == 3
    assert "wrote the log anew" in undone.result["differs"]
    assert "not 3 copies" in undone.result["differs"]
    assert rescued.read_bytes().count(b"data:image") == 3

    whole = rescued.read_bytes()
    assert agents("rescue", THREAD, "--now").code == 0
    again = agents("rescue", "--undo", THREAD)
    assert again.code == 0
    assert b"every byte is back" in again.out
    assert rescued.read_bytes() == whole


def test_it_tells_of_pictures_that_the_client_did_not_take_over(
    agents: Program, rescued: Path
) -> None:
    migrate(rescued, is_the_second)
    undone = agents("rescue", "--undo", THREAD)
    assert undone.code == 12
    assert "without 1 of its images" in undone.err
    assert rescued.read_bytes().count(b"data:image") == 4

    assert agents("rescue", THREAD, "--now").code == 0
    again = agents("rescue", "--undo", THREAD)
    assert again.code == 0
    assert b"every byte is back" in again.out


def test_a_log_that_somebody_edited_is_no_such_log(
    agents: Program, rescued: Path
) -> None:
    rescued.write_bytes(rescued.read_bytes().replace(b"number 1", b"number x"))
    undone = agents("rescue", "--undo", THREAD)
    assert undone.code == 12
    assert "does not begin with what it was" in undone.err
