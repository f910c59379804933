"""The few bytes of a document that tell what it is."""

from typing import NamedTuple, Self

from assetstore.files.source import Source

# Bytes that are looked at: CD-ROM images say what they are behind 32 KiB.
HEAD = 1 << 16
PART = 1 << 14

# Characters that text holds: tab, line ends, form feed, bell, backspace, shifts, the
# end of a DOS text, escapes of terminals, the separator of JSON text sequences.
_TEXT = frozenset((*range(7, 16), 26, 27, 30))
CONTROL = bytes(byte for byte in range(32) if byte not in _TEXT)


def strays(part: bytes) -> int:
    """Count the control characters that text does not hold."""
    return len(part) - len(part.translate(None, CONTROL))


class Sample(NamedTuple):
    """Parts of a document.

    Attributes:
        size: Bytes of the document.
        head: Its first bytes, all of a short one.
        middle: Bytes from its middle, or b"" where head and tail have all.
        tail: Its last bytes; the head of a short one.
    """

    size: int
    head: bytes
    middle: bytes
    tail: bytes

    @classmethod
    def of(cls, source: Source) -> Self:
        """Read them.

        Raises:
            SourceChanged: The document has become shorter.
            OSError: It cannot be read.
        """
        size = source.size
        head = source.read(0, HEAD)
        if size <= HEAD:
            return cls(size, head, b"", head)
        middle = b""
        if size > HEAD + 2 * PART:
            middle = source.read(max(HEAD, (size - PART) // 2), PART)
        return cls(size, head, middle, source.read(size - HEAD, HEAD))

    @property
    def plain(self) -> bool:
        """Tell whether there is no control character in it that text does not hold."""
        return not any(map(strays, self.parts))

    @property
    def parts(self) -> tuple[bytes, ...]:
        """All of them, none twice."""
        if self.tail is self.head:
            return (self.head,)
        return self.head, self.middle, self.tail
