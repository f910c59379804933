"""The formats there are: those of plug-ins, of clients, and of everything else.

A plug-in registers an object with the attributes of `Format` as an entry point of the
group ``assetstore.formats``, and is asked before the others. One that cannot be loaded
is an error that names it: a format that is missing without a word would leave its
documents to be taken for something else.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any

from assetstore.documents.ownership import note_appending
from assetstore.errors import UsageError
from assetstore.files.source import CHUNK, RandomAccess, Window
from assetstore.formats.base import Format
from assetstore.formats.beside import NOTHING, Beside
from assetstore.formats.homes import Home, HomeShape, find_home
from assetstore.formats.json_lexer import OTHER
from assetstore.formats.text import Json, JsonLines, Text, Typed

GROUP = "assetstore.formats"
HEAD = 1 << 16
# A record that tells a format is shorter, and among the first so many that may.
_LONGEST_RECORD = CHUNK
_MOST_TRIED = 1000

GENERIC: Format = Text()
_JSON_LINES: Format = JsonLines()
_REST: tuple[Format, ...] = (
    Typed("notebook", ".ipynb"),
    Typed("har", ".har"),
    _JSON_LINES,
    Json(),
    GENERIC,
)


@cache
def formats() -> tuple[Format, ...]:
    """All formats, in the order in which they are asked.

    Raises:
        UsageError: A plug-in cannot be loaded.
    """
    ours = (*_of_clients(), *_REST)
    _note_appending(ours)  # known also where a plug-in cannot be loaded
    others = tuple(_plugged_in())
    _note_appending(others)
    return (*others, *ours)


def _note_appending(found: Iterable[Format]) -> None:
    for format in found:
        if format.appends:
            note_appending(format.name)


@cache
def _of_clients() -> tuple[Format, ...]:
    found: list[Format] = []
    # By name: clients are built on formats, and not the other way round.
    for entry in import_module("assetstore.agents").FORMATS:
        module, _, attribute = entry.partition(":")
        found.append(getattr(import_module(module), attribute))
    return tuple(found)


def _plugged_in() -> Iterator[Format]:
    if not any(map(_has_plug_in, sys.path)):
        return
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        try:
            format: Format = entry.load()
            missing = [a for a in _ATTRIBUTES if not hasattr(format, a)]
            if missing:
                raise TypeError(f"it has no {', '.join(missing)}")
        except Exception as e:
            raise UsageError(
                f"the format {entry.name} of {entry.value} cannot be loaded: {e}",
                hint="Update or uninstall the package that it comes from.",
            ) from e
        yield format


def _has_plug_in(folder: str) -> bool:
    """Tell whether a package in a folder of Python's has formats.

    Asked first, since the standard library's answer takes longer to import than a
    small document to archive.
    """
    try:
        names = [name for name in os.listdir(folder or ".") if name.endswith("-info")]
        return any(
            GROUP.encode() in path.read_bytes()
            for name in names
            if (path := Path(folder, name, "entry_points.txt")).is_file()
        )
    except OSError:
        return False


_ATTRIBUTES = (
    "name",
    "lines",
    "appends",
    "typed",
    "members",
    "tells",
    "beside",
    "home",
    "claims",
    "told_by",
    "treat",
)


def names() -> tuple[str, ...]:
    """List the names of formats, each once."""
    return tuple(dict.fromkeys(format.name for format in formats()))


def named(name: str) -> Format:
    """The format with a name.

    Raises:
        UsageError: There is none.
    """
    for format in formats():
        if format.name == name:
            return format
    raise UsageError(
        f"there is no format {name!r}", hint=f"There are {', '.join(names())}."
    )


def choose(name: str, path: PurePath, head: bytes) -> Format:
    """The format to read a document with.

    Args:
        name: A format's name, or "auto".
        path: Where the document is.
        head: Its first bytes (`HEAD` of them do).

    Raises:
        UsageError: There is no format of that name.
    """
    if name != "auto":
        return named(name)
    return next(format for format in formats() if format.claims(path, head))


def beside(path: Path) -> Beside:
    """Find what knows of the things that lie beside a document."""
    for format in formats():
        if format.beside.owns(path):
            return format.beside
    return NOTHING


def home_at(folder: str, names: Collection[str] | None = None) -> Home | None:
    """The home of a client that a folder is, or None.

    Args:
        folder: Its path.
        names: What is in it; None: that is looked at where it matters.
    """
    return find_home(folder, home_shapes().values(), names)


@cache
def home_shapes() -> Mapping[str, HomeShape]:
    """Return what homes of clients look like, by the names of their formats."""
    return {form.name: form.home for form in formats() if form.home is not None}


def is_undecided(format: Format) -> bool:
    """Tell whether a record further down may tell what a document is (`told`)."""
    return format is _JSON_LINES


def told(source: RandomAccess) -> Format | None:
    """The format that a record tells, however far down in a document that stands."""
    for format in formats():
        if format.tells and _tells(format, source):
            return format
    return None


def _tells(format: Format, source: RandomAccess) -> bool:
    tried = 0
    for needle in format.tells:
        for line in _lines_with(needle, source):
            get = _getter(line)
            if get is not None and format.told_by(get):
                return True
            tried += 1
            if tried > _MOST_TRIED:
                return False
    return False


def _lines_with(needle: bytes, source: RandomAccess) -> Iterator[bytes]:
    """The lines that hold a string, but for very long ones."""
    window, at = Window(source), 0
    while True:
        found = window.find(needle, at)
        if found < 0:
            if window.at_eof:
                return
            at = max(at, window.end - len(needle) + 1)
            window.slide(at)
            continue
        begin = max(0, found - _LONGEST_RECORD)
        start = source.read(begin, found - begin).rfind(b"\n") + 1 + begin
        line, newline, _ = source.read(start, 2 * _LONGEST_RECORD).partition(b"\n")
        if newline or len(line) < 2 * _LONGEST_RECORD:
            yield line
            at = start + len(line)
        else:
            at = found + len(needle)
        if at > window.end:
            window.slide(at)


def _getter(line: bytes) -> Callable[[bytes], bytes | None] | None:
    """Gives the members of the first record in a line; None where there is none."""
    from json import JSONDecoder

    text = line[max(0, line.find(b"{")) :].decode("utf-8", "replace")
    try:
        record: Any = JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None

    def get(name: bytes) -> bytes | None:
        if name.decode() not in record:
            return None
        value = record[name.decode()]
        return value.encode("utf-8", "replace") if isinstance(value, str) else OTHER

    return get
