"""A string that the scanner searches for."""

import re
from collections.abc import Callable

from assetstore.archiver.scan.hit import Hit

# What begins at an offset where a needle stands; None: nothing.
Look = Callable[[int], Hit | None]
# One that comes to nothing is near to the last such one within so many bytes.
_NEAR = 256
# Behind every offset.
NEVER = 1 << 62


class Needle:
    """A string being searched for, and how far it has been.

    Attributes:
        text: The string.
        look: Looks at what stands around it.
        sieve: The string with what must follow it, or None; never longer than
            `grammar.HEAD_MAX`.
        soft: Whether soft line breaks may be in what follows.
        vain: How many in a row came to nothing.
        last: Where the last of them stood.
    """

    __slots__ = ("last", "look", "sieve", "size", "soft", "text", "vain")

    def __init__(
        self, text: bytes, look: Look, sieve: re.Pattern[bytes] | None, *, soft: bool
    ):
        self.text = text
        self.size = len(text)
        self.look = look
        self.sieve = sieve
        self.soft = soft
        self.vain = 0
        self.last = 0

    def fails(self, at: int) -> None:
        """Take note that where it stands, there is nothing."""
        self.vain = self.vain + 1 if at - self.last < _NEAR else 0
        self.last = at
