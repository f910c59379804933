"""What a run may take of the machine: its priority, its time, disk space."""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from assetstore.config.keys import Limits
from assetstore.quantities import duration
from assetstore.quantities import size as size_of

# From linux/ioprio.h, and the numbers of the call where processors are usual.
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
_PROCESS, _CLASS, _BEST_EFFORT, _IDLE, _LOWEST = 1, 13, 2, 3, 7


def stand_back(limits: Limits) -> None:
    """Give this process a low priority; what the system does not know is left out."""
    if sys.platform == "win32":
        import psutil

        process = psutil.Process()
        with contextlib.suppress(psutil.Error, OSError, ValueError, AttributeError):
            if limits.nice:
                process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        with contextlib.suppress(psutil.Error, OSError, ValueError, AttributeError):
            if limits.io != "normal":
                idle = limits.io == "idle"
                process.ionice(psutil.IOPRIO_VERYLOW if idle else psutil.IOPRIO_LOW)
        return
    with contextlib.suppress(OSError):
        if os.getpriority(os.PRIO_PROCESS, 0) < limits.nice:
            os.setpriority(os.PRIO_PROCESS, 0, limits.nice)
    if sys.platform == "linux" and limits.io != "normal":
        _stand_back_at_the_disk(idle=limits.io == "idle")


def _stand_back_at_the_disk(*, idle: bool) -> None:
    """Let others come first at the disk: ioprio_set(2).

    psutil has it for every processor, and takes as long to import as the rest of a run
    that has nothing to do.
    """
    number = _IOPRIO_SET.get(os.uname().machine)
    if number is not None:
        import ctypes

        value = _IDLE << _CLASS if idle else _BEST_EFFORT << _CLASS | _LOWEST
        ctypes.CDLL(None).syscall(ctypes.c_long(number), _PROCESS, 0, value)
        return
    import psutil

    with contextlib.suppress(psutil.Error, OSError, ValueError, AttributeError):
        kind = psutil.IOPRIO_CLASS_IDLE if idle else psutil.IOPRIO_CLASS_BE
        psutil.Process().ionice(kind, None if idle else _LOWEST)


def _free(path: Path) -> int:
    import shutil

    return shutil.disk_usage(path).free


class Bounds:
    """Says when a run has to end.

    Attributes:
        out_of_space: Whether that was the reason, once there was one.

    Args:
        limits: The limits.
        clock: Seconds that only go forward.
        free: Free bytes of the disk that a path is on.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        free: Callable[[Path], int] = _free,
    ):
        self._limits = limits
        self._clock = clock
        self._free = free
        self._begun = clock()
        self.out_of_space = False

    def left(self, most: float) -> float:
        """Seconds that something may take which may take ``most``."""
        run_time = self._limits.run_time
        if not run_time:
            return most
        return max(0.0, min(most, self._begun + run_time - self._clock()))

    def over_time(self) -> str:
        """Say why the time is up; "": it is not."""
        most = self._limits.run_time
        if most and self._clock() - self._begun >= most:
            return f"the run has lasted for {duration(most)} (limits.run_time)"
        return ""

    def short_of_space(self, path: Path, size: int) -> str:
        """Say why so many bytes are too many for the disk that a path is on, or ""."""
        while not path.exists() and path != path.parent:
            path = path.parent
        free = self._free(path)
        if free - size < self._limits.keep_free:
            self.out_of_space = True
            return (
                f"{size_of(free)} are free at {path}; what is next may take "
                f"{size_of(size)} and leave less than "
                f"{size_of(self._limits.keep_free)} (limits.keep_free)"
            )
        return ""
