"""Operations on a disk that is really full: a tmpfs with a few pages left."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.figures import count
from support.scenes import SCENES, Stage
from support.traced import forked

ALL = os.environ.get("ASSETSTORE_TEST_FAULTS") == "all"
PAGE = 4096
# How many pages are left.
LEFT = range(100) if ALL else (0, 1, 3, 7, 15, 31)

pytestmark = pytest.mark.timeout(0 if ALL else 300)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "stage" / "work"
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "none", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    yield folder.parent
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("name", ["archive", "archive again", "restore", "gc", "run"])
def test_a_full_disk(disk: Path, name: str) -> None:
    stage = Stage(SCENES[name], disk)
    failed = 0
    for left in LEFT:
        stage.reset()
        filler = stage.program.folder / "filler"
        free = os.statvfs(filler.parent)
        with filler.open("wb") as file:
            file.truncate(0)
            for _ in range(free.f_bavail * free.f_bsize // PAGE - left):
                file.write(bytes(PAGE))
        ended = stage.run()
        filler.unlink()
        said = ended.out + ended.err
        assert "Traceback" not in said, ended
        assert "unexpected" not in said, ended
        if ended.code:
            failed += 1
            assert ended.code < 70, ended
            assert "error: " in ended.err, ended
        elif "There was no room" not in said:
            stage.scene.goal(stage.program, stage.documents)
        stage.check()
        stage.again()
        stage.clean()
        assert not stage.left(), left
        stage.undo()
    count(f"{name}: with so many pages left on the disk", len(LEFT))
    count(f"{name}: of these, refused for want of room", failed)
    assert failed or name == "gc", "the disk was never full"


def test_gc_works_on_a_full_disk(disk: Path) -> None:
    """What is dead as a whole goes, for which no room is needed."""
    stage = Stage(SCENES["gc"], disk)
    stage.reset()
    packs = {path.name for path in (stage.program.store / "packs").glob("*/*")}
    with (stage.program.folder / "filler").open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(PAGE))
            except OSError:
                break
    ended = forked(stage.program, ["gc", "--grace", "0"])
    assert ended.code == 0, ended
    left = {path.name for path in (stage.program.store / "packs").glob("*/*")}
    assert packs - left, ended
    stage.check()
