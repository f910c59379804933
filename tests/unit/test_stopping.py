"""Signals that ask for the end, as an exception."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType

import pytest

from assetstore import stopping
from assetstore.stopping import Stopped

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends signals to itself")


@pytest.fixture(autouse=True)
def as_they_were() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:  # 'nohup' and '&' ignore some
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [(signal.SIGTERM, "SIGTERM", 143), (signal.SIGHUP, "SIGHUP", 129)],
)
def test_a_signal_passes_through_what_cleans_up(
    number: signal.Signals, name: str, code: int
) -> None:
    stopping.stop_by_exception()
    cleaned = []

    def work() -> None:
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(signal.SIGTERM)  # a second one does not cut that off
            signal.raise_signal(signal.SIGHUP)
            cleaned.append(True)

    with pytest.raises(Stopped) as stopped:
        work()
    assert cleaned
    assert (stopped.value.name, stopped.value.exit_code) == (name, code)
    assert stopping.exit_code_of(stopped.value) == code


def test_an_interrupt_has_its_own_exit_code() -> None:
    assert stopping.exit_code_of(KeyboardInterrupt()) == 130
    assert stopping.exit_code_of(None) == 130


def test_what_is_ignored_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stopping.stop_by_exception()
    signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_handler_of_the_program_around_stays() -> None:
    seen: list[int] = []

    def handler(number: int, frame: FrameType | None) -> None:
        seen.append(number)

    signal.signal(signal.SIGTERM, handler)
    stopping.stop_by_exception()
    signal.raise_signal(signal.SIGTERM)
    assert seen == [signal.SIGTERM]


def test_a_worker_that_does_nothing_ends_without_a_word() -> None:
    busy = False
    stopping.stop_a_worker(lambda: busy)
    with pytest.raises(SystemExit) as ended:
        signal.raise_signal(signal.SIGINT)
    assert ended.value.code == 130
    busy = True
    with pytest.raises(Stopped):
        signal.raise_signal(signal.SIGTERM)


def test_what_has_nothing_to_clean_up_ends_where_it_stands() -> None:
    stopping.stop_by_exception()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stopping.stop_at_once()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_what_is_started_deaf_does_not_hear() -> None:
    with stopping.deaf("SIGHUP"):
        words = "import signal; print(repr(signal.getsignal(signal.SIGHUP)))"
        said = subprocess.check_output([sys.executable, "-c", words])
    assert b"SIG_IGN" in said
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
