"""Take a payload out of a document: cross it, decode it, store it."""

import binascii
from collections.abc import Callable
from dataclasses import dataclass

import pybase64

from assetstore.archiver import extent, fit, grammar
from assetstore.archiver.fit import BlobSink, Sink
from assetstore.archiver.scanner import Form, Hit, Scanner
from assetstore.store.blob import Kind
from assetstore.store.dialect import PLAIN
from assetstore.store.media import sniff
from assetstore.store.recipe import Media

# A payload longer than this is first tried as one plain run up to a quote.
_PROBE = 4096
# So much of text shows whether it is a picture.
_BEGINNING = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A payload that is in the store now.

    Attributes:
        end: Offset behind it.
        fitted: The blob and its dialect; None of an empty payload.
        mime: What it is, as far as the document or its own bytes say.
    """

    end: int
    fitted: fit.Fitted | None
    mime: str


# Told where a payload ends, and whether its string does; whether to take it.
Approve = Callable[[int, bool], bool]


def _always(end: int, closed: bool) -> bool:
    return True


class Taker:
    """Takes payloads out of one document.

    Args:
        session: Where blobs go.
        scanner: The document's scanner.
        media: "image" or "any".
        min_size: Shorter payloads stay, in bytes of their text.
    """

    def __init__(self, session: Sink, scanner: Scanner, media: str, min_size: int):
        self._session = session
        self._scanner = scanner
        self._any = media == "any"
        self._min = min_size
        self._unquoted = extent.Unquoted()
        self._approve: Approve = _always

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
            if end - hit.body <= extent.LONGEST_TEXT:
                fitted = fit.fit_text(self._session, source, hit.body, end)
            else:
                fitted = fit.fit_verbatim(self._session, source, hit.body, end)
        else:
            fitted = fit.fit_base64(self._session, source, hit.body, end)
        return self._taken(hit, end, fitted)

    def take(self, hit: Hit, approve: Approve = _always) -> Taken | None:
        """The payload of a hit, or None where it is none and stays.

        Args:
            hit: The hit.
            approve: Asked, before anything of it is stored, whether it is to be taken.
        """
        self._approve = approve
        if hit.form is Form.URI_TEXT:
            return self._text(hit)
        probe = self._scanner.peek(hit.body, _PROBE)
        if hit.form is Form.BARE and not self._wanted(probe, hit):
            return None
        match = grammar.PLAIN_RUN.match(probe)
        run = match.end() if match else 0
        if (
            run < min(len(probe), max(self._min, 1))
            and probe[run] not in grammar.GOES_ON
        ):
            return None
        if run == _PROBE and hit.closer:
            taken = self._plain_run(hit)
            if taken is not None:
                return taken
        elif hit.closer:
            taken = self._short(hit, probe, run)
            if taken is not None:
                return taken
        end = extent.base64_end(
            self._scanner.peek,
            hit.body,
            head=hit.body - hit.start,
            closer=hit.closer,
            escapes=hit.escapes,
            bare=hit.form is Form.BARE,
        )
        if end is None or end - hit.body < self._min:
            return None
        if not self._approve(end, False):
            return None
        fitted = fit.fit_base64(self._session, self._scanner.source, hit.body, end)
        if hit.form is Form.BARE and not fitted.decoded:
            return None
        return self._taken(hit, end, fitted)

    def _wanted(self, probe: bytes, hit: Hit) -> bool:
        """Whether bare base64 text is media of the kind that is asked for."""
        if hit.mime:
            return len(probe) >= 4
        sample = probe.replace(b"\\", b"")[:64]
        try:
            head = pybase64.b64decode(sample[: len(sample) & ~3], validate=True)
        except (binascii.Error, ValueError):
            run = grammar.PLAIN_RUN.match(sample)
            size = run.end() & ~3 if run else 0
            head = pybase64.b64decode(sample[:size])
        mime = sniff(head)
        return mime.startswith("image/") or (self._any and bool(mime))

    def _text(self, hit: Hit) -> Taken | None:
        scanner = self._scanner
        begin = scanner.peek(hit.body, _BEGINNING)
        if not grammar.is_text(begin):
            return None
        end = extent.text_end(
            scanner.peek,
            hit.body,
            closer=hit.closer,
            escapes=hit.escapes,
            unquoted=self._unquoted,
        )
        if end is None or end - hit.body < max(self._min, 1):
            return None
        size = end - hit.body
        if size < len(begin) and not grammar.is_text(begin[:size]):
            return None
        if not self._approve(end, False):
            return None
        fitted = fit.fit_text(self._session, scanner.source, hit.body, end)
        return self._taken(hit, end, fitted)

    def _short(self, hit: Hit, probe: bytes, run: int) -> Taken | None:
        """A short payload: plain padded base64 up to its closing quote."""
        end = run
        while probe[end : end + 1] == b"=" and end - run < 2:
            end += 1
        closing = b"\\" * hit.escapes + hit.closer
        if not probe.startswith(closing, end) or end & 3:
            return None
        if end < max(self._min, 1):
            return None
        text = probe[:end]
        try:
            raw = pybase64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None
        if pybase64.b64encode(raw) != text:
            return None
        if not self._approve(hit.body + end, True):
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
        quote, at, head = hit.closer, hit.body, b""
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
                    writer.write(raw)
                at = window.base + stop
                if closed:
                    break
                scanner.slide(at)
            if at - hit.body < self._min or not self._approve(at, True):
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

    def _taken(self, hit: Hit, end: int, fitted: fit.Fitted) -> Taken:
        mime = sniff(fitted.head) or hit.mime.replace("\\", "")
        return Taken(end=end, fitted=fitted, mime=mime)
