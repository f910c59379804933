"""Measure everything: ``python -m benchmarks``.

Needs 15 GB of disk; tools that are not installed are left out, and the table says
so. Prints what it writes to benchmarks/RESULTS.md.
"""

import hashlib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from assetstore.version import __version__
from benchmarks.make_log import LOG
from benchmarks.measure import Contender, copy_synced, in_turn, run, size_below

HERE = Path(__file__).parent
TOOL = [sys.executable, "-m", "assetstore"]
UNWANTED = ("ASSETSTORE", "PYTHON")
MB = 1_000_000


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def version(*command: str) -> str:
    """The first line that a command prints."""
    if shutil.which(command[0]) is None:
        return f"{command[0]} is not installed"
    return os.popen(" ".join(command) + " 2>&1").readline().strip()  # noqa: S605 the tools' own names


class Bench:
    """A folder to work in, and the results so far."""

    def __init__(self, folder: Path, rounds: int, log_size: int):
        self.folder = folder
        self.rounds = rounds
        self.log_size = log_size
        self.text: list[str] = []
        self.demands: list[tuple[str, str, bool]] = []
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(UNWANTED)},
            "ASSETSTORE_STORE": str(folder / "store"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
            "RESTIC_PASSWORD": "x",
            "RESTIC_REPOSITORY": str(folder / "restic"),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "BORG_BASE_DIR": str(folder / "borg-home"),
        }

    def say(self, line: str = "") -> None:
        """A line of the results."""
        self.text.append(line)
        print(line, flush=True)

    def demand(self, what: str, measured: str, met: bool) -> None:
        """Something that is promised."""
        self.demands.append((what, measured, met))

    def path(self, name: str) -> Path:
        """A file or folder to work with."""
        return self.folder / name

    def without(self, *names: str) -> None:
        """Remove files and folders."""
        for name in names:
            path = self.path(name)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def fresh(self) -> None:
        """No store, no cache."""
        self.without("store", "cache")

    def once(self, *command: str) -> None:
        """Run a command that is not measured."""
        run(command, self.environment, self.path("out"))

    def make(self, kind: str, path: Path, number: int) -> int:
        """Make what is measured; its size.

        Not in this process: what it ever used would count as its children's peak.
        """
        self.once(
            sys.executable, "-m", "benchmarks.make_log", kind, str(path), str(number)
        )
        return path.stat().st_size

    def measure(self, *contenders: Contender, rounds: int = 0) -> None:
        """Measure contenders in turn."""
        in_turn(contenders, rounds or self.rounds, self.environment, self.path("out"))


