"""Homes of agents, by their name or by what is in them, and what is taken of them."""

import re
from pathlib import Path

import pytest

from assetstore.formats.homes import Home, HomeShape, find_home

SHAPE = HomeShape(
    title="Agent",
    name=".agent",
    variable="AGENT_HOME",
    logs=("sessions", "archive"),
    log="log-*.jsonl",
    own=re.compile(r"agent\.toml|agent-auth\.json"),
    beside=re.compile(r"history\.jsonl"),
    shape=re.compile(r"\d{4}"),
)


def home(folder: Path, *names: str, logs: str = "2026") -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    if logs:
        (folder / "sessions" / logs).mkdir(parents=True)
    return folder


def test_a_home_is_known_by_its_name(tmp_path: Path) -> None:
    found = find_home(str(tmp_path / ".agent"), [SHAPE])
    assert found == Home(str(tmp_path / ".agent"), SHAPE)
    assert find_home(str(tmp_path / ".agents"), [SHAPE]) is None


@pytest.mark.parametrize(
    ("names", "logs", "expected"),
    [
        (("agent.toml", "agent-auth.json"), "else", True),
        (("agent.toml",), "2026", True),
        (("history.jsonl",), "2026", True),
        (("agent.toml",), "else", False),
        (("history.jsonl",), "else", False),
        ((), "2026", False),
        (("agent.toml", "agent-auth.json"), "", False),
    ],
)
def test_a_home_elsewhere_is_known_by_what_is_in_it(
    tmp_path: Path, names: tuple[str, ...], logs: str, expected: bool
) -> None:
    folder = home(tmp_path / "moved", *names, logs=logs)
    assert (find_home(str(folder), [SHAPE]) is not None) == expected
    there = [path.name for path in folder.iterdir()]
    assert (find_home(str(folder), [SHAPE], there) is not None) == expected


def test_an_empty_folder_of_logs_may_be_one(tmp_path: Path) -> None:
    folder = home(tmp_path / "a", "agent.toml", logs="")
    (folder / "sessions").mkdir()
    assert find_home(str(folder), [SHAPE]) is not None
    other = home(tmp_path / "b", "history.jsonl", logs="")
    (other / "sessions").mkdir()
    assert find_home(str(other), [SHAPE]) is None


def test_logs_in_folders_of_any_name_are_a_sign(tmp_path: Path) -> None:
    folder = home(tmp_path / "moved", "history.jsonl", logs="project")
    (folder / "sessions" / "project" / "a.jsonl").touch()
    assert find_home(str(folder), [SHAPE]) is not None


def test_a_folder_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert find_home(str(tmp_path / "nowhere"), [SHAPE]) is None
    (tmp_path / "file").touch()
    assert find_home(str(tmp_path / "file"), [SHAPE], ["sessions"]) is None


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("sessions/2026/log-1.jsonl", True),
        ("archive/log-1.jsonl", True),
        ("sessions/2026/other.jsonl", False),
        ("log-1.jsonl", False),
        ("auth/log-1.jsonl", False),
        ("sessions", False),
    ],
)
def test_only_session_logs_are_taken(way: str, expected: bool) -> None:
    assert Home("/h", SHAPE).takes(way) == expected


def test_only_folders_of_logs_are_entered() -> None:
    found = Home("/h", SHAPE)
    assert found.enters("sessions")
    assert found.enters("archive/2026")
    assert not found.enters("sessions-old")
    assert not found.enters("auth")
    assert found.reason == "Agent's own files: only its session logs are touched"
