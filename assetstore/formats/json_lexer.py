r"""Read JSON where it stands, from any place in it: strings, their ends, what follows.

JSON in a string of JSON is read in the same way. A quote of a string that is ``k``
strings deep is written with ``2 ** k - 1`` backslashes in front of it; a quote within
such a string has more of them (RFC 8259, section 7, applied ``k`` times).
"""

import json
import re
from collections.abc import Callable, Iterator

Peek = Callable[[int, int], bytes]

BLOCK = 1 << 16
_FIRST = 1 << 9
NEAR = 1 << 7  # the beginning of what is around a value is near, for most
_CACHED = 1 << 13
# The longest value of a member that is kept, and the most members of an object.
SHORT = 256
MOST_MEMBERS = 1024
MARKS = re.compile(rb"[{}\[\],:\n]")
_SPACE = b" \t\r\n"
_WRITTEN_SPACE = re.compile(rb"\\+[nrt]$")

# So many containers that are not closed are looked through to a line's end.
_MOST_TORN = 64

# What a member's value is if it is no short string.
OTHER = b"\0"


class Cached:
    """Reads a document in blocks, and a block once for many short reads."""

    def __init__(self, peek: Peek):
        self._read = peek
        self._base = 0
        self._block = b""

    def peek(self, start: int, length: int) -> bytes:
        """Bytes from an offset, fewer at the document's end."""
        at = start - self._base
        if not 0 <= at <= at + length <= len(self._block):
            if length >= _CACHED:
                return self._read(start, length)
            # Who reads backwards comes from behind; who reads on goes on.
            end = start + length
            self._base = max(0, end - _CACHED) if start < self._base else start
            self._block = self._read(self._base, _CACHED)
            at = start - self._base
        return self._block[at : at + length]


