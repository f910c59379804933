"""The seam for kinds of documents, and what their profiles share."""

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from assetstore.archiver.scanner import Hit

# How much of the document around a payload a profile gets to see.
CONTEXT = 4096

_TOKEN = re.compile(rb"\"(?:[^\"\\]|\\.)*\"|[{}\[\]]")
_REST_OF_STRING = re.compile(rb"(?:[^\"\\]|\\.)*\"")


@dataclass(frozen=True, slots=True)
class Swap:
    """What changes around a payload.

    Attributes:
        take_before: Bytes in front of the hit that go with it.
        take_after: Bytes behind the payload that go with it.
        before: What stands in front of the placeholder instead.
        after: What stands behind it instead.
    """

    take_before: int
    take_after: int
    before: bytes
    after: bytes


# The payload is replaced, and nothing around it.
IN_PLACE = Swap(0, 0, b"", b"")


class Profile(Protocol):
    """One kind of document."""

    name: str
    # Whether strings that a media type beside them announces are payloads.
    typed: bool
    # Whether `swap` needs to see what stands around a payload.
    looks_around: bool

    def swap(self, hit: Hit, before: bytes, after: bytes, note: str) -> Swap | None:
        """What to put in a payload's place.

        Args:
            hit: The payload.
            before: Up to `CONTEXT` bytes in front of it.
            after: Up to `CONTEXT` bytes behind it.
            note: What the payload is, in words.

        Returns:
            None where the payload must stay, since the document's reader would
            choke on anything else.
        """


@dataclass(frozen=True, slots=True)
class Enclosing:
    """A JSON object around a payload.

    Attributes:
        start: Its first byte's place in the text before.
        end: Its end's place in the text after.
        value: The object, with ``None`` or "" where the payload stands.
    """

    start: int
    end: int
    value: dict[str, Any]


def enclosing(before: bytes, after: bytes, *, in_string: bool) -> Enclosing | None:
    """The innermost JSON object that spans the place between two texts.

    Args:
        before: Text in front of the place.
        after: Text behind it.
        in_string: The place is inside a string; else it is a whole value's.
    """
    at = 0
    if in_string:
        closed = _REST_OF_STRING.match(after)
        if closed is None:
            return None
        at = closed.end()
    depth = 1
    for token in _TOKEN.finditer(after, at):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                break
    if depth or token[0] != b"}":
        return None
    end = token.end()
    middle = b"" if in_string else b"null"
    start = before.rfind(b"{")
    for _ in range(32):
        if start < 0:
            break
        try:
            value = json.loads(before[start:] + middle + after[:end])
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return Enclosing(start, end, value)
        start = before.rfind(b"{", 0, start)
    return None
