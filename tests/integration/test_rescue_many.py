"""Several threads, rescued one by one."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from assetstore.agents.rescue import RescueReport
from assetstore.store.locks import hold
from support.homes import (
    SESSION,
    THREAD,
    claude_home,
    claude_session,
    codex_fork,
    codex_home,
    rollout,
)
from support.program import Program
from support.samples import lines


class Homes:
    """A Codex thread and a fork of it that failed, a healthy one, and a session."""

    def __init__(self, folder: Path):
        failed = lines(
            {
                "type": "event_msg",
                "payload": {
                    "type": "task_complete",
                    "error": {"message": "ran out of room in the context window"},
                },
            }
        )
        self.codex = codex_home(folder, rollout() + failed)
        size = self.codex.stat().st_size
        self.fork = codex_fork(self.codex, 7, size, rollout(2, 0, start=8) + failed)
        self.healthy = codex_fork(self.codex, 8, size, rollout(1, 0, start=9))
        self.claude = claude_home(folder, claude_session(1, width=8100))
        self.sick = [self.codex, self.fork, self.claude]
        self.all = [*self.sick, self.healthy]
        self.before = [path.read_bytes() for path in self.all]

    @property
    def names(self) -> list[str]:
        """What the sick ones are called."""
        return [THREAD, self.fork.name[-42:-6], SESSION]


@pytest.fixture
def homes(agents: Program) -> Homes:
    return Homes(agents.folder)


def test_several_are_rescued_and_undone(agents: Program, homes: Homes) -> None:
    names = homes.names
    done = agents("rescue", *names, names[0], "--json")
    assert done.code == 0, done.out
    told = done.result["threads"]
    assert [thread["thread"] for thread in told] == names
    for path, thread in zip(homes.sick, told, strict=True):
        assert thread["path"] == str(path)
        assert thread["after"] == path.stat().st_size
        assert Path(thread["handoff"]).stem == thread["thread"]
        assert Path(thread["handoff"]).is_file()
    for name in ("before", "after", "images", "stored", "rows", "lines"):
        assert done.result[name] == sum(thread[name] for thread in told) > 0
    assert homes.healthy.stat().st_size == len(homes.before[3])
    back = agents("rescue", "--undo", *names, "--json")
    assert back.code == 0, back.out
    assert [thread["exact"] for thread in back.result["threads"]] == [True] * 3
    assert [path.read_bytes() for path in homes.all] == homes.before


def test_all_that_doctor_lists(agents: Program, homes: Homes) -> None:
    healthy = homes.healthy.read_bytes()
    plan = agents("rescue", "--all", "-n")
    assert plan.code == 0
    assert plan.out.decode().count("would rescue") == 3
    assert [path.read_bytes() for path in homes.all] == homes.before
    done = agents("rescue", "--all")
    assert done.code == 0, done.err
    assert "3 threads, " in done.out.decode()
    for path in homes.sick:
        assert b"data:image" not in path.read_bytes()
    # Only where it goes on in its origin is another place now.
    assert homes.healthy.read_bytes().partition(b"\n")[2] == healthy.partition(b"\n")[2]
    assert agents("doctor").code == 0
    again = agents("rescue", "--all", "--json")
    assert again.code == 0
    assert again.result["threads"] == []


def test_one_failure_ends_no_other(agents: Program, homes: Homes) -> None:
    held = hold(homes.codex.parents[4] / "thread-writer-locks" / f"{THREAD}.lock", 1)
    try:
        done = agents("rescue", "--all", "--json")
        alone = agents("rescue", THREAD, "--json")
        alike = agents("rescue", THREAD, THREAD[:-2], str(homes.codex), "--json")
        twice = agents("rescue", THREAD, str(homes.claude.with_name("x")), "--json")
    finally:
        held.release()
    assert done.code == 3
    (error,) = done.json["errors"]
    assert (error["type"], error["path"]) == ("SourceInUse", str(homes.codex))
    told = {thread["path"] for thread in done.result["threads"]}
    assert told == {str(homes.fork), str(homes.claude)}
    assert (alone.code, alone.json["result"]) == (13, None)
    assert homes.codex.read_bytes() == homes.before[0]
    # Names are looked at before anything is done.
    assert (alike.code, twice.code) == (2, 2)


def test_all_failed_alike(agents: Program, homes: Homes) -> None:
    folder = homes.codex.parents[4] / "thread-writer-locks"
    held = [hold(folder / f"{name}.lock", 1) for name in homes.names[:2]]
    try:
        done = agents("rescue", *homes.names[:2])
    finally:
        for lock in held:
            lock.release()
    assert done.code == 13
    assert str(homes.codex) in done.err
    assert str(homes.fork) in done.err
    assert "0 threads" in done.out.decode()


def test_a_log_that_cannot_be_read_is_named(agents: Program, homes: Homes) -> None:
    torn = homes.codex.with_name(f"{homes.codex.name[:-8]}0.jsonl.zst")
    torn.write_bytes(b"no zstd")
    done = agents("rescue", "--all", "--json")
    assert done.code == 3
    assert [error["path"] for error in done.json["errors"]] == [str(torn)]
    assert len(done.result["threads"]) == 3


def test_one_thread_is_told_as_ever(agents: Program, homes: Homes) -> None:
    done = agents("rescue", SESSION, "--json")
    result = done.result
    (thread,) = result.pop("threads")
    assert result == thread
    assert set(thread) == {field.name for field in fields(RescueReport)}
    assert json.loads(done.out)["schema"] == "assetstore/1"


def test_a_fork_that_fails_on_the_pictures_of_its_origins(
    agents: Program, homes: Homes
) -> None:
    """doctor names all of them, and what to run."""
    size = homes.fork.stat().st_size
    failed = homes.before[0].splitlines(keepends=True)[-1]
    codex_fork(homes.fork, 9, size, rollout(0, 0, start=9) + failed)
    told = agents("doctor", "--json").result["threads"]
    (found,) = (thread for thread in told if thread["thread"] == f"{THREAD[:-2]}09")
    assert found["risk"] == "critical"
    assert found["images"] == 0
    assert "goes on from" in found["reason"]
    names = [f"{THREAD[:-2]}09", f"{THREAD[:-2]}07", THREAD]
    assert found["command"] == f"assetstore rescue {' '.join(names)}"
    assert agents(*found["command"].split()[1:]).code == 0
    told = agents("doctor", "--json").result["threads"]
    assert [t["client"] for t in told if t["risk"] != "low"] == ["claude-code"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--all", "--worst"),
        ("--all", SESSION),
        ("--all", "--undo"),
        ("--all", "--handoff", "x.md"),
        ("--handoff", "x.md", SESSION, THREAD),
        ("--undo", "-n", SESSION),
    ],
)
def test_what_does_not_go_together(
    agents: Program, homes: Homes, words: tuple[str, ...]
) -> None:
    ran = agents("rescue", *words)
    assert ran.code == 2, ran.out
    assert [path.read_bytes() for path in homes.all] == homes.before
