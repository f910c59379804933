"""What a manifest notes of placeholders that its document did not get from it.

Nothing that looks like a placeholder is ever rewritten: an archive notes where those
stand that were there before (a log that quotes what it read, a pasted line). They are
found by their offsets as long as the document begins with the bytes that the manifest
speaks of, and by what stands around them after an edit.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Self

from blake3 import blake3

from assetstore.store.placeholder import LENGTH

Peek = Callable[[int, int], bytes]

_RECORD = struct.Struct("<Q20sB8s8s")
_REPEAT = struct.Struct("<20sI")
_OFFSET = struct.Struct("<Q")
NOTE_SIZE, REPEAT_SIZE = _RECORD.size, _REPEAT.size

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
        """Whether the document's manifest says that it stands for a payload."""
        return self in (Verdict.OWN, Verdict.LIKELY)


@dataclass(frozen=True, slots=True)
class Around:
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
        """What stands around the placeholder at an offset."""
        start = max(0, offset - _NEAR)
        front = peek(start, offset - start).translate(None, _SPACE)[-_CHARS:]
        back = peek(offset + LENGTH, _NEAR).translate(None, _SPACE)[:_CHARS]
        return cls(_digest(front), _digest(back), len(front), len(back))

    def matches(self, note: "Note") -> bool:
        """Whether a note is of this place, one side of which may have changed."""
        front, back = self.before == note.before, self.after == note.after
        if front and back:
            return True
        return (front and self.length >= _FEW) or (
            back and self.length < _FEW <= self.behind
        )


@dataclass(frozen=True, slots=True)
class Note:
    """A placeholder that was in a document before it was archived.

    Attributes:
        offset: Where it stands in the archived form.
        prefix: What it names.
        known: Whether the store knew that.
        before: The hash of what stands in front of it (`Around`).
        after: The hash of what stands behind it.
    """

    offset: int
    prefix: bytes
    known: bool
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes as a manifest holds them, by offset."""

    packed: bytes = b""

    def __post_init__(self) -> None:
        if len(self.packed) % _RECORD.size:
            raise ValueError("its notes have a wrong length")

    @classmethod
    def of(cls, notes: Iterable[Note]) -> Self:
        """Pack some, in the order of their offsets."""
        return cls(
            b"".join(
                _RECORD.pack(n.offset, n.prefix, n.known, n.before, n.after)
                for n in notes
            )
        )

    @classmethod
    def taken(cls, places: Iterable[tuple[int, bytes, bool]], peek: Peek) -> Self:
        """Note placeholders.

        Args:
            places: The offset, the prefix, and whether it is known, of each.
            peek: Reads the document that they stand in.
        """

        def noted() -> Iterator[Note]:
            for offset, prefix, known in places:
                around = Around.at(peek, offset)
                yield Note(offset, prefix, known, around.before, around.after)

        return cls.of(noted())

    def __len__(self) -> int:
        return len(self.packed) // _RECORD.size

    def __iter__(self) -> Iterator[Note]:
        for fields in _RECORD.iter_unpack(self.packed):
            yield _note(fields)

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


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which placeholders an archive put into a document more than once.

    A log is only appended to: of those that it quotes later, the first ones are still
    the ones that were put there, whatever else was changed.
    """

    packed: bytes = b""

    def __post_init__(self) -> None:
        if len(self.packed) % _REPEAT.size:
            raise ValueError("its repeats have a wrong length")

    @classmethod
    def of(cls, counts: Iterable[tuple[bytes, int]]) -> Self:
        """Pack the counts that are more than one."""
        return cls(
            b"".join(
                _REPEAT.pack(prefix, min(count, (1 << 32) - 1))
                for prefix, count in sorted(counts)
                if count > 1
            )
        )

    def __len__(self) -> int:
        return len(self.packed) // _REPEAT.size

    def counts(self) -> dict[bytes, int]:
        """How often each occurs."""
        return dict(_REPEAT.iter_unpack(self.packed))


def _note(fields: tuple[int, bytes, int, bytes, bytes]) -> Note:
    offset, prefix, known, before, after = fields
    return Note(offset, prefix, bool(known), before, after)


def _digest(text: bytes) -> bytes:
    return blake3(text).digest(8)
