"""What a manifest notes of the placeholders in its document.

Nothing that looks like a placeholder is ever rewritten: an archive notes where those
stand that were there before (a log that quotes what it read, a pasted line). They are
found by their offsets as long as the document begins with the bytes that the manifest
speaks of; after an edit by their lines in a log, and by what stands around them.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Self

import stringzilla as sz
from blake3 import blake3

from assetstore.files.source import CHUNK, RandomAccess
from assetstore.store.format.placeholder import LENGTH, MARK

Peek = Callable[[int, int], bytes]

_RECORD = struct.Struct("<QQ20sB8s8s")
_OFFSET = struct.Struct("<Q")
NOTE_SIZE = _RECORD.size
_KNOWN, _OWN, _NEW = 1, 2, 4
# So much of a line's beginning, without white space, tells it from others; what stands
# so near in front of a placeholder may have come with it.
_HEAD = 64
# So much of a log's end tells it from others.
_END = 4096
_FRAME = 24

# White space does not count, since it is what programs that reformat a document change;
# so many other bytes on each side do, out of so many.
_CHARS = 24
_NEAR = 96
_FEW = 12
_SPACE = b" \t\r\n"

# A document that quotes more placeholders than this is left alone.
MOST_NOTES = 1 << 20


class Verdict(Enum):
    """What is known of a placeholder in a document, as far as one store can tell."""

    OWN = "an archive of the document put it there"
    LIKELY = "an archive of the document did, before it was edited"
    TEXT = "it is text"
    STRANGE = "the store did not know it when it archived the document"
    OPEN = "nothing is known of it"

    @property
    def claimed(self) -> bool:
        """Tell whether the document's manifest says that it stands for a payload."""
        return self in (Verdict.OWN, Verdict.LIKELY)


class Around(NamedTuple):
    """What stands around a placeholder, without white space.

    Attributes:
        before: The hash of what stands in front of it.
        after: The hash of what stands behind it.
        length: How much of that there is in front of it, in bytes.
        behind: How much of it there is behind it.
    """

    before: bytes
    after: bytes
    length: int = _CHARS
    behind: int = _CHARS

    @classmethod
    def at(cls, peek: Peek, offset: int) -> Self:
        """Read what stands around the placeholder at an offset."""
        start = max(0, offset - _NEAR)
        front = peek(start, offset - start).translate(None, _SPACE)[-_CHARS:]
        back = peek(offset + LENGTH, _NEAR).translate(None, _SPACE)[:_CHARS]
        return cls(_digest(front), _digest(back), len(front), len(back))

    def matches(self, note: "Note", *, strict: bool) -> bool:
        """Tell whether a note is of this place.

        Args:
            note: The note.
            strict: Both sides must be as they were; else one may have changed.
        """
        front, back = self.before == note.before, self.after == note.after
        if strict or (front and back):
            return front and back
        return (front and self.length >= _FEW) or (
            back and self.length < _FEW <= self.behind
        )


# What older manifests say of their own.
ITS_OWN = Around(bytes(8), bytes(8))


class NotedPlace(NamedTuple):
    """A placeholder in a document.

    Attributes:
        offset: Where it stands.
        prefix: What it names.
        known: Whether the store knew that before it archived the document.
        own: Whether an archive put it there.
        new: Whether this one did.
    """

    offset: int
    prefix: bytes
    known: bool
    own: bool = False
    new: bool = False


class Note(NamedTuple):
    """What is noted of a placeholder.

    Attributes:
        offset: Where it stands in the archived form.
        line: How many line feeds are in front of it.
        prefix: What it names.
        known: Whether the store knew that before it archived the document.
        own: Whether an archive put it there.
        new: Whether this one did.
        before: The hash of what stands in front of it (`Around`).
        after: The hash of what stands behind it.
    """

    offset: int
    line: int
    prefix: bytes
    known: bool
    own: bool
    new: bool
    before: bytes
    after: bytes


class LastLine(NamedTuple):
    """The last line of a log: whether lines are where they were is seen by it.

    Attributes:
        number: How many line feeds are in front of it.
        length: How much of its beginning counts, in bytes that are no white space.
        head: The hash of these.
    """

    number: int
    length: int
    head: bytes

    @classmethod
    def of(cls, source: RandomAccess, lines: "Lines | None" = None) -> Self:
        """The last line of a log that is not empty.

        Args:
            source: The log.
            lines: What has counted its lines up to somewhere in that one at most.
        """
        end = source.size
        while end and not (rest := _before(source, end).rstrip(b"\n")):
            end = max(0, end - CHUNK)
        end = max(0, end - CHUNK) + len(rest) if end else 0
        start = end
        while start and (at := _before(source, start).rfind(b"\n")) < 0:
            start = max(0, start - CHUNK)
        start = max(0, start - CHUNK) + at + 1 if start else 0
        head = _head(source, start)
        mark = head.find(MARK)
        head = head[: _HEAD if mark < 0 else min(_HEAD, max(0, mark - _FRAME))]
        return cls((lines or Lines(source)).before(start), len(head), _digest(head))

    def is_in(self, source: RandomAccess) -> bool:
        """Tell whether a log has this line where it was."""
        number, base = 0, 0
        if not self.length:  # it may be any line
            return False
        if self.number == 0:
            return self._begins(source, 0)
        for piece in source.pieces(0, source.size):
            count = sz.count(piece, b"\n")
            if number + count >= self.number:
                at = -1
                for _ in range(self.number - number):
                    at = piece.find(b"\n", at + 1)
                return self._begins(source, base + at + 1)
            number, base = number + count, base + len(piece)
        return False

    def _begins(self, source: RandomAccess, start: int) -> bool:
        return _digest(_head(source, start)[: self.length]) == self.head