def log_table(bench: Bench) -> None:
    """Archive and restore a log, beside everything else that people use."""
    log, work, slim = bench.path("log.jsonl"), bench.path("work"), bench.path("slim")
    size, original = bench.make("log", log, bench.log_size), digest(log)
    work.mkdir(exist_ok=True)
    target = work / "log.jsonl"

    def begin() -> None:
        bench.fresh()
        copy_synced(log, target)

    def archived() -> int:
        bench.once("sh", "-c", f"! grep -q data:image {target}")
        copy_synced(target, slim)
        return target.stat().st_size + size_below(bench.path("store"))

    def restored() -> int:
        assert digest(target) == original
        return 0

    def slim_again() -> None:
        copy_synced(slim, target)

    def small(*names: str) -> Callable[[], int]:
        def kept() -> int:
            paths = [bench.path(name) for name in names]
            total = sum(
                size_below(p) if p.is_dir() else p.stat().st_size for p in paths
            )
            bench.without(*names)
            return total

        return kept

    def init(tool: str, *command: str) -> Callable[[], None]:
        def make() -> None:
            bench.without(tool)
            bench.once(*command)

        return make

    copy, out, files = (str(bench.path(n)) for n in ("copy", "out.jsonl", "files"))
    source, peers = str(log), HERE / "peers"
    jq = '(.payload.content[]? | select(.type == "input_image")).image_url = "gone"'
    jq = f'(if (.payload|type) == "object" then {jq} else . end)'
    sed = "s#data:image/[a-z+]*;base64,[A-Za-z0-9+/]*=*#gone#g"
    floor = Contender(
        "cp + fsync",
        ["sh", "-c", f"cp {source} {copy} && sync {copy}"],
        before=lambda: bench.without("copy"),
        after=small("copy"),
    )
    archive = Contender("**assetstore archive**", [*TOOL, "archive", str(target), "-q"])
    archive.before, archive.after = begin, archived
    restore = Contender("**assetstore restore**", [*TOOL, "restore", str(target), "-q"])
    restore.before, restore.after = slim_again, restored
    python = [sys.executable, "-I"]
    others = [
        Contender(
            "Python, json per line",
            [*python, str(peers / "json_lines.py"), source, out, files],
            after=small("out.jsonl", "files"),
        ),
        Contender(
            "Python, re.sub",
            [*python, str(peers / "regex.py"), source, out, files],
            after=small("out.jsonl", "files"),
        ),
        Contender(
            "jq (drops the pictures)",
            ["sh", "-c", f"jq -c '{jq}' {source} >{out}"],
            after=small("out.jsonl"),
        ),
        Contender(
            "GNU sed -E (drops the pictures)",
            ["sh", "-c", f"LC_ALL=C sed -E '{sed}' {source} >{out}"],
            after=small("out.jsonl"),
        ),
        Contender(
            "zstd -T2 -3",
            ["zstd", "-q", "-T2", "-3", source, "-o", out],
            after=small("out.jsonl"),
        ),
        Contender(
            "restic backup",
            ["restic", "backup", "-q", source],
            before=init("restic", "restic", "init", "-q"),
            after=small("restic"),
        ),
        Contender(
            "borg create zstd,3",
            ["borg", "create", "-C", "zstd,3", f"{bench.path('borg')}::a", source],
            before=init("borg", "borg", "init", "-e", "none", str(bench.path("borg"))),
            after=small("borg"),
        ),
    ]
    missing = [
        c.name
        for c in others
        if (
            tool := next(
                t for t in ("restic", "borg", "jq", "zstd", "sed", "") if t in c.name
            )
        )
        and shutil.which(tool) is None
    ]
    others = [c for c in others if c.name not in missing]
    contenders = [floor, archive, restore, *others]
    bench.measure(*contenders)

    bench.say(f"## A session log of {size / MB:,.0f} MB")
    bench.say()
    bench.say("| | median s | spread | against cp + fsync | GB/s | peak MB | kept MB |")
    bench.say("|---|---:|---:|---:|---:|---:|---:|")
    for c in contenders:
        kept = f"{c.kept / MB:,.0f}" if c.kept else ""
        bench.say(
            f"| {c.name} | {c.median:.2f} | {c.spread} | {c.ratio(floor):.2f} | "
            f"{size / c.median / 1e9:.2f} | {c.rss / MB:,.0f} | {kept} |"
        )
    bench.say()
    bench.say(
        "In turn, one round after the other; ratios are medians of the rounds' own. "
        "Archive and restore work in place, with their full checks and fsync; of the "
        "others only restic and borg make what they write durable. Kept: everything "
        "that is needed to have the file back."
    )
    if missing:
        bench.say(f"Not installed here: {', '.join(missing)}.")
    bench.say()
    by = {c.name: c for c in others}
    ratio = archive.ratio(floor)
    bench.demand("archive within 2x of cp + fsync", f"{ratio:.2f}x", ratio <= 2)
    ratio = restore.ratio(floor)
    bench.demand("restore within 1.6x of cp + fsync", f"{ratio:.2f}x", ratio <= 1.6)
    for name, least in (
        ("Python, json per line", 4),
        ("Python, re.sub", 4),
        ("GNU sed -E (drops the pictures)", 2),
        ("borg create zstd,3", 3),
        ("restic backup", 5),
    ):
        if name in by:
            times = by[name].ratio(archive)
            what = f"archive {least}x faster than {name}"
            most = by[name].ratio(floor)
            said = f"{times:.1f}x (cp + fsync itself: {most:.1f}x)"
            bench.demand(what, said, times >= least)
    rss = max(archive.rss, restore.rss)
    bench.demand(
        f"under 80 MB of memory, {size / MB:,.0f} MB log",
        f"{rss / MB:.0f} MB",
        rss < 80 * MB,
    )
    bench.without("work", "slim", "log.jsonl")
    bench.fresh()


