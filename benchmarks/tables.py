"""What memory, text without pictures, and having nothing to do cost."""

import sys

from benchmarks.bench import MB, TOOL, Bench, digest
from benchmarks.make_log import LOG
from benchmarks.measure import Contender


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
