"""All long checks, and one table of what they tried and what failed.

    python -m benchmarks.trust [--quick] [--minutes 10] [--lanes 2] [--write] [NAME]...

Takes less than an hour on two cores; ``--quick`` some minutes, with smaller numbers.
``--minutes`` says how long each check runs that could go on for ever: soak, stress,
fuzzing. Checks run beside each other, so their times say little. Each prints rows of
the table: what, tried, failed; what else it prints as a table comes after that. What it
came to is kept in build/trust.json; the tables have the newest of each check.
``--write`` puts them in benchmarks/TRUST.md, and what docs/faults.md and
docs/hostile.md show of them there; a test compares these. Exits with 1 where a check
failed. What cannot run here is passed over, and named.
"""

import argparse
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.trust_tables import TRUST, write_documents

ROOT = Path(__file__).parents[1]
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "timeout=0")
_ROW = re.compile(r"^\| ([^|]+) \| ([\d,]+) \| ([\d,]+) \|$", re.M)
# A table of another form: its head, the line below that, its rows.
_TABLE = re.compile(r"^\|.+\|\n\|(?:-+:?\|)+\n(?:\|.+\|\n?)+", re.M)
# A row of the table of all checks.
_TOLD_ROW = re.compile(
    r"^\| ([^|]+) \| ([^|]*) \| ([\d,]*) \| ([\d,]*) \| ([^|]*) \| ([^|]+) \|$", re.M
)
_RESULTS = ROOT / "build" / "trust.json"
_PRINTING = threading.Lock()
# There a sync costs nothing; what a power cut leaves is a model's in any case.
_MEMORY = "/dev/shm"  # noqa: S108 pytest makes a folder of its own in it
_IN_MEMORY = {"TMPDIR": _MEMORY} if Path(_MEMORY).is_dir() else {}


@dataclass(frozen=True, slots=True)
class Check:
    """A command that prints what it tried, and exits with 0 if nothing failed.

    Attributes:
        name: What the table calls it.
        words: What Python is called with.
        quick: The same, for a few minutes.
        timed: It runs as long as it is told to; what `MINUTES` stands for in its words,
            as a share of the minutes given.
        environment: Set for it, unless it is to be quick.
        module: Without which it is passed over.
    """

    name: str
    words: tuple[str, ...]
    quick: tuple[str, ...] = ()
    timed: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)
    module: str = "pytest"


# In words: how long it may run, in minutes or seconds.
MINUTES, SECONDS = "MINUTES", "SECONDS"

