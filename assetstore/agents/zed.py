"""Threads as Zed keeps them: a column of JSON that is compressed, a thread a value.

Parts are objects of one member, by which they are told: ``{"Image": {"source": ...}}``
of a message or of a tool's result becomes ``{"Text": "..."}``. Anything else is left:
what a tool gave besides (``output``), and what was not sent yet. By Zed's source
(``crates/agent/src/db.rs``, ``crates/language_model/src/request.rs``, summer 2026).
"""

from itertools import islice
from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Spelling, Treatment
from assetstore.formats.json_places import Place
from assetstore.formats.text import JsonLines
from assetstore.results import Why

_TEXT = b'{"Text":"'
_END = b'"}'
# Where a message has parts, from the thread on: "messages" has objects of one member.
_SAID = ((b"User",), (b"Agent", b"tool_results"))


class Zed(JsonLines):
    """Values of ``threads.data``."""

    name = "zed"
    members: tuple[bytes, ...] = (b"source",)

    def claims(self, path: PurePath, head: bytes) -> bool:
        """It is for columns of databases, which say that they are of this format."""
        return False

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn pictures of messages and results into texts."""
        place = found.place
        if place is not None and _is_said(place):
            part = place.inner.parent
            if part is not None:
                swap = shapes.text_swap(part, _TEXT, _END)
                return Treatment("model", swap, any_data=True, any_size=True)
        if found.kind is Spelling.MEMBER:
            return None
        if place is None or place.escapes:
            return Treatment("model")  # a part of a longer text
        return Treatment("model", why=Why.NOT_UNDERSTOOD)


def _is_said(place: Place) -> bool:
    """Tell whether a place is a picture's that a message or a result consists of."""
    if place.key != b"source" or place.escapes or place.inner.key != b"Image":
        return False
    named = [key for _, key in islice(place.way(), 16) if isinstance(key, bytes)]
    if named[-1:] != [b"messages"] or named[:3] != [b"source", b"Image", b"content"]:
        return False
    around = tuple(reversed(named[3:-1]))
    return around == _SAID[0] or (around[:2] == _SAID[1] and len(around) == 3)


ZED = Zed()
