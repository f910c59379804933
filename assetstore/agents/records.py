"""Walk through a thread's log record by record, with payloads cut out.

Payloads (long base64) are cut out of a line before it is parsed, so that memory
holds words and nothing else. They are found by the one thing that they have in
common: no quote stands in them for a long time. A search from quote to quote, in
steps, crosses payloads at the speed of memory.

Logs are read as their clients read them: a byte order mark, blocks of NULs (of a
machine that lost power), CRLF, records glued to one line and torn ones are met in
the wild, and what can be read of them is read.
"""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from assetstore.agents.request_json import compact
from assetstore.files.source import CHUNK, RandomAccess

# A string shorter than this is parsed with its line.
STEP = 512
_HEAD = re.compile(rb'(?:data:[^,"\s]{0,200},)?')
_RUN = re.compile(rb"(?:[A-Za-z0-9+/_=-]++|\\[/nr])*+\\?")
BLANK = b"\0 \t\r\n\xef\xbb\xbf"
# How records of agents begin, for those that stand behind others in their line.
_BEGIN = re.compile(r'\{\s*"(?:type|parentUuid|timestamp|uuid|sessionId|message)"\s*:')
_QUOTE = 0x22
# At both ends of a mark: it needs no escape in JSON, and is rare in words.
_EDGE = "\x7f"
_TORN_MARK = re.compile(_EDGE + "[0-9a-f]+$")
_MOST_WORDS = 64 << 20
_MOST_TRIES = 64


@dataclass(frozen=True, slots=True)
class Cut:
    """A payload that was cut out of a line.

    Attributes:
        offset: Of its text in the log, behind a data URI's head.
        length: Of its text as it is written.
        escapes: How many of its slashes are written with a backslash.
    """

    offset: int
    length: int
    escapes: int = 0


