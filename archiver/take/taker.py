"""Take a payload out of a document: cross it, decode it, store it."""

import binascii
from collections.abc import Callable
from typing import NamedTuple

import pybase64

from assetstore.archiver.scan import declared, grammar
from assetstore.archiver.scan.extent import (
    LONGEST_TEXT,
    Unquoted,
    base64_extent,
    text_end,
)
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.scanner import Scanner
from assetstore.archiver.scan.torn import drawing_goes_on, goes_on, joins_next
from assetstore.archiver.scan.whole import Extent, is_whole, reader
from assetstore.archiver.take import fit
from assetstore.archiver.take.hexadecimal import Digits
from assetstore.store.format.blob import Kind
from assetstore.store.format.dialect import PLAIN
from assetstore.store.format.recipe import Media
from assetstore.store.media import sniff
from assetstore.store.sink import BlobSink, Sink

_BROKEN = frozenset(b"nr")  # the letters of an escaped line break
# A payload longer than this is first tried as one plain run up to a quote.
_PROBE = 4096
# No picture has fewer letters.
_SHORTEST = 8
# Cut text of fewer letters is not told.
_TOLD = 40
# So much of text shows whether it is a picture.
_BEGINNING = 2048
# A string of so many letters that begins like a picture is one, or was cut off one.
_LONG = 512
# What is looked at behind a closing quote.
_BEHIND = 128


class Taken(NamedTuple):
    """A payload that is in the store now.

    Attributes:
        end: Offset behind it.
        fitted: The blob and its dialect; None of an empty payload.
        mime: What it is, as far as the document or its own bytes say.
    """

    end: int
    fitted: fit.Fitted | None
    mime: str


# Told where a payload ends, and its string, or -1; says whether to take it.
Approve = Callable[[int, int], bool]


def _always(end: int, string_end: int) -> bool:
    return True