class Lexer:
    """JSON at one depth of strings.

    Args:
        peek: Reads the document.
        escapes: Backslashes in front of a quote.
        lines: Whether a line break ends everything.
    """

    def __init__(self, peek: Peek, escapes: int, *, lines: bool):
        self._peek = peek
        self.escapes = escapes
        self._lines = lines
        self._torn = self._torn_to = 0

    def string_end(self, start: int) -> int:
        """Offset behind the string that begins, behind its quote, at an offset.

        Returns:
            -1 where it is not closed.
        """
        at, size = start, _FIRST
        while block := self._peek(at, size):
            quote = block.find(b'"')
            while quote >= 0:
                run = self._run(block, quote, start, at)
                if run % (2 * self.escapes + 2) == self.escapes:
                    return at + quote + 1
                if run < self.escapes:
                    return -1  # the string around it ends here
                quote = block.find(b'"', quote + 1)
            if len(block) < size:
                return -1
            at, size = at + len(block), BLOCK
        return -1

    def _run(self, block: bytes, quote: int, floor: int, base: int) -> int:
        """Count the backslashes in front of a quote in a block."""
        if quote and block[quote - 1] != 0x5C:
            return 0
        return self.backslashes(floor, base + quote)

    def backslashes(self, floor: int, at: int) -> int:
        """Count the backslashes in front of an offset, from ``floor`` on."""
        count, size = 0, 16
        while at - count > floor:
            begin = max(floor, at - count - size)
            text = self._peek(begin, at - count - begin)
            run = len(text) - len(text.rstrip(b"\\"))
            count += run
            if run < len(text):
                break
            size = min(16 * size, BLOCK)
        return count

    def finish(self, at: int, *, is_object: bool) -> tuple[int, dict[bytes, bytes]]:
        """Read from a place in a container to its end.

        Args:
            at: Offset in it, outside of all strings and of what is inside it.
            is_object: Whether it is an object.

        Returns:
            Offset behind its closing bracket, or -1 where it is not closed; and the
            members that were met.
        """
        members: dict[bytes, bytes] = {}
        if at < self._torn_to and self._torn > _MOST_TORN:
            return -1, members  # so many did not end in what was read
        begun = at
        depth, key = 0, b""
        value: bytes | None = None
        size = _FIRST
        while block := self._peek(at, size):
            quote = block.find(b'"')
            for mark in MARKS.finditer(block, 0, len(block) if quote < 0 else quote):
                sign = mark[0]
                if sign in b"{[":
                    depth += 1
                    value = OTHER
                elif sign in b"}]":
                    depth -= 1
                    if depth < 0:
                        if is_object:
                            members[key] = OTHER if value is None else value
                        return at + mark.end(), members
                elif sign == b"\n":
                    if self._lines:
                        return self._ends_torn(begun, at + mark.start()), members
                elif depth == 0 and sign == b":":
                    key, value = value or b"", None
                elif depth == 0:
                    if key and len(members) < MOST_MEMBERS:
                        members[key] = OTHER if value is None else value
                    key, value = b"", None
            if quote < 0:
                if len(block) < size:
                    return self._ends_torn(begun, at + len(block)), members
                at, size = at + len(block), BLOCK
                continue
            opening = at + quote
            if self.escapes and self.backslashes(at, opening) < self.escapes:
                # The string around all this ends.
                return self._ends_torn(begun, opening), members
            end = self.string_end(opening + 1)
            if end < 0:
                return self._ends_torn(begun, opening), members
            if depth == 0 and is_object:
                value = self.short(opening + 1, end)
            at, size = end, _FIRST
        return self._ends_torn(begun, at), members

    def _ends_torn(self, begun: int, end: int) -> int:
        """Take note that what began at an offset does not end in front of another."""
        self._torn = self._torn + 1 if begun < self._torn_to else 1
        self._torn_to = max(self._torn_to, end)
        return -1

    def short(self, start: int, end: int) -> bytes:
        """Read a string, if it is short; ``end`` is behind its quote."""
        length = end - 1 - self.escapes - start
        if length > SHORT:
            return OTHER
        return self.plain(self._peek(start, length))

    def plain(self, text: bytes) -> bytes:
        """Read what a short string says; at depth, as far as that matters."""
        if b"\\" not in text:
            return text
        if not self.escapes:
            try:
                said: str = json.loads(b'"' + text + b'"')
                return said.encode("utf-8", "replace")
            except ValueError:
                pass
        return text.replace(b"\\", b"")

    def begin_in(self, block: bytes, quote: int) -> int:
        """The opening quote of a string that a block holds as a whole, or -1.

        This is what nearly every string is, and the quick way for it.
        """
        if self.escapes:
            return -1
        begin = block.rfind(b'"', 0, quote)
        while begin > 0 and block[begin - 1] == 0x5C:
            begin = block.rfind(b'"', 0, begin)
        return begin if begin > 0 else -1

    def is_value(self, at: int) -> bool:
        """Tell whether a value of a container may begin at an offset.

        Not so where a record begins in the middle of a line that was torn.
        """
        while at > 0:
            text = self._peek(max(0, at - 64), min(64, at))
            bare = text.rstrip(_SPACE)
            while self.escapes and (space := _WRITTEN_SPACE.search(bare)):
                bare = bare[: space.start()].rstrip(_SPACE)
            if self._lines and b"\n" in text[len(bare) :]:
                return False
            if bare:
                return bare[-1] in b":,["
            at -= len(text)
        return False

    def sign_before(self, at: int) -> int:
        """Offset of the comma, colon or bracket in front of a value, or -1."""
        while at > 0:
            begin = max(0, at - 64)
            text = self._peek(begin, at - begin)
            bare = text.rstrip(_SPACE)
            if bare:
                return begin + len(bare) - 1
            at = begin
        return -1

    def elements(self, at: int) -> Iterator[dict[bytes, bytes]]:
        """The members of each object of an array, up to what is none.

        Args:
            at: Offset behind the array's bracket.
        """
        while bare := self._peek(at, 64):
            text = bare.lstrip(_SPACE + b",")
            at += len(bare) - len(text)
            if text and not text.startswith(b"{"):
                return
            if text:
                at, members = self.finish(at + 1, is_object=True)
                if at < 0:
                    return
                yield members

    def values(self, at: int) -> Iterator[tuple[bytes, int, int]]:
        """Find the values of an object's members, up to what is none.

        Args:
            at: Offset behind the object's bracket.

        Yields:
            A member's name, the offset of its value, and the one behind that; white
            space around it counts.
        """
        depth, key, begin, size = 0, b"", -1, _FIRST
        while block := self._peek(at, size):
            quote = block.find(b'"')
            for mark in MARKS.finditer(block, 0, len(block) if quote < 0 else quote):
                sign = mark[0]
                if sign in b"{[":
                    depth += 1
                elif sign in b"}]":
                    depth -= 1
                    if depth < 0:
                        if begin >= 0:
                            yield key, begin, at + mark.start()
                        return
                elif sign == b"\n":
                    if self._lines:
                        return
                # A value is between the colon and the comma of its own object.
                elif depth == 0 and sign == b":":
                    begin = at + mark.end()
                elif depth == 0:
                    if begin >= 0:
                        yield key, begin, at + mark.start()
                    begin = -1
            if quote < 0:
                if len(block) < size:
                    return
                at, size = at + len(block), BLOCK
                continue
            end = self.string_end(at + quote + 1)
            if end < 0:
                return
            if depth == 0 and begin < 0:
                key = self.short(at + quote + 1, end)
            at, size = end, _FIRST

    def read(self, start: int, end: int) -> bytes:
        """The bytes between two offsets."""
        return self._peek(start, end - start)

    def opening(self, at: int, floor: int) -> int:
        """Offset of the quote that opens the string which ends at an offset, or -1."""
        size = _FIRST
        while at > floor:
            base = max(floor, at - size)
            block = self._peek(base, at - base)
            quote = block.rfind(b'"')
            while quote >= 0:
                run = self.backslashes(floor, base + quote)
                if run == self.escapes:
                    return base + quote
                if run < self.escapes:
                    return -1
                quote = block.rfind(b'"', 0, max(0, quote - run))
            at, size = base, BLOCK
        return -1
