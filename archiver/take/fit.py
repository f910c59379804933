"""Find the dialect that spells a payload, and store its bytes.

A dialect is guessed from the text, the text is decoded, and the bytes are
spelt again: only where that gives the very same text is the dialect kept. Where
none does, the text itself becomes the blob.
"""

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pybase64

from assetstore.archiver.scan import grammar
from assetstore.files.source import RandomAccess
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.dialect import RAW, Base, Dialect
from assetstore.store.format.recipe import Media
from assetstore.store.sink import Sink

# Longer text is decoded piece by piece.
_WHOLE = 4 << 20
# A spelling may differ from the text in this many last bytes.
_TAIL = 16
HEAD_BYTES = 1 << 16
_LAST_BREAK = rb"\n"
# Longer text is not split into what is spelt in it.
_SPLIT = 2 << 20

_URLSAFE = bytes.maketrans(b"-_", b"+/")
_CLEAN = re.compile(rb"[A-Za-z0-9+/_\-]{16}")


class Fitted(NamedTuple):
    """A payload in the store.

    Attributes:
        media: The blob and the dialect that spells it.
        head: The blob's first bytes (at most 64 KiB).
        size: The blob's length.
        new: Whether the store did not hold it.
        decoded: False where the text itself was stored.
    """

    media: Media
    head: bytes
    size: int
    new: bool
    decoded: bool = True


def fit_base64(
    session: Sink,
    source: RandomAccess,
    start: int,
    end: int,
    *,
    breaks: re.Pattern[bytes] = grammar.BREAK,
    verbatim: bool = True,
) -> Fitted | None:
    """Store the base64 text between two offsets.

    Args:
        session: Where it goes.
        source: The document.
        start: Where the text begins.
        end: Where it ends.
        breaks: What may stand between its lines.
        verbatim: Whether text that no dialect spells is stored as it stands.

    Returns:
        None where no dialect spells it and it is not to be stored verbatim.

    Raises:
        OSError: The document or the store cannot be read or written.
    """
    sample = source.read(start, min(end - start, 1 << 16))
    tail = source.read(max(start, end - 32), min(32, end - start))
    dialect = guess(sample, tail, breaks)
    fitted = None
    if dialect is not None and end - start <= _WHOLE:
        fitted = _at_once(session, source.read(start, end - start), dialect)
    elif dialect is not None:
        fitted = _streamed(session, source, start, end, dialect)
    if fitted is None and verbatim:
        return fit_verbatim(session, source, start, end)
    return fitted


def _at_once(session: Sink, text: bytes, dialect: Dialect) -> Fitted | None:
    try:
        raw = _decoded(_normal(text, dialect))
    except (binascii.Error, ValueError):
        return None
    exact = _matched(dialect, b"".join(dialect.encode([raw])), text)
    return None if exact is None else _stored(session, raw, exact)


def fit_text(session: Sink, source: RandomAccess, start: int, end: int) -> Fitted:
    """Store percent-encoded, escaped or plain text between two offsets."""
    text = source.read(start, end - start)
    subs: dict[int, bytes] = {}
    rest = text
    listed = grammar.LINE_OF_LIST.search(text)
    if listed is not None:  # its line breaks are those between the items of a list
        subs[0x0A] = listed[0]
        rest = text.replace(listed[0], b"\n")
    last = listed is not None and rest.endswith(_LAST_BREAK)
    rest = rest.removesuffix(_LAST_BREAK) if last else rest
    raw = _meant(rest, subs)
    if raw is None:
        return fit_verbatim(session, source, start, end)
    raw += b"\n" if last else b""
    dialect = Dialect(base="raw", subs=tuple(sorted(subs.items())))
    if last:
        dialect = replace(dialect, cut=len(subs[0x0A]), tail=_LAST_BREAK)
    if b"".join(dialect.encode([raw])) != text:
        return fit_verbatim(session, source, start, end)
    return _stored(session, raw, dialect)


def _meant(text: bytes, subs: dict[int, bytes]) -> bytes | None:
    """Find what text spells, and how each byte is spelt that is not itself.

    Returns:
        None where one byte is spelt in two ways.
    """
    if len(text) > _SPLIT:  # too many parts at once
        for match in grammar.SPELLING.finditer(text):
            byte = grammar.spelt_byte(match)
            if len(byte) != 1 or subs.setdefault(byte[0], match[0]) != match[0]:
                return None
        return grammar.SPELLING.sub(grammar.spelt_byte, text)
    parts = grammar.SPELLINGS.split(text)
    bytes_: dict[bytes, bytes] = {}
    for spelling in set(parts[1::2]):
        spelt = grammar.SPELLING.fullmatch(spelling)
        byte = grammar.spelt_byte(spelt) if spelt else b""
        if len(byte) != 1 or subs.setdefault(byte[0], spelling) != spelling:
            return None
        bytes_[spelling] = byte
    parts[1::2] = map(bytes_.__getitem__, parts[1::2])
    return b"".join(parts)


def fit_verbatim(session: Sink, source: RandomAccess, start: int, end: int) -> Fitted:
    """Store the text between two offsets as it stands."""
    writer = session.writer(Kind.MEDIA)
    head = source.read(start, min(HEAD_BYTES, end - start))
    try:
        for piece in source.pieces(start, end):
            writer.write(piece)
        blob, size, new = writer.finish()
    except BaseException:
        writer.abort()
        raise
    media = Media(blob, RAW)
    return Fitted(media=media, head=head, size=size, new=new, decoded=False)


