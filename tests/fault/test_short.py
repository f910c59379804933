"""Every operation with reads and writes that handle fewer bytes than asked for.

Two ways: functions of `os` that take no more than so many bytes at once, in every
call; and a limit on the size of files, at which the kernel itself cuts a write short
and then refuses the next.
"""

import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import figures
from support.scenes import SCENES, Stage
from support.traced import forked

if sys.platform == "win32":
    pytest.skip("processes are forked", allow_module_level=True)

import resource

ALL = os.environ.get("ASSETSTORE_TEST_FAULTS") == "all"
# The most that one call reads or writes.
MOST = (1, 2, 3, 7, 32, 100, 511, 1000, 4095) if ALL else (100,)
# Sizes at which files end. What the program says has to fit, that is LONGEST.
SIZES = (*range(512, 4096, 64), *range(4096, 34_000, 512)) if ALL else (512, 1000)
LONGEST = {"run": 1000}

pytestmark = pytest.mark.timeout(0 if ALL else 300)


def short(most: int, count: mmap.mmap) -> Callable[[], None]:
    """What makes reads and writes short, and counts those that became it."""

    def note(want: int) -> None:
        if want > most:
            number = int.from_bytes(count[:8], "little") + 1
            count[:8] = number.to_bytes(8, "little")

    def change() -> None:
        real: dict[str, Any] = {
            name: getattr(os, name) for name in ("read", "write", "preadv")
        }

        def read(fd: int, size: int) -> bytes:
            note(size)
            return bytes(real["read"](fd, min(size, most)))

        def write(fd: int, data: Any) -> int:
            view = memoryview(data).cast("B")
            note(len(view))
            return int(real["write"](fd, view[:most]))

        def preadv(fd: int, views: list[memoryview], offset: int) -> int:
            (view,) = views
            note(len(view))
            return int(real["preadv"](fd, [view[:most]], offset))

        for function in (read, write, preadv):
            setattr(os, function.__name__, function)

    return change


def finish(stage: Stage) -> None:
    """Run the operation again, and all that must follow."""
    stage.check()
    stage.again()
    stage.clean()
    left = stage.left()
    assert not left, f"left for ever: {sorted(left)}"
    stage.undo()


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="there is no preadv to shorten")
@pytest.mark.parametrize("name", SCENES)
def test_short_reads_and_writes(tmp_path: Path, name: str) -> None:
    """Each operation does all that it is for."""
    stage = Stage(SCENES[name], tmp_path / "stage")
    total = 0
    for most in MOST:
        count = mmap.mmap(-1, 8)
        stage.reset()
        ended = forked(stage.program, stage.words, short(most, count))
        assert ended.code == 0, (most, ended)
        stage.scene.goal(stage.program, stage.documents)
        finish(stage)
        total += int.from_bytes(count[:8], "little")
    figures.count(f"{name}: calls cut short", total)
    assert total >= len(MOST)


@pytest.mark.parametrize("name", SCENES)
def test_files_that_may_not_grow(tmp_path: Path, name: str) -> None:
    """The kernel writes a part, then refuses: an error, or all is done."""
    stage = Stage(SCENES[name], tmp_path / "stage")
    failed = 0
    sizes = [size for size in SIZES if size >= LONGEST.get(name, 0)]
    for size in sizes:
        stage.reset()
        ended = forked(
            stage.program,
            stage.words,
            lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),  # type: ignore[misc]
        )
        said = ended.out + ended.err
        assert "Traceback" not in said, (size, ended)
        assert "unexpected" not in said, (size, ended)
        if ended.code:
            failed += 1
            assert 0 < ended.code < 70, (size, ended)
            assert "error: " in ended.err, (size, ended)
        elif "There was no room" not in said:
            stage.scene.goal(stage.program, stage.documents)
        finish(stage)
    figures.count(f"{name}: limits on file sizes", len(sizes))
    figures.count(f"{name}: of these, refused cleanly", failed)
    few = name in ("gc", "rebuild index", "forget", "run")  # all their files are small
    assert failed or few, "no write was refused"
