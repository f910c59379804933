"""Compare this tree with another checkout: archive, restore and a scan of text.

    python -m benchmarks.paired CHECKOUT [--megabytes 200] [--rounds 7]

Both run in turn with this Python, each on its own copy, on a log, a log that is
text alone, and HTML without pictures; what is printed are medians of the rounds' own
ratios, of wall and of processor time, checks and fsync included. A ratio over 1 is
this tree being slower. The modules of both are compiled first, as where they are
installed: compiling takes as long as the rest of a start, and not everybody lets
Python keep what it compiled.
"""

import argparse
import compileall
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.make_log import write_log
from benchmarks.measure import Contender, copy_synced, in_turn

HERE = Path(__file__).parents[1]
# Three of them are reached through links in the first, which are not followed.
PACKAGES = ("assetstore", "archiver", "restore", "store")


def text_lines(path: Path, size: int) -> None:
    """A log of words alone."""
    words = (HERE / "docs" / "design.md").read_text().split()
    with path.open("w") as file:
        number = 0
        while file.tell() < size:
            number += 1
            start = number * 37 % (len(words) - 200)
            said = " ".join(words[start : start + 150])
            part = {"type": "input_text", "text": said}
            payload = {"type": "message", "role": "user", "content": [part]}
            record = {"timestamp": "x", "type": "response_item", "payload": payload}
            file.write(json.dumps(record, separators=(",", ":")) + "\n")


def page(path: Path, size: int) -> None:
    """A page without pictures."""
    text = (HERE / "docs" / "cli.md").read_text().replace("data:", "data ")
    with path.open("w") as file:
        while file.tell() < size:
            file.write(f"<p>{text}</p>\n")


def contender(
    tree: Path, name: str, work: Path, command: str, document: Path
) -> Contender:
    """One command of one tree, on a document of its own."""
    folder = work / name.replace(" ", "-")
    copy, store = folder / document.name, folder / "store"

    def before() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        copy_synced(document, copy)
        if command == "restore":
            words = [sys.executable, "-m", "assetstore", "archive", str(copy)]
            subprocess.run(
                words,
                cwd=tree,
                env=environment(tree, store),
                stdout=subprocess.DEVNULL,
                check=True,
            )

    words = [sys.executable, "-m", "assetstore", command, str(copy)]
    # The tree is chosen by the folder that Python begins in.
    script = (
        f"import os,sys; os.chdir({str(tree)!r}); sys.path.insert(0, {str(tree)!r}); "
    )
    script += f"os.environ.update({places(store)!r}); sys.argv={words[2:]!r}; "
    script += "from assetstore.cli import main; main()"
    return Contender(name, [sys.executable, "-P", "-c", script], before=before)


def environment(tree: Path, store: Path) -> dict[str, str]:
    """What a program of a tree gets."""
    return {**os.environ, **places(store), "PYTHONPATH": str(tree)}


def places(store: Path) -> dict[str, str]:
    """Where a program keeps things; of stores that are gone nothing is remembered."""
    folder = str(store.parent)
    homes = dict.fromkeys(("XDG_STATE_HOME", "XDG_CACHE_HOME"), folder)
    return {**homes, "ASSETSTORE_STORE": str(store)}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    size = given.megabytes * 1_000_000
    for tree in (HERE, given.checkout):
        for package in PACKAGES:
            compileall.compile_dir(tree / package, quiet=1)
    makers: dict[str, Callable[[Path, int], None]] = {
        "log.jsonl": write_log,
        "text.jsonl": text_lines,
        "page.html": page,
    }
    print(f"| {given.megabytes} MB | wall | processor |\n|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, make in makers.items():
            document = work / name
            make(document, size)
            for command in (
                ("archive", "restore") if name == "log.jsonl" else ("archive",)
            ):
                both = [
                    contender(
                        tree, f"{label} {command} {name}", work, command, document
                    )
                    for label, tree in (("this", HERE), ("other", given.checkout))
                ]
                in_turn(both, given.rounds, dict(os.environ), work / "out")
                mine, other = both
                processor = statistics.median(
                    a.cpu / b.cpu for a, b in zip(mine.runs, other.runs, strict=True)
                )
                print(
                    f"| {command} {name} | {mine.ratio(other):.2f} | {processor:.2f} |"
                )
            document.unlink()


if __name__ == "__main__":
    main()
