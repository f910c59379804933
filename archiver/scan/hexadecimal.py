r"""Find media that are written in hexadecimal digits, as dumps of databases have them.

A literal of SQL goes with its sign: ``X'8950...'`` (SQLite, MySQL, the standard),
``'\x8950...'`` (PostgreSQL, also in COPY) and ``0x8950...`` (MySQL, SQL Server) become
``'as1:...'``, a string, which each of them reads. Digits without such a sign stay, and
are told: whatever decodes them may refuse anything else.
"""

import re

from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.whole import Peek
from assetstore.files.source import Window
from assetstore.patterns import later

# Looked for where these stand, as they do in the beginning of nearly every picture.
ZEROS = b"0000000"
MAGICS = tuple(b"89504 4749463 5249464 FFD8FF ffd8ff".split())
# Of media that are no pictures, and have no zeros.
MAGICS_ANY = (b"2550444",)
_START = later(
    rb"89504E470D0A1A0A|47494638(?:37|39)61|52494646.{8}57454250|FFD8FF(?:[CDE].|FE)00"
    rb"|255044462D",
    re.IGNORECASE | re.DOTALL,
)
_DIGITS = later(rb"[0-9A-Fa-f]*")
# What makes a literal of digits, and what stands in front of it.
_SIGN = later(
    rb"(?<![A-Za-z0-9_])(?:(?P<standard>[xX]\')|(?P<number>0[xX]))$"
    rb"|(?:(?<=[\"\'\t,\n\r])|\A)(?P<bytea>\\+x)$"
)
_QUOTES = (b'"', b"'")
_SCALAR = (b":", b"-", b"?")
# So much is looked at first, and then at once.
_FIRST, _AHEAD = 256, 1 << 16
# So far back a line's quotes are counted.
_BACK = 1 << 14
_ESCAPED = later(rb"\\.", re.DOTALL)


def hit(window: Window, at: int) -> Hit | None:
    """Return what begins where digits stand that may be a picture's first ones."""
    if not _START.match(window.bytes(at, at + 32)):
        return None
    front = window.bytes(max(window.base, at - 16), at)
    sign = _SIGN.search(front)
    if sign is None:
        alone = not front[-1:].isalnum()
        return Hit(Form.HEX, at, at, whole=True, odd=True) if alone else None
    start = at - len(front) + sign.start()
    outside = front[: sign.start()]
    if not outside and start:  # more backslashes than anybody writes
        return None
    # A plain scalar of YAML has its quotes inside; with one in front it is another.
    scalar = outside.rstrip(b" \t")[-1:] in _SCALAR
    if sign["standard"]:
        return Hit(Form.HEX, start, at, b"'", whole=True, odd=scalar, before=b"'")
    if outside[-1:] in _QUOTES:  # of a string, which stays
        escapes = len(outside[:-1]) - len(outside[:-1].rstrip(b"\\"))
        return Hit(Form.HEX, start, at, outside[-1:], escapes, whole=True)
    if sign["bytea"]:
        return Hit(Form.HEX, start, at, whole=True)
    return Hit(Form.HEX, start, at, whole=True, odd=scalar, before=b"'", after=b"'")


def is_quoted(peek: Peek, outside: int, hit: Hit) -> bool:
    """Tell whether a number may stand in a string, which other quotes would end.

    Args:
        peek: Reads the document: (offset, length) -> bytes.
        outside: An offset in front of it where no string is open.
        hit: The number.
    """
    first = max(outside, hit.start - _BACK)
    front = peek(first, hit.start - first)
    line = front.rfind(b"\n") + 1
    if line == 0 and first > outside:
        return True  # its line begins further in front than is looked
    return _ESCAPED.sub(b"", front[line:]).count(b"'") % 2 == 1


def digits_end(peek: Peek, body: int) -> int:
    """Return the offset behind the digits that begin at an offset."""
    end, ahead = body, _FIRST
    while True:
        match = _DIGITS.match(peek(end, ahead))
        size = match.end() if match else 0
        end += size
        if size < ahead:
            return end
        ahead = _AHEAD
