"""``assetstore clients``: who has threads here, and what can be done with them."""

from pathlib import Path
from typing import Any

import pytest

from support.clients import make_clients
from support.homes import codex_home
from support.program import Program


@pytest.fixture
def home(program: Program) -> Path:
    """A user's folder with eleven clients, and places that variables name."""
    folder = Path(program.environment["HOME"])
    program.environment["XDG_CONFIG_HOME"] = str(folder / ".config")
    program.environment["XDG_DATA_HOME"] = str(folder / ".local" / "share")
    make_clients(folder)
    codex_home(folder)
    return folder


def listed(program: Program, *words: str) -> dict[str, dict[str, Any]]:
    """What it says, by client."""
    ran = program("clients", "--json", *words)
    assert ran.code == 0, ran.err
    return {one["name"]: one for one in ran.result["clients"]}


def test_each_is_listed_with_what_can_be_done(program: Program, home: Path) -> None:
    here = listed(program)
    assert len(here) == 11
    assert here["codex"]["can"][:4] == ["archive", "restore", "doctor", "rescue"]
    assert here["codex"]["sure"] == "run"
    assert (here["pi"]["can"], here["pi"]["sure"]) == (here["codex"]["can"], "run")
    assert here["cline"]["can"] == here["codex"]["can"][:-1]
    assert here["cline-tasks"]["can"] == ["archive", "restore"]
    rows = ["archive", "restore", "doctor", "rescue"]
    assert here["opencode"]["can"] == rows
    assert all(one["looked"] for one in here.values())
    assert here["gemini-cli"]["pictures"] == 1
    text = program("clients").out.decode()
    for word in (
        "Gemini CLI",
        "rescue, archive",
        "by its source",
        f"pi: {home / '.pi'}",
    ):
        assert word in text


def test_what_it_says_would_go_goes(program: Program, home: Path) -> None:
    """The bytes that an archive takes are the ones that were told before."""
    before = {
        one["name"]: one for one in program("clients", "--json").result["clients"]
    }
    ran = program("archive", "--json", home / ".pi", home / ".qwen")
    assert ran.code == 0
    gone = ran.result["totals"]["before"] - ran.result["totals"]["after"]
    told = before["pi"]["taken_bytes"] + before["qwen-code"]["taken_bytes"]
    assert gone == told
    assert listed(program)["pi"]["pictures"] == 0


def test_quick_reads_nothing(program: Program, home: Path) -> None:
    for one in listed(program, "--quick").values():
        assert (one["looked"], one["pictures"], one["left_bytes"]) == (False, 0, 0)
        assert one["bytes"] > 0
    assert "?" in program("clients", "--quick").out.decode()


def test_nobody_is_here(program: Program) -> None:
    ran = program("clients")
    assert ran.code == 0
    assert b"($CODEX_HOME)" in ran.out
    assert "no client that is known" in ran.err


def test_doctor_names_those_that_it_did_not_examine(
    program: Program, home: Path
) -> None:
    ran = program("doctor", "--json")
    assert set(ran.result["other_clients"]) >= {"copilot-cli"}
    assert not {"codex", "pi"} & set(ran.result["other_clients"])
    assert "not examined: " in program("doctor").err + program("doctor").out.decode()
    named = program("doctor", home / ".codex", "--json")
    assert named.result["other_clients"] == []


@pytest.mark.parametrize("command", ["show", "handoff", "rescue"])
def test_threads_of_others_are_not_taken_for_ones_own(
    program: Program, home: Path, command: str
) -> None:
    (log,) = (home / ".copilot").rglob("*.jsonl")
    before = log.read_bytes()
    ran = program(command, log)
    assert (ran.code, ran.out) == (2, b"")
    assert "is no log of Codex or " in ran.err
    assert "'assetstore clients'" in ran.err
    assert log.read_bytes() == before
