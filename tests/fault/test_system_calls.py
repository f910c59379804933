"""Every operation, killed in every system call that writes, and failing in it.

A merge tries a few points of each operation; ``ASSETSTORE_TEST_FAULTS=all`` tries
every one, and docs/faults.md says what came of it.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.figures import count
from support.injected import Point, failing, fault, lasting, points
from support.scenes import SCENES, Stage
from support.traced import unavailable

ALL = os.environ.get("ASSETSTORE_TEST_FAULTS") == "all"
# New names are random: a call may have another number once (`points`).
TRIES = 3

pytestmark = [
    pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "it can be traced"),
    pytest.mark.timeout(0 if ALL else 300),
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        what: What befalls the operation.
        sample: How many points a merge tries.
        points: The points, from the calls that there are.
    """

    what: str
    sample: int
    points: Callable[[list[Point]], list[Point]]


KINDS = {
    "KILL": Kind("killed in a system call", 1, list),
    "error": Kind("given an error by one", 1, failing),
    "lasting": Kind("given an error by one and all like it from then on", 1, lasting),
}


def chosen(kind: str, name: str, found: list[Point]) -> list[Point]:
    """All points, or the same few on every run."""
    if ALL:
        return found
    dice = random.Random(f"{kind} {name}")
    return dice.sample(found, min(KINDS[kind].sample, len(found)))


@pytest.mark.parametrize("kind", KINDS)
# What syncs side by side is in another order each time; power cuts are tried of it.
@pytest.mark.parametrize("name", [name for name in SCENES if name != "archive many"])
def test_a_fault_in_a_system_call(tmp_path: Path, name: str, kind: str) -> None:
    log = tmp_path / "log"
    stage = Stage(SCENES[name], tmp_path / "stage")
    found = points(stage, log)
    assert len(found) > 20
    tried = chosen(kind, name, KINDS[kind].points(found))
    failures = []
    missed = []
    for point in tried:
        try:
            if not any(fault(stage, point, log) for _ in range(TRIES)):
                missed.append(point)
        except AssertionError as e:
            failures.append(f"{point}: {e}")
    count(f"{name}: {KINDS[kind].what}", len(tried), len(missed) + len(failures))
    assert not failures, "\n".join(failures)
    assert not missed, "not reached: " + ", ".join(map(str, missed))