class Taker:
    """Takes payloads out of one document.

    Args:
        session: Where blobs go.
        scanner: The document's scanner.
        media: "image" or "any".
        min_size: Shorter payloads stay, in bytes of their text.

    Attributes:
        torn: Offset behind the last payload asked for, where it stays since it is a
            piece of one; else 0.
    """

    def __init__(self, session: Sink, scanner: Scanner, media: str, min_size: int):
        self._session = session
        self._scanner = scanner
        self._media = media
        self._any = media == "any"
        self._min = min_size
        self._unquoted = Unquoted()
        self._hex = Digits(session, scanner)
        self._approve: Approve = _always
        self._left = 0  # in front of this, base64 text is part of what stays
        self.torn = 0

    def take_whole(self, hit: Hit, end: int) -> Taken:
        """Take a string of a part of an API, whatever it holds.

        Args:
            hit: What begins it.
            end: Offset of its closing quote.
        """
        source = self._scanner.source
        if hit.body >= end:
            return Taken(end=end, fitted=None, mime=hit.mime)
        if hit.form is Form.URI_TEXT:
            if end - hit.body <= LONGEST_TEXT:
                fitted = fit.fit_text(self._session, source, hit.body, end)
            else:
                fitted = fit.fit_verbatim(self._session, source, hit.body, end)
        else:
            found = fit.fit_base64(self._session, source, hit.body, end)
            fitted = found or fit.fit_verbatim(self._session, source, hit.body, end)
        return self._taken(hit, end, fitted)

    def take(self, hit: Hit, approve: Approve = _always) -> Taken | None:
        """The payload of a hit, or None where it is none and stays.

        Args:
            hit: The hit.
            approve: Asked, before anything of it is stored, whether it is to be taken.
        """
        self._approve = approve
        self.torn = 0
        if hit.form is Form.URI_TEXT:
            return self._text(hit)
        if hit.form is Form.HEX:
            return self._digits(hit)
        if hit.form is Form.BARE and hit.body < self._left:
            return None
        probe = self._scanner.peek(hit.body, _PROBE)
        if not self._wanted(probe, hit):
            return None
        match = grammar.PLAIN_RUN.match(probe)
        run = match.end() if match else 0
        # Too short, unless an odd sign is why the plain run ends here.
        if run < min(len(probe), max(self._min, 1)):
            more = probe[run] in grammar.GOES_ON or (
                hit.closer and probe[run] in grammar.GOES_ON_QUOTED
            )
            if not more:
                return None
        if run == _PROBE and hit.closer:
            taken = self._plain_run(hit)
            if taken is not None:
                return taken
        elif hit.closer:
            taken = self._short(hit, probe, run)
            if taken is not None:
                return taken
        return None if self.torn else self._crossed(hit, probe)

    def _digits(self, hit: Hit) -> Taken | None:
        """A picture in hexadecimal digits."""

        def approve(end: int) -> bool:
            return end - hit.body >= self._min and self._approve(end, -1)

        end, fitted, told = self._hex.take(hit, approve)
        self.torn = end if told else 0
        return None if fitted is None else self._taken(hit, end, fitted)

    def _crossed(self, hit: Hit, probe: bytes) -> Taken | None:
        """A payload in any spelling."""
        scanner, bare = self._scanner, hit.form is Form.BARE
        extent = base64_extent(
            scanner.peek,
            hit.body,
            head=hit.body - hit.start,
            closer=hit.closer,
            escapes=hit.escapes,
            bare=bare,
        )
        if extent is None:
            return None
        # Strings in which there is nothing else may hold a part of a picture.
        filled = hit.closer and extent.letters >= _LONG and not hit.weak
        unproven = hit.whole and not extent.whole and not filled
        joined = extent.whole is False and self._joined(hit, extent.end)
        if extent.part or unproven or joined:
            # What has no end that can be seen goes by a media type behind it.
            if extent.whole is None and hit.weak:
                behind = scanner.peek(extent.end, declared.BESIDE)
                if declared.has_type(behind, self._media):
                    return None
            self._left = max(self._left, extent.end)
            breaks = grammar.breaks(hit.closer, hit.escapes)
            sure = not hit.weak or declared.is_sure(probe, breaks)
            self.torn = extent.end if sure and extent.letters >= _TOLD else 0
            return None
        if extent.whole is False and self._is_torn(hit, extent):
            return None
        if extent.letters < _SHORTEST or extent.end - hit.body < self._min:
            return None
        if not self._approve(extent.end, -1):
            return None
        fitted = fit.fit_base64(
            self._session,
            scanner.source,
            hit.body,
            extent.end,
            breaks=extent.breaks,
            verbatim=not bare or bool(extent.whole),
        )
        if fitted is None:
            return None
        if not fitted.decoded:
            mime = declared.kind_of(probe, grammar.breaks(hit.closer, hit.escapes))
            return self._taken(hit, extent.end, fitted, mime)
        return self._taken(hit, extent.end, fitted)

    def _joined(self, hit: Hit, end: int) -> bool:
        """Tell whether the string that a payload ends in goes on in another one."""
        if not hit.closer:
            return False
        behind = grammar.LAST_BREAK.sub(b"", self._scanner.peek(end, _BEHIND), count=1)
        closing = b"\\" * hit.escapes + hit.closer
        return behind.startswith(closing) and joins_next(hit, behind[len(closing) :])

    def _is_torn(self, hit: Hit, extent: Extent) -> bool:
        """Tell whether a payload without its picture's end may be a piece of one.

        It is none where it fills its string, or a head announces it without quotes,
        and nothing near could be the next piece.
        """
        behind = grammar.LINE_BREAKS.sub(b"", self._scanner.peek(extent.end, _BEHIND))
        closing = b"\\" * hit.escapes + hit.closer
        fills = behind.startswith(closing) if hit.closer else not hit.whole
        at = extent.end + len(closing)
        if fills and not goes_on(self._scanner.peek, hit.body, extent, at):
            return False
        self._left = max(self._left, extent.end)
        self.torn = extent.end
        return True

    def _is_torn_run(self, hit: Hit, end: int) -> bool:
        """`_is_torn` of one plain run."""
        spelt = end - hit.body - self._padding(end)
        return self._is_torn(hit, Extent(end=end, letters=spelt))

    def _wanted(self, probe: bytes, hit: Hit) -> bool:
        """Tell whether base64 text is media of the kind that is asked for."""
        if hit.form is not Form.BARE and not hit.odd:
            return True
        if hit.mime and not hit.odd:
            return len(probe) >= 4
        mime = declared.kind_of(probe, grammar.breaks(hit.closer, hit.escapes))
        return mime.startswith("image/") or (self._any and bool(mime))

    def text_end(self, hit: Hit) -> int | None:
        """Offset behind text that is not base64; None where it has no end."""
        return text_end(self._scanner.peek, hit, self._unquoted)

    def _text(self, hit: Hit) -> Taken | None:
        scanner = self._scanner
        begin = scanner.peek(hit.body, _BEGINNING)
        if not grammar.is_text(begin):
            return None
        end = self.text_end(hit)
        if end is None or end - hit.body < max(self._min, 1):
            return None
        size = end - hit.body
        if size < len(begin) and not grammar.is_text(begin[:size]):
            return None
        # A drawing that an expression or another string is put into is a part of one.
        last = scanner.peek(max(hit.body, end - _BEHIND), min(size, _BEHIND))
        if self._joined(hit, end) and not grammar.TEXT_END.search(last):
            return None
        if "svg" in hit.mime and not grammar.TEXT_END.search(last):
            closing = b"\\" * hit.escapes + hit.closer
            if not hit.closer or drawing_goes_on(scanner.peek, end + len(closing)):
                self.torn = end
                return None
        if hit.closer == b"`" and b"${" in scanner.peek(hit.body, size):
            return None
        if not self._approve(end, -1):
            return None
        fitted = fit.fit_text(self._session, scanner.source, hit.body, end)
        return self._taken(hit, end, fitted)

    def _short(self, hit: Hit, probe: bytes, run: int) -> Taken | None:
        """A short payload: plain padded base64 up to its closing quote."""
        end = run
        while probe[end : end + 1] == b"=" and end - run < 2:
            end += 1
        closing = b"\\" * hit.escapes + hit.closer
        at = end
        if not probe.startswith(closing, at):  # a last line break may stand in front
            broken = grammar.LAST_BREAK.match(probe, at)
            at = broken.end() if broken else at
            if not probe.startswith(closing, at):
                return None
        if end & 3 or end < max(self._min, 1):
            return None
        text = probe[:end]
        try:
            raw = pybase64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None
        if pybase64.b64encode(raw) != text:  # stray bits, which the bytes do not say
            return None
        behind = probe[at + len(closing) : at + len(closing) + _BEHIND]
        unsure = hit.whole and (run < _LONG or hit.weak)
        doubtful = unsure or joins_next(hit, behind)
        whole = is_whole(
            raw, raw[-_BEHIND:], len(raw), lambda at, n: raw[max(0, at) :][:n]
        )
        if doubtful and not whole:
            return None
        if whole is False and self._is_torn_run(hit, hit.body + end):
            return None
        if not self._approve(hit.body + end, hit.body + at + len(closing)):
            return None
        blob, new = self._session.put(Kind.MEDIA, raw)
        fitted = fit.Fitted(media=Media(blob, PLAIN), head=raw, size=len(raw), new=new)
        return self._taken(hit, hit.body + end, fitted)

    def _plain_run(self, hit: Hit) -> Taken | None:
        """A long payload that is plain padded base64, decoded as it is crossed."""
        scanner = self._scanner
        window = scanner.window
        if not window.base <= hit.body <= window.end:
            window.slide(hit.body)
        writer = self._session.writer(Kind.MEDIA)
        quote, at, head, tail = hit.closer, hit.body, b"", b""
        closing_end = at
        backslash = 0x5C
        decode, encode = pybase64.b64decode, pybase64.b64encode
        try:
            while True:
                start = at - window.base
                stop = window.buf.find(quote, start, window.have)
                closed = stop >= 0
                if closed:
                    escapes = stop
                    while window.buf[stop - 1] == backslash and stop > start:
                        stop -= 1
                    if escapes - stop != hit.escapes:
                        return self._given_up(writer)
                    closing_end = window.base + escapes + len(quote)
                    while window.buf[stop - 1] in _BROKEN and stop > start:
                        letter = stop = stop - 1
                        while window.buf[stop - 1] == backslash and stop > start:
                            stop -= 1
                        if stop == letter:
                            stop = letter + 1
                            break
                elif window.at_eof:
                    return self._given_up(writer)
                else:
                    stop = window.have - (window.have - start & 3) - 4
                if stop > start:
                    size = stop - start
                    raw = decode(window.view[start:stop], validate=True)
                    # Padding may stand at the very end alone, and the last
                    # quantum's unused bits must be zero.
                    if size & 3 or (not closed and len(raw) != size // 4 * 3):
                        return self._given_up(writer)
                    last = encode(raw[len(raw) - (len(raw) % 3 or 3) :])
                    if closed and window.buf[stop - 4 : stop] != last:
                        return self._given_up(writer)
                    if len(head) < fit.HEAD_BYTES:
                        head = (head + raw)[: fit.HEAD_BYTES] if head else raw
                    tail = (tail + raw[-_BEHIND:])[-_BEHIND:]
                    writer.write(raw)
                at = window.base + stop
                if closed:
                    break
                scanner.slide(at)
            if at - hit.body < self._min:
                return self._given_up(writer)
            behind = scanner.peek(closing_end, _BEHIND)
            size = (at - hit.body) // 4 * 3 - self._padding(at)
            text = Extent(end=at, letters=at - hit.body - self._padding(at))
            read = reader(scanner.peek, hit.body, text)
            whole = is_whole(head, tail, size, read)
            if not whole and (hit.weak or joins_next(hit, behind)):
                return self._given_up(writer)
            if whole is False and self._is_torn_run(hit, at):
                return self._given_up(writer)
            if not self._approve(at, closing_end):
                return self._given_up(writer)
            blob, size, new = writer.finish()
        except (binascii.Error, ValueError):
            return self._given_up(writer)
        except BaseException:
            writer.abort()
            raise
        head = head[: fit.HEAD_BYTES]
        fitted = fit.Fitted(media=Media(blob, PLAIN), head=head, size=size, new=new)
        return self._taken(hit, at, fitted)

    @staticmethod
    def _given_up(writer: BlobSink) -> None:
        writer.abort()

    def _padding(self, end: int) -> int:
        """Count the padding characters in front of ``end``."""
        return 2 - len(self._scanner.peek(end - 2, 2).rstrip(b"="))

    @staticmethod
    def _taken(hit: Hit, end: int, fitted: fit.Fitted, mime: str = "") -> Taken:
        mime = mime or sniff(fitted.head) or hit.mime.replace("\\", "")
        return Taken(end=end, fitted=fitted, mime=mime)
