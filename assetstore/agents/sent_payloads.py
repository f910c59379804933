"""Payloads of a request: what a client sends as base64, and what it is."""

import re
from dataclasses import dataclass

import pybase64
from blake3 import blake3

from assetstore.agents.records import Line, cut_in, whole_size
from assetstore.files.source import RandomAccess
from assetstore.store.media import sniff
from assetstore.store.picture_headers import Read, is_cut_off, pixels

_URI = re.compile(r"data:([^,;]*)((?:;[^,]*)?),", re.IGNORECASE)
_PIECE = 1 << 20  # of text; a multiple of 4
_MOST = 64 << 20  # of text that is not plain, which is read whole
_HEAD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPayload:
    """A payload as it stands in a record.

    Attributes:
        line: The number of its line, from 1.
        offset: Of its base64 text in the log; -1 of a short one, which is `text`.
        written: Bytes of that text as it is written.
        length: Bytes of that text as it is sent.
        text: A short one's own text.
        claimed: The media type that stands with it, lower case, or "".
        uri: Whether it is a data URI, or "" stands where one should.
        address: Whether it is an address instead of data.
        origin: Which of the logs that a thread goes on from it stands in; -1: the
            thread's own.
    """

    line: int
    offset: int
    written: int
    length: int
    text: str = ""
    claimed: str = ""
    uri: bool = False
    address: bool = False
    origin: int = -1

    @property
    def end(self) -> int:
        """The offset behind it; -1 of a short one."""
        return self.offset + self.written if self.offset >= 0 else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a payload holds.

    Attributes:
        type: Its media type, by its bytes, or "".
        size: Its own bytes.
        width: In pixels; 0: not known.
        height: In pixels; 0: not known.
        blob: Its hash; b"" of one that is no base64.
        problem: "empty", "no base64", "cut off", or "".
    """

    type: str
    size: int
    width: int = 0
    height: int = 0
    blob: bytes = b""
    problem: str = ""


def bare(value: object, line: Line, claimed: object) -> SentPayload | None:
    """The payload of a field that holds base64.

    Args:
        value: The field's.
        line: The record's line.
        claimed: The media type beside it.
    """
    if not isinstance(value, str):
        return None
    type = claimed.lower() if isinstance(claimed, str) else ""
    return _payload(value, line, type, uri=False)


def uri(value: object, line: Line) -> SentPayload | None:
    """The payload of a field that holds a data URI, or an address."""
    if not isinstance(value, str):
        return None
    head = _URI.match(value)
    if head is not None:
        return _payload(value[head.end() :], line, head[1].lower(), uri=True)
    if not re.match(r"(?:https?|sediment|file)[:-]", value):
        return _payload(value, line, "", uri=True)
    return SentPayload(
        line=line.number,
        offset=-1,
        written=len(value),
        length=len(value),
        text=value,
        address=True,
    )


def _payload(body: str, line: Line, type: str, *, uri: bool) -> SentPayload:
    found = cut_in(body, line)
    if found is not None and not found[0]:
        cut = found[1]
        return SentPayload(
            line=line.number,
            offset=cut.offset,
            written=cut.length,
            length=cut.length - cut.escapes,
            claimed=type,
            uri=uri,
            origin=line.origin,
        )
    size = whole_size(body.encode("utf-8", "replace"), line)
    return SentPayload(
        line=line.number,
        offset=-1,
        written=size,
        length=size,
        text=body,
        claimed=type,
        uri=uri,
        origin=line.origin,
    )


def content(payload: SentPayload, source: RandomAccess, known: bytes = b"") -> Content:
    """Tell what a payload holds, by its bytes.

    Args:
        payload: The payload.
        source: The log.
        known: Its hash, if it was decoded before, and was base64.
    """
    if not payload.length:
        return Content(type="", size=0, problem="empty")
    plain = payload.offset >= 0 and payload.written == payload.length
    read: Read
    if plain:
        last = source.read(payload.end - 4, 4)
        size = payload.length // 4 * 3 - last.count(b"=")
        blob = known or _hashed(payload, source)
        read = _PayloadReader(payload, source)
    else:
        raw = _decoded(payload, source)
        size = len(raw) if raw is not None else payload.length * 3 // 4
        blob = blake3(raw).digest() if raw is not None else b""
        whole = raw or b""

        def read(at: int, length: int) -> bytes:
            return whole[max(0, at) : max(0, at) + length]

    try:
        head = read(0, _HEAD)
        type = sniff(read(0, 2048) if head[:1] in b"<\xef \n\r\t" else head)
        width, height = pixels(read, type) or (0, 0)
        cut_off = bool(blob) and is_cut_off(read, type, size)
    except ValueError:
        return Content(type="", size=size, problem="no base64")
    problem = "cut off" if cut_off else "" if blob else "no base64"
    return Content(
        type=type, size=size, width=width, height=height, blob=blob, problem=problem
    )


class _PayloadReader:
    """Reads decoded bytes of a long payload by position."""

    def __init__(self, payload: SentPayload, source: RandomAccess):
        self._payload, self._source = payload, source

    def __call__(self, at: int, length: int) -> bytes:
        """Some decoded bytes; fewer at the end.

        Raises:
            ValueError: That is no base64.
        """
        at = max(0, at)
        first = at // 3 * 4
        last = min(-(-(at + length) // 3) * 4, self._payload.length)
        if last <= first:
            return b""
        text = self._source.read(self._payload.offset + first, last - first)
        text = text[: len(text) & ~3]
        return pybase64.b64decode(text, validate=True)[at % 3 : at % 3 + length]


def _hashed(payload: SentPayload, source: RandomAccess) -> bytes:
    """The hash of a plain payload's bytes; b"" of one that is no base64."""
    digest = blake3()
    at = payload.offset
    try:
        while at < payload.end:
            text = source.read(at, min(_PIECE, payload.end - at))
            at += len(text)
            digest.update(pybase64.b64decode(text, validate=True))
            if b"=" in text[:-2]:
                return b""
    except ValueError:
        return b""
    return digest.digest()


def _decoded(payload: SentPayload, source: RandomAccess) -> bytes | None:
    """The bytes of a short payload, or of one that is written with escapes."""
    if payload.offset < 0:
        text = payload.text.encode("utf-8", "replace")
    elif payload.written > _MOST:
        return None
    else:
        text = source.read(payload.offset, payload.written).replace(b"\\/", b"/")
        text = text.replace(b"\\n", b"").replace(b"\\r", b"")
    try:
        return pybase64.b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        return None
