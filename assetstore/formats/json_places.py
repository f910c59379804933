r"""Where in JSON a payload stands: the objects around it, however far they reach.

Nothing is parsed that need not be: from a payload's string the text is read
backwards to the beginning of the object around it, and forwards to its end only when
something behind the payload is asked for. What lies between two payloads is read
once: a search backwards stops where the last payload ended, since it is known what
was open there. So a document costs time in proportion to its length, and memory to
its depth.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assetstore.formats.json_lexer import (
    MOST_MEMBERS,
    OTHER,
)

if TYPE_CHECKING:
    from assetstore.formats.json_walk import Places, Surroundings


Key = bytes | int
UNCOUNTED = -1


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
        "_said",
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
        members: dict[bytes, bytes],
        *,
        is_object: bool,
    ):
        self._lexer = lexer
        self.start = start
        self.is_object = is_object
        self.escapes = lexer.escapes
        self._members = members  # that were met, and are its own from here on
        self._said: dict[bytes, bool] = {}
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

    def says(self, name: bytes) -> bool:
        """Tell whether one of an array's objects has a member that is not empty."""
        if name not in self._said:
            found = () if self.is_object else self._lexer.elements(self.start + 1)
            self._said[name] = any(members.get(name) for members in found)
        return self._said[name]

    def written(self, name: bytes) -> tuple[int, int] | None:
        """Find the value of a member: its offset, and the one behind it.

        White space around it counts. None where there is no such member.
        """
        if not self.is_object or self.escapes:
            return None
        for key, start, end in self._lexer.values(self.start + 1):
            if key == name:
                return start, end
        return None

    def read(self, start: int, end: int) -> bytes:
        """The bytes of its document between two offsets."""
        return self._lexer.read(start, end)

    @property
    def sign(self) -> int:
        """Offset of the comma, colon or bracket in front of it, or -1."""
        return self._lexer.sign_before(self.start)

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
            self.is_in(*self._lexer.around(self.start, self._back))
            self._back = None

    def is_in(self, parent: "Container | None", key: Key, key_start: int) -> None:
        """Take note of what is around it, which need not be looked for then."""
        self._resolved = True
        self._parent, self._key, self._key_start = parent, key, key_start
        if parent is not None:
            parent.holds(self, key)

    def learn(self, members: dict[bytes, bytes]) -> None:
        """Take in members that were met."""
        for name, value in members.items():
            if len(self._members) < MOST_MEMBERS:
                self._members.setdefault(name, value)

    def holds(self, last: "Container | Place", key: Key) -> None:
        """Take note of something in it, in front of which all was read."""
        if isinstance(key, bytes) and len(self._members) < MOST_MEMBERS:
            self._members.setdefault(key, OTHER)
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
        for each in reversed(open_):
            last = each._last
            begin = each.start + 1 if last is None else last.end
            if begin < 0:
                each._end = -1
                continue
            each._end, members = each._lexer.finish(begin, is_object=each.is_object)
            each._members |= members  # of two that are alike, parsers take the last


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

    @property
    def sign(self) -> int:
        """Offset of the comma, colon or bracket in front of its string, or -1."""
        return self._lexer.sign_before(self.start - 1 - self.escapes)

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
