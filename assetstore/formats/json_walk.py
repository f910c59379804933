"""Find what is around a string of JSON, reading it where it stands."""

import re
from collections.abc import Iterator

from assetstore.formats.json_lexer import (
    BLOCK,
    MARKS,
    MOST_MEMBERS,
    NEAR,
    OTHER,
    SHORT,
    Cached,
    Lexer,
    Peek,
)
from assetstore.formats.json_places import UNCOUNTED, Container, Key, Place

_NOWHERE = None, UNCOUNTED, -1
# The container around something; the member of it, and where that stands, or -1.
Around = tuple[Container | None, Key, int]
_OPENING = (b"{", b"[")
_IN_FRONT = (b":", b",", b"[")  # of a value
# A record that is read forwards begins so near.
_RECORD = 1 << 12
_STRING = rb"\"((?:[^\"\\]|\\.)*+)\""
_SCALAR = rb"[-+.0-9A-Za-z]+"
# A bracket or a comma; a string, with its colon and its value, if they are there.
_TOKEN = re.compile(
    rb"\s*(?:([{}\[\],])|%b(?:\s*(:)(?:\s*(?:%b|(%b)))?)?|%b)"
    % (_STRING, _STRING, _SCALAR, _SCALAR),
    re.S,
)


class Places:
    """Finds the places of a document's payloads, which are asked for in order.

    Args:
        peek: Reads the document: (offset, length) -> bytes, fewer at its end.
        lines: Whether each line is a value of its own.
    """

    def __init__(self, peek: Peek, *, lines: bool):
        self._peek = Cached(peek).peek
        self._lines = lines
        self._lexers: dict[int, Surroundings] = {}
        self._outside: dict[int, Place] = {}
        self._searched = 0

    def at(self, start: int, escapes: int) -> Place | None:
        """The place of a payload that fills a string.

        Args:
            start: Offset behind the string's opening quote.
            escapes: Backslashes in front of that quote.

        Returns:
            None where the string is no value of JSON that can be understood.
        """
        if escapes & (escapes + 1):  # not one less than a power of two
            return None
        lexer = self._lexer(escapes)
        inner, key, key_start = lexer.around(start - 1 - escapes, lexer.known)
        if inner is None:
            # Else text that is full of quotes would be read again for each of them.
            lexer.nowhere = max(lexer.nowhere, start - 1 - escapes)
            return None
        place = Place(self, lexer, inner, key, key_start, start)
        inner.holds(place, key)
        lexer.remember(place)
        return place

    def of_string(self, offset: int) -> Place | None:
        """The place of the string that an offset is in, and not in a deeper one."""
        lexer = self._lexer(0)
        opening = lexer.opening(offset, self._searched)
        if opening < 0:
            return None
        place = self.at(opening + 1, 0)
        # Whatever comes of it, what is in front of it is not looked at again.
        end = place.end if place is not None else -1
        self._searched = max(self._searched, end if end > 0 else offset)
        return place if place is not None and place.end > offset else None

    def outside(self, place: Place) -> Place | None:
        """The place of the string that a place's JSON is in."""
        known = self._outside.get(place.escapes)
        begun = known is not None and known.start <= place.start
        if begun and known is not None and (place.start < known.end or known.end < 0):
            return known
        *_, top = _up(place.inner)
        at, escapes = top.start, place.escapes
        while escapes:
            escapes //= 2
            opening = self._lexer(escapes).opening(at, 0)
            if opening < 0:
                break
            found = self.at(opening + 1, escapes)
            if found is not None:
                self._outside[place.escapes] = found
                return found
            at = opening - escapes  # that string is no value of a container
        return None

    def _lexer(self, escapes: int) -> "Surroundings":
        if escapes not in self._lexers:
            lines = self._lines and not escapes
            self._lexers[escapes] = Surroundings(self._peek, escapes, lines=lines)
        return self._lexers[escapes]


def _up(at: Container | None) -> Iterator[Container]:
    while at is not None:
        yield at
        at = at.parent


