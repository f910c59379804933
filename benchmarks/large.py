"""A log that is larger than memory: archive and restore with an address space of 1 GB.

    python -m benchmarks.large [--size 20000000000] [--limit 1000000000]

Needs 1.7 times the log's size of free space in the temporary folder, and prints a
table in Markdown. The limit is RLIMIT_AS, which counts every mapping and not only
what is resident: a process that passes works on a machine with less memory than that.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from blake3 import blake3

from benchmarks.measure import run, size_below

_CHUNK = 1 << 20


def make(path: Path, size: int) -> bytes:
    """Write a log; its hash.

    In a process of its own, since Linux counts what a process has in memory as the
    peak of those that it starts.
    """
    words = [sys.executable, "-m", "benchmarks.make_log", "log", str(path), str(size)]
    subprocess.run(words, check=True)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return hash_of(path)


def hash_of(path: Path) -> bytes:
    """The hash of a file."""
    digest = blake3()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.digest()


def main() -> None:
    """Make the log, archive it, restore it, compare, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000_000_000)
    parser.add_argument("--limit", type=int, default=1_000_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assetstore-large-") as name:
        folder = Path(name)
        log = folder / "rollout.jsonl"
        was = make(log, given.size)
        size = log.stat().st_size
        environment = {
            **os.environ,
            "HOME": str(folder / "home"),
            "ASSETSTORE_CONFIG": "none",
            "ASSETSTORE_STORE": str(folder / "store"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        # The shell takes the limit in KiB.
        limited = f'ulimit -v {given.limit // 1024} && exec "$@"'
        program = ["sh", "-c", limited, "sh", sys.executable, "-m", "assetstore"]
        print(f"{size / 1e9:.1f} GB, address space of {given.limit / 1e6:,.0f} MB\n")
        print("| | time | peak memory | the log then | the store |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for word in ("archive", "restore"):
            took = run([*program, word, str(log)], environment, folder / "out")
            print(
                f"| {word} | {took.seconds:.1f} s | {took.rss / 1e6:.0f} MB "
                f"| {log.stat().st_size / 1e9:.2f} GB "
                f"| {size_below(folder / 'store') / 1e9:.2f} GB |",
                flush=True,
            )
        if hash_of(log) != was:
            sys.exit("the restored log is not what it was")
        print("\nThe restored log has the hash that it had.\n")
        print(f"| large: log of {size / 1e9:.0f} GB, there and back | 1 | 0 |")


if __name__ == "__main__":
    main()
