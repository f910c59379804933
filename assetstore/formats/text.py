"""Documents that belong to no client: text of any kind, JSON, notebooks, HAR files."""

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import IN_PLACE, Candidate, Spelling, Treatment
from assetstore.formats.beside import NOTHING, Beside
from assetstore.formats.homes import HomeShape
from assetstore.formats.json_places import Place
from assetstore.patterns import later
from assetstore.results import Why

_ROLES = frozenset((b"user", b"assistant", b"system", b"tool", b"model", b"developer"))
# Names that say that a JSON document is a value a line, or one value, whatever its
# beginning looks like: a log may begin in the middle of a line.
_LINES = frozenset((".jsonl", ".ndjson", ".jl"))
_SAMPLED = 16
# A message is not farther around what stands in it; all of a long document may be.
_MOST_LEVELS = 12
# A string, with a colon behind it or not, or cut off; a bracket.
_TOKEN = later(
    rb"\"(?:(?P<name>(?:[^\"\\]|\\.)*+)\"\s*:|(?:[^\"\\]|\\.)*+(?:\"|\Z))|[{}\[\]]",
    re.S,
)
_ONE_VALUE = frozenset((".json", ".ipynb", ".har", ".map", ".geojson", ".gltf"))


# Bare base64 is decoded by many that read the document, a property list's <data>
# for one. With this behind a placeholder, those that pass over what is not of the
# alphabet find whole quanta, however many of its characters are.
_WHOLE_QUANTA = Treatment(tail=b"=AA==")


class Text:
    """Any text: a placeholder stands where the payload was.

    Parts of an API, in any JSON, become text parts.
    """

    name = "generic"
    lines = False
    appends = False
    typed = False
    members: tuple[bytes, ...] = (b"data", b"blob", b"file_data")
    tells: tuple[bytes, ...] = ()
    beside: Beside = NOTHING
    home: HomeShape | None = None

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Every document that no other format claims."""
        return True

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """No record tells it."""
        return False

    def treat(self, found: Candidate) -> Treatment | None:
        """Take a part of an API as a whole, any other payload alone."""
        if found.place is not None:
            bound = _bound(found.place)
            if bound is not None:
                return Treatment(why=bound)
            part = shapes.treated(found.place)
            if part is not None:
                return part
        if found.kind is Spelling.MEMBER:
            return None
        return _WHOLE_QUANTA if found.unannounced else IN_PLACE


def _bound(place: Place) -> Why | None:
    """Say why nothing but what stands in a place may stand there, if it is so."""
    if place.key == b"$base64":  # Visual Studio Code decodes it into a buffer
        return Why.REFUSED
    if place.key == b"image_url" and place.inner.get(b"type") == b"computer_screenshot":
        return Why.REFUSED  # Responses takes no text there
    if place.key == b"data" and place.inner.get(b"assetId") is not None:
        return Why.COVERED  # Copilot's command line calls an asset by its hash
    return None


class Json(Text):
    """JSON that no client's format claims.

    Programs that talk to a model write what they send into such files. What stands in
    a message of theirs, in none of the known parts, may be sent as it stands, and is
    left: an API refuses a placeholder in a picture's field.
    """

    name = "json"

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it begins as JSON does."""
        return is_json(head)

    def treat(self, found: Candidate) -> Treatment | None:
        """Leave what may be sent as it stands."""
        treatment = super().treat(found)
        alone = treatment is not None and treatment.swap is None and not treatment.why
        if alone and found.place is not None and _said(found.place):
            return Treatment("model", why=Why.NOT_UNDERSTOOD)
        return treatment


class JsonLines(Json):
    """JSON, a value a line: a log, a data set, or an unknown client's session."""

    name = "json-lines"
    lines = True
    # Who writes a record behind the others has read some: what it quotes is text.
    appends = True
    # Of all formats that a record may tell.
    members: tuple[bytes, ...] = (*Text.members, b"base64", b"image_url")

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it is named as one, or its first lines are objects."""
        suffix = path.suffix.lower()
        if suffix in _LINES:
            return not is_pretty(head)
        return suffix not in _ONE_VALUE and is_lines(head)


def _said(place: Place) -> bool:
    """Tell whether a place is in a message that somebody says."""
    around = islice(place.way(), _MOST_LEVELS)
    return any(at.get(b"role") in _ROLES for at, _ in around)


class Typed(Text):
    """JSON whose strings are media when a media type in front of them says so.

    Jupyter notebooks (``"image/png": "..."``) and HAR files (``"mimeType":
    "image/png", "text": "..."``).
    """

    typed = True

    def __init__(self, name: str, suffix: str):
        self.name = name
        self._suffix = suffix

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether the file's name ends as theirs do."""
        return path.suffix.lower() == self._suffix


def begins_with(head: bytes, brackets: bytes) -> bool:
    """Tell whether a text begins with one of some brackets.

    A byte order mark, white space, and NULs, which a crash leaves in a log, do not
    count.
    """
    first = head.lstrip(b"\xef\xbb\xbf\0 \t\r\n")[:1]
    return bool(first) and first in brackets


def is_pretty(head: bytes) -> bool:
    """Tell whether a document that begins so is a JSON value over several lines."""
    first, newline, _ = head.lstrip(b"\xef\xbb\xbf\0 \t\r\n").partition(b"\n")
    return bool(newline) and first.strip() in (b"{", b"[", b"[{")


def is_json(head: bytes) -> bool:
    """Tell whether a document that begins so is JSON."""
    return begins_with(head, b"{[")


@lru_cache(maxsize=4)
def is_lines(head: bytes) -> bool:
    """Tell whether a document that begins so has a JSON object in nearly every line."""
    first, newline, rest = head.partition(b"\n")
    if not newline:
        return begins_with(head, b"{")
    whole = [
        line for line in (first, *rest.split(b"\n", _SAMPLED)[:-1]) if line.strip()
    ]
    objects = list(map(_is_object, whole))
    # The first one may be the end of a line that was cut.
    return 2 * sum(objects) > len(whole) or (any(objects) and all(objects[1:]))


def top_members(line: bytes) -> Iterator[bytes]:
    """The names of a record's own members, of one whose end is missing too."""
    depth = 0
    for token in _TOKEN.finditer(line):
        text = token[0]
        if text in b"{[":
            depth += 1
        elif text in b"}]":
            depth -= 1
        elif token["name"] is None:  # a value, or cut
            continue
        elif depth == 1:
            yield token["name"]


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.lstrip(b"\xef\xbb\xbf\0")), dict)
    except (ValueError, RecursionError):
        return False