def guess(
    sample: bytes, tail: bytes, breaks: re.Pattern[bytes] = grammar.BREAK
) -> Dialect | None:
    """The dialect that base64 text seems to be written in.

    Args:
        sample: The text's first bytes.
        tail: Its last bytes.
        breaks: What may stand between its lines.

    Returns:
        None where one character is written in two ways.
    """
    subs: dict[int, bytes] = {}
    run = grammar.PLAIN_RUN.match(sample)
    broken = breaks.search(sample, run.end() if run else 0)
    text = sample.replace(broken[0], b"") if broken else sample
    escaped = any(sign in text for sign in (b"\\", b"%", b"&"))
    for match in grammar.ODD.finditer(text) if escaped else ():
        byte = _odd_byte(match[0])
        if subs.setdefault(byte, match[0]) != match[0]:
            return None
    padding = grammar.PAD_SPELLING.search(tail)
    if padding is not None:
        subs[0x3D] = padding[0]
    base: Base = "base64"
    if b"-" in text or b"_" in text or 0x2D in subs:
        # A break, or an escape, may have these signs as well.
        letters = breaks.sub(b"", grammar.ODD.sub(b"", text))
        if b"-" in letters or b"_" in letters or 0x2D in subs:
            base = "base64url"
            if b"+" in letters or b"/" in letters or subs.keys() & {0x2B, 0x2F}:
                return None
    dialect = Dialect(base=base, subs=tuple(sorted(subs.items())))
    if broken is None:
        return dialect
    # The first line may be shorter: a head stood on it. One or two lines tell no more.
    lines = sample.split(broken[0])
    first = len(grammar.ODD.sub(b"/", lines[0]))
    width = len(grammar.ODD.sub(b"/", lines[1]))
    width = width if len(lines) > 2 else max(first, width)
    if width == 0:
        return None
    return replace(dialect, wrap=width, first=first, sep=broken[0])


def _odd_byte(spelling: bytes) -> int:
    match = grammar.SPELLING.fullmatch(spelling)
    return grammar.spelt_byte(match)[0] if match else spelling[-1]


def _normal(text: bytes, dialect: Dialect) -> bytes:
    """The text without line breaks and with every character as itself."""
    if dialect.sep:
        text = text.replace(dialect.sep, b"")
    for byte, spelling in dialect.subs:
        text = text.replace(spelling, bytes((byte,)))
    return text.translate(_URLSAFE) if dialect.base == "base64url" else text


def _decoded(text: bytes) -> bytes:
    """Decode, whatever its padding.

    Raises:
        binascii.Error: A character is not of the alphabet.
    """
    text = text.rstrip(b"=")
    if len(text) & 3 == 1:
        text = text[:-1]
    return pybase64.b64decode(text + b"=" * (-len(text) & 3), validate=True)


def _matched(dialect: Dialect, spelt: bytes, text: bytes) -> Dialect | None:
    """The dialect, with the last few bytes corrected; None where more differs."""
    if spelt == text:
        return dialect
    at = max(0, min(len(spelt), len(text)) - _TAIL)
    if spelt[:at] != text[:at] or len(spelt) - at > 4 * _TAIL:
        return None
    while at < min(len(spelt), len(text)) and spelt[at] == text[at]:
        at += 1
    if len(text) - at > _TAIL or len(spelt) - at > _TAIL:
        return None
    return replace(dialect, cut=len(spelt) - at, tail=text[at:])


def _stored(session: Sink, raw: bytes, dialect: Dialect) -> Fitted:
    blob, new = session.put(Kind.MEDIA, raw)
    media = Media(blob, dialect)
    return Fitted(media=media, head=raw[:HEAD_BYTES], size=len(raw), new=new)


def _streamed(
    session: Sink, source: RandomAccess, start: int, end: int, dialect: Dialect
) -> Fitted | None:
    """Decode into the store, then compare the stored blob's spelling."""
    writer = session.writer(Kind.MEDIA)
    head = b""
    try:
        for raw in _decoded_pieces(source.pieces(start, end), dialect):
            if len(head) < HEAD_BYTES:
                head = (head + raw)[:HEAD_BYTES]
            writer.write(raw)
        blob, size, new = writer.finish()
    except (binascii.Error, ValueError):
        writer.abort()
        return None
    except BaseException:
        writer.abort()
        raise
    exact = _compared(session, source, start, end, blob, dialect)
    if exact is None:
        return None
    return Fitted(media=Media(blob, exact), head=head, size=size, new=new)


def _decoded_pieces(texts: Iterable[bytes], dialect: Dialect) -> Iterator[bytes]:
    held = quantum = b""
    for text in texts:
        held += text
        cut = 0
        for match in _CLEAN.finditer(held, max(0, len(held) - 4096)):
            cut = match.end()
        if not cut:
            raise ValueError("nowhere to cut")
        normal = quantum + _normal(held[:cut], dialect)
        held = held[cut:]
        whole = len(normal) & ~3
        yield pybase64.b64decode(normal[:whole], validate=True)
        quantum = normal[whole:]
    last = _decoded(quantum + _normal(held, dialect))
    if last:
        yield last


def _compared(
    session: Sink,
    source: RandomAccess,
    start: int,
    end: int,
    blob: BlobId,
    dialect: Dialect,
) -> Dialect | None:
    if session.forgets(blob):
        return dialect  # there is nothing to compare with
    at, safe = start, max(start, end - _TAIL)
    last = b""
    for spelt in dialect.encode(session.stream(Kind.MEDIA, blob)):
        room = max(0, min(len(spelt), safe - at))
        if source.read(at, room) != spelt[:room]:
            return None
        last += spelt[room:]
        at += room
        if len(last) > 4 * _TAIL:
            return None
    if at < safe:
        return None
    return _matched(dialect, last, source.read(safe, end - safe))
