"""Where a payload ends, when it is not one plain run up to a quote.

Base64 text may be broken into lines; what follows the last line may be made of
the same letters. A line is taken as one more line of the payload only when the
lines in front of it have one width and the whole adds up to whole quanta. A
wrong guess costs nothing but a blob that nothing else shares: what was taken is
put back byte for byte in any case.
"""

import re

from assetstore.archiver.scan import grammar
from assetstore.archiver.scan.hit import Hit
from assetstore.archiver.scan.lines import like_lines, line, marked_lines
from assetstore.archiver.scan.torn import drawing_end
from assetstore.archiver.scan.whole import Extent, Peek, decoded, is_whole_text, letters
from assetstore.store.format.placeholder import MARK

LONGEST_TEXT = 16 << 20
_READ = 1 << 20
_NEVER = -1
_DEEPEST = 256  # parentheses that are open at once, in text inside url()
# A line of letters this long is no word behind a payload.
_LINE = 40
# So far in front of a string's text a list may open.
_FRONT = 256
# So many lines of other lengths than the one in front are looked at closely.
_UNEVEN = 32


def base64_extent(
    peek: Peek, body: int, *, head: int, closer: bytes, escapes: int, bare: bool
) -> Extent | None:
    """Find the end of the base64 text that begins at ``body``.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        body: Where the text begins.
        head: Length of the head in front of it, which may share its line.
        closer: What ends the string it stands in, or b"".
        escapes: Backslashes in front of the closer.
        bare: There is no head: the string must hold nothing else.

    Returns:
        None where nothing of the kind begins there.
    """
    breaks = grammar.breaks(closer, escapes)
    closing = b"\\" * escapes + closer
    if breaks is not grammar.BREAK:  # strings may be joined: "..." + "..."
        found = _in_strings(peek, body, breaks, closing)
        if found is not None:
            return found
    end, total = _lines_end(peek, body, head, loose=bare and not closer)
    if end == body:
        return None
    lines = Extent(end=end, letters=total)
    whole = is_whole_text(peek, body, lines)
    if not whole and not closer:
        marked = marked_lines(peek, body)
        if marked is not None:
            return marked
    behind = peek(end, 64)
    rest = _unbroken(behind)
    # It ends with its string, or at what may follow a payload; else it is a part of
    # something, which is not ours to cut.
    closed = bool(closer) and rest.startswith(closing)
    if closer and (not rest or (bare and not closed)):
        return lines._replace(part=True)
    if not closed and not grammar.FOLLOWS.match(behind):
        return lines._replace(part=True)
    if whole is False and not closed:  # it may go on behind an odd break
        more = breaks.match(peek(end, 256))
        if more and line(peek, end + more.end())[1] >= _LINE:
            return lines._replace(part=True)
    return lines._replace(whole=whole)


def _in_strings(
    peek: Peek, body: int, breaks: re.Pattern[bytes], closing: bytes
) -> Extent | None:
    """Base64 text in quotes that is broken in any way, also over several strings.

    Only the end of a picture says that pieces belong together; what is a piece
    for certain, and does not lead to one, is a part.

    Returns:
        None where it may be one line, or lines as `_lines_end` knows them.
    """
    end, total, padded = line(peek, body)
    first = last = total
    width, even, glued, listed, index = 0, True, False, False, 0
    while not padded and (broken := breaks.match(peek(end, 256))):
        # A picture may end here: after one line, or a line that is shorter.
        if index == 0 or (last != width and index < _UNEVEN):
            so_far = Extent(end=end, letters=total, breaks=breaks)
            if is_whole_text(peek, body, so_far):
                # A drawing may have white space behind it, in a string of its own.
                rest = letters(peek(end + broken.end(), 8), breaks)
                if not (decoded(rest).isspace() and broken["join"]):
                    return _at(peek, so_far._replace(whole=True), closing)
        next_end, size, padded = line(peek, end + broken.end())
        if size == 0:
            break
        if broken["join"] and not _unbroken(peek(next_end, 64)).startswith(closing):
            break  # another string, that holds no base64 text alone
        glued = glued or bool(broken["join"] and not broken["comma"])
        listed = listed or bool(broken["comma"])
        if index:
            even = even and last == width
        else:
            width = size
        start, end, last = end + broken.end(), next_end, size
        total += size
        index += 1
        if index > 2 and end - start == size == width:
            skipped = like_lines(peek, end, broken[0], size)
            end += skipped * (len(broken[0]) + size)
            total += skipped * size
    if index == 0:
        return None
    extent = Extent(end=end, letters=total, breaks=breaks)
    whole = is_whole_text(peek, body, extent)
    if whole:
        return _at(peek, extent._replace(whole=True), closing)
    if glued:
        taken = whole is None and even and last <= width
        return extent if taken else extent._replace(part=True)
    if listed and first == width:
        return extent._replace(part=True)
    return None


def _at(peek: Peek, extent: Extent, closing: bytes) -> Extent | None:
    """The extent, if what stands behind it may stand behind a payload."""
    behind = peek(extent.end, 64)
    if _unbroken(behind).startswith(closing) or grammar.FOLLOWS.match(behind):
        return extent
    return None


def _unbroken(text: bytes) -> bytes:
    """The text without the line breaks that it begins with."""
    while broken := grammar.BREAK.match(text):
        text = text[broken.end() :]
    return text


