"""What documents show of benchmarks/TRUST.md, made from it.

docs/faults.md has the points of each operation, docs/hostile.md the fuzzing of each
target. So a figure is written down once, by the run that it is from.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TRUST = ROOT / "benchmarks" / "TRUST.md"
FAULTS = ROOT / "docs" / "faults.md"
HOSTILE = ROOT / "docs" / "hostile.md"
# How the documents call what the checks count.
OPERATIONS = {
    "archive": "`archive`, a new store",
    "archive again": "`archive` of files that grew",
    "restore": "`restore`",
    "gc": "`gc`",
    "rebuild index": "`verify --rebuild-index`",
    "repair": "`repair` of packs, a manifest, an index",
    "forget": "`forget`",
    "run": "`run`",
    "optimize": "`optimize`",
    "rescue": "`rescue`",
    "undo": "`rescue --undo`",
    "export": "`export`",
    "import": "`import`",
    "keep": "`threads keep` of a thread that grew",
    "bring back": "`threads restore`",
}
_POINTS = (
    "killed in a system call",
    "given an error by one",
    "given an error by one and all like it from then on",
)
_STATES = "states after a power cut"
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+?): ([^|:]+) \| ([\d,]+) \| ([\d,]+) \|", re.M)

Counted = dict[tuple[str, str], tuple[str, str]]


def counted(text: str) -> Counted:
    """What was tried and failed, by operation and what was done to it."""
    return {
        (operation, what): (tried, failed)
        for _, operation, what, tried, failed in _ROW.findall(text)
    }


def faults_table(found: Counted) -> str:
    """The table of what killed and refused operations came to."""
    rows = [
        "| Operation | Killed: points | Errors: points | Errors that last: points "
        "| Found wrong |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, shown in OPERATIONS.items():
        all_of_it = [found.get((name, what)) for what in _POINTS]
        known = [each for each in all_of_it if each is not None]
        if len(known) == len(_POINTS):
            wrong = sum(int(failed.replace(",", "")) for _, failed in known)
            points = " | ".join(tried for tried, _ in known)
            rows.append(f"| {shown} | {points} | {wrong:,} |")
    return "\n".join(rows) + "\n"


def power_table(found: Counted) -> str:
    """The table of what power cuts came to."""
    rows = ["| Operation | States | Lost |", "|---|---:|---:|"]
    for name, shown in OPERATIONS.items():
        if (name, _STATES) in found:
            rows.append(f"| {shown} | {' | '.join(found[name, _STATES])} |")
    return "\n".join(rows) + "\n"


def table_in(text: str, head: str) -> str:
    """The table with this head in a text, or ""."""
    start = text.find(f"\n{head}")
    if start < 0:
        return ""
    lines = text[start + 1 :].split("\n")
    count = next((n for n, line in enumerate(lines) if not line.startswith("|")), 0)
    return "\n".join(lines[:count]) + "\n"


def made(trust: str) -> list[tuple[Path, str]]:
    """The documents with tables from TRUST.md, and each table."""
    found = counted(trust)
    tables = [(FAULTS, faults_table(found)), (FAULTS, power_table(found))]
    if targets := table_in(trust, "| Target | Time |"):
        tables.append((HOSTILE, targets))
    return [(path, table) for path, table in tables if table.count("\n") > 2]


def write_documents() -> None:
    """Put what TRUST.md says into the documents that show it."""
    for path, table in made(TRUST.read_text("utf-8")):
        text = path.read_text("utf-8")
        old = table_in(text, table.partition("\n")[0])
        path.write_text(text.replace(old, table), "utf-8")
