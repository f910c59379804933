"""Messages as Crush keeps them: a column of JSON, a list of parts a value.

A pasted picture is a ``binary`` part. One whose media type is a text's is sent as a
file that was attached, by its path: so a picture becomes an empty one, and its path
says which it was. A tool's picture is sent where its data is not empty, and else the
words of its result: so its data goes, and the words say which it was. Anything else
is left. By Crush's source (``internal/message``, commit 37f36e9, August 2026).
"""

from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Spelling, Swap, Treatment
from assetstore.formats.json_places import Container, Place
from assetstore.formats.text import JsonLines
from assetstore.results import Why

_BEFORE = b'{"Path":"'
_AFTER = b'","MIMEType":"text/plain","Data":""}'


class Crush(JsonLines):
    """Values of ``messages.parts``."""

    name = "crush"
    members: tuple[bytes, ...] = (b"Data", b"data")

    def claims(self, path: PurePath, head: bytes) -> bool:
        """It is for columns of databases, which say that they are of this format."""
        return False

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn pasted pictures into texts, and take the data of tools' pictures."""
        if not found.begin and found.kind is Spelling.MEMBER:
            return None  # an empty member
        place = found.place
        part = place.inner.parent if place is not None else None
        if place is None or part is None or place.inner.key != b"data":
            return _left(found)
        kind = part.get(b"type")
        if place.key == b"Data" and kind == b"binary":
            if (place.inner.get(b"MIMEType") or b"text/").startswith(b"text/"):
                return None
            swap: Swap | None = shapes.text_swap(place.inner, _BEFORE, _AFTER)
        elif place.key == b"data" and kind == b"tool_result":
            swap = _said(place, place.inner)
        else:
            return _left(found)
        if swap is None:
            return _left(found)
        return Treatment("model", swap, any_data=True, any_size=True)


def _left(found: Candidate) -> Treatment | None:
    """Leave what is a picture; a member is none."""
    if found.kind is Spelling.MEMBER:
        return None
    if found.place is None or found.place.escapes:
        return Treatment("model")  # a part of a longer text
    return Treatment("model", why=Why.NOT_UNDERSTOOD)


def _said(place: Place, result: Container) -> Swap | None:
    """Say in a tool's words which picture goes, where these are right in front."""
    words = result.written(b"content")
    if words is None or not 0 < words[1] < place.key_start:
        return None
    start, end = words
    text = result.read(start, end)
    said = text.strip()
    between = result.read(end, place.key_start)
    if said[:1] != b'"' or said == b'""' or between.strip() != b",":
        return None
    closing = start + len(text.rstrip()) - 1
    return Swap(closing, place, b"\\n[", b']","data":""', worded=True)


CRUSH = Crush()
