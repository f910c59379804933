"""What a block of a request is in a log, and what may stand for it.

An API's error names a block by its number in the request. What the client made that
of is for the agents' own modules to say (``named.py`` in each): which values of a
record go, and what stands in their places, so that the client loads the log and the
API takes the request.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from assetstore.errors import UsageError

TEXT = b'{"type":"text","text":"['
_ODD = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedValue:
    """A value of a record that goes, since an error names it.

    Attributes:
        way: The members, and numbers of items, that lead to it in its record.
        before: What stands in front of the placeholder's words in its place.
        after: What stands behind the placeholder.
        what: What it is, in words.
        instead: What goes where it holds a placeholder, which must stay in the log.
    """

    way: tuple[str | int, ...]
    before: bytes
    after: bytes
    what: str
    instead: tuple["NamedValue", ...] = ()


def cannot_go(why: str, hint: str = "") -> UsageError:
    """Say why the client or the API would not go on without a block."""
    handoff = "'assetstore handoff' writes down what the thread knows, for a new one."
    return UsageError(f"cannot be taken out: {why}", hint=hint or handoff)


def as_string(way: tuple[str | int, ...], what: str) -> NamedValue:
    """A string that goes, and a string in its place."""
    return NamedValue(way=way, before=b'"[', after=b']"', what=what)


def as_part(
    way: tuple[str | int, ...], part: Any, before: bytes = TEXT, what: str = ""
) -> NamedValue:
    """A part of a message that goes as a whole, and a part of text in its place.

    Args:
        way: Where it stands.
        part: The part.
        before: What a part of text is there, up to its text.
        what: What it is; "": by its type.
    """
    return NamedValue(way=way, before=before, after=b']"}', what=what or kind_of(part))


def kind_of(part: Any) -> str:
    """Say what a part is, in words that need no escapes."""
    type = part.get("type") if isinstance(part, dict) else None
    if type in ("text", "input_text", "output_text"):
        return "text"
    name = _ODD.sub("", type.lower()[:40]) if isinstance(type, str) else ""
    return f"{name} block" if name else "block"


def quoted(text: str) -> bytes:
    """A string as JSON, in ASCII."""
    return json.dumps(text).encode()
