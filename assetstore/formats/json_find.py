"""Find where a value of a JSON document stands, by the way to it."""

import re
from collections.abc import Iterator, Sequence

from assetstore.formats.json_lexer import Cached, Lexer, Peek

_SPACE = b" \t\r\n"
_LOOKED_AT = 256
_SCALAR = re.compile(rb"[-+.0-9A-Za-z]{1,200}")
_QUOTE, _BRACKETS, _OBJECT = b'"', b"{[", b"{"

Bounds = tuple[int, int]


def find_value(peek: Peek, start: int, way: Sequence[str | int]) -> Bounds | None:
    """Find a value: the offsets of its first byte, and behind its last one.

    Args:
        peek: Reads the document: (offset, length) -> bytes, fewer at its end.
        start: Where the outermost value begins.
        way: The members and numbers of items that lead to the value.

    Returns:
        None where there is no such value, or it is torn.
    """
    json = _Values(Cached(peek).peek)
    begin, end = start, json.end_of(start)
    for step in way:
        # Of two that are alike, parsers take the last.
        found = [inner for name, inner in json.held_by(begin) if name == step]
        if end < 0 or not found:
            return None
        begin, end = found[-1]
    return (begin, end) if end >= 0 else None


class _Values(Lexer):
    """Goes through the values of containers."""

    def __init__(self, peek: Peek):
        super().__init__(peek, 0, lines=True)

    def held_by(self, start: int) -> Iterator[tuple[str | int, Bounds]]:
        """The members of an object or an array, as far as it is whole."""
        opener = self._peek(start, 1)
        if opener not in (b"{", b"["):
            return
        at, number = start + 1, 0
        while True:
            at = self._behind_space(at)
            name: str | int = number
            if self._peek(at, 1) in (b"]", b"}", b""):
                return
            if opener == _OBJECT:
                end = self.string_end(at + 1)
                colon = self._behind_space(end) if end >= 0 else -1
                if self._peek(at, 1) != _QUOTE or self._peek(colon, 1) != b":":
                    return
                name = self.short(at + 1, end).decode("utf-8", "replace")
                at = self._behind_space(colon + 1)
            end = self.end_of(at)
            yield name, (at, end)
            if end < 0:
                return
            at, number = self._behind_space(end), number + 1
            if self._peek(at, 1) == b",":
                at += 1

    def end_of(self, start: int) -> int:
        """Offset behind the value that begins at an offset, or -1."""
        first = self._peek(start, 1)
        if first == _QUOTE:
            return self.string_end(start + 1)
        if first and first in _BRACKETS:
            return self.finish(start + 1, is_object=first == _OBJECT)[0]
        scalar = _SCALAR.match(self._peek(start, _LOOKED_AT))
        return start + scalar.end() if scalar else -1

    def _behind_space(self, at: int) -> int:
        while text := self._peek(at, _LOOKED_AT):
            bare = text.lstrip(_SPACE)
            if bare:
                return at + len(text) - len(bare)
            at += len(text)
        return at
