"""Which copy a document gets."""

import json
from pathlib import Path

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.errors import SourceRefused
from assetstore.installation import how_to_get
from assetstore.view import view as module
from assetstore.view.view import View, view
from support.samples import picture, svg, uri
from support.stores import folder_store

PNG = uri(picture(30, 20, 1))
BOOK = json.dumps({"cells": [{"cell_type": "raw", "source": PNG}]})


def seen(tmp_path: Path, name: str, words: str, *, as_is: bool = False) -> View:
    path, copy = tmp_path / name, tmp_path / "copy"
    path.write_text(words)
    copy.mkdir()
    with folder_store(tmp_path) as store:
        archive_paths(store, [path], ArchiveOptions(min_size=0))
        slim = path.read_bytes()
        found = view([store], path, copy, as_is=as_is)
    assert path.read_bytes() == slim
    assert b"as1:" in slim
    if not as_is:
        assert b"as1:" not in found.page.read_bytes()
    assert not list(copy.rglob("whole"))
    return found


@pytest.mark.parametrize(
    ("name", "words", "kind"),
    [
        ("a.html", f"<img src='{PNG}'>", "page"),
        ("a.XHTML", f"<img src='{PNG}'>", "page"),
        ("a", f"\n<!DOCTYPE html><img src='{PNG}'>", "page"),
        ("a.svg", f"<svg><image href='{PNG}'/></svg>", "drawing"),
        ("a.xml", f"<?xml version='1.0'?><svg><image href='{PNG}'/></svg>", "drawing"),
        (
            "a.ipynb",
            BOOK,
            "notebook",
        ),
        ("a.md", f"![x]({PNG})", "markdown"),
        ("a.css", f"a{{b:url({PNG})}}", "text"),
        ("a" * 251 + ".css", f"a{{b:url({PNG})}}", "text"),
        ("a.json", f'{{"a": "{PNG}", "b": "{svg(1)[:4]}"}}', "text"),
    ],
)
def test_what_it_is(tmp_path: Path, name: str, words: str, kind: str) -> None:
    found = seen(tmp_path, name, words)
    assert (found.kind, found.opens, found.missing) == (kind, True, 0)
    assert found.page.suffix.lower() == ".html"
    assert found.page.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("name", "opens"), [("a.html", True), ("a.desktop", False)])
def test_as_it_is(tmp_path: Path, name: str, opens: bool) -> None:
    words = f"<script>x()</script><img src='{PNG}'>"
    found = seen(tmp_path, name, words, as_is=True)
    assert found.page.name == name
    assert found.page.read_text() == words
    assert (found.kind, found.opens) == ("copy", opens)


def test_markdown_that_nothing_here_renders_is_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "renderer", lambda: None)
    found = seen(tmp_path, "a.md", f"# x\n\n![x]({PNG})")
    assert found.kind == "text"
    assert b"# x\n\n![x](<img " in found.page.read_bytes()
    assert found.note.endswith(f"Install it: {how_to_get('view')}")


def test_what_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONGEST", 100)
    with pytest.raises(SourceRefused, match="too long"):
        seen(tmp_path, "a.html", f"<img src='{PNG}'>")