@dataclass(slots=True)
class Line:
    """A line of a log.

    Attributes:
        number: From 1.
        offset: Of its first byte.
        length: With its newline.
        words: Its text, with marks where payloads stood; none of a line that has
            more words than memory should hold.
        cuts: The payloads, in order.
        nonce: What tells their marks from everything that a log may hold: it is drawn
            anew when a reading begins, so that no text can have it already.
        order: Its number among all lines that a request is built from.
        origin: Which of the logs that a thread goes on from it stands in; -1: the
            thread's own.
        copy: Whether it is byte for byte as an earlier one.
    """

    number: int
    offset: int
    length: int = 0
    words: bytearray = field(default_factory=bytearray)
    cuts: list[Cut] = field(default_factory=list)
    nonce: str = ""
    order: int = 0
    origin: int = -1
    copy: bool = False

    @property
    def next_mark(self) -> bytes:
        """The mark that stands for the next payload that is cut out."""
        return f"{_EDGE}{self.nonce}{len(self.cuts)}{_EDGE}".encode()

    @property
    def mark(self) -> re.Pattern[str]:
        """Finds the marks of the payloads, and their numbers."""
        return re.compile(rf"{_EDGE}{self.nonce}(\d{{1,9}}){_EDGE}")


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record of a log.

    Attributes:
        line: The line in which it stands.
        value: What it holds, with marks where payloads stood.
    """

    line: Line
    value: dict[str, Any]


def lines(source: RandomAccess, *, whole: bool = False) -> Iterator[Line]:
    """The lines of a log, their payloads cut out.

    Args:
        source: The log.
        whole: All of it is one: a value of JSON, over several lines or not.
    """
    nonce = secrets.token_hex(8)
    line = Line(1, 0, nonce=nonce)
    run: list[int] | None = None  # of the payload being crossed: see `Cut`
    buffer = bytearray(CHUNK + STEP)
    view = memoryview(buffer)
    base = have = 0  # the buffer's place in the log; how much of it is filled
    after_quote = False
    while base + have < source.size:
        have += source.read_into(view[have : have + CHUNK], base + have)
        last = base + have >= source.size
        at = 0
        while at < have:
            if run is not None:
                # Inside a payload: up to the quote that closes its string.
                end = buffer.find(b'"', at, have)
                stop = end if end >= 0 else have
                torn = buffer.find(b"\n", at, stop)
                stop = torn if torn >= 0 else stop
                run[1] += stop - at
                if buffer.find(b"\\", at, stop) >= 0:
                    run[2] += buffer.count(b"\\/", at, stop)
                at, after_quote = stop, False
                if stop < have or last:
                    # Backslashes in front of the quote belong to the quote.
                    size = run[1]
                    while size and source.read(run[0] + size - 1, 1) == b"\\":
                        size -= 1
                    line.words += line.next_mark
                    line.words += b"\\" * (run[1] - size)
                    line.cuts.append(Cut(run[0], size, run[2]))
                    run = None
                continue
            newline = -1 if whole else buffer.find(b"\n", at, have)
            stop = newline + 1 if newline >= 0 else have
            begin, head = _payload(buffer, at, stop, after_quote=after_quote)
            if head >= 0:
                line.words += view[at : begin + head]
                run = [base + begin + head, 0, 0]
                at, after_quote = begin + head, False
                continue
            if newline < 0 and not last:
                # Whether a payload begins here, only the next piece shows.
                line.words += view[at:begin]
                after_quote = buffer[begin - 1] == _QUOTE if begin else after_quote
                at = begin
                break
            line.words += view[at:stop]
            at, after_quote = stop, False
            if newline >= 0:
                line.length = base + stop - line.offset
                yield line
                line = Line(line.number + 1, base + stop, nonce=nonce)
        if len(line.words) > _MOST_WORDS:
            line.words = bytearray(b"\0")
        left = have - at
        buffer[:left] = buffer[at:have]
        base, have = base + at, left
    if line.offset < source.size:
        line.length = source.size - line.offset
        yield line


def _payload(
    data: bytearray, at: int, stop: int, *, after_quote: bool
) -> tuple[int, int]:
    """Find where the next payload begins, and the length of its head.

    Args:
        data: A piece of a log.
        at: Where to begin.
        stop: Where to end, which is no longer inside of the line.
        after_quote: Whether a quote stands in front of ``at``.

    Returns:
        Its beginning and the length of its data URI's head; where there is none,
        from where on it is not known yet, and -1.
    """
    begin = at
    while begin + STEP <= stop:
        quote = data.rfind(b'"', begin, begin + STEP)
        if quote >= 0:
            begin, after_quote = quote + 1, True
            continue
        if after_quote:
            found = _HEAD.match(data, begin, stop)
            head = found.end() - begin if found else 0
            if _RUN.fullmatch(data, begin + head, begin + STEP):
                return begin, head
        # Other text, however long: behind it.
        quote = data.find(b'"', begin + STEP, stop)
        if quote < 0:
            return stop, -1
        begin, after_quote = quote + 1, True
    return begin, -1


def records(source: RandomAccess) -> Iterator[LogRecord]:
    """The records of a log."""
    for line in lines(source):
        for value in values(line):
            yield LogRecord(line, value)


def values(line: Line) -> Iterator[dict[str, Any]]:
    """The records of a line; none where it holds nothing that can be read."""
    text = bytes(line.words.strip(BLANK))
    if not text:
        return
    try:
        value = orjson.loads(text)
    except ValueError:
        yield from _salvaged(text)
        return
    if isinstance(value, dict):
        yield value


def looks_like_record(line: Line) -> bool:
    """Tell whether a line begins as a record does, or is too long to be looked at.

    One without `values` is torn, or nested deeper than is read.
    """
    if line.length > _MOST_WORDS and line.words == b"\0":
        return True
    return line.words.lstrip(BLANK).startswith(b"{")


def _salvaged(text: bytes) -> Iterator[dict[str, Any]]:
    """Records of a line that is no JSON as a whole: glued, torn, with NULs."""
    tries = 0
    decoder = json.JSONDecoder(strict=False)
    for part in text.split(b"\0"):
        words = part.decode("utf-8", "replace")
        found = re.search(r"\{", words)
        at = found.start() if found else -1
        while at >= 0 and tries < _MOST_TRIES:
            tries += 1
            try:
                value, end = decoder.raw_decode(words, at)
            except (ValueError, RecursionError):
                end = at + 1
            else:
                if isinstance(value, dict):
                    yield value
            found = _BEGIN.search(words, end)
            at = found.start() if found else -1


def cut_in(text: object, line: Line) -> tuple[str, Cut] | None:
    """The payload that a parsed text stands for, and its head.

    Args:
        text: A text of a record.
        line: The record's line.
    """
    if not isinstance(text, str) or not line.cuts or not text.endswith(_EDGE):
        return None
    found = line.mark.search(text)
    if found is None or found.end() != len(text):
        return None
    return text[: found.start()], line.cuts[int(found[1])]


def cuts_of(value: object, line: Line) -> Iterator[Cut]:
    """Find what was cut out of a parsed value."""
    if line.cuts and _EDGE.encode() in (text := compact(value)):
        for found in re.finditer(line.mark.pattern.encode(), text):
            yield line.cuts[int(found[1])]


def sent_size(value: object, line: Line) -> int:
    """Bytes of a parsed value as a client writes it into a request.

    Both clients write compact JSON, nothing escaped that need not be.
    """
    return whole_size(compact(value), line)


def whole_size(text: bytes, line: Line) -> int:
    """Bytes of a text with what was cut out of it, as they are sent."""
    size = len(text)
    if line.cuts and _EDGE.encode() in text:
        for found in re.finditer(line.mark.pattern.encode(), text):
            cut = line.cuts[int(found[1])]
            size += cut.length - cut.escapes - len(found[0])
    return size


def without_cuts(text: str, line: Line) -> str:
    """A text with three dots where something was cut out of it."""
    return line.mark.sub("[…]", text) if line.cuts and _EDGE in text else text


def first_of(text: str, most: int) -> str:
    """The first characters of a text; none of a mark that they would end in."""
    return _TORN_MARK.sub("", text[:most])


def in_words(text: str, line: Line, source: RandomAccess, most: int = 4096) -> str:
    """A text with what was cut out of it put back, as far as it is short."""
    if not line.cuts or _EDGE not in text:
        return text

    def whole(found: re.Match[str]) -> str:
        cut = line.cuts[int(found[1])]
        words = source.read(cut.offset, min(cut.length, most)).decode(
            "ascii", "replace"
        )
        return words if cut.length <= most else f"{words}[…{cut.length - most:,} more]"

    return line.mark.sub(whole, text)
