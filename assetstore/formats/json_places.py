r"""Where in JSON a payload stands: the objects around it, however far they reach.

Nothing is parsed that need not be: from a payload's string the text is read
backwards to the beginning of the object around it, and forwards to its end only when
something behind the payload is asked for. What lies between two payloads is read
once: a search backwards stops where the last payload ended, since it is known what
was open there. So a document costs time in proportion to its length, and memory to
its depth.
"""

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

Key = bytes | int
UNCOUNTED = -1
_NOWHERE = None, UNCOUNTED, -1


class Container:
    """An object or an array around a payload.

    Attributes:
        start: Offset of its bracket.
        is_object: Whether it is an object.
        escapes: Backslashes in front of a quote in it.
    """

    __slots__ = (
        "_back",
        "_end",
        "_key",
        "_key_start",
        "_last",
        "_lexer",
        "_members",
        "_parent",
        "_resolved",
        "_summit",
        "escapes",
        "is_object",
        "start",
    )

    def __init__(
        self,
        lexer: "Surroundings",
        start: int,
        back: "Place | None",
        *,
        is_object: bool,
    ):
        self._lexer = lexer
        self.start = start
        self.is_object = is_object
        self.escapes = lexer.escapes
        self._members: dict[bytes, bytes] = {}
        # The last thing in it that was met: what is behind that was not read.
        self._last: Container | Place | None = None
        self._end = 0  # 0: not looked for; -1: there is none
        self._back = back
        self._parent: Container | None = None
        self._key: Key = UNCOUNTED
        self._key_start = -1
        self._resolved = False
        # The outermost one around it, and the member of that which it is in.
        self._summit: tuple[Container, Key] | None = None

    def get(self, name: bytes) -> bytes | None:
        """The value of a member, if that is a short string.

        Returns:
            `OTHER` for any other value; None where there is no such member.
        """
        if name not in self._members and self.is_object:
            self._finish()
        return self._members.get(name)

    @property
    def end(self) -> int:
        """Offset behind its closing bracket, or -1 where it is not closed."""
        self._finish()
        return self._end

    @property
    def parent(self) -> "Container | None":
        """The container around it; None at the top, or where that cannot be told."""
        self._resolve()
        return self._parent

    @property
    def key(self) -> Key:
        """The member that it is the value of; in an array, a number or `UNCOUNTED`."""
        self._resolve()
        return self._key

    @property
    def key_start(self) -> int:
        """Offset of that member's opening quote, or -1."""
        self._resolve()
        return self._key_start

    def _resolve(self) -> None:
        if not self._resolved:
            self._resolved = True
            self._parent, self._key, self._key_start = self._lexer.around(
                self.start, self._back
            )
            self._back = None
            if self._parent is not None:
                self._parent.holds(self, self._key)

    def learn(self, members: dict[bytes, bytes]) -> None:
        """Take in members that were met."""
        for name, value in members.items():
            if len(self._members) < MOST_MEMBERS:
                self._members.setdefault(name, value)

    def holds(self, last: "Container | Place", key: Key) -> None:
        """Take note of something in it, in front of which all was read."""
        if isinstance(key, bytes):
            self.learn({key: OTHER})
        if self._last is None or last.start > self._last.start:
            self._last = last

    def forget_the_way(self) -> None:
        """Let go of how what is around it would be found quickly."""
        at = self
        while at._parent is not None:
            at = at._parent
        at._back = None

    def _finish(self) -> None:
        """Read to its end, and first to the ends of what was met in it."""
        open_: list[Container] = []
        at: Container | Place | None = self
        while isinstance(at, Container) and not at._end:
            open_.append(at)
            at = at._last
        for container in reversed(open_):
            container._finish_alone()

    def _finish_alone(self) -> None:
        at = self.start + 1 if self._last is None else self._last.end
        if at < 0:
            self._end = -1
            return
        self._end, members = self._lexer.finish(at, is_object=self.is_object)
        self._members |= members  # of two that are alike, parsers take the last


class Place:
    """Where a payload stands.

    Attributes:
        inner: The container that holds its string.
        key: The member that it is the value of; in an array, a number or `UNCOUNTED`.
        key_start: Offset of that member's opening quote, or -1.
        start: Offset behind the opening quote of its string.
        escapes: Backslashes in front of each of its quotes.
    """

    __slots__ = (
        "_end",
        "_lexer",
        "_places",
        "escapes",
        "inner",
        "key",
        "key_start",
        "start",
    )

    def __init__(
        self,
        places: "Places",
        lexer: "Surroundings",
        inner: Container,
        key: Key,
        key_start: int,
        start: int,
    ):
        self._places = places
        self._lexer = lexer
        self.inner = inner
        self.key = key
        self.key_start = key_start
        self.start = start
        self.escapes = lexer.escapes
        self._end = 0  # 0: not looked for

    @property
    def end(self) -> int:
        """Offset behind the closing quote of its string, or -1: it is not closed."""
        if not self._end:
            self._end = self._lexer.string_end(self.start)
        return self._end

    @property
    def closing(self) -> int:
        """Offset behind what its string holds, or -1."""
        return max(-1, self.end - 1 - self.escapes)

    def ends(self, end: int) -> None:
        """Take note of where its string ends, which need not be looked for then."""
        self._end = end

    @property
    def outer(self) -> "Place | None":
        """The place of the string that its JSON is in; None where it is in none."""
        return self._places.outside(self) if self.escapes else None

    def way(self) -> Iterator[tuple[Container, Key]]:
        """The containers around it, and the member of each that it is in.

        The innermost one is first. Strings of JSON are passed through.
        """
        at: Place | None = self
        while at is not None:
            inner: Container | None = at.inner
            key = at.key
            while inner is not None:
                yield inner, key
                key, inner = inner.key, inner.parent
            at = at.outer

    @property
    def record(self) -> tuple[Container, Key]:
        """The outermost container around it, and the member of it that it is in."""
        passed: list[Container] = []
        at, key = self.inner, self.key
        while at._summit is None and (above := at.parent) is not None:
            passed.append(at)
            at, key = above, at.key
        if at._summit is not None:
            at, key = at._summit
        for container in passed:
            container._summit = at, key
        outer = self.outer
        return (at, key) if outer is None else outer.record


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

    def around(self, at: int, known: Place | None) -> tuple[Container | None, Key, int]:
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
                        inner = Container(
                            self, base + mark.start(), known, is_object=is_object
                        )
                        inner.learn(members)
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


def _keep(members: dict[bytes, bytes], key: bytes, value: bytes) -> None:
    if key and len(members) < MOST_MEMBERS:
        members.setdefault(key, value or OTHER)
