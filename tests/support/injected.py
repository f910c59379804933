"""Faults in system calls: where they can be, and what each of them does."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from support.scenes import Stage, common
from support.traced import Call, calls, changes, traced

# What a call can end with; for each the errors that systems give.
ERRORS = {
    "openat": ("ENOSPC", "EACCES", "EMFILE"),
    "write": ("ENOSPC", "EIO"),
    "pwrite64": ("ENOSPC", "EIO"),
    "pwritev2": ("ENOSPC", "EIO"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "ftruncate": ("EIO",),
    "rename": ("EIO", "EACCES"),
    "renameat2": ("EIO", "EACCES", "EINVAL"),
    "link": ("EIO", "ENOSPC"),
    "unlink": ("EIO", "EACCES"),
    "unlinkat": ("EIO",),
    "mkdir": ("ENOSPC", "EACCES"),
    "rmdir": ("EIO",),
    "chmod": ("EPERM",),
    "fchmod": ("EPERM",),
    "fchown": ("EPERM",),
    "utimensat": ("EPERM",),
    "fsetxattr": ("ENOSPC",),
}
_LISTINGS = 6
# From so many calls of a name on, at most, is it tried that an error lasts.
_LASTING = 4
_WRONG = re.compile(r"Traceback|unexpected|defect")


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A system call in which there can be a fault.

    Attributes:
        name: The call.
        number: Its number among its thread's calls of this name.
        thread: Its thread; 0 for the first.
        fault: "KILL", or the error that it ends with.
        lasting: Whether all later calls of this name end so, too.
        file: What it works on, without what differs from run to run.
    """

    name: str
    number: int
    thread: int
    fault: str = "KILL"
    lasting: bool = False
    file: str = ""

    def __str__(self) -> str:
        thread = f" of thread {self.thread}" if self.thread else ""
        lasting = " and after it" if self.lasting else ""
        where = f"{self.name} {self.number}{thread}{lasting}"
        return f"{self.fault} at {where} ({self.file})"


def points(stage: Stage, log: Path) -> list[Point]:
    """Every call of a scene's operation that changes something in its folder.

    New names are random, and two can begin alike, so that a folder is there already:
    what counts is what is found twice in a row.
    """
    before: list[Point] = []
    for _ in range(_LISTINGS):
        stage.reset()
        ended = traced(stage.program, stage.words, log=log)
        assert ended.code == 0, ended
        folder = stage.program.folder
        found = [
            Point(call.name, call.number, call.thread, file=_file(call, folder))
            for call in changes(log, folder)
        ]
        if found == before:
            return found
        before = found
    raise AssertionError("its calls are others in each run")


def _file(call: Call, folder: Path) -> str:
    return common([".", *call.files(folder)][-1])


def failing(found: Iterable[Point]) -> list[Point]:
    """The same points, with each error that their calls can end with."""
    return [
        replace(point, fault=error)
        for point in found
        for error in ERRORS.get(point.name, ())
    ]


def lasting(found: Iterable[Point]) -> list[Point]:
    """Some of these, from which on all calls of the name end with an error."""
    kinds: dict[tuple[str, int, str], list[Point]] = {}
    for point in failing(found):
        kind = point.name, point.thread, point.fault
        kinds.setdefault(kind, []).append(replace(point, lasting=True))
    return [
        points[len(points) * i // _LASTING]
        for points in kinds.values()
        for i in range(min(_LASTING, len(points)))
    ]


def fault(stage: Stage, point: Point, log: Path) -> bool:
    """Run a scene's operation with a fault, then all that must follow.

    Returns:
        Whether the fault was reached, in the very call that was meant.

    Raises:
        AssertionError: What must hold does not.
    """
    stage.reset()
    what = "signal=KILL" if point.fault == "KILL" else f"error={point.fault}"
    ended = traced(
        stage.program,
        stage.words,
        inject=f"{point.name}:{what}:when={point.number}{'+' * point.lasting}",
        thread=point.thread,
        log=log,
    )
    if not _reached(point, log, stage.program.folder):
        return False
    said = ""
    if point.fault == "KILL":
        assert ended.code == -9, ended
    else:
        said = ended.out + ended.err
        assert not _WRONG.search(said), ended
        if ended.code:
            assert 0 < ended.code < 70, ended
            # What is said may not be written, either.
            mute = point.lasting and point.name == "write"
            assert mute or "error: " in ended.err, ended
        elif "There was no room" not in said:  # gc on a full disk does what it can
            stage.scene.goal(stage.program, stage.documents)
    unheard = "it goes on to keep what the document needed" in said
    stage.check()
    stage.again()
    stage.clean()
    left = stage.left()
    # docs/faults.md: kept, not lost
    if unheard or (point.lasting and point.name == "fsync"):
        left -= {"store/packs/*/*", "store/index/*"}
    assert not left, f"left for ever: {sorted(left)}"
    stage.undo()
    return True


def _reached(point: Point, log: Path, folder: Path) -> bool:
    return any(
        (call.name, call.number) == (point.name, point.number)
        and _file(call, folder) == point.file
        and (point.fault == "KILL" or "(INJECTED)" in call.text)
        for call in calls(log)
    )
