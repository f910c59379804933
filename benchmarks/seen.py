"""Count pictures in a text, with other means than the scanner's.

Regular expressions find candidates, Python's own decoders decode them, and Pillow
loads what comes out, or an XML parser reads it. Nothing of assetstore is used.
"""

import base64
import binascii
import html
import io
import re
import warnings
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from PIL import Image

FORMATS = (
    "PNG",
    "JPEG",
    "GIF",
    "WEBP",
    "BMP",
    "ICO",
    "TIFF",
    "JPEG2000",
    "AVIF",
    "PSD",
)
_HEAD = re.compile(
    rb"data(?::|%3a|&#58;|&#x3a;|&colon;)(?:image(?:\\*/|%2f|&#x2f;|&#47;)[\w.+%*-]{1,40}|image|)"
    rb"(?:(?:;|%3b)[^,\"'<>()`\s]{0,60})?(?:,|%2c)",
    re.I,
)
_LETTER = (
    rb"(?:[A-Za-z0-9+/=_-]|%(?:2[bBfF]|3[dD])|\\+(?:/|u002[bBfF]|u003[dD]|x2[bBfF])"
)
_LETTER += rb"|&#(?:x2[bBfF]|43|47|61);)"
_BREAK = rb"(?:\\?\s+|\\+[rn]|&#(?:10|13|x[aAdD]);|[\"']\s*[+.]?\s*[\"'])"
_BASE64 = re.compile(
    rb"(?:"
    + _BREAK
    + rb")?"
    + _LETTER
    + rb"{8,}(?:"
    + _BREAK
    + _LETTER
    + rb"+){0,400000}"
)
_BARE = re.compile(
    rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60,}(?:(?:[ \t]*\r?\n[ \t]*|\\+n)[A-Za-z0-9+/]{2,})*={0,2}"
)
_ODD = re.compile(rb"\\+u00([0-9a-fA-F]{2})|\\+x([0-9a-fA-F]{2})")
_JOINTS = re.compile(rb"\\+[rn]|[\"'+. ]*[\"'][\"'+. \s]*[\"']|[\\\s]")
_DRAWING = re.compile(rb"<svg[\s>].*</svg\s*>", re.S)
_CLOSERS = {b'"': b'"', b"'": b"'", b"(": b")", b"`": b"`", b"<": b">"}
_LONGEST = 4 << 20
_SMALLEST = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture in a text.

    Attributes:
        start: Offset of its first byte: of its head, if it has one.
        end: Offset behind some of it.
        uri: Whether it is a data URI.
    """

    start: int
    end: int
    uri: bool


def pictures(text: bytes) -> list[Seen]:
    """Find the pictures in a text, in order."""
    found, last = [], 0
    for head in _HEAD.finditer(text):
        if head.start() < last:
            continue
        packed = b"base64" in head[0].lower()
        end = _base64_uri(text, head.end()) if packed else _text_uri(text, head)
        if end:
            found.append(Seen(head.start(), end, uri=True))
            last = end
    taken = [(each.start, each.end) for each in found]
    at = 0
    for run in _BARE.finditer(text):
        while at < len(taken) and taken[at][1] <= run.start():
            at += 1
        if at < len(taken) and taken[at][0] < run.end():
            continue
        if is_picture(_decoded(run[0])):
            found.append(Seen(run.start(), run.end(), uri=False))
    return sorted(found, key=lambda each: each.start)


def is_picture(data: bytes) -> bool:
    """Tell whether bytes are a picture that loads, or a drawing."""
    if len(data) < _SMALLEST:
        return False
    if b"<svg" in data[:4096]:
        return is_drawing(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                image.load()
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError):
        return False
    except Exception:  # what a plug-in's parser makes of odd bytes
        return False
    return True


def is_drawing(data: bytes) -> bool:
    """Tell whether bytes are XML with a drawing in it, if not in every detail."""
    try:
        ET.fromstring(data)  # noqa: S314 packages that are pinned
    except ET.ParseError:
        return _DRAWING.search(data) is not None
    return True


def _base64_uri(text: bytes, start: int) -> int:
    run = _BASE64.match(text, start, start + _LONGEST)
    return run.end() if run and is_picture(_decoded(run[0])) else 0


def _text_uri(text: bytes, head: re.Match[bytes]) -> int:
    opener = text[: head.start()][-1:]
    closer = _CLOSERS.get(opener, b"")
    part = text[head.end() : head.end() + (1 << 16)]
    if closer:
        end = part.find(closer)
    else:
        stop = re.search(rb"[\s\"'<>)\\]", part)
        end = stop.start() if stop else len(part)
    if end <= 0:
        return 0
    raw = part[:end]
    for data in (
        raw,
        unquote_to_bytes(raw),
        html.unescape(raw.decode("latin-1")).encode(),
    ):
        data = _ODD.sub(_spelt, data).replace(b'\\"', b'"')
        if b"<svg" in data[:200] and is_drawing(data):
            return head.end() + end
    run = _BASE64.match(text, head.end(), head.end() + _LONGEST)
    return run.end() if run and is_picture(_decoded(run[0])) else 0


def _spelt(match: re.Match[bytes]) -> bytes:
    return bytes((int(match[1] or match[2], 16),))


def _decoded(text: bytes) -> bytes:
    """Decode base64 text, however it is written and broken."""
    if b"%" in text:
        text = unquote_to_bytes(text)
    if b"&" in text:
        text = html.unescape(text.decode("latin-1")).encode("latin-1", "replace")
    if b"\\" in text:
        text = _ODD.sub(_spelt, text)
    text = _JOINTS.sub(b"", text).translate(bytes.maketrans(b"-_", b"+/"))
    text = text.partition(b"=")[0]
    size = len(text) - (len(text) % 4 == 1)
    try:
        return base64.b64decode(text[:size] + b"=" * (-size % 4))
    except (binascii.Error, ValueError):
        return b""
