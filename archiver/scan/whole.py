"""Tell whether bytes are a picture from its first byte to its last.

Where nothing announces base64 text, its end is proof of what it is: a PNG ends
with its IEND chunk, a JPEG with its EOI marker, and the others say their size.

Other formats say in the middle where they end: `assetstore.archiver.scan.ends`.

Sources: PNG (RFC 2083), JPEG (ITU T.81), WebP (RFC 9649).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import pybase64

from assetstore.archiver.scan import flac, grammar
from assetstore.archiver.scan.ends import Read, ends

Peek = Callable[[int, int], bytes]

_IEND = b"\0\0\0\0IEND\xaeB`\x82"
_SVG_END = re.compile(rb"</(?:[A-Za-z][\w.-]*:)?svg\s*>\s*(?:<!--[^>]*-->\s*)*\Z")
_EMPTY_SVG = re.compile(rb"<svg[^<>]*/>\s*\Z")
_SMALLEST = 12  # bytes
_HEAD = 4096  # letters that are decoded of the beginning, a multiple of four
_TAIL = 1024  # bytes of text that hold the last letters
_LAST = 128  # of these letters, so many are decoded, a multiple of four
_STEPS = 96  # lines and odd letters that are looked at to find the first letters
_RUNS = re.compile(rb"[A-Za-z0-9+/_-]*")
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{4}")
_MOST_TEXT = 16 << 20
_URLSAFE = bytes.maketrans(b"-_", b"+/")


class Extent(NamedTuple):
    """How far base64 text goes.

    Attributes:
        end: Offset behind it.
        letters: How many characters it spells, without padding.
        breaks: What may stand between its lines.
        whole: Whether it is a picture from the first byte to the last; None:
            that cannot be seen, or was not looked at.
        part: Whether it is no payload, or a part of one: all of it stays.
    """

    end: int
    letters: int
    breaks: re.Pattern[bytes] = grammar.BREAK
    whole: bool | None = None
    part: bool = False


def is_whole(
    head: bytes, tail: bytes, size: int, read: Read | None = None
) -> bool | None:
    """Tell whether a picture ends where its bytes do.

    Args:
        head: The first bytes, some hundreds if there are so many.
        tail: The last ones, at least twelve.
        size: How many there are.
        read: Reads any of them, for formats that are walked through; None: all that
            these need is in the first ones.

    Returns:
        None where the format's end cannot be seen.
    """
    if size < _SMALLEST:
        return False
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return tail.endswith(_IEND)
    if head.startswith(b"\xff\xd8\xff"):  # cameras fill up with zeros
        return tail.rstrip(b"\0").endswith(b"\xff\xd9")
    if head.startswith(b"GIF8"):  # one byte in 256 is like the last one
        padding = len(tail) - len(tail.rstrip(b"\0"))
        if not tail.endswith(b";", 0, len(tail) - padding):
            return False
        if read is None:
            return True
        size -= padding
    if head.startswith(b"RIFF"):  # an odd chunk has a byte behind it, not always there
        said = int.from_bytes(head[4:8], "little") + 8
        return size in (said, said + (said & 1))
    if b"<svg" in head:
        return bool(_SVG_END.search(tail) or _EMPTY_SVG.search(tail))
    read = read or (lambda at, n: head[max(0, at) :][:n])
    if head.startswith(flac.MAGIC):
        return flac.is_whole(read, size)
    return ends(read, head[:64], size)


def is_whole_text(peek: Peek, body: int, extent: Extent) -> bool | None:
    """`is_whole` of base64 text in a document.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        body: Where the text begins.
        extent: Where it ends, and how its lines are broken.
    """
    size = extent.end - body
    if extent.letters & 3 == 1:
        return False
    text = peek(body, min(size, 2 * _HEAD))
    head = letters(text, extent.breaks)[:_HEAD]
    if len(head) == _HEAD or len(text) < size:
        head = head[: len(head) & ~3]
    start = max(body, extent.end - _TAIL)
    text = peek(start, extent.end - start)
    # A line break may be cut in two where this begins.
    run = _RUN.search(text)
    tail = letters(text[run.start() if run else 0 :], extent.breaks)
    odd = extent.letters & 3
    tail = tail[-min(max(len(tail) - odd, 0) & ~3, _LAST) - odd :]
    size = extent.letters * 3 // 4
    return is_whole(decoded(head), decoded(tail), size, reader(peek, body, extent))


def reader(peek: Peek, body: int, extent: Extent) -> Read:
    """Read the bytes that base64 text spells.

    Plain text is read where the bytes stand. Of any other, up to `_MOST_TEXT` is
    decoded at once, when something is first asked for, and longer text reads as
    nothing.
    """
    size = extent.end - body
    padding = len(last := peek(body + size - 2, 2)) - len(last.rstrip(b"="))
    if size - extent.letters == padding:

        def plain(at: int, length: int) -> bytes:
            start = max(0, at) // 3
            room = extent.letters - 4 * start
            text = peek(body + 4 * start, min(4 * (length // 3 + 2), room))
            return decoded(text.translate(_URLSAFE))[max(0, at) - 3 * start :][:length]

        return plain
    whole: list[bytes] = []

    def read(at: int, length: int) -> bytes:
        if not whole:
            text = peek(body, size) if size <= _MOST_TEXT else b""
            whole.append(decoded(letters(text, extent.breaks)))
        return whole[0][max(0, at) :][:length]

    return read


def letters(text: bytes, breaks: re.Pattern[bytes]) -> bytes:
    """The letters of base64 text, without padding and line breaks."""
    if broken := breaks.search(text, _plain(text)):
        text = text.replace(broken[0], b"")  # nearly always, they are all the same
        if breaks.search(text, _plain(text)):
            text = breaks.sub(b"", text)
    if b"\\" in text or b"%" in text or b"&" in text or b"=3" in text:
        text = grammar.PAD_SPELLING.sub(b"=", text)
        text = grammar.ODD.sub(_letter, text)
    return text.rstrip(b"=").translate(_URLSAFE)


def first_letters(text: bytes, breaks: re.Pattern[bytes], most: int) -> bytes:
    """The letters that base64 text begins with, up to what is none of it.

    Args:
        text: Text that may go on with anything.
        breaks: What may stand between its lines.
        most: How many letters there are to be, at most.
    """
    parts, total, at = [], 0, 0
    for _ in range(_STEPS):
        run = _RUNS.match(text, at)
        end = run.end() if run else at
        parts.append(text[at:end])
        total += end - at
        if total >= most:
            break
        if spelling := grammar.ODD.match(text, end):
            parts.append(_letter(spelling))
            total += 1
            at = spelling.end()
        elif broken := breaks.match(text, end):
            at = broken.end()
        else:
            break
    return b"".join(parts)[:most].translate(_URLSAFE)


def decoded(text: bytes) -> bytes:
    """Decode letters, up to the first other character."""
    end = _plain(text)
    if end & 3 == 1:
        end -= 1
    return pybase64.b64decode(text[:end] + b"=" * (-end & 3))


def _plain(text: bytes) -> int:
    """Count the letters of plain base64 that a text begins with."""
    run = grammar.PLAIN_RUN.match(text)
    return run.end() if run else 0


def _letter(match: re.Match[bytes]) -> bytes:
    spelling = grammar.SPELLING.fullmatch(match[0])
    return grammar.spelt_byte(spelling) if spelling else match[0][-1:]
