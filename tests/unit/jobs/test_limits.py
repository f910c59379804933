"""When a run has to end: its time, and the room on the disk."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import psutil
import pytest

from assetstore.config.keys import Limits
from assetstore.jobs import limits as module
from assetstore.jobs.limits import Bounds, stand_back


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_run_may_last_so_long() -> None:
    clock = Clock()
    bounds = Bounds(replace(Limits(), run_time=600.0), clock=clock)
    assert bounds.over_time() == ""
    assert bounds.left(1000) == 600
    clock.now = 590
    assert (bounds.left(1000), bounds.left(5)) == (10, 5)
    clock.now = 600
    assert "10m" in bounds.over_time()
    assert bounds.left(5) == 0


def test_without_a_limit_there_is_always_time() -> None:
    clock = Clock()
    bounds = Bounds(Limits(), clock=clock)
    clock.now = 1e9
    assert bounds.over_time() == ""
    assert bounds.left(7) == 7


def test_so_much_stays_free(tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(path: Path) -> int:
        asked.append(path)
        return 5000

    bounds = Bounds(replace(Limits(), keep_free=1000), free=free)
    missing = tmp_path / "store" / "packs"  # is made later
    assert bounds.short_of_space(missing, 4000) == ""
    assert asked == [tmp_path]
    assert not bounds.out_of_space
    assert "limits.keep_free" in bounds.short_of_space(missing, 4001)
    assert bounds.out_of_space


def _priorities(limits: Limits, *, known: bool) -> tuple[int, object, int]:
    """What a process has that stood back, as psutil says."""
    if not known:
        module._IOPRIO_SET.clear()
    stand_back(limits)
    process = psutil.Process()
    return os.getpriority(os.PRIO_PROCESS, 0), *process.ionice()


@pytest.mark.skipif(sys.platform != "linux", reason="classes of the disk")
@pytest.mark.parametrize("known", [True, False], ids=["syscall", "psutil"])
def test_a_run_stands_back(known: bool) -> None:
    least = os.getpriority(os.PRIO_PROCESS, 0)
    for limits, wanted in (
        (Limits(), (max(10, least), psutil.IOPRIO_CLASS_IDLE, 0)),
        (Limits(nice=0, io="low"), (least, psutil.IOPRIO_CLASS_BE, 7)),
        (Limits(nice=0, io="normal"), (least, *psutil.Process().ionice())),
    ):
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as child:
            got = child.submit(_priorities, limits, known=known).result()
        assert got == wanted