class Surroundings(Lexer):
    """Finds what is around a value at one depth of strings.

    Args:
        peek: Reads the document.
        escapes: Backslashes in front of a quote.
        lines: Whether a line break ends everything.

    Attributes:
        known: The last place that was met.
        nowhere: An offset that no container is around. What is around a later one
            begins behind it.
    """

    def __init__(self, peek: Peek, escapes: int, *, lines: bool):
        super().__init__(peek, escapes, lines=lines)
        self.known: Place | None = None
        self.nowhere = 0

    def remember(self, place: Place) -> None:
        """Take note of the last place."""
        if self.known is not None and self.known.inner is not place.inner:
            # Else each container would keep the one before it, for ever.
            self.known.inner.forget_the_way()
        self.known = place

    def around(self, at: int, known: Place | None) -> Around:
        """The container around the value that begins at an offset.

        Between two strings stands a little text with brackets, commas and colons; it
        is gone through from its end. A string is left by the quote in front of which
        are exactly as many backslashes as its depth wants; those inside it have more.

        Args:
            at: Where the value begins.
            known: An earlier place: what is open there is known.

        Returns:
            The container, or None where there is none or the text is none that can
            be understood; the member that the value is of; where that stands, or -1.
        """
        if not self.is_value(at):
            return _NOWHERE
        if known is not None and not (known.start < at and 0 < known.end <= at):
            known = None
        floor = known.end if known is not None else 0
        if self.nowhere <= at and self.nowhere > floor:
            known, floor = None, self.nowhere
        if self._lines and (read := self._in_record(at, floor)) is not None:
            return read
        depth = commas = 0
        members: dict[bytes, bytes] = {}
        own: bytes | None = None
        own_start = -1
        right, wants_key = OTHER, False
        block, base, end, size = b"", at, 0, NEAR
        while base + end > floor:
            if end == 0:  # all of the block was read
                top, base = base, max(floor, base - size)
                block = self._peek(base, top - base)
                end, size = len(block), min(8 * size, BLOCK)
            quote = block.rfind(b'"', 0, end)
            for mark in reversed(list(MARKS.finditer(block, quote + 1, end))):
                sign = mark[0]
                if sign in b"}]":
                    depth += 1
                elif sign in b"{[":
                    if depth == 0:
                        is_object = sign == b"{"
                        if is_object and own is None:
                            return _NOWHERE
                        start = base + mark.start()
                        inner = Container(
                            self, start, known, members, is_object=is_object
                        )
                        return inner, commas if own is None else own, own_start
                    depth -= 1
                    right = OTHER
                elif sign == b"\n":
                    if self._lines:
                        return _NOWHERE
                elif depth == 0 and sign == b":":
                    wants_key = True
                elif depth == 0:
                    commas += 1
                    right = OTHER
            if quote < 0:
                end = 0
                continue
            closing = base + quote
            begin = self.begin_in(block, quote)
            if begin >= 0:
                opening, text = base + begin, block[begin + 1 : quote]
                text = OTHER if len(text) > SHORT else self.plain(text)
            else:
                if self.backslashes(floor, closing) < self.escapes:
                    return _NOWHERE  # the string around all this begins here
                opening = self.opening(closing - self.escapes, floor)
                if opening < 0:
                    return _NOWHERE
                text = self.short(opening + 1, closing + 1)
            if depth == 0:
                if not wants_key:
                    right = text
                elif own is None:
                    own, own_start = text, opening - self.escapes
                else:
                    _keep(members, text, right)
                wants_key = False
            at = opening - self.escapes
            if at > base:
                end = at - base
            else:
                base, end, size = at, 0, NEAR
        if known is None or (own is None and depth == 0 and known.inner.is_object):
            return _NOWHERE
        found: Container | None = known.inner
        for _ in range(depth):
            found = found.parent if found is not None else None
        if found is not None:
            found.learn(members)
        return found, UNCOUNTED if own is None else own, own_start

    def _in_record(self, at: int, floor: int) -> Around | None:
        """The containers around a value, by reading its record up to it.

        That takes a fraction of the time, since expressions read forwards only. It
        is done where the record's beginning is near and nothing about it is odd, so
        that reading backwards would find the same.

        Args:
            at: Where the value begins.
            floor: Where the record begins, at the earliest.

        Returns:
            What `around` does; None where it was not done.
        """
        base = max(floor, at - _RECORD)
        text = self._peek(base, at - base).rstrip(b" \t\r")
        end = text.rfind(b"\n") + 1
        if (end == 0 and base > 0) or text[-1:] not in _IN_FRONT:
            return None
        levels: list[_Level] = []
        key, key_start = b"", -1  # of a member whose value is still to come
        front: bytes | None = None  # the bracket or comma right in front
        for token in _TOKEN.finditer(text, end):
            if token.start() != end:
                return None  # what stands between is none of JSON
            end = token.end()
            bracket, name, colon, value, scalar = token.groups()
            level = levels[-1] if levels else None
            if bracket in _OPENING:
                # In objects it is the value of a member, elsewhere an item.
                way: Key = UNCOUNTED
                if level is not None and level.is_object:
                    way = key
                    if key_start < 0:
                        return None
                elif level is not None:
                    way = level.commas
                    if front not in _IN_FRONT:
                        return None
                start = base + token.start(1)
                levels.append(_Level(start, bracket == b"{", way, key_start))
                key_start = -1
            elif level is None or key_start >= 0:
                return None  # it is in front of the record, or no value of a member
            elif bracket == b",":
                level.commas += 1
            elif bracket is not None:
                if level.is_object != (bracket == b"}"):
                    return None
                levels.pop()
                if levels and isinstance(level.way, bytes):
                    levels[-1].members[level.way] = OTHER
            elif level.is_object != bool(colon):
                return None  # strings and numbers of arrays, members of objects
            elif colon and front not in (b"{", b","):
                return None
            elif colon:
                key = OTHER if len(name) > SHORT else self.plain(name)
                if value is not None:
                    said = OTHER if len(value) > SHORT else self.plain(value)
                    level.members[key] = said
                elif scalar is not None:
                    level.members[key] = OTHER
                else:
                    key_start = base + token.start(2) - 1
            front = bracket
        if end != len(text) or not levels or levels[-1].is_object == (key_start < 0):
            return None
        inner: Container | None = None
        for level in levels:
            level.members.pop(b"", None)
            found = Container(
                self, level.start, None, level.members, is_object=level.is_object
            )
            found.is_in(inner, level.way, level.way_start)
            inner = found
        return inner, key if levels[-1].is_object else levels[-1].commas, key_start


class _Level:
    """A container that is open while a record is read."""

    __slots__ = ("commas", "is_object", "members", "start", "way", "way_start")

    def __init__(self, start: int, is_object: bool, way: Key, way_start: int):
        self.start = start
        self.is_object = is_object
        self.way = way
        self.way_start = way_start
        self.members: dict[bytes, bytes] = {}
        self.commas = 0


def _keep(members: dict[bytes, bytes], key: bytes, value: bytes) -> None:
    if key and len(members) < MOST_MEMBERS:
        members.setdefault(key, value)
