"""Fifteen seconds of `benchmarks.soak`, which is as long as one likes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(300)
def test_nothing_is_lost_while_all_are_killed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.25"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {
        name: int(count)
        for name, count in re.findall(r"([a-z][a-z ]*[a-z]) =? ?(\d+)", done.stdout)
    }
    assert counts["losses"] == 0
    for what in ("archives", "collections", "kills", "stops", "restores checked"):
        assert counts[what] > 0, done.stdout