def _lines_end(peek: Peek, body: int, head: int, *, loose: bool) -> tuple[int, int]:
    """Find where lines of one width end, and how many letters they have.

    Args:
        peek: Reads the document.
        body: Where the text begins.
        head: Length of the head in front of it.
        loose: Whether the first line may be shortened by anything; then all
            breaks are one.
    """
    end, length, padded = line(peek, body)
    if padded:
        return end, length
    total, index, width, first, sep = length, 0, 0, length, b""
    column = -1
    while broken := grammar.BREAK.match(peek(end, 256)):
        # What looks like a first soft break may be padding in front of a word.
        padding = broken[0].startswith(b"=") and total & 3 == 3 and sep[:1] != b"="
        if padding and index:
            break
        if index == 0:
            one = Extent(end=end, letters=total)
            if is_whole_text(peek, body, one):
                break
        if loose and sep and broken[0] != sep:
            break
        sep = broken[0]
        next_end, size, padded = line(peek, end + broken.end())
        # Two dashes in front begin a boundary between parts of a mail.
        if size == 0 or peek(end + broken.end(), 2) == b"--":
            break
        soft = broken[0].startswith(b"=")
        more = not padded and bool(grammar.BREAK.match(peek(next_end, 64)))
        if not padded and not more and not grammar.LINE_ENDS.match(peek(next_end, 64)):
            break
        if not soft:
            if index == 0:
                aligned = first in (0, size) or first + head == size
                if more and not aligned:
                    indent = len(sep) - sep.rfind(b"\n") - 1
                    column = _column(peek, body)
                    aligned = column + first == indent + size or (
                        loose and first < size
                    )
                if not (more and aligned):
                    aligned = first == 0 or size <= first <= 1024 or loose
                    more = False
                if not aligned:
                    break
                width = size if more or first == 0 else first
            elif length != width or size > width:
                break
            if size < width or not more:
                whole = total + size + _padding(peek, next_end) & 3
                if whole == 3 and grammar.PAD_OR_SOFT.match(peek(next_end, 64)):
                    whole = 0
                if whole and not _ends_string(peek, next_end):
                    break
        start, end = end + broken.end(), next_end
        length, total, index = size, total + size, index + 1
        if padded:
            break
        if index > 2 and end - start == size > 0:
            skipped = like_lines(peek, end, broken[0], size)
            end, total = end + skipped * (len(broken[0]) + size), total + skipped * size
    if total & 3 == 3 and grammar.PAD_OR_SOFT.match(peek(end, 64)):
        end += 1
    return end, total


def _column(peek: Peek, body: int) -> int:
    """Count the bytes in front of a place in its line; -1: more than 1 KiB."""
    size = min(body, 1024)
    at = peek(body - size, size).rfind(b"\n")
    return size - at - 1 if at >= 0 or size == body else -1


def _ends_string(peek: Peek, offset: int) -> bool:
    text = peek(offset, 16)
    closed = text.lstrip(b"\\")[:1] in (b'"', b"'", b"`", b")")
    return closed or bool(grammar.QUOTE.match(text))


def _padding(peek: Peek, end: int) -> int:
    """Count the padding characters in front of ``end``."""
    behind = peek(max(0, end - 2), min(2, end))
    return len(behind) - len(behind.rstrip(b"="))


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
        longer = self._end - body > LONGEST_TEXT  # what is searched is a little more
        if not self._stopped or longer or self._mark >= body:
            return None
        return self._end


def text_end(peek: Peek, hit: Hit, unquoted: Unquoted) -> int | None:
    """Offset behind the percent-encoded or plain text of a payload.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        hit: The payload.
        unquoted: Finds the end where there is no closer.

    Returns:
        The offset, or None where the text is not closed, is longer than 16 MiB
        (no client writes such a thing; it stays where it is), or holds what may
        be a placeholder (one of the document's own must not end up in a blob). A
        drawing ends where it is closed, if other strings stand behind that.
    """
    body, closer, escapes = hit.body, hit.closer, hit.escapes
    if not closer:
        return unquoted.end(peek, body)
    string = None
    if closer == b'"' and escapes == 0:
        string = grammar.LISTED_STRING if _is_listed(peek, hit) else grammar.STRING
    size = 4096
    while True:
        text = peek(body, size)
        if string is not None:
            end = _string_end(text, string, last=len(text) < size)
        else:
            end = _closed(text, closer, escapes)
        if end == _NEVER or MARK in text[:end]:
            return None
        if end is not None:
            return body + drawing_end(text[:end])
        # Nothing more to read, or more than is looked at: it is left, but for a
        # drawing that other strings stand behind.
        if len(text) < size:
            drawn = drawing_end(text[:_READ])
            return body + drawn if drawn < min(len(text), _READ) else None
        if size >= LONGEST_TEXT:
            return None
        size *= 4


def _is_listed(peek: Peek, hit: Hit) -> bool:
    """Tell whether text may go on in the next strings of a list, as in notebooks.

    A URI has no lines, and behind a member's string stands the next member's name.
    """
    front = peek(max(0, hit.start - _FRONT), min(_FRONT, hit.start))
    return hit.start == hit.body and grammar.ITEM.search(front) is not None


def _string_end(text: bytes, string: re.Pattern[bytes], *, last: bool) -> int | None:
    """Find where a string ends, or a list of lines; None: behind what is here.

    Args:
        text: The string's text, with what stands behind it.
        string: What such a text is.
        last: Whether that is the end of the document.
    """
    match = string.match(text)
    end = match.end() if match else 0
    seen = end < len(text) if last else end + grammar.LISTED_MAX <= len(text)
    return end if seen and text[end : end + 1] == b'"' else None


def _closed(text: bytes, closer: bytes, escapes: int) -> int | None:
    """Find where text ends; None: behind what is here; `_NEVER`: it cannot be."""
    if closer == b")":  # text in url() may have pairs of its own
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
    while at >= 0:  # a closer behind more backslashes closes a string within this one
        backslashes = 0
        while backslashes < at and text[at - 1 - backslashes] == 0x5C:
            backslashes += 1
        if backslashes <= escapes:
            return at - backslashes
        at = text.find(closer, at + 1)
    return None
