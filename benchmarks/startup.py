"""How long short commands take: processor time over an interpreter that does nothing.

    python -m benchmarks.startup [--rounds 20] [--files 10000] [--write]

Each round runs every command once, and before each a bare ``python -c pass``, whose
time is taken off: a busy moment hits both. What is imported and nothing else is a
floor of its own (``import click``). The modules are compiled first, as where they are
installed. ``--write`` writes benchmarks/STARTUP.md.
"""

import argparse
import base64
import compileall
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.make_log import png
from benchmarks.measure import run
from benchmarks.periodic import make

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "benchmarks" / "STARTUP.md"
_BARE = [sys.executable, "-c", "pass"]
_TOOL = [sys.executable, "-m", "assetstore"]
# Three of them are reached through links in the first, which are not followed.
_PACKAGES = ("assetstore", "archiver", "restore", "store")
# What nothing that was archived before is remembered of (two seconds), and more.
_OLD = 1_780_000_000


@dataclass(slots=True)
class Case:
    """A command that is measured.

    Attributes:
        name: What the table calls it.
        words: The command.
        goal: How many milliseconds it may take; None: it is a floor.
        before: Called before each run.
        over: Milliseconds of each run over the bare one in front of it.
        wall: The same of wall time.
    """

    name: str
    words: Sequence[str]
    goal: int | None = None
    before: Callable[[], object] = lambda: None
    over: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


def cases(folder: Path, files: int) -> list[Case]:
    """Make what the commands work on, and list them."""
    many, one, page = folder / "many", folder / "one", folder / "page.html"
    picture = base64.b64encode(png(1, 3000)).decode()
    text = f'<p>words</p>\n<img src="data:image/png;base64,{picture}">\n'
    make(many, files)
    one.mkdir()
    (one / "page.html").write_text(text)
    os.utime(one / "page.html", (_OLD, _OLD))
    config = folder / "config.toml"
    config.write_text(f"[jobs.one]\npaths = [{json.dumps(str(one))}]\n")
    running = [*_TOOL, "run", "--config", str(config)]
    return [
        Case("`import click`", [sys.executable, "-c", "import click"]),
        Case("`--version`", [*_TOOL, "--version"], 40),
        Case("`--help`", [*_TOOL, "--help"], 40),
        Case("`archive --help`", [*_TOOL, "archive", "--help"]),
        Case(
            f"`archive` of a page of {len(text) / 1000:.0f} kB with a picture",
            [*_TOOL, "archive", str(page)],
            120,
            before=lambda: page.write_text(text),
        ),
        Case("`archive` of a folder, nothing to do", [*_TOOL, "archive", str(one)]),
        Case(
            f"the same, {files:,} files", [*_TOOL, "archive", str(many)], goal_of(files)
        ),
        Case("`run`, nothing to do", running, 100),
        Case("`restore -n`", [*_TOOL, "restore", "-n", str(one)]),
    ]


def goal_of(files: int) -> int | None:
    """What a walk over so many files may take, if there is a goal for that."""
    return 150 if files == 10_000 else None


def measured(folder: Path, files: int, rounds: int) -> tuple[list[Case], list[float]]:
    """Run all of them in turn.

    Returns:
        The commands, and the milliseconds of the bare interpreter.
    """
    for package in _PACKAGES:
        compileall.compile_dir(ROOT / package, quiet=1)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("ASSETSTORE_")},
        "HOME": str(folder / "home"),
        "ASSETSTORE_STORE": str(folder / "store"),
        **{
            f"XDG_{name}_HOME": str(folder / name.lower())
            for name in ("CACHE", "CONFIG", "DATA", "STATE")
        },
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    found = cases(folder, files)
    bare: list[float] = []
    for number in range(-1, rounds):  # the first one archives, and is not counted
        for case in found:
            case.before()
            floor = run(_BARE, environment, folder / "out")
            took = run(case.words, environment, folder / "out")
            if number >= 0:
                bare.append(floor.cpu * 1000)
                case.over.append((took.cpu - floor.cpu) * 1000)
                case.wall.append((took.seconds - floor.seconds) * 1000)
    return found, bare


def spread(values: Sequence[float]) -> str:
    """The middle half of some values."""
    low, _, high = statistics.quantiles(values, n=4)
    return f"{low:.0f}–{high:.0f}"


def table(found: Sequence[Case], bare: Sequence[float]) -> str:
    """The figures in Markdown."""
    rows = [
        "| | ms | middle half | least | wall ms | goal |",
        "|---|---:|---:|---:|---:|---:|",
        f"| the interpreter alone, not taken off | {statistics.median(bare):.0f} | "
        f"{spread(bare)} | {min(bare):.0f} | | |",
    ]
    for case in found:
        goal = f"{case.goal}" if case.goal is not None else ""
        rows.append(
            f"| {case.name} | {statistics.median(case.over):.0f} | "
            f"{spread(case.over)} | {min(case.over):.0f} | "
            f"{statistics.median(case.wall):.0f} | {goal} |"
        )
    return "\n".join(rows)


def document(found: Sequence[Case], bare: Sequence[float], load: float) -> str:
    """What `--write` writes."""
    late = [
        f"{case.name}: {statistics.median(case.over):.0f} ms of {case.goal}"
        for case in found
        if case.goal is not None and statistics.median(case.over) > case.goal
    ]
    said = f"Not reached: {'; '.join(late)}." if late else "All goals are reached."
    return f"""\
# How long short commands take

`python -m benchmarks.startup --rounds {len(found[0].over)} --write` wrote this:
processor time in milliseconds over a bare `python -c pass`, as medians of paired runs,
syncs and the store's checks included. Python {platform.python_version()} on
{platform.system()}, {os.cpu_count()} processors; load while it ran: {load:.1f}.

{table(found, bare)}

{said} What is measured against: `import click` is what the command line cannot do
without; of the bare interpreter, nothing is ours. What each command may import is held
by `tests/integration/test_lean_imports.py`.
"""


def main() -> None:
    """Measure, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="assetstore-startup-"))
    try:
        found, bare = measured(folder, given.files, given.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if given.write:
        TARGET.write_text(document(found, bare, os.getloadavg()[0]))
    print(table(found, bare))


if __name__ == "__main__":
    main()
