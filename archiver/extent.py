"""Where a payload ends, when it is not one plain run up to a quote.

Base64 text may be broken into lines; what follows the last line may be made of
the same letters. A line is taken as one more line of the payload only when the
lines in front of it have one width and the whole adds up to whole quanta. A
wrong guess costs nothing but a blob that nothing else shares: what was taken is
put back byte for byte in any case.
"""

import re
from collections.abc import Callable

from assetstore.archiver import grammar
from assetstore.store.placeholder import MARK

Peek = Callable[[int, int], bytes]

_BLOCK = 1 << 16
LONGEST_TEXT = 16 << 20
_READ = 1 << 20
_NEVER = -1
_DEEPEST = 256  # parentheses that are open at once, in text inside url()


def base64_end(
    peek: Peek, body: int, *, head: int, closer: bytes, escapes: int, bare: bool
) -> int | None:
    """Offset behind the base64 text that begins at ``body``.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        body: Where the text begins.
        head: Length of the head in front of it, which may share its line.
        closer: What ends the string it stands in, or b"".
        escapes: Backslashes in front of the closer.
        bare: There is no head: the string must hold nothing else.

    Returns:
        The offset, or None where this is no payload.
    """
    end = _lines_end(peek, body, head)
    if end == body:
        return None
    behind = peek(end, 64)
    if closer:
        rest = behind
        while broken := grammar.BREAK.match(rest):
            rest = rest[broken.end() :]
        closed = rest.startswith(b"\\" * escapes + closer)
        if not rest or (bare and not closed):
            return None
        if closed:
            return end
    return end if grammar.FOLLOWS.match(behind) else None


def _lines_end(peek: Peek, body: int, head: int) -> int:
    end, length, padded = _line(peek, body)
    if padded:
        return end
    total, index, width, first = length, 0, 0, length
    while broken := grammar.BREAK.match(peek(end, 64)):
        next_end, size, padded = _line(peek, end + broken.end())
        if size == 0:
            break
        soft = broken[0].startswith(b"=")
        more = not padded and bool(grammar.BREAK.match(peek(next_end, 64)))
        if not padded and not more and not grammar.LINE_ENDS.match(peek(next_end, 64)):
            break
        if not soft:
            if index == 0:
                aligned = first in (0, size) or first + head == size
                if not (more and aligned):
                    aligned = first == 0 or size <= first <= 1024
                    more = False
                if not aligned:
                    break
                width = size if more or first == 0 else first
            elif length != width or size > width:
                break
            if size < width or not more:
                whole = total + size + _padding(peek, next_end) & 3
                if whole and not _ends_string(peek, next_end):
                    break
        start, end = end + broken.end(), next_end
        length, total, index = size, total + size, index + 1
        if padded:
            break
        if index > 2 and end - start == size > 0:
            skipped = _like_lines(peek, end, broken[0], size)
            end, total = end + skipped * (len(broken[0]) + size), total + skipped * size
    if total & 3 == 3 and grammar.PAD_OR_SOFT.match(peek(end, 64)):
        end += 1
    return end


def _like_lines(peek: Peek, start: int, broken: bytes, width: int) -> int:
    """How many lines follow that are written like those before, but for the last."""
    lines = re.compile(b"(?:%b[A-Za-z0-9+/_-]{%d})*+" % (re.escape(broken), width))
    each, count = len(broken) + width, 0
    while each < _BLOCK:
        match = lines.match(peek(start + count * each, _BLOCK))
        here = len(match[0]) // each if match else 0
        if here < 2:
            break
        count += here - 1
    return count


def _ends_string(peek: Peek, offset: int) -> bool:
    return bool(peek(offset, 2).lstrip(b"\\")[:1] in (b'"', b"'", b")"))


def _padding(peek: Peek, end: int) -> int:
    """How many padding characters stand in front of ``end``."""
    behind = peek(max(0, end - 2), min(2, end))
    return len(behind) - len(behind.rstrip(b"="))


def _line(peek: Peek, start: int) -> tuple[int, int, bool]:
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
    padding = grammar.PADDING.match(peek(end, 32))
    return (end + padding.end(), chars, True) if padding else (end, chars, False)


def _last_safe(run: bytes) -> int:
    """Where a run may be cut without cutting an escape."""
    escape = max(run.rfind(b"\\", -32), run.rfind(b"%", -32), run.rfind(b"&", -32))
    if escape < 0:
        return len(run)
    while run[escape - 1 : escape] == b"\\":
        escape -= 1
    return escape


class Unquoted:
    """Finds where text without a closer ends, and searches no byte twice.

    Hits may stand in one another's text; each would search the same bytes again.
    """

    def __init__(self) -> None:
        self._start = self._end = 0  # what was searched: no stop is in there
        self._stopped = False  # whether one is behind it, or the document's end
        self._mark = -1  # the last mark of a placeholder in there

    def end(self, peek: Peek, body: int) -> int | None:
        """Offset behind the text at ``body``; None as `text_end` says."""
        if not self._start <= body < self._end:
            self._start = self._end = body
            self._stopped, self._mark = False, -1
        size = 4096
        while not self._stopped and self._end - body <= LONGEST_TEXT:
            start = max(self._start, self._end - len(MARK) + 1)
            block = peek(start, size)
            stop = grammar.TEXT_STOP.search(block, self._end - start)
            self._end = start + (stop.start() if stop else len(block))
            self._stopped = bool(stop) or len(block) < size
            mark = block.rfind(MARK, 0, self._end - start)
            self._mark = start + mark if mark >= 0 else self._mark
            size = min(4 * size, _READ)
        if not self._stopped or self._mark >= body:
            return None
        return self._end


def text_end(
    peek: Peek, body: int, *, closer: bytes, escapes: int, unquoted: Unquoted
) -> int | None:
    """Offset behind the percent-encoded or plain text that begins at ``body``.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        body: Where the text begins.
        closer: What ends the string it stands in, or b"".
        escapes: Backslashes in front of the closer.
        unquoted: Finds the end where there is no closer.

    Returns:
        The offset, or None where the text is not closed, is longer than 16 MiB
        (no client writes such a thing; it stays where it is), or holds what may
        be a placeholder (one of the document's own must not end up in a blob).
    """
    if not closer:
        return unquoted.end(peek, body)
    size = 4096
    while True:
        text = peek(body, size)
        end = _closed(text, closer, escapes)
        if end == _NEVER or MARK in text[:end]:
            return None
        if end is not None:
            return body + end
        if len(text) < size or size >= LONGEST_TEXT:
            return None
        size *= 4


def _closed(text: bytes, closer: bytes, escapes: int) -> int | None:
    """Where text ends; None: behind what is here; `_NEVER`: it cannot be."""
    if closer == b")":
        depth = 0
        for match in grammar.PAREN.finditer(text):
            if match[0] == b"(" and depth < _DEEPEST:
                depth += 1
            elif match[0] != b")":
                return _NEVER
            elif depth == 0:
                return match.start()
            else:
                depth -= 1
        return None
    at = text.find(closer)
    while at >= 0:
        backslashes = 0
        while backslashes < at and text[at - 1 - backslashes] == 0x5C:
            backslashes += 1
        if backslashes <= escapes:
            return at - backslashes
        at = text.find(closer, at + 1)
    return None
