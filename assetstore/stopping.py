"""Signals that ask the process to end, as an exception that cleans up on its way.

By default SIGTERM and SIGHUP end a process where it stands: what it had begun to write
stays beside the documents, and is swept by a later run. As an exception they pass
through every ``finally``, as an interrupt from the keyboard does.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
_SHELL = 128  # a shell's exit code for a process that a signal ended, but its number


class Stopped(KeyboardInterrupt):
    """A signal asks this process to end.

    Not KeyboardInterrupt itself: where one leaves code that an import executes,
    CPython 3.11 ends the process by a signal, whatever its exit code is to be.

    Args:
        number: The signal's number.
    """

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number

    @property
    def name(self) -> str:
        """The signal's name."""
        return signal.Signals(self.number).name

    @property
    def exit_code(self) -> int:
        """The code of a shell for a process that this signal ended."""
        return _SHELL + self.number


def exit_code_of(error: BaseException | None) -> int:
    """The exit code of a process that an interrupt ends."""
    return error.exit_code if isinstance(error, Stopped) else INTERRUPTED


def stop_by_exception() -> None:
    """Let signals that ask for the end of the process raise `Stopped`, once.

    What cleans up is not stopped again. A signal that is ignored already, as by
    ``nohup``, stays so.
    """
    for number in _asking():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _raise)


def stop_a_worker(is_busy: Callable[[], bool]) -> None:
    """The same in a process that works for another one, which tells of the end.

    Args:
        is_busy: Tells whether something was begun; without, there is nothing to clean
            up, and the process ends without a word.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        if not is_busy():
            raise SystemExit(_SHELL + number)
        _raise(number, frame)

    for number in (signal.SIGINT, *_asking()):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def stop_at_once() -> None:
    """Let signals end the process where it stands.

    For one that writes nothing, and has a thread that waits for somebody's words: an
    exception would wait for that thread.
    """
    for number in (signal.SIGINT, *_asking()):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def deaf(name: str) -> Iterator[None]:
    """Start what is not to be reached by a signal; only the main thread can do so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    number = getattr(signal, name)
    was = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, was)


def _asking() -> list[signal.Signals]:
    names = ("SIGTERM", "SIGHUP")  # the second is not known everywhere
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _raise(number: int, frame: FrameType | None) -> None:
    for other in _asking():
        signal.signal(other, _pass)
    raise Stopped(number)


def _pass(number: int, frame: FrameType | None) -> None:
    """Do nothing: children would inherit that a signal is ignored."""
