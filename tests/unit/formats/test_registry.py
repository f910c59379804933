"""The formats there are, and which one a document is read with."""

import json
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePath

import pytest

from assetstore.documents.ownership import appends
from assetstore.errors import UsageError
from assetstore.files.source import Source
from assetstore.formats import registry
from assetstore.formats.beside import NOTHING
from assetstore.formats.registry import (
    GENERIC,
    beside,
    choose,
    formats,
    home_at,
    home_shapes,
    is_undecided,
    named,
    names,
    told,
)
from assetstore.formats.text import Text


@pytest.fixture
def _anew() -> Iterator[None]:
    for function in (registry.formats, registry.home_shapes):
        function.cache_clear()
    yield
    for function in (registry.formats, registry.home_shapes):
        function.cache_clear()


def test_every_name_is_one_format_s() -> None:
    assert len(set(names())) == len(names())
    assert [named(name).name for name in names()] == list(names())
    assert formats()[-1] is GENERIC
    with pytest.raises(UsageError, match="no format 'odt'") as caught:
        named("odt")
    assert "generic" in caught.value.hint


def test_clients_are_asked_before_what_belongs_to_none() -> None:
    found = names()
    assert found.index("codex") < found.index("json-lines") < found.index("generic")


@pytest.mark.parametrize(
    ("path", "head", "expected"),
    [
        ("a.md", b"# words", "generic"),
        ("a.html", b"<p>", "generic"),
        ("a.ipynb", b"{}", "notebook"),
        ("a.har", b"{}", "har"),
        ("a.json", b'{"a":1}\n{"b":1}\n', "json"),
        ("a.jsonl", b'{"a":1}\n', "json-lines"),
        ("a.log", b'{"a":1}\n{"b":1}\n', "json-lines"),
        ("a", b"", "generic"),
    ],
)
def test_a_document_is_read_by_its_place_or_its_beginning(
    path: str, head: bytes, expected: str
) -> None:
    assert choose("auto", PurePath(path), head).name == expected


def test_what_the_user_says_goes_before_what_it_looks_like() -> None:
    assert choose("har", PurePath("a.md"), b"# words").name == "har"
    with pytest.raises(UsageError):
        choose("odt", PurePath("a.md"), b"")


def test_logs_are_known_to_be_appended_to() -> None:
    for format in formats():
        assert appends(format.name) == format.appends


def test_most_documents_have_nothing_beside_them(tmp_path: Path) -> None:
    assert beside(tmp_path / "page.md") is NOTHING


def test_homes_are_those_of_the_formats() -> None:
    assert set(home_shapes()) == {f.name for f in formats() if f.home is not None}
    for name, shape in home_shapes().items():
        found = home_at(f"/home/x/{shape.name}")
        assert found is not None, name
        assert found.kind is shape
    assert home_at("/home/x/projects") is None


def log(tmp_path: Path, *lines: bytes) -> Source:
    path = tmp_path / "log"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return Source.open(path)


CODEX = json.dumps(
    {
        "timestamp": "2026-03-01T09:30:00.000Z",
        "type": "session_meta",
        "payload": {"id": "x", "cwd": "/", "cli_version": "0.150.0"},
    },
    separators=(",", ":"),
).encode()


@pytest.mark.parametrize("before", [0, 1, 70_000, 3_000_000])
def test_a_record_tells_however_far_down_it_stands(tmp_path: Path, before: int) -> None:
    filler = b'{"a":"' + b"x" * 60 + b'"}'
    lines = [filler] * (before // (len(filler) + 1))
    with log(tmp_path, *lines, CODEX) as source:
        found = told(source)
        assert found is not None
        assert found.name == "codex"


def test_what_only_quotes_a_record_is_not_told_by_it(tmp_path: Path) -> None:
    quoted = json.dumps({"text": CODEX.decode()}).encode()
    for line in (quoted, b"see session_meta", b'{"type":"other"}', CODEX[:40], b""):
        with log(tmp_path, line) as source:
            assert told(source) is None, line


def test_only_lines_of_json_wait_for_a_record() -> None:
    assert [f.name for f in formats() if is_undecided(f)] == ["json-lines"]


class Entry:
    """A plug-in of a package."""

    name, value = "mine", "package:FORMAT"

    def __init__(self, found: object):
        self.found = found

    def load(self) -> object:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class Mine(Text):
    name = "mine"
    appends = True

    def claims(self, path: PurePath, head: bytes) -> bool:
        return path.suffix == ".mine"


def plug_in(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    monkeypatch.setattr(registry, "_has_plug_in", lambda folder: True)
    monkeypatch.setattr(metadata, "entry_points", lambda group: [Entry(found)])


@pytest.mark.usefixtures("_anew")
def test_a_plug_in_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, Mine())
    assert names()[0] == "mine"
    assert choose("auto", PurePath("a.mine"), b"{}").name == "mine"
    assert appends("mine")


@pytest.mark.usefixtures("_anew")
@pytest.mark.parametrize("found", [ImportError("no such module"), object(), None])
def test_one_that_cannot_be_loaded_is_named(
    monkeypatch: pytest.MonkeyPatch, found: object
) -> None:
    plug_in(monkeypatch, found)
    with pytest.raises(UsageError, match="mine of package:FORMAT cannot be loaded"):
        formats()


def test_a_package_is_looked_at_before_its_machinery_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "mine-1.dist-info"
    info.mkdir()
    points = info / "entry_points.txt"
    points.write_text("[console_scripts]\nmine = mine:main\n")
    assert not registry._has_plug_in(str(tmp_path))
    points.write_text("[assetstore.formats]\nmine = mine:FORMAT\n")
    assert registry._has_plug_in(str(tmp_path))
    assert not registry._has_plug_in(str(tmp_path / "none"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "none")])
    assert list(registry._plugged_in()) == []