# The longest first.
CHECKS = (
    Check(
        "faults in system calls",
        (*_PYTEST, "tests/fault/test_system_calls.py"),
        environment={"ASSETSTORE_TEST_FAULTS": "all", **_IN_MEMORY},
    ),
    Check(
        "power cuts, full disks",
        (*_PYTEST, "tests/fault/test_power_cut.py", "tests/fault/test_full_disk.py"),
        environment={"ASSETSTORE_TEST_FAULTS": "all", **_IN_MEMORY},
    ),
    Check(
        "soak",
        ("-m", "benchmarks.soak", "--minutes", MINUTES, "--window", "10"),
        timed=1.0,
    ),
    Check("stress", ("-m", "benchmarks.stress", "--minutes", MINUTES), timed=1.0),
    Check(
        "redaction",
        ("-m", "benchmarks.redaction"),
        ("-m", "benchmarks.redaction", "--quick"),
    ),
    Check(
        "hostile folders",
        (*_PYTEST, "tests/hostile"),
    ),
    Check(
        "fuzzing",
        ("-m", "tests.fuzz", "all", "--seconds", SECONDS),
        timed=0.8,
        module="atheris",
    ),
    Check(
        "forgotten bytes",
        (
            *_PYTEST,
            "tests/integration/test_forgotten.py",
            "tests/integration/test_purge.py",
            "tests/integration/test_purge_beside.py",
        ),
        (*_PYTEST, "tests/integration/test_forgotten.py"),
    ),
    Check(
        "kills",
        (
            *_PYTEST,
            "tests/integration/test_run_killed.py",
            "tests/integration/test_rescue_killed.py",
            "tests/integration/test_optimize_killed.py",
        ),
        environment={"ASSETSTORE_TEST_KILLS": "100"},
    ),
    Check(
        "scale",
        ("-m", "benchmarks.scale", "--blobs", "100000"),
        ("-m", "benchmarks.scale", "--only", "10000"),
    ),
    Check(
        "hostile input",
        (*_PYTEST, "tests/integration/test_hostile.py", "-k", "not gibibyte or prefix"),
        (*_PYTEST, "tests/integration/test_hostile.py"),
        environment={"ASSETSTORE_TEST_HOSTILE": "1"},
    ),
    Check(
        "concurrency",
        (
            *_PYTEST,
            "tests/unit/store/test_protocol.py",
            "tests/integration/test_interleavings.py",
            "tests/integration/test_interleavings_optimize.py",
        ),
    ),
    Check(
        "rot, a sample",
        (
            *_PYTEST,
            "tests/integration/test_rot.py",
            "tests/integration/test_rot_rescue.py",
            "tests/integration/test_repair.py",
            "tests/integration/test_repair_beside.py",
        ),
    ),
    Check(
        "short reads and writes, a sample",
        (*_PYTEST, "tests/fault/test_short.py"),
    ),
    Check(
        "large log",
        ("-m", "benchmarks.large", "--size", "5000000000"),
        ("-m", "benchmarks.large", "--size", "200000000"),
    ),
    Check(
        "damaged pictures",
        (*_PYTEST, "tests/integration/test_damaged_images.py"),
        environment={"ASSETSTORE_TEST_IMAGES": "10000"},
    ),
    Check(
        "restored without us",
        (
            *_PYTEST,
            "tests/integration/test_recovery.py",
            "tests/integration/test_golden.py",
            "tests/integration/test_optimized_golden.py",
        ),
    ),
)


@dataclass(slots=True)
class Result:
    """What a check came to.

    Attributes:
        code: Its exit code; None: it cannot run here.
        seconds: How long it took.
        rows: What it tried, and what of it failed.
        tables: What else it shows, in Markdown.
    """

    check: Check
    code: int | None = None
    seconds: float = 0.0
    rows: list[tuple[str, ...]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything failed."""
        return bool(self.code) or any(row[2] != "0" for row in self.rows)

    def table(self) -> str:
        """Its rows in the table."""
        took = f"{self.seconds / 60:.0f} min" if self.seconds >= 60 else "< 1 min"
        end = f"**exit code {self.code}**" if self.code else "done"
        if self.code is None:
            end, took = "not run", ""
        rows = self.rows or [("", "", "")]
        return "\n".join(
            f"| {self.check.name} | {' | '.join(row)} | {took} | {end} |"
            for row in rows
        )


def main() -> None:
    """Run what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--minutes",
        type=float,
        help="of each timed check [default: 10, quick: 1]",
    )
    parser.add_argument("--lanes", type=int, default=2, help="checks at a time")
    parser.add_argument("--write", action="store_true", help="benchmarks/TRUST.md")
    given = parser.parse_args()
    names = {check.name for check in CHECKS}
    if unknown := set(given.names) - names:
        parser.error(f"there is no {sorted(unknown)}; the checks are {sorted(names)}")
    chosen = [c for c in CHECKS if not given.names or c.name in given.names]
    minutes = given.minutes or (1.0 if given.quick else 10.0)
    began = time.monotonic()
    known = {} if given.quick else _kept()
    with ThreadPoolExecutor(given.lanes) as lanes:
        running = [
            lanes.submit(run, check, quick=given.quick, minutes=minutes)
            for check in chosen
        ]
        for done in as_completed(running):
            known[done.result().check.name] = done.result()
            if not given.quick:
                _keep(known)  # one that is ended before the others are done
    lasted = (time.monotonic() - began) / 60
    results = [known.get(check.name, Result(check)) for check in CHECKS]
    table = "| Check | What | Tried | Failed | Time | |\n|---|---|---:|---:|---:|---|\n"
    table += "\n".join(result.table() for result in results)
    text = (
        f"{table}\n\n{_told(chosen, given.lanes, lasted)} {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}.\n"
    )
    for result in results:
        if result.tables:
            text += f"\n## {_title(result.check.name)}\n\n" + "\n".join(result.tables)
    print(text)
    if given.write:
        head = "# All long checks\n\n`python -m benchmarks.trust --write`"
        TRUST.write_text(f"{head} wrote this.\n\n{text}")
        write_documents()
    sys.exit(any(result.failed for result in results))


