"""What ``-n`` says is what happens then: the figures of both runs are the same."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.clients import make_opencode
from support.held import held
from support.homes import claude_home, codex_home
from support.optimized import pages
from support.program import Program
from support.rows import make_parts, part
from support.samples import every_sample, picture, svg, uri


def both(program: Program, *words: str | Path) -> tuple[dict[str, Any], Any]:
    """The results of a dry run, and of the same command in earnest, without times."""
    said = program(*words, "-n", "--json")
    done = program(*words, "--json")
    assert said.code == done.code, said.out
    assert said.json["errors"] == done.json["errors"]
    results = []
    for ran, dry in ((said, True), (done, False)):
        result = ran.result
        assert result.pop("dry_run") is dry
        result.pop("seconds", None)
        results.append(result)
    return results[0], results[1]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def documents(program: Program) -> Path:
    """Documents of every kind, some of which share pictures; and what is none."""
    folder = program.folder / "documents"
    folder.mkdir()
    drawn = uri(svg(1).encode(), "image/svg+xml")
    shared = f'<img src="{uri(picture(40, 30, 1))}"><img src="{drawn}">\n'
    known = {
        **every_sample(),
        "one.html": (shared * 3).encode(),
        "two.html": (shared + f'<img src="{uri(picture(30, 30, 2))}">').encode(),
        "small.html": f'<img src="{uri(b"GIF89a")}">'.encode(),
        "words.md": b"no pictures at all\n",
        "binary.dat": bytes(range(256)) * 40,
        "drawings.md": "\n".join(
            f"![]({uri(svg(n).encode(), 'image/svg+xml')})" for n in range(40)
        ).encode(),
    }
    for name, text in known.items():
        (folder / name).write_bytes(text)
    return folder


def test_archive_and_restore(program: Program, documents: Path) -> None:
    whole = files(documents)
    said, done = both(program, "archive", documents)
    assert said == done
    assert done["totals"]["archived"] > 10
    assert done["totals"]["stored"] > 0
    slim = files(documents)
    again, nothing = both(program, "archive", documents)
    assert again["totals"] == nothing["totals"]
    assert files(documents) == slim
    (documents / "one.html").unlink()
    os.link(documents / "two.html", documents / "three.html")  # which is refused
    said, done = both(program, "restore", documents)
    assert said == done
    assert done["totals"]["failed"] == 2
    (documents / "three.html").unlink()
    said, done = both(program, "restore", documents)
    assert said == done
    del whole["one.html"]
    assert files(documents) == whole


def test_archive_of_columns(program: Program) -> None:
    database = program.folder / "app.db"
    make_parts(database, [part(1), part(2), *[part(3)] * 9])
    for command in ("archive", "restore"):
        said, done = both(program, command, "--sqlite", f"{database}#part.data")
        assert said == done


def test_gc(program: Program, documents: Path) -> None:
    assert program("archive", documents).code == 0
    for name in ("one.html", "drawings.md"):
        assert program("forget", documents / name, "--force").code == 0
    kept = documents.with_name("kept.html")
    kept.write_bytes((documents / "one.html").read_bytes())
    for words in (
        ["--scan", kept],
        [],
        ["--max-unused", "0"],
    ):
        said, done = both(program, "gc", "--grace", "0", *words)
        for result in (said, done):
            result.pop("decisions")
            result.pop("notes")
        assert said == done, words


def test_optimize(program: Program) -> None:
    for name, text in pages(3).items():
        (program.folder / f"{name}.html").write_bytes(text)
    assert program("archive", *(f"{name}.html" for name in pages(3))).code == 0
    said, done = both(program, "optimize", "--max-effort", "2")
    assert said == done


# What a dry run cannot know: a copy's name, what is written, and what is checked then.
_NOT_YET = {"undo", "handoff", "lines", "rows", "threads"}


@pytest.mark.parametrize("words", [(), ("--keep-pictures", "1"), ("--media", "image")])
@pytest.mark.parametrize("home", [codex_home, claude_home])
def test_rescue(
    agents: Program, home: Callable[[Path], Path], words: tuple[str, ...]
) -> None:
    path = home(agents.folder)
    text = path.read_bytes()
    said, done = both(agents, "rescue", path, "--now", *words)
    assert path.read_bytes() != text
    differ = {key: (said[key], done[key]) for key in done if said[key] != done[key]}
    assert differ.keys() <= _NOT_YET, differ
    assert (done["images"], done["stored"]) > (0, 0)


def test_rescue_of_a_database(agents: Program) -> None:
    database = make_opencode(agents.folder / "xdg/data/opencode/opencode.db")
    said, done = both(agents, "rescue", database, "--now")
    differ = {key: (said[key], done[key]) for key in done if said[key] != done[key]}
    assert differ.keys() <= _NOT_YET, differ


def test_a_file_that_is_in_use(program: Program, documents: Path) -> None:
    with held(documents / "one.html"):
        said, done = both(program, "archive", documents)
    assert said == done
    assert (documents / "one.html").read_bytes().count(b"base64") == 6
    with held(documents / "two.html"):
        said, done = both(program, "restore", documents)
    assert said == done
    assert done["totals"]["failed"] == 1


def test_a_log_that_is_in_use(agents: Program) -> None:
    path = claude_home(agents.folder)
    with held(path):
        said = agents("rescue", path, "-n", "--now", "--json")
        done = agents("rescue", path, "--now", "--json")
    assert (said.code, said.json["errors"]) == (done.code, done.json["errors"])
    assert done.code == 13
