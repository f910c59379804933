"""A string that the scanner searches for."""

import re

# One that comes to nothing is near to the last such one within so many bytes.
_NEAR = 256
# Behind every offset.
NEVER = 1 << 62


class Needle:
    """A string being searched for, and how far it has been.

    Attributes:
        text: The string.
        at: Where it stands next in what was searched; `NEVER`: nowhere.
        sieve: The string with what must follow it, or None; never longer than
            `grammar.HEAD_MAX`.
        soft: Whether soft line breaks may be in what follows.
        vain: How many in a row came to nothing.
        last: Where the last of them stood.
    """

    __slots__ = ("at", "last", "sieve", "size", "soft", "text", "vain")

    def __init__(self, text: bytes, sieve: re.Pattern[bytes] | None, *, soft: bool):
        self.text = text
        self.size = len(text)
        self.at = NEVER
        self.sieve = sieve
        self.soft = soft
        self.vain = 0
        self.last = 0

    def fails(self) -> None:
        """Take note that where it stands, there is nothing."""
        near = self.at - self.last < _NEAR
        self.vain = self.vain + 1 if near else 0
        self.last = self.at
