"""`assetstore optimize` killed at random moments: nothing is lost, nothing stays.

``ASSETSTORE_TEST_KILLS=500`` makes it as many as docs/guarantees.md speaks of.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from assetstore.documents.upkeep import collect
from assetstore.store.check.verify import verify
from assetstore.store.format.pack import pack_effort
from assetstore.store.optimize.optimize import optimize
from assetstore.store.store import Store
from support.figures import count
from support.optimized import Shown, page, pages, unlike
from support.program import Program
from support.screens import session
from support.stores import restored

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

KILLS = int(os.environ.get("ASSETSTORE_TEST_KILLS", "4"))


@dataclass
class Scene:
    """A store that is optimized.

    Attributes:
        folder: A copy of it.
        slim: Its documents, archived.
        whole: What they were.
        effort: The effort.
        seconds: How long that takes.
    """

    folder: Path
    slim: dict[str, bytes]
    whole: dict[str, bytes]
    effort: int
    seconds: float = 0


def opened(program: Program) -> Store:
    """The store as another writer sees it, without a cache."""
    aside = program.folder / "aside"
    shutil.rmtree(aside, ignore_errors=True)
    return Store.open(
        program.store, create=True, cache_dir=aside / "cache", state_dir=aside / "state"
    )


def names(folder: Path) -> set[str]:
    """The files of a store but for locks."""
    return {p.name for p in folder.rglob("*") if p.parent.name != "locks"}


def scenes(program: Program) -> list[Scene]:
    found = []
    for number, effort in enumerate((1, 2, 1)):
        shutil.rmtree(program.store, ignore_errors=True)
        with opened(program) as store:
            shown = Shown(store)
            shown.archive(pages(2) | unlike(2))
            if number:  # coded before, with less effort or with as much
                optimize(store, effort=1)
            if number == 2:  # what is new goes into the pack that there is
                shown.archive({"new": page(*session(10)[6:])} | unlike(1, 5))
        copy = program.folder / f"made {number}"
        shutil.copytree(program.store, copy)
        found.append(Scene(copy, shown.slim, shown.whole, effort))
    return found


def check(program: Program, scene: Scene) -> None:
    """Every document comes back, and the store is sound."""
    with opened(program) as store:
        for name, data in scene.slim.items():
            assert restored(store, data) == scene.whole[name], name
        assert verify(store, read_data=True).findings == ()


def finish(program: Program, scene: Scene) -> None:
    """The next one gets to the end, and a collection leaves nothing behind."""
    with opened(program) as store:
        report = optimize(store, effort=scene.effort)
        assert (report.left, report.notes) == (0, ())
        assert optimize(store, effort=scene.effort).blobs == 0
        collect(store, grace=0)
        efforts = {pack_effort(store.backend, name) for name in store.packs()}
        assert efforts == {scene.effort}
        assert Shown(store).copies() == 0
        assert not store.condemned()
    assert not list((program.store / "tmp").iterdir())


@pytest.mark.timeout(120 + 10 * KILLS)
def test_killed_at_any_moment(program: Program) -> None:
    moments = random.Random(1)
    made = scenes(program)
    words = {
        effort: program.words("optimize", "--max-effort", str(effort))
        for effort in (1, 2)
    }
    killed = at_work = 0

    def begin(scene: Scene) -> "subprocess.Popen[bytes]":
        shutil.rmtree(program.store)
        shutil.copytree(scene.folder, program.store)
        return subprocess.Popen(
            words[scene.effort],
            env=program.environment,
            cwd=program.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    for scene in made:
        started = time.monotonic()
        process = begin(scene)
        _, said = process.communicate()
        assert process.returncode == 0, said
        scene.seconds = time.monotonic() - started
        check(program, scene)
    for number in range(KILLS):
        scene = made[number % len(made)]
        process = begin(scene)
        time.sleep(scene.seconds * moments.uniform(0.4, 1.02))
        process.kill()
        _, said = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), said
        killed += process.returncode != 0
        begun = names(program.store) != names(scene.folder)
        at_work += process.returncode != 0 and begun
        check(program, scene)
        finish(program, scene)
        check(program, scene)
    assert killed, "none was killed"
    count("optimizations killed", killed)
    count("optimizations killed after they had begun to write", at_work)
