"""Formats whose parts say how long they are, though much of them reads as text.

Cutting a picture out of one leaves a length that is wrong, and the reader lost.
"""

import re
from collections.abc import Callable

from assetstore.files.source import Source
from assetstore.protected.sample import Sample

# So many parts are walked through before a document is believed.
_PARTS = 64
_VARINT = 10

_BEGINNINGS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"0707(?:0[127])[0-9A-Fa-f]{6}"), "a cpio archive"),
    (re.compile(rb"(?:blob|tree|commit|tag) \d+\0"), "an object of git"),
    (
        re.compile(rb"[0-9a-f]{40,64} (?:blob|tree|commit|tag) \d+\n"),
        "objects of git, framed by lengths",
    ),
    (
        re.compile(
            rb"(?:feature done\n)?(?:reset refs/[^\n]+\n|option [^\n]+\n)*"
            rb"(?:blob|commit refs/[^\n]+)\n"
            rb"(?:(?:mark|original-oid|author|committer|encoding) [^\n]*\n)*data \d+\n"
        ),
        "a stream of git fast-export, framed by lengths",
    ),
    (
        re.compile(rb"(?:a|O:\d+:\"[\w\\]+\"):\d+:\{|s:\d+:\""),
        "serialised PHP values, framed by lengths",
    ),
    (
        re.compile(rb"\*\d+\r\n\$\d+\r\n"),
        "commands of Redis, framed by lengths",
    ),
    (
        re.compile(rb"Content-Length: ?\d+\r\n(?:[\w-]+: [^\r\n]*\r\n)*\r\n", re.I),
        "messages framed by Content-Length",
    ),
    (
        re.compile(rb"[ld](?:\d{1,9}:[\w .!*'()-]+|i-?\d+e)[ldie0-9]"),
        "bencoded, framed by lengths",
    ),
)
_NETSTRING = re.compile(rb"(\d{1,9}):")
# MessagePack: a map, a short key; CBOR: the same. Then a value that is no letter.
_MSGPACK = re.compile(rb"(?:[\x80-\x9f]|[\xdc\xde]..)+([\xa1-\xbf])", re.S)
_CBOR = re.compile(rb"(?:[\x80-\x97\xa1-\xb7\xbf\x9f]|[\x98\xb8].)+([\x61-\x77])", re.S)
_MSGPACK_TEXT, _CBOR_TEXT = 0xA0, 0x60
_WORD = re.compile(rb"[\w$@./-]+")


def framed(source: Source, sample: Sample) -> str:
    """Name what a document is that is framed by lengths; "": it is none.

    Raises:
        SourceChanged: The document has become shorter.
        OSError: It cannot be read.
    """
    head = sample.head
    for pattern, name in _BEGINNINGS:
        if pattern.match(head):
            return name
    if head[:1].isdigit() and _walks(source, _netstring):
        return "netstrings, framed by lengths"
    if _odd(head[:16]):
        if _keyed(head, _MSGPACK, _MSGPACK_TEXT):
            return "MessagePack"
        if _keyed(head, _CBOR, _CBOR_TEXT):
            return "CBOR"
        if _walks(source, _protobuf):
            return "Protocol Buffers, framed by lengths"
    return ""


def _odd(start: bytes) -> bool:
    """Tell whether there are bytes that no UTF-8 text begins with."""
    if any(byte < 9 or 13 < byte < 27 for byte in start):
        return True
    try:
        start.decode()
    except UnicodeDecodeError as e:
        return e.reason != "unexpected end of data"
    return False


def _keyed(head: bytes, pattern: re.Pattern[bytes], base: int) -> bool:
    """Tell whether a map begins it, with a word for a key and no letter for a value."""
    found = pattern.match(head[:64])
    if found is None:
        return False
    end = found.end() + found[1][0] - base
    key, behind = head[found.end() : end], head[end : end + 1]
    if not _WORD.fullmatch(key) or behind.isspace():
        return False
    # CBOR's long texts begin with a byte that is a letter.
    return not behind.isalnum() or (base == _CBOR_TEXT and behind in (b"x", b"y", b"z"))


def _walks(source: Source, step: Callable[[Source, int], int]) -> bool:
    """Tell whether parts follow each other to the end, or for as long as is enough."""
    at = 0
    for _ in range(_PARTS):
        at = step(source, at)
        if at < 0 or at > source.size:
            return False
        if at == source.size:
            return True
    return True


def _netstring(source: Source, at: int) -> int:
    """The end of the netstring or tnetstring at an offset, or -1."""
    found = _NETSTRING.match(source.read(at, 16))
    if found is None:
        return -1
    end = at + found.end() + int(found[1])
    kind = source.read(end, 1)  # a comma, or tnetstrings' mark of a type
    return end + 1 if kind and kind in b",#^}]~" else -1


def _protobuf(source: Source, at: int) -> int:
    """The end of the field of a message at an offset, or -1."""
    text = source.read(at, 2 * _VARINT)
    tag, size = _varint(text, 0)
    if size < 0 or not tag >> 3 or tag >> 3 >= 1 << 29:
        return -1
    kind = tag & 7
    if kind == 0:
        size = _varint(text, size)[1]
        return at + size if size > 0 else -1
    if kind == 2:
        length, size = _varint(text, size)
        return at + size + length if size > 0 else -1
    return at + size + {1: 8, 5: 4}.get(kind, source.size + 1)


def _varint(text: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and the offset behind it, or -1."""
    value = 0
    for number, byte in enumerate(text[at : at + _VARINT]):
        value |= (byte & 127) << 7 * number
        if byte < 128:
            return value, at + number + 1
    return 0, -1
