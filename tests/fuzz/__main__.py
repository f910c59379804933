"""Fuzz one target with atheris, which has to be installed (``pip install atheris``).

    python -m tests.fuzz roundtrip --seconds 240
    python -m tests.fuzz all --seconds 3600

A target begins with the committed corpus and works on a copy; ``--corpus DIR`` keeps
what it finds, in a folder for each. An input that breaks a target is printed, and is to
be committed. ``all`` shares the time among the targets, prints a table in Markdown, and
exits with 1 where one of them broke.
"""

import argparse
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]
# Parts of the time, where a target gets more than one.
SHARES = {"roundtrip": 6, "pack": 2, "png": 2, "shrink": 2, "dialect": 2}


def main() -> None:
    """Fuzz what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = sorted(path.name for path in (HERE / "corpus").iterdir())
    parser.add_argument("target", choices=["all", *names])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path)
    given = parser.parse_args()
    corpus = given.corpus or Path(tempfile.mkdtemp(prefix="assetstore-fuzz-"))
    if given.target == "all":
        sys.exit(fuzz_all(names, given.seconds, corpus))
    fuzz(given.target, given.seconds, corpus / given.target)


def fuzz(name: str, seconds: int, corpus: Path) -> None:
    """Run libFuzzer, which ends the process."""
    atheris: Any = importlib.import_module("atheris")

    with atheris.instrument_imports(include=["assetstore", "fuzz"]):
        from fuzz.targets import TARGETS

    # What is fuzzed outlives no crash of the machine: without waiting for disks.
    os.fsync = lambda fd: None
    if (memory := Path("/dev/shm")).is_dir():  # noqa: S108 each makes its own folder
        tempfile.tempdir = str(memory)
    shutil.copytree(HERE / "corpus" / name, corpus, dirs_exist_ok=True)
    words = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        "-max_len=4096",
        "-timeout=20",
        "-rss_limit_mb=1500",
        "-print_final_stats=1",
        f"-artifact_prefix={corpus}/../{name}-",
        str(corpus),
    ]
    atheris.Setup(words, TARGETS[name])
    atheris.Fuzz()


def fuzz_all(names: list[str], seconds: int, corpus: Path) -> int:
    """Fuzz all targets, one after the other, and print what each came to."""
    part = seconds / sum(SHARES.get(name, 1) for name in names)
    rows, broken, total = [], 0, 0
    for name in names:
        words = [name, "--seconds", str(max(1, round(part * SHARES.get(name, 1))))]
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", *words, "--corpus", str(corpus)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=HERE.parents[1],
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        (runs,) = re.findall(r"number_of_executed_units: (\d+)", done.stdout) or ["0"]
        edges = re.findall(r"cov: (\d+)", done.stdout) or ["0"]
        found = len(list(corpus.glob(f"{name}-*")))
        if done.returncode or found:
            broken += 1
            print(done.stdout[-3000:], flush=True)
        total += int(runs)
        took = time.monotonic() - began
        rows.append(
            f"| {name} | {took:.0f} s | {int(runs):,} | {edges[-1]} | {found} |"
        )
        print(rows[-1], file=sys.stderr, flush=True)
    print("\n| Target | Time | Executions | Edges | Findings |")
    print("|---|---:|---:|---:|---:|", *rows, sep="\n")
    print(f"\n| fuzzing: inputs, and broken targets | {total:,} | {broken} |")
    return 1 if broken else 0


if __name__ == "__main__":
    main()
