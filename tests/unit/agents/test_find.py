"""Threads are found, and named by files and beginnings of ids."""

from pathlib import Path

import pytest

from assetstore.agents.find import (
    find_threads,
    log_at,
    the_thread,
)
from assetstore.errors import SourceRefused, UsageError
from support.homes import ROLLOUT, SESSION, THREAD, claude_home, codex_fork, codex_home


@pytest.fixture
def homes(alone: Path) -> dict[str, Path]:
    codex_home(alone)
    claude_home(alone)
    return {"codex": alone / ".codex", "claude-code": alone / ".claude"}


def test_all_threads_of_all_agents(homes: dict[str, Path]) -> None:
    found = {thread.id: thread for thread in find_threads(homes=homes)}
    assert found.keys() == {THREAD, SESSION}
    assert found[THREAD].client == "codex"
    assert found[SESSION].client == "claude-code"
    assert found[THREAD].size == found[THREAD].path.stat().st_size
    assert not found[THREAD].archived
    assert not found[THREAD].compressed


def test_json_beside_logs_is_no_thread(homes: dict[str, Path]) -> None:
    """Claude Code writes a file of facts beside each log of a subagent."""
    log = next(find_threads(homes={"claude-code": homes["claude-code"]})).path
    facts = log.parent / "agent-a1.meta.json"
    facts.write_bytes(b"{}")
    assert facts not in [thread.path for thread in find_threads(homes=homes)]
    assert [thread.path for thread in find_threads([facts])] == [facts]


def test_a_thread_that_was_rewound_is_one_with_several_logs(
    alone: Path, homes: dict[str, Path]
) -> None:
    first = next(find_threads(homes={"codex": homes["codex"]})).path
    newer = codex_fork(first, 11, 100, rewinds=True)
    (thread,) = find_threads(homes={"codex": homes["codex"]})
    assert (thread.path, [log.path for log in thread.logs]) == (newer, [newer, first])
    assert log_at(first).others == ()


def test_files_and_folders_that_are_named(alone: Path, homes: dict[str, Path]) -> None:
    other = alone / "other"
    other.mkdir()
    (other / "mine.jsonl.zst").write_bytes(b"")
    (other / "notes.txt").write_bytes(b"")
    (found,) = find_threads([other])
    assert (found.client, found.id, found.compressed) == ("", "mine", True)
    twice = list(find_threads([other, other / "mine.jsonl.zst"]))
    assert len(twice) == 1
    with pytest.raises(SourceRefused, match="cannot be read"):
        list(find_threads([other / "none.jsonl"]))


def test_a_put_away_thread_is_archived(alone: Path) -> None:
    log = codex_home(alone)
    away = alone / ".codex" / "archived_sessions" / ROLLOUT
    away.parent.mkdir()
    log.rename(away)
    assert log_at(away).archived


def test_a_thread_is_named_by_its_beginning_or_file(homes: dict[str, Path]) -> None:
    assert the_thread(THREAD[:4], homes).id == THREAD
    path = homes["claude-code"] / "projects" / "-home-x" / f"{SESSION}.jsonl"
    assert the_thread(str(path)).id == SESSION


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("01a", "there is no thread 01a"),
        ("no/such.jsonl", "there is no thread"),
        ("ffff", "no agent's thread begins with ffff"),
        ("", "there is no thread"),
    ],
)
def test_a_name_that_fits_none(homes: dict[str, Path], name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        the_thread(name, homes)
    assert error.value.hint


def test_a_name_that_fits_several(homes: dict[str, Path]) -> None:
    first = next(find_threads(homes={"codex": homes["codex"]})).path
    codex_fork(first, 11, 100)
    with pytest.raises(UsageError, match="fits 2 threads") as error:
        the_thread(THREAD[:8], homes)
    assert THREAD in str(error.value.hint)
