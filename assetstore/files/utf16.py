"""Text in UTF-16 that is read as UTF-8, by position, and written back.

Strict UTF-16 and strict UTF-8 spell the same characters, each in one way; so what was
read is what is written again, byte for byte. The byte order mark is a character of it.
"""

import codecs
from array import array
from bisect import bisect_right
from collections.abc import Iterator

from assetstore.errors import SourceChanged, SourceRefused
from assetstore.files.source import Source, pieces_of

# Bytes of the file that are read at once, an even number, and how many such blocks are
# kept: a window of 1 MiB, and what stands around it.
_BLOCK = 1 << 19
_KEPT = 6


class Utf16Text:
    """The text of a file in UTF-16, read by position.

    Where blocks of the file begin in its text is found once, at first; that takes 16
    bytes of memory for a block.

    Args:
        raw: The file, which must stay open.
        encoding: "utf-16-le" or "utf-16-be".

    Attributes:
        raw: The file.
        encoding: The same.
        name: What errors call it.
        size: Bytes of the text.

    Raises:
        UnicodeDecodeError: It holds something else, too: half a character.
        SourceChanged: It became shorter meanwhile.
        OSError: It cannot be read.
    """

    def __init__(self, raw: Source, encoding: str):
        self.raw, self.encoding, self.name = raw, encoding, raw.name
        self.measure()

    def measure(self) -> None:
        """Decode all of it, and take note of where its blocks begin.

        Raises:
            UnicodeDecodeError: It holds something else, too.
        """
        self._kept: dict[int, bytes] = {}
        self._places, self._texts = array("Q"), array("Q")
        at = size = 0
        while at < self.raw.size:
            block = self.raw.read(at, _BLOCK)
            if at + len(block) < self.raw.size:
                block = _whole(block, self.encoding)
            if not block:
                raise self._changed()
            self._places.append(at)
            self._texts.append(size)
            at += len(block)
            size += len(block.decode(self.encoding).encode())
        self._places.append(at)
        self._texts.append(size)
        self.size = size

    def read_into(self, view: memoryview, offset: int) -> int:
        """Fill ``view`` from ``offset``; fewer bytes only at the end.

        Raises:
            SourceChanged: It is not what it was.
        """
        text = self.read(offset, len(view))
        view[: len(text)] = text
        return len(text)

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``, fewer only at the end.

        Raises:
            SourceChanged: It is not what it was.
        """
        end, parts = min(offset + length, self.size), []
        while offset < end:
            number = bisect_right(self._texts, offset) - 1
            at = offset - self._texts[number]
            part = self._block(number)[at : at + end - offset]
            parts.append(part)
            offset += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Read from ``start`` to ``end`` in pieces of at most 1 MiB."""
        return pieces_of(self, start, end)

    def _block(self, number: int) -> bytes:
        """The text of a block; the last few are kept."""
        text = self._kept.pop(number, None)
        if text is None:
            at, end = self._places[number], self._places[number + 1]
            try:
                text = self.raw.read(at, end - at).decode(self.encoding).encode()
            except UnicodeDecodeError:
                raise self._changed() from None
            if len(text) != self._texts[number + 1] - self._texts[number]:
                raise self._changed()
            if len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
        self._kept[number] = text  # now it is the last to go
        return text

    def _changed(self) -> SourceChanged:
        return SourceChanged(f"{self.name} changed meanwhile", path=self.name)


def _whole(block: bytes, encoding: str) -> bytes:
    """A block without the first half of a character at its end."""
    last = block[-1] if encoding == "utf-16-le" else block[-2]
    return block[:-2] if 0xD8 <= last < 0xDC else block


class Utf16Encoder:
    """Writes text in UTF-8 as UTF-16, in pieces that may cut characters.

    Args:
        encoding: "utf-16-le" or "utf-16-be".
        name: What errors call the document.
    """

    def __init__(self, encoding: str, name: str):
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._encoding, self._name = encoding, name

    def encode(self, piece: bytes | bytearray | memoryview) -> bytes:
        """Take the next piece.

        Raises:
            SourceRefused: It is no text.
        """
        return self._encoded(piece, final=False)

    def finish(self) -> None:
        """Say that this was all.

        Raises:
            SourceRefused: It ends in the middle of a character.
        """
        self._encoded(b"", final=True)

    def _encoded(self, piece: bytes | bytearray | memoryview, *, final: bool) -> bytes:
        try:
            # Its own type is for bytes alone; it takes whatever can be added to bytes.
            return self._decoder.decode(bytes(piece), final).encode(self._encoding)
        except UnicodeDecodeError as e:
            raise SourceRefused(
                f"{self._name} is in UTF-16, and what would stand in it is no text",
                hint="What a placeholder stands for came from a document in another "
                "encoding: 'assetstore restore --extract DIR' writes it to a file.",
                path=self._name,
            ) from e