def _told(chosen: list[Check], lanes: int, minutes: float) -> str:
    """Which run, or runs, the table comes from."""
    if len(chosen) == len(CHECKS):
        return f"One run of all, {lanes} at a time: {minutes:.0f} minutes."
    return "The newest result of each check, from several runs."


def _kept() -> dict[str, Result]:
    """What checks came to when they last ran: here, or as the table has it."""
    if not _RESULTS.exists():
        return from_table(TRUST.read_text("utf-8"))
    found = json.loads(_RESULTS.read_text())
    return {
        check.name: Result(check, code, seconds, list(map(tuple, rows)), *tables)
        for check in CHECKS
        if check.name in found
        for code, seconds, rows, *tables in (found[check.name],)
    }


def from_table(text: str) -> dict[str, Result]:
    """What a table says that checks came to; an exit code that is not 0 is 1."""
    checks = {check.name: check for check in CHECKS}
    results: dict[str, Result] = {}
    for name, what, tried, failed, took, end in _TOLD_ROW.findall(text):
        if name not in checks or end == "not run":
            continue
        minutes = 0.0 if took.startswith("<") else float(took.split()[0])
        result = results.setdefault(
            name, Result(checks[name], int(end != "done"), minutes * 60)
        )
        if what:
            result.rows.append((what, tried, failed))
    for name, result in results.items():
        _, _, section = text.partition(f"\n## {_title(name)}\n")
        result.tables = _TABLE.findall(section.partition("\n## ")[0] + "\n")
    return results


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


def _keep(results: dict[str, Result]) -> None:
    found = {name: (r.code, r.seconds, r.rows, r.tables) for name, r in results.items()}
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(found, indent=1))


def run(check: Check, *, quick: bool, minutes: float) -> Result:
    """Run a check, and take its rows from what it prints."""
    result = Result(check)
    if importlib.util.find_spec(check.module) is None:
        return result
    environment = {**os.environ, **({} if quick else check.environment)}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *words_of(check, quick=quick, minutes=minutes)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    result.code, result.seconds = done.returncode, time.monotonic() - began
    result.rows = _ROW.findall(done.stdout)
    result.tables = _TABLE.findall(f"{done.stdout}\n")
    if not result.rows and (passed := re.search(r"(\d+) passed", done.stdout)):
        result.rows = [("tests", passed[1], "0")]
    with _PRINTING:
        print(f"== {check.name}, {result.seconds:.0f} s", file=sys.stderr)
        print(done.stdout[-4000:], file=sys.stderr, flush=True)
    return result


def words_of(check: Check, *, quick: bool, minutes: float) -> list[str]:
    """What Python is called with, for so many minutes."""
    time_given = {
        MINUTES: f"{minutes * check.timed:g}",
        SECONDS: f"{minutes * check.timed * 60:.0f}",
    }
    words = (quick and check.quick) or check.words
    return [time_given.get(word, word) for word in words]


if __name__ == "__main__":
    main()