def memory_table(bench: Bench) -> None:
    """Peak memory does not grow with the document or the payload."""
    bench.say("## Memory")
    bench.say()
    bench.say("| | size MB | archive s | peak MB | restore s | peak MB |")
    bench.say("|---|---:|---:|---:|---:|---:|")
    log = bench.path("work.json")
    large = 5_000 * MB * bench.log_size // LOG
    cases = {"a session log": ("log", large), "one payload": ("single", 200 * MB)}
    for name, (kind, wanted) in cases.items():
        bench.fresh()
        size, original = bench.make(kind, log, wanted), digest(log)
        archive = Contender("archive", [*TOOL, "archive", str(log), "-q"])
        bench.measure(archive, rounds=1)
        assert log.stat().st_size < size / 5
        restore = Contender("restore", [*TOOL, "restore", str(log), "-q"])
        bench.measure(restore, rounds=1)
        assert digest(log) == original
        bench.say(
            f"| {name} | {size / MB:,.0f} | {archive.median:.2f} | "
            f"{archive.rss / MB:.0f} | {restore.median:.2f} | {restore.rss / MB:.0f} |"
        )
        rss = max(archive.rss, restore.rss)
        what = f"under 80 MB of memory, {name} of {size / MB:,.0f} MB"
        bench.demand(what, f"{rss / MB:.0f} MB", rss < 80 * MB)
    bench.say()
    bench.without("work.json")
    bench.fresh()


def scan_table(bench: Bench) -> None:
    """Text without pictures."""
    text = bench.path("text.jsonl")
    size, before = bench.make("text", text, 2_000 * MB), text.stat()
    empty = bench.path("empty.jsonl")
    empty.write_bytes(b"{}\n")
    floor = Contender("cat >/dev/null", ["sh", "-c", f"cat {text} >/dev/null"])
    scan = Contender("assetstore archive", [*TOOL, "archive", str(text), "-q"])
    start = Contender("the same on 3 bytes", [*TOOL, "archive", str(empty), "-q"])
    scan.before = start.before = bench.fresh
    bench.measure(floor, scan, start)
    after = text.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    speed = size / (scan.median - start.median) / 1e9
    bench.say(f"## {size / MB:,.0f} MB of text without a picture")
    bench.say()
    bench.say("| | median s | spread | GB/s |")
    bench.say("|---|---:|---:|---:|")
    for c in (floor, scan):
        bench.say(
            f"| {c.name} | {c.median:.2f} | {c.spread} | {size / c.median / 1e9:.2f} |"
        )
    bench.say(f"| {start.name} | {start.median:.2f} | {start.spread} | |")
    bench.say()
    bench.demand(
        "text scanned at 2 GB/s, start-up taken off", f"{speed:.1f} GB/s", speed >= 2
    )
    bench.without("text.jsonl", "empty.jsonl")
    bench.fresh()


def start_table(bench: Bench) -> None:
    """What is there before anything is done."""
    bench.fresh()
    many = bench.path("many")
    bench.make("many", many, 10_000)
    first = Contender("first run", [*TOOL, "archive", str(many), "-q"])
    bench.measure(first, rounds=1)
    bare = Contender("python -c pass", [sys.executable, "-c", "pass"])
    usage = Contender("assetstore --help", [*TOOL, "--help"])
    again = Contender(
        "archive, 10,000 unchanged files", [*TOOL, "archive", str(many), "-q"]
    )
    bench.measure(bare, usage, again, rounds=max(11, bench.rounds))
    bench.say("## Start-up, and nothing to do")
    bench.say()
    bench.say("| | median ms | over a bare interpreter |")
    bench.say("|---|---:|---:|")
    for c in (bare, usage, again):
        over = (c.median - bare.median) * 1000
        bench.say(f"| {c.name} | {c.median * 1000:.0f} | {over:.0f} |")
    bench.say()
    bench.say(f"The first run over the 10,000 files took {first.median:.1f} s.")
    bench.say()
    for c, limit in ((usage, 60), (again, 150)):
        over = (c.median - bare.median) * 1000
        what = f"{c.name} within {limit} ms of interpreter start"
        bench.demand(what, f"{over:.0f} ms", over <= limit)
    bench.without("many")
    bench.fresh()


TABLES = {
    "log": log_table,
    "memory": memory_table,
    "scan": scan_table,
    "start": start_table,
}


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
