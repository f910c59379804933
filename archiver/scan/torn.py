"""Tell whether a payload that has no end may go on further down.

Text is cut into pieces in more ways than anybody can list: by operators and calls of
programming languages, items and members of JSON, records of a stream, marks in front
of each line. What all of them have in common is that the first piece does not end as
a picture of its format does, and that another run of letters stands near. Taking the
first piece alone would leave a document that nothing can put together.
"""

import re
from collections.abc import Iterator

from assetstore.archiver.scan import grammar
from assetstore.archiver.scan.hit import Hit
from assetstore.archiver.scan.whole import (
    Extent,
    Peek,
    decoded,
    first_letters,
    is_whole,
    letters,
)
from assetstore.patterns import later
from assetstore.store.media import sniff

# What is searched behind a payload, and of the next line.
_NEAR = 512
# The next line begins within so many bytes.
_AHEAD = 1 << 13
# A run of so many letters may be a piece, or of as many as the piece in front has.
_PIECE, _SHORTEST_PIECE = 40, 16
# Letters that show a picture's end, and those that show what it is.
_LAST, _FIRST, _FEW = 128, 4096, 64
_LETTERS = later(
    rb"(?P<run>(?:[A-Za-z0-9+/_\-]|" + grammar.ODD.pattern + rb")++)"
    rb"|\\+(?:u000[9aAdD]|[nrt])|&\#(?:\d{1,2}|[xX][0-9a-fA-F]);|%(?:0[9aAdD]|20)"
)
# The last line of text that was cut is shorter, and fills its line all the same.
_NEXT_LINE = later(
    rb"(?:" + grammar.BREAK.pattern + rb"|[ \t]+)[A-Za-z0-9+/_-]{4,}={0,2}"
    rb"[ \t]*(?:[\"'`<)]|\r?\n|$)"
)
_HEAD_END = later(rb"base64\s*,\s*\Z", re.I)
# What opens a drawing in a text, or closes it; one in a comment, say, is no matter.
_TAG = later(
    rb"(?:<|%3[cC]|\\+(?:u00|x)3[cC]|&lt;)(?:(?P<end>\\*/|%2[fF]|\\+(?:u00|x)2[fF])svg"
    rb"(?:\s|%20)*(?:>|%3[eE]|\\+(?:u00|x)3[eE]|&gt;)|svg(?![A-Za-z0-9_:.-]))"
)
_OTHER_STRING = later(rb"[\"'`]|\n\s*\S")
_DRAWING = later(rb"(?P<end>/|%2[fF]|\\+(?:u00|x)2[fF])?svg\b", re.I)


def joins_next(hit: Hit, behind: bytes) -> bool:
    """Tell whether text behind a closing quote may join the next string to it."""
    if behind[:1] in (b"}", b"]", b")", b">", b";", b"\\", b""):
        return False
    return bool(grammar.GOES_ON_BEHIND.match(behind)) or bool(
        grammar.next_item(hit.closer, hit.escapes).match(behind)
    )


def goes_on(peek: Peek, body: int, extent: Extent, behind: int) -> bool:
    """Tell whether base64 text that does not end as its picture may go on.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        body: Where the text begins.
        extent: Where it ends.
        behind: Offset behind the quote that closes its string.
    """
    piece = min(_PIECE, max(_SHORTEST_PIECE, extent.letters))
    head = tail = b""
    text = peek(behind, _AHEAD)
    if _NEXT_LINE.match(text):
        return True
    for run in _runs(text):
        if len(run) >= piece:
            return True
        if not head:
            text = peek(body, min(2 * _FIRST, extent.end - body))
            head = decoded(first_letters(text, extent.breaks, _FIRST))
            start = max(body, extent.end - 8 * _LAST)
            text = letters(peek(start, extent.end - start), extent.breaks)
            size = min(len(text), _LAST)
            tail = text[len(text) - size + (extent.letters - size) % -4 % 4 :]
        more = letters(run, grammar.BREAK)
        size = (extent.letters + len(more)) * 3 // 4
        if is_whole(head, decoded(tail + more), size):
            return True
    return False


def _runs(text: bytes) -> Iterator[bytes]:
    """Runs of letters near to the beginning, and in the next line's beginning.

    A run that begins a payload of its own is none, nor are further lines of it.
    """
    other = -1
    broken = text.find(b"\n")
    line = len(text) - len(text[broken:].lstrip()) if broken >= 0 else len(text)
    at = 0
    while (found := _LETTERS.search(text, at)) is not None:
        start, at = found.start(), found.end()
        if start >= line + _NEAR:
            break
        if _NEAR <= start < line:  # not near: the next line is looked at
            at = max(at, line)
            continue
        if found["run"] is None:
            continue
        more = other >= 0 and grammar.BREAK.fullmatch(text, other, start)
        if (
            more
            or _HEAD_END.search(text, max(0, start - 16), start)
            or _sniffed(text[start : start + 2 * _FEW]).startswith("image/")
        ):
            other = found.end()
        else:
            yield found["run"]


def drawing_end(text: bytes) -> int:
    """Find where the drawing ends that a text begins with.

    The quote in front of it may be one of its string's characters. Then the next such
    quote stands in another string, and all between the two would go with the drawing.

    Returns:
        The text's length, unless other strings, or lines, stand behind the drawing.
    """
    depth = 0
    for tag in _TAG.finditer(text):
        depth += -1 if tag["end"] else 1
        if depth <= 0:
            other = _OTHER_STRING.search(text, tag.end())
            return tag.end() if tag["end"] and other else len(text)
    return len(text)


def drawing_goes_on(peek: Peek, behind: int) -> bool:
    """Tell whether the end of a drawing that is written as text stands further down.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        behind: Offset behind the quote that closes its string.
    """
    found = _DRAWING.search(peek(behind, _AHEAD))
    return found is not None and found["end"] is not None


def _sniffed(text: bytes) -> str:
    """Tell what base64 text is by its first letters."""
    return sniff(decoded(first_letters(text, grammar.BREAK, _FEW)))
