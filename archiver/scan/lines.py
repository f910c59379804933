"""Cross lines of base64 text."""

import re

from assetstore.archiver.scan import grammar
from assetstore.archiver.scan.whole import Extent, Peek, is_whole_text
from assetstore.store.format.placeholder import MARK, PATTERN

_BLOCK = 1 << 16
_OF_MARK = len(MARK) - 1  # what of it base64 text may end with


def marked_lines(peek: Peek, body: int) -> Extent | None:
    """Lines of one width with the same few bytes in front of each: a whole picture.

    Returns:
        None where they are none.
    """
    end, total, _ = line(peek, body)
    broken = grammar.MARKED_BREAK.match(peek(end, 64))
    if broken is None or not total:
        return None
    mark, width = broken[0], 0
    while peek(end, len(mark)) == mark:
        next_end, size, padded = line(peek, end + len(mark))
        if not size:
            break
        end, total = next_end, total + size
        if padded or size < width:  # only the last line is shorter
            break
        if size == width:  # two of one width: the others are counted at once
            skipped = like_lines(peek, end, mark, size)
            end, total = end + skipped * (len(mark) + size), total + skipped * size
        elif width:
            return None
        width = size
    # Padding that stands apart from the last line's letters is theirs.
    if total & 3 == 3 and grammar.PAD_OR_SOFT.match(peek(end, 64)):
        end += 1
    breaks = re.compile(re.escape(mark))
    extent = Extent(end=end, letters=total, breaks=breaks, whole=True)
    taken = width and is_whole_text(peek, body, extent)
    return extent if taken and grammar.FOLLOWS.match(peek(end, 64)) else None


def like_lines(peek: Peek, start: int, broken: bytes, width: int) -> int:
    """Count the lines that follow and are written like those before, but the last."""
    lines = re.compile(b"(?:%b[A-Za-z0-9+/_-]{%d})*+" % (re.escape(broken), width))
    each, count = len(broken) + width, 0
    while each < _BLOCK:
        match = lines.match(peek(start + count * each, _BLOCK))
        here = len(match[0]) // each if match else 0
        if here < 2:
            break
        count += here - 1
    return count


def line(peek: Peek, start: int) -> tuple[int, int, bool]:
    """One line of base64 text, with its padding.

    Returns:
        Where it ends, how many characters it spells, whether padding ends it.
    """
    end, chars, ahead = start, 0, 256
    while True:
        block = peek(end, ahead)
        match = grammar.RUN.match(block)
        run = match[0] if match else b""
        if len(run) == len(block) == ahead:  # an escape may be cut in two here
            run = run[: _last_safe(run)]
        if not run:
            break
        end += len(run)
        chars += len(run)
        if b"\\" in run or b"%" in run or b"&" in run:
            chars += len(grammar.ODD.sub(b"/", run)) - len(run)
        if len(block) < ahead or len(run) < ahead - 64:
            break
        ahead = _BLOCK
    # A placeholder right behind begins with letters, too: it is none of the payload's.
    back = min(chars, _OF_MARK)
    tail = peek(end - back, back + 32)
    if PATTERN.match(tail):
        return end - back, chars - back, False
    padding = grammar.PADDING.match(tail, back)
    return (end - back + padding.end(), chars, True) if padding else (end, chars, False)


def _last_safe(run: bytes) -> int:
    """Find where a run may be cut without cutting an escape."""
    escape = max(run.rfind(b"\\", -32), run.rfind(b"%", -32), run.rfind(b"&", -32))
    if escape < 0:
        return len(run)
    while run[escape - 1 : escape] == b"\\":
        escape -= 1
    return escape
