"""Progress on a terminal."""

import io

import pytest

from assetstore.cli import terminal
from assetstore.cli.terminal import TerminalProgress


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(terminal, "time", made)
    return made


def test_a_bar_appears_after_a_while(clock: Clock) -> None:
    screen = io.StringIO()
    progress = TerminalProgress(stream=screen, bar=True, messages=True)
    progress.start(4096, "reading")
    progress.advance(1024)
    assert screen.getvalue() == ""
    clock.now += terminal.PATIENCE
    progress.advance(1024)
    assert "reading:  50%" in screen.getvalue()
    progress.message("look\x1b[2J")
    progress.advance(1024)
    progress.close()
    progress.close()
    assert "look\\x1b[2J\n" in screen.getvalue()


def test_each_stretch_of_work_is_counted_by_itself(clock: Clock) -> None:
    screen = io.StringIO()
    progress = TerminalProgress(stream=screen, bar=True, messages=True)
    progress.start(100, "first")
    progress.advance(90)
    clock.now += 10
    progress.start(100, "second")
    progress.advance(10)
    assert screen.getvalue() == ""  # it began just now
    clock.now += 10
    progress.advance(10)
    progress.close()
    assert "second:  20%" in screen.getvalue()


def test_what_is_not_wanted_is_not_drawn(clock: Clock) -> None:
    screen = io.StringIO()
    progress = TerminalProgress(stream=screen, bar=False, messages=False)
    progress.start(None, "reading")
    clock.now += 10
    progress.advance(10)
    progress.message("look")
    progress.close()
    assert screen.getvalue() == ""
