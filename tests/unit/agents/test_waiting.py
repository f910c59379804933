"""Waiting for clients, with a clock of its own."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from assetstore.agents.waiting import wait_for
from assetstore.store.locks import hold
from support.held import held
from support.homes import THREAD, claude_home, codex_home


class Clock:
    """Time that passes only while somebody sleeps.

    Attributes:
        now: Seconds.
        then: What ends at which second.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.then: tuple[float, ExitStack] | None = None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.then is not None and self.now >= self.then[0]:
            self.then[1].close()


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return codex_home(tmp_path)


def waited(path: Path, seconds: float, clock: Clock) -> list[str]:
    told: list[str] = []
    wait_for([path], seconds, told.append, clock=clock, sleep=clock.sleep)
    return told


def locked(log: Path) -> ExitStack:
    """Hold a thread's lock, as a client does."""
    lock = log.parents[4] / "thread-writer-locks" / f"{THREAD}.lock"
    stack = ExitStack()
    stack.callback(hold(lock, 1).release)
    return stack


def test_who_is_free_is_not_waited_for(log: Path) -> None:
    clock = Clock()
    assert waited(log, 60, clock) == []
    assert clock.now == 0


@pytest.mark.parametrize("folder", [False, True])
def test_a_thread_that_is_let_go(log: Path, folder: bool) -> None:
    clock = Clock()
    with locked(log) as stack:
        clock.then = 7, stack
        (told,) = waited(log.parent if folder else log, 60, clock)
    assert clock.now == 7
    assert "is loaded in Codex" in told
    assert "waiting, up to 60 s" in told


def test_no_longer_than_was_said(log: Path) -> None:
    clock = Clock()
    with locked(log):
        (told,) = waited(log, 3.2, clock)
    assert clock.now == pytest.approx(3.2)
    assert "up to 3 s" in told


def test_a_file_that_another_program_writes_to(tmp_path: Path) -> None:
    session = claude_home(tmp_path)
    clock = Clock()
    with ExitStack() as stack:
        stack.enter_context(held(session))
        clock.then = 2, stack.pop_all()
        (told,) = waited(session, 60, clock)
    assert clock.now == 2
    assert "is open for writing in python" in told
