"""Tell text from what is none, by samples of its bytes."""

import re

from assetstore.protected.sample import Sample, strays

# What a crash or a rotated log leaves: blocks of NULs where text was to be.
_BLOCK = re.compile(rb"\0{8,}")
# More of them are padding, as is one up to a multiple of a sector.
_MOST_BLOCKS = 3
_SECTOR = 512
# The start of a document, where a binary format has numbers.
_START = 8
_NEAR = 256
# Of so many bytes of text one may be a stray control character.
_STRAY = 300
_STRAYS = 8
# Records of a session: lines that begin with a brace.
_RECORDS = 2
_RECORD = re.compile(rb"(?:^|\n)(?:\xef\xbb\xbf)?[ \t\r]*\{[ \t]*\"")
_RECORD_STRAY = 50

_BOMS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_WIDE = 1024


def wide(sample: Sample) -> str:
    """Name the wide encoding that a text is in; "": none."""
    head = sample.head
    for mark, name in _BOMS:
        if head.startswith(mark):
            return f"text in {name}"
    part = head[:_WIDE]
    part = part[: len(part) // 4 * 4]
    if b"\0" not in part or len(part) < 8:
        return ""
    # Of characters in a wide encoding one byte, always the same, says something.
    for width in (4, 2):
        lanes = [part[lane::width] for lane in range(width)]
        blank = [lane.count(0) / len(lane) for lane in lanes]
        said = min(range(width), key=blank.__getitem__)
        others = [share for lane, share in enumerate(blank) if lane != said]
        if said in (0, width - 1) and blank[said] < 0.05 and min(others) > 0.6:
            return "" if strays(lanes[said]) else f"text in UTF-{width * 8}"
    return ""


def binary(sample: Sample) -> bool:
    """Tell whether it is no text.

    Blocks of NULs are no reason: a crashed machine leaves them in logs. A few stray
    control characters are none, unless they stand where a binary format has its
    first numbers, or the rest is not UTF-8 either.
    """
    if sample.plain:
        return False
    parts = [_BLOCK.sub(b"\n", part) for part in sample.parts]
    size = sum(map(len, parts))
    found = sum(map(strays, parts))
    if not any(part.strip() for part in parts):
        return True  # nothing but NULs where we looked
    head = parts[0]
    if len(_RECORD.findall(head)) >= _RECORDS or (
        _RECORD.match(head) and head.rstrip().endswith(b"}")
    ):
        return found * _RECORD_STRAY > size
    if _is_padded(sample):
        return True
    if not found:
        return False
    if strays(head[:_START]):
        return True
    if found > 2 and found * _STRAY > size:
        return True
    near = strays(head[:_NEAR])
    if near > 3:
        return True
    if near and not _is_utf8(head[:_NEAR]):
        return True
    return found > _STRAYS and not all(map(_is_utf8, parts))


def _is_padded(sample: Sample) -> bool:
    """Tell whether blocks of NULs fill up records of a fixed size."""
    blocks = [block.span() for block in _BLOCK.finditer(sample.head)]
    full = (
        start and end % _SECTOR == 0 for start, end in blocks if end < len(sample.head)
    )
    return len(blocks) > _MOST_BLOCKS or any(full)


def _is_utf8(part: bytes) -> bool:
    """Tell whether it is, its edges apart, which may cut a character."""
    inner = part.lstrip(bytes(range(0x80, 0xC0)))
    try:
        inner.decode()
    except UnicodeDecodeError as e:
        return e.reason == "unexpected end of data"
    return True
