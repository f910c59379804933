"""All long checks, one after the other, and one table of what they came to.

    python -m benchmarks.trust [--quick] [NAME]...

Takes less than an hour; ``--quick`` a few minutes, with smaller numbers. Exits with 1
where one of them failed. What is not there (yet) is passed over, and named.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-s")


@dataclass(frozen=True, slots=True)
class Check:
    """A command that says in its last line what it came to.

    Attributes:
        name: What the table calls it.
        needs: The file or folder without which it is passed over.
        words: What Python is called with.
        quick: The same, for a few minutes.
        environment: Set for it, unless it is to be quick.
    """

    name: str
    needs: str
    words: tuple[str, ...]
    quick: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


CHECKS = (
    Check(
        "kills of runs",
        "tests/integration/test_run_killed.py",
        (*_PYTEST, "tests/integration/test_run_killed.py"),
        environment={"ASSETSTORE_TEST_KILLS": "100"},
    ),
    Check(
        "kills of rescues",
        "tests/integration/test_rescue_killed.py",
        (*_PYTEST, "tests/integration/test_rescue_killed.py"),
    ),
    Check("faults", "tests/fault", (*_PYTEST, "tests/fault")),
    Check(
        "rot",
        "tests/integration/test_rot.py",
        (*_PYTEST, "tests/integration/test_rot.py", "tests/integration/test_repair.py"),
    ),
    Check(
        "hostile input",
        "tests/integration/test_hostile.py",
        (*_PYTEST, "tests/integration/test_hostile.py"),
    ),
    Check(
        "interleavings",
        "tests/integration/test_interleavings.py",
        (
            *_PYTEST,
            "tests/unit/store/test_protocol.py",
            "tests/integration/test_interleavings.py",
            "tests/integration/test_interleavings_optimize.py",
        ),
    ),
    Check(
        "soak",
        "benchmarks/soak.py",
        ("-m", "benchmarks.soak", "--minutes", "10"),
        ("-m", "benchmarks.soak", "--minutes", "0.5"),
    ),
    Check(
        "scale",
        "benchmarks/scale.py",
        ("-m", "benchmarks.scale", "--blobs", "200000"),
        ("-m", "benchmarks.scale", "--only", "10000"),
    ),
    Check(
        "large log",
        "benchmarks/large.py",
        ("-m", "benchmarks.large", "--size", "5000000000"),
        ("-m", "benchmarks.large", "--size", "200000000"),
    ),
    Check("fuzz", "tests/fuzz", (*_PYTEST, "tests/unit/test_fuzz_corpus.py")),
)


def main() -> None:
    """Run what is there, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    known = {check.name for check in CHECKS}
    if unknown := set(given.names) - known:
        parser.error(f"there is no {sorted(unknown)}; the checks are {sorted(known)}")
    rows = []
    failed = False
    for check in CHECKS:
        if given.names and check.name not in given.names:
            continue
        if not (ROOT / check.needs).exists():
            rows.append((check.name, "", "not there", check.needs))
            continue
        print(f"== {check.name}", flush=True)
        code, seconds, last = _run(check, quick=given.quick)
        failed |= code != 0
        result = "ok" if code == 0 else f"**exit code {code}**"
        rows.append((check.name, f"{seconds:.0f} s", result, last))
    print("\n| | time | | last line |\n|---|---:|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    sys.exit(failed)


def _run(check: Check, *, quick: bool) -> tuple[int, float, str]:
    """Run a check; its exit code, its time in seconds, its last line."""
    words = check.quick or check.words if quick else check.words
    environment = {**os.environ, **({} if quick else check.environment)}
    began = time.monotonic()
    last = ""
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            print(f"  {line}", end="", flush=True)
            last = line.strip() or last
    return process.returncode, time.monotonic() - began, last.replace("|", "/")


if __name__ == "__main__":
    main()
