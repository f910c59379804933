"""The logs that a log goes on from."""

from pathlib import Path

import pytest

from assetstore.agents.ancestors import ancestors, broken_link
from assetstore.agents.find import log_at
from support.homes import codex_fork, codex_home, rollout


@pytest.fixture
def origin(alone: Path) -> Path:
    return codex_home(alone)


def end_of_line(path: Path, number: int) -> int:
    return sum(map(len, path.read_bytes().splitlines(keepends=True)[:number]))


def test_the_nearest_comes_first_with_what_is_shared(origin: Path) -> None:
    end = end_of_line(origin, 5)
    fork = codex_fork(origin, 11, end, rollout(1, 0, 7))
    far = codex_fork(fork, 12, end_of_line(fork, 1))
    found = [(log.path, upto) for log, upto in ancestors(log_at(far))]
    assert found == [(fork, end_of_line(fork, 1)), (origin, end)]
    assert broken_link(log_at(far)) == ""
    assert list(ancestors(log_at(origin))) == []


def test_a_place_where_no_line_begins_is_told(origin: Path) -> None:
    fork = codex_fork(origin, 11, 11)
    said = f"{fork.name} goes on from {origin.name} at byte 11, where no line begins"
    assert broken_link(log_at(fork)) == said


def test_one_that_is_gone_is_told(origin: Path) -> None:
    fork = codex_fork(origin, 11, end_of_line(origin, 2))
    origin.unlink()
    assert broken_link(log_at(fork)).endswith(", which is gone")
    assert list(ancestors(log_at(fork))) == []


def test_logs_that_go_on_from_each_other_come_to_an_end(origin: Path) -> None:
    fork = codex_fork(origin, 11, 0)
    other = codex_fork(fork, 12, 0)
    loop = fork.read_bytes().replace(
        b'"history_base":{"thread_id":"' + origin.name[28:64].encode(),
        b'"history_base":{"thread_id":"' + other.name[28:64].encode(),
    )
    assert loop != fork.read_bytes()
    fork.write_bytes(loop)
    assert len(list(ancestors(log_at(fork)))) == 1


def test_what_is_no_rollout_has_none(tmp_path: Path) -> None:
    path = tmp_path / "page.jsonl"
    path.write_bytes(b"{}\n")
    assert list(ancestors(log_at(path))) == []
    assert broken_link(log_at(path)) == ""
