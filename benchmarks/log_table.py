"""Archive and restore a log, beside everything else that people use."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.bench import MB, TOOL, Bench, digest
from benchmarks.measure import Contender, copy_synced, size_below

PEERS = Path(__file__).parent / "peers"


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
    source = str(log)
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
            [*python, str(PEERS / "json_lines.py"), source, out, files],
            after=small("out.jsonl", "files"),
        ),
        Contender(
            "Python, re.sub",
            [*python, str(PEERS / "regex.py"), source, out, files],
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
