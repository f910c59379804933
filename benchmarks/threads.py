"""doctor over many threads: time and memory, first and again.

    python -m benchmarks.threads [--threads 1000] [--size 20000000]

Needs as much free space as the threads take (20 GB) in the temporary folder, and
prints a table in Markdown.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from benchmarks.make_log import line, records
from benchmarks.measure import run

DIFFERENT = 10


def make(home: Path, threads: int, size: int) -> None:
    """Write a Codex home; every so many threads are copies of one another."""
    folder = home / "sessions" / "2026" / "03" / "01"
    folder.mkdir(parents=True)
    made: list[Path] = []
    for i in range(threads):
        path = folder / f"rollout-2026-03-01T09-30-00-{UUID(int=i + 1)}.jsonl"
        if i < DIFFERENT:
            with path.open("wb") as file:
                for number, text in enumerate(records(size)):
                    if number == 1:
                        file.write(line("event_msg", {"type": "thread", "number": i}))
                    file.write(text)
            made.append(path)
        else:
            shutil.copy(made[i % DIFFERENT], path)


def main() -> None:
    """Make the threads, examine them twice, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1000)
    parser.add_argument("--size", type=int, default=20_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assetstore-threads-") as name:
        folder = Path(name)
        home = folder / "codex"
        make(home, given.threads, given.size)
        for path in (home / "sessions").rglob("*.jsonl"):
            os.utime(path, (1_780_000_000, 1_780_000_000))
        total = sum(p.stat().st_size for p in home.rglob("*.jsonl"))
        environment = {
            **os.environ,
            "CODEX_HOME": str(home),
            "CLAUDE_CONFIG_DIR": str(folder / "none"),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        print(f"{given.threads:,} threads, {total / 1e9:.1f} GB\n")
        print("| run | time | peak memory |\n| --- | ---: | ---: |")
        words = [sys.executable, "-m", "assetstore", "doctor", "--json"]
        for label in ("first", "again, nothing changed"):
            # 4: threads at risk were found
            took = run(
                ["sh", "-c", '"$@"; test $? = 4', "sh", *words],
                environment,
                folder / "out",
            )
            print(
                f"| {label} | {took.seconds:.2f} s | {took.rss / 1e6:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    main()
