"""`assetstore run` over many files: the first run, and runs with nothing to do.

    python -m benchmarks.periodic [--files 10000]

Prints a table in Markdown; the floor is a bare interpreter that looks at each file.
"""

import argparse
import base64
import os
import random
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import run

_LOOK = """
import os, sys
def look(folder):
    for entry in os.scandir(folder):
        look(entry.path) if entry.is_dir() else entry.stat()
look(sys.argv[1])
"""
_RUNS = 5


def make(folder: Path, count: int) -> None:
    """Write old files with a picture-like payload each, a hundred to a folder."""
    noise = random.Random(1)
    for number in range(count):
        path = folder / f"{number // 100:04}" / f"{number:06}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = b"\x89PNG\r\n\x1a\n" + noise.randbytes(3000)
        text = base64.b64encode(data).decode()
        path.write_text(f'<img src="data:image/png;base64,{text}">\n')
        os.utime(path, (1_780_000_000, 1_780_000_000))


def main() -> None:
    """Make the files, run over them, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assetstore-periodic-") as name:
        folder = Path(name)
        make(folder / "docs", given.files)
        config = folder / "config.toml"
        config.write_text(f"[jobs.docs]\npaths = ['{folder / 'docs'}']\n")
        environment = {
            **os.environ,
            "HOME": str(folder / "home"),
            "ASSETSTORE_CONFIG": str(config),
            "ASSETSTORE_STORE": str(folder / "store"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        print(f"{given.files:,} files\n")
        print("| | time | peak memory |\n| --- | ---: | ---: |")
        assetstore = [sys.executable, "-m", "assetstore", "run"]
        look = [sys.executable, "-c", _LOOK, str(folder / "docs")]
        for label, words, times in (
            ("first run: everything is archived", assetstore, 1),
            (f"nothing to do, best of {_RUNS}", assetstore, _RUNS),
            (f"floor: a look at each file, best of {_RUNS}", look, _RUNS),
        ):
            took = min(
                (run(words, environment, folder / "out") for _ in range(times)),
                key=lambda found: found.seconds,
            )
            print(
                f"| {label} | {took.seconds:.2f} s | {took.rss / 1e6:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    main()
