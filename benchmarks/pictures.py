"""What coding and restoring a picture takes: processor time, and memory.

    python -m benchmarks.pictures [--corpus DIR] [--only GROUP]... [--effort 5]

Uses the corpus of `benchmarks.size`. All pictures of a group are in one log, which is
archived, coded and restored, each by a process of its own; it must come back byte for
byte. Processor time counts, so that other work on the machine matters little.
"""

import argparse
import base64
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.size_corpus.build import GROUPS, build


def main() -> None:
    """Measure, and print a line for each group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--only", action="append", metavar="GROUP")
    parser.add_argument("--effort", type=int, default=5)
    given = parser.parse_args()
    corpus = given.corpus or Path(tempfile.gettempdir()) / "assetstore-size-corpus"
    build(corpus)
    for group in given.only or GROUPS:
        files = sorted(p for p in (corpus / group).iterdir() if p.is_file())
        with tempfile.TemporaryDirectory() as work:
            print(f"{group}: {_measured(files, Path(work), given.effort)}", flush=True)


def _measured(files: list[Path], work: Path, effort: int) -> str:
    log, store = work / "log.jsonl", work / "store"
    env = {**os.environ, "XDG_CACHE_HOME": str(work / "cache")}
    env["XDG_STATE_HOME"] = str(work / "state")
    with log.open("w") as out:
        for file in files:
            text = base64.b64encode(file.read_bytes()).decode()
            uri = f"data:image/{_type(file)};base64,{text}"
            out.write(json.dumps({"image_url": uri}) + "\n")
    before = log.read_bytes()
    program = [sys.executable, "-m", "assetstore", "--store", str(store)]
    _run([*program, "archive", str(log), "--min-size", "0"], env)
    words = ["optimize", "--max-effort", str(effort)]
    coding, peak = _run([*program, *words], env)
    restoring, _ = _run([*program, "restore", str(log)], env)
    if log.read_bytes() != before:
        sys.exit("the log came back with other bytes")
    size = sum(p.stat().st_size for p in store.rglob("*") if p.is_file())
    whole = sum(file.stat().st_size for file in files)
    count = len(files)
    return (
        f"{count} files, {whole / size:.2f}x; coded in {1000 * coding / count:.0f} ms "
        f"each, restored in {1000 * restoring / count:.0f} ms; peak memory of coding "
        f"{peak / 1e6:.0f} MB"
    )


def _type(file: Path) -> str:
    return {".jpg": "jpeg", ".svg": "svg+xml"}.get(file.suffix, file.suffix[1:])


def _run(words: list[str], env: Mapping[str, str]) -> tuple[float, int]:
    """Run a program: its processor time in seconds, and its peak memory in bytes."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(words[0], words, env, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"{words}: exit code {code}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


if __name__ == "__main__":
    main()
