"""Notebooks that Jupyter's own programs read, save and run while they are archived."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from support.documents import PICTURES
from support.program import Program
from support.samples import b64, picture, svg, uri, wrapped

PNG = picture(30, 20, 1)
LINES = wrapped(b64(PNG), 76, "\n") + "\n"
# What Matplotlib writes for an animation, a drawing and a picture within a drawing.
ANIMATION = '<script>\n  frames[0] = "data:image/png;base64,{}"\n  x()\n</script>\n'
DRAWING = f"<?xml version='1.0'?>\n<!-- a -->\n{svg(3)}\n"
WITHIN = '<svg>\n<image xlink:href="data:image/png;base64,\n{}" id="a"/>\n</svg>\n'

BUNDLES: dict[str, dict[str, Any]] = {
    "lines": {"image/png": LINES, "text/plain": "<Figure>"},
    "no last break": {"image/png": LINES[:-1]},
    "one line": {"image/jpeg": b64(PICTURES["jpeg"])},
    "animation": {"text/html": ANIMATION.format(LINES.replace("\n", "\\\n"))},
    "drawing": {"image/svg+xml": DRAWING},
    "drawing, one line": {"image/svg+xml": svg(4)},
    "in a drawing": {"text/html": WITHIN.format(b64(PNG))},
    "page": {"text/html": f'<p>\n<img src="{uri(PNG)}">\n</p>'},
    "page, lines": {"text/html": f"<img src='data:image/png;base64,{LINES}'>"},
    "markdown": {"text/markdown": f"a\n\n![x]({uri(PNG)})\n"},
    "data": {"application/json": {"a": uri(PNG)}},
}


def book(*bundles: dict[str, Any]) -> Any:
    shown = [new_output("display_data", data=each) for each in bundles]
    attached = {"a.png": {"image/png": b64(PNG)}}
    made = new_notebook(
        cells=[
            new_code_cell("print(6 * 7)", outputs=shown, execution_count=1),
            new_markdown_cell("![a](attachment:a.png)", attachments=attached),
        ]
    )
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def archived(program: Program, path: Path, payloads: int) -> None:
    ran = program("archive", "--min-size", "0", "--json", path)
    assert ran.code == 0, ran.err
    (result,) = ran.result["files"]
    assert (result["payloads"], ran.result["left"]) == (payloads, [])
    nbformat.validate(nbformat.read(path, 4))
    assert b"iVBOR" not in path.read_bytes()


@pytest.mark.parametrize("name", BUNDLES)
@pytest.mark.parametrize("indent", [1, 4, None])
def test_one_that_jupyter_saved_meanwhile(
    program: Program, name: str, indent: int | None
) -> None:
    path, was = program.folder / "book.ipynb", book(BUNDLES[name])
    nbformat.write(was, path, indent=indent)
    whole = path.read_bytes()
    archived(program, path, 2)
    opened = nbformat.read(path, 4)
    opened.cells[1].source += "\n\nand words"
    nbformat.write(opened, path)  # laid out as Jupyter does, whatever it was before
    assert program("restore", path).code == 0
    restored = nbformat.read(path, 4)
    nbformat.validate(restored)
    assert restored.cells[1].source.endswith("and words")
    restored.cells[1].source = was.cells[1].source
    assert restored == was
    if indent == 1:
        nbformat.write(restored, path)
        assert path.read_bytes() == whole


@pytest.mark.parametrize("kind", ["image/png", "image/svg+xml"])
def test_a_list_of_lines_that_became_one_string(program: Program, kind: str) -> None:
    path, text = program.folder / "book.ipynb", LINES
    if kind != "image/png":
        text = DRAWING
    record = json.loads(nbformat.writes(book({kind: text, "text/plain": "x"})))
    bundle = record["cells"][0]["outputs"][0]["data"]
    bundle[kind] = text.splitlines(keepends=True)
    path.write_text(json.dumps(record, indent=1))
    archived(program, path, 2)
    record = json.loads(path.read_bytes())
    bundle = record["cells"][0]["outputs"][0]["data"]
    bundle[kind] = "".join(bundle[kind])
    path.write_text(json.dumps(record, indent=2))
    ran = program("restore", "--json", path)
    assert ran.code == 0, ran.err
    (warning,) = ran.json["warnings"]
    assert "1 payload with other line breaks" in warning
    restored = json.loads(path.read_bytes())["cells"][0]["outputs"][0]["data"]
    assert restored[kind] == text


def test_a_restored_one_runs(program: Program) -> None:
    path = program.folder / "book.ipynb"
    nbformat.write(book(*BUNDLES.values()), path)
    whole = path.read_bytes()
    archived(program, path, len(BUNDLES) + 1)
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole
    # Its warnings are its own, and it starts a kernel.
    script = (
        "import nbclient, nbformat, sys; book = nbformat.read(sys.argv[1], 4); "
        "nbclient.execute(book); nbformat.validate(book); "
        "print(book.cells[0].outputs[0].text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path],
        capture_output=True,
        check=False,
        env=program.environment,
    )
    assert done.stdout.strip() == b"42", done.stderr.decode()
