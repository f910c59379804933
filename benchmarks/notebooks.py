"""Notebooks: archive, nothing to do, and restore, beside a copy that is synced.

    python -m benchmarks.notebooks [--files 200] [--runs 5]

Each has figures as Jupyter writes them (base64 in lines, with a line break behind the
last), a drawing and a page; half a megabyte in all. Prints a table in Markdown.
"""

import argparse
import base64
import io
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from benchmarks.measure import Run, run

_COPY = """
import os, shutil, sys
os.mkdir(sys.argv[2])
for entry in os.scandir(sys.argv[1]):
    copy = shutil.copy(entry.path, sys.argv[2])
    with open(copy, "rb+") as file:
        os.fsync(file.fileno())
"""
_FIGURES = 8


def figure(noise: random.Random) -> bytes:
    """Lines of many colours, as a plot has."""
    image = Image.new("RGB", (640, 480), "white")
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        ends = [noise.randrange(480) for _ in range(4)]
        pen.line(ends, fill=noise.randrange(1 << 24), width=2)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def drawing(noise: random.Random) -> list[str]:
    """The lines of a plot with 400 strokes."""
    strokes = [
        f' <path d="M {noise.random():.6f} {noise.random():.6f} L 1 1" id="a"/>\n'
        for _ in range(400)
    ]
    head = "<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'>\n"
    return [*head.splitlines(keepends=True), *strokes, "</svg>\n"]


def notebook(noise: random.Random) -> dict[str, Any]:
    """A notebook."""
    bundles: list[dict[str, Any]] = [
        {"image/png": base64.encodebytes(figure(noise)).decode(), "text/plain": ["x"]}
        for _ in range(_FIGURES)
    ]
    bundles += [
        {"image/svg+xml": drawing(noise)},
        {"text/html": ["<table>\n", *["<tr><td>1</td></tr>\n"] * 300, "</table>\n"]},
    ]
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "execution_count": number,
            "metadata": {},
            "source": ["plot()\n"] * 10,
            "outputs": [
                {"data": bundle, "metadata": {}, "output_type": "display_data"}
            ],
        }
        for number, bundle in enumerate(bundles)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def main() -> None:
    """Make the notebooks, archive and restore them, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assetstore-notebooks-") as name:
        folder = Path(name)
        books = folder / "books"
        books.mkdir()
        for number in range(given.files):
            book = notebook(random.Random(number))
            (books / f"{number}.ipynb").write_text(json.dumps(book, indent=1))
        took: dict[str, list[Run]] = {}
        for _ in range(given.runs):
            one_round(folder, took)
        size = sum(path.stat().st_size for path in books.iterdir())
    print(f"{given.files:,} notebooks, {size / 1e6:,.0f} MB; medians of {given.runs}\n")
    print("| | time | processor time |\n| --- | ---: | ---: |")
    for what, runs in took.items():
        seconds = statistics.median(each.seconds for each in runs)
        cpu = statistics.median(each.cpu for each in runs)
        print(f"| {what} | {seconds:.2f} s | {cpu:.2f} s |")


def one_round(folder: Path, took: dict[str, list[Run]]) -> None:
    """Run each command once, on new copies and in a new store."""
    books, work = folder / "books", folder / "work"
    for name in ("work", "copy", "store", "home"):
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(books, work)
    environment = {
        **os.environ,
        "HOME": str(folder / "home"),
        "ASSETSTORE_STORE": str(folder / "store"),
        "ASSETSTORE_CONFIG": "none",
        **{f"XDG_{kind}_HOME": str(folder / "home") for kind in ("CACHE", "STATE")},
    }
    program = [sys.executable, "-m", "assetstore"]
    commands = {
        "cp + fsync": [sys.executable, "-c", _COPY, str(books), str(folder / "copy")],
        "archive": [*program, "archive", "-q", str(work)],
        "archive, nothing to do": [*program, "archive", "-q", str(work)],
        "restore": [*program, "restore", "-q", str(work)],
    }
    for what, words in commands.items():
        took.setdefault(what, []).append(run(words, environment, folder / "log"))
    for path in books.iterdir():
        if (work / path.name).read_bytes() != path.read_bytes():
            sys.exit(f"{path.name} came back as something else")


if __name__ == "__main__":
    main()