class Replaced(NamedTuple):
    """The form of a log that an archived one was to replace.

    A manifest is put before the file is replaced, and it may never be. Up to the first
    payload both forms are alike, and a log only grows: what stands there, and at its
    end, tells which of the two it was from then on.

    Attributes:
        first: Where the first payload began that was taken out.
        digest: The hash of what stood there, and at the end.
    """

    first: int
    digest: bytes

    @classmethod
    def of(cls, source: RandomAccess, first: int) -> Self:
        """The form that a log has now."""
        return cls(first, _digest(cls._sample(source, first, source.size)))

    def is_in(self, source: RandomAccess, size: int) -> bool:
        """Tell whether a log begins with it.

        Args:
            source: The log.
            size: The form's size, in bytes.
        """
        if source.size < size:
            return False
        return _digest(self._sample(source, self.first, size)) == self.digest

    @staticmethod
    def _sample(source: RandomAccess, first: int, size: int) -> bytes:
        end = max(first, size - _END)
        begin = source.read(first, min(_HEAD, size - first))
        return begin + source.read(end, size - end)


class Lines:
    """Counts the line feeds of a document, from its beginning on."""

    def __init__(self, source: RandomAccess):
        self._source = source
        self._piece, self._base = b"", 0
        self._at = self._count = 0

    def before(self, offset: int) -> int:
        """Count the line feeds in front of an offset, which never goes back."""
        while self._at < offset:
            if self._at >= self._base + len(self._piece):
                self._base = self._at
                self._piece = self._source.read(self._at, CHUNK)
                if not self._piece:
                    break
            end = min(offset, self._base + len(self._piece))
            start = self._at - self._base
            self._count += sz.count(self._piece, b"\n", start, end - self._base)
            self._at = end
        return self._count


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes as a manifest holds them, by offset."""

    packed: bytes = b""

    def __post_init__(self) -> None:
        if len(self.packed) % _RECORD.size:
            raise ValueError("its notes have a wrong length")

    @classmethod
    def of(
        cls,
        places: Iterable[NotedPlace],
        source: RandomAccess,
        lines: "Lines | None" = None,
    ) -> Self:
        """Note placeholders, in the order of their offsets.

        Args:
            places: The placeholders.
            source: The document that they stand in.
            lines: Counts its lines, and counted none yet.
        """
        lines = lines or Lines(source)

        def packed() -> Iterator[bytes]:
            for place in places:
                around = Around.at(source.read, place.offset)
                yield _RECORD.pack(
                    place.offset,
                    lines.before(place.offset),
                    place.prefix,
                    _KNOWN * place.known | _OWN * place.own | _NEW * place.new,
                    around.before,
                    around.after,
                )

        return cls(b"".join(packed()))

    def __len__(self) -> int:
        return len(self.packed) // _RECORD.size

    def __iter__(self) -> Iterator[Note]:
        for fields in _RECORD.iter_unpack(self.packed):
            yield _note(fields)

    @property
    def before(self) -> Iterator[Note]:
        """Those of what was in a log before it was archived, in their order."""
        return (note for note in self if not note.new)

    def at(self, offset: int) -> Note | None:
        """The note of the placeholder at an offset."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            (found,) = _OFFSET.unpack_from(self.packed, middle * _RECORD.size)
            if found < offset:
                low = middle + 1
            else:
                high = middle
        if low == len(self):
            return None
        note = _note(_RECORD.unpack_from(self.packed, low * _RECORD.size))
        return note if note.offset == offset else None


def _note(fields: tuple[int, int, bytes, int, bytes, bytes]) -> Note:
    offset, line, prefix, flags, before, after = fields
    known, own, new = (bool(flags & flag) for flag in (_KNOWN, _OWN, _NEW))
    return Note(offset, line, prefix, known, own, new, before, after)


def _before(source: RandomAccess, end: int) -> bytes:
    """The last bytes in front of an offset."""
    start = max(0, end - CHUNK)
    return source.read(start, end - start)


def _head(source: RandomAccess, start: int) -> bytes:
    line = source.read(start, 2 * _HEAD).partition(b"\n")[0]
    return line.translate(None, _SPACE)


def _digest(text: bytes) -> bytes:
    return blake3(text).digest(8)
