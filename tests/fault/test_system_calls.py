"""Every operation, killed in every system call that writes, and failing in it.

A merge tries a few points of each operation; ``ASSETSTORE_TEST_FAULTS=all`` tries
every one, and docs/faults.md says what came of it.
"""

import os
import random
from pathlib import Path

import pytest

from support.figures import count
from support.injected import Point, failing, fault, points
from support.scenes import SCENES, Stage
from support.traced import unavailable

ALL = os.environ.get("ASSETSTORE_TEST_FAULTS") == "all"
SAMPLE = {"KILL": 3, "error": 2}
# New names are random: a call may have another number once (`points`).
TRIES = 3

pytestmark = [
    pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "it can be traced"),
    pytest.mark.timeout(0 if ALL else 300),
]


def chosen(kind: str, name: str, found: list[Point]) -> list[Point]:
    """All points, or the same few on every run."""
    if ALL:
        return found
    dice = random.Random(f"{kind} {name}")
    return dice.sample(found, min(SAMPLE[kind], len(found)))


@pytest.mark.parametrize("kind", ["KILL", "error"])
@pytest.mark.parametrize("name", SCENES)
def test_a_fault_in_a_system_call(tmp_path: Path, name: str, kind: str) -> None:
    log = tmp_path / "log"
    stage = Stage(SCENES[name], tmp_path / "stage")
    found = points(stage, log)
    assert len(found) > 20
    if kind == "error":
        found = [each for point in found for each in failing(point)]
    tried = chosen(kind, name, found)
    failures = []
    missed = []
    for point in tried:
        try:
            if not any(fault(stage, point, log) for _ in range(TRIES)):
                missed.append(point)
        except AssertionError as e:
            failures.append(f"{point}: {e}")
    what = "killed in a system call" if kind == "KILL" else "given an error by one"
    count(f"{name}: {what}", len(tried), len(missed) + len(failures))
    assert not failures, "\n".join(failures)
    assert not missed, "not reached: " + ", ".join(map(str, missed))
