"""Measure everything: ``python -m benchmarks``.

Needs 15 GB of disk; tools that are not installed are left out, and the table says
so. Prints what it writes to benchmarks/RESULTS.md.
"""

import os
import platform
import shutil
import tempfile
from pathlib import Path

import click

from assetstore.version import __version__
from benchmarks.bench import MB, Bench
from benchmarks.log_table import log_table
from benchmarks.make_log import LOG
from benchmarks.tables import memory_table, scan_table, start_table

HERE = Path(__file__).parent

TABLES = {
    "log": log_table,
    "memory": memory_table,
    "scan": scan_table,
    "start": start_table,
}


def version(*command: str) -> str:
    """The first line that a command prints."""
    if shutil.which(command[0]) is None:
        return f"{command[0]} is not installed"
    return os.popen(" ".join(command) + " 2>&1").readline().strip()  # noqa: S605 the tools' own names


def machine() -> str:
    """What this was measured on."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        cpu = names[0].partition(": ")[2] if names else cpu
    return f"{os.cpu_count()} cores ({cpu}), {platform.system()}, Python {platform.python_version()}"


@click.command(help=__doc__)
@click.option("--rounds", default=5, show_default=True, help="Rounds of each table.")
@click.option(
    "--megabytes", default=LOG // MB, show_default=True, help="Size of the log."
)
@click.option("--only", multiple=True, type=click.Choice(list(TABLES)), help="Tables.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to work.")
def main(
    rounds: int, megabytes: int, only: tuple[str, ...], folder: Path | None
) -> None:
    """Measure, print, write RESULTS.md."""
    work = Path(tempfile.mkdtemp(prefix="assetstore-bench-", dir=folder))
    bench = Bench(work, rounds, megabytes * MB)
    whole = not only and megabytes * MB == LOG
    try:
        for name, table in TABLES.items():
            if not only or name in only:
                table(bench)
    finally:
        shutil.rmtree(work)
    lines = [
        "# Results",
        "",
        f"Printed by `python -m benchmarks --rounds {rounds}`, assetstore {__version__}, on {machine()}.",
        f"Peers: {version('cp', '--version')}; {version('sed', '--version')}; {version('jq', '--version')}; "
        f"{version('zstd', '--version')}; {version('restic', 'version')}; {version('borg', '--version')}.",
        "",
        *bench.text,
        "## What is asked for",
        "",
        "| | measured | |",
        "|---|---:|---|",
        *(f"| {w} | {m} | {'yes' if ok else '**no**'} |" for w, m, ok in bench.demands),
        "",
    ]
    print("\n".join(lines))
    if whole:
        (HERE / "RESULTS.md").write_text("\n".join(lines), "utf-8")


main()
