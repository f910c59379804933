"""Where a payload may begin."""

from enum import Enum
from typing import NamedTuple


class Form(Enum):
    """What a hit is."""

    URI_BASE64 = 1
    URI_TEXT = 2
    BARE = 3
    MARKED = 4
    MEMBER = 5
    HEX = 6


class Hit(NamedTuple):
    """Something found.

    Attributes:
        form: What it is.
        start: Offset of its first byte: a head's, or the payload's own.
        body: Offset behind the head; equal to ``start`` without one.
        closer: The character that ends the string it stands in, or b"".
        escapes: How many backslashes stand in front of that character.
        mime: What the head says, lower case, or "".
        odd: The head does not say that this is media of the kind that is asked
            for: the bytes decide.
        whole: Nothing announces this base64 text: it is a payload if it is a
            picture from the first byte to the last.
        weak: Other things than a picture begin like this, too: only its end tells.
        foreign: Whether the head names no media that are looked for: it is a payload
            only where a part of an API makes it one.
        before: What stands in front of its placeholder: a quote, where the payload's
            own goes with it.
        after: What stands behind it.
    """

    form: Form
    start: int
    body: int
    closer: bytes = b""
    escapes: int = 0
    mime: str = ""
    odd: bool = False
    whole: bool = False
    weak: bool = False
    foreign: bool = False
    before: bytes = b""
    after: bytes = b""
