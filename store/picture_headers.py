"""Read a picture's size in pixels from its headers, however long they are.

A header is crossed without being read: what is asked for is read by position, so
that a megabyte of colour profile costs nothing. Formats: PNG (third edition, 5),
JPEG (ITU T.81, B.1), GIF89a (18), WebP (RFC 9649, 2), BMP, ICO, TIFF (6.0, 2),
JPEG 2000 (ISO/IEC 15444-1, A.5.1 and I.5.3), AVIF (ISO/IEC 23008-12, 6.5.3).

No decoder sees a picture for this: what is read here are numbers, and the steps are
counted.
"""

from collections.abc import Callable, Iterator
from typing import Literal

# Reads some of a picture's bytes: from where, how many.
Read = Callable[[int, int], bytes]

_MOST_PARTS = 4096
_FAR = 1 << 62
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD8)}


def pixels(read: Read, type: str) -> tuple[int, int] | None:
    """Width and height of a picture, or None where its headers do not tell.

    Args:
        read: Reads its bytes; fewer than asked for at its end only.
        type: Its media type, by its first bytes.
    """
    find = _PIXELS.get(type)
    return find(read) if find is not None else None


def is_cut_off(read: Read, type: str, size: int) -> bool:
    """Tell whether a PNG or WebP surely ends before it should.

    Args:
        read: Reads its bytes.
        type: Its media type.
        size: Of all its bytes.
    """
    if type == "image/webp":
        return int.from_bytes(read(4, 4), "little") + 8 > size
    if type != "image/png" or read(size - 8, 4) == b"IEND":
        return False
    at = 8
    for _ in range(_MOST_PARTS):
        head = read(at, 8)
        if len(head) < 8:
            return True
        if head[4:] == b"IEND":
            return False
        at += int.from_bytes(head[:4], "big") + 12
    return False


def _png(read: Read) -> tuple[int, int] | None:
    at = 8
    for _ in range(4):  # Apple's own writers put a chunk in front
        head = read(at, 16)
        if head[4:8] == b"IHDR" and len(head) == 16:
            return int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:], "big")
        at += int.from_bytes(head[:4], "big") + 12
    return None


def _gif(read: Read) -> tuple[int, int] | None:
    head = read(6, 4)
    if len(head) < 4:
        return None
    return int.from_bytes(head[:2], "little"), int.from_bytes(head[2:], "little")


def _jpeg(read: Read) -> tuple[int, int] | None:
    at = 2
    for _ in range(_MOST_PARTS):
        head = read(at, 9)
        if len(head) < 2 or head[0] != 0xFF:
            return None
        kind = head[1]
        if kind == 0xFF:  # a fill byte
            at += 1
        elif kind in _ALONE:
            at += 2
        elif kind in _FRAMES:
            if len(head) < 9:
                return None
            height, width = head[5:7], head[7:9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        else:
            at += 2 + int.from_bytes(head[2:4], "big")
    return None


def _webp(read: Read) -> tuple[int, int] | None:
    at = 12
    for _ in range(_MOST_PARTS):
        head = read(at, 18)
        name, body = head[:4], head[8:]
        if len(head) < 18:
            return None
        if name == b"VP8X":
            width, height = body[4:7], body[7:10]
            return (
                int.from_bytes(width, "little") + 1,
                int.from_bytes(height, "little") + 1,
            )
        if name == b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if name == b"VP8 ":
            width, height = body[6:8], body[8:10]
            return (
                int.from_bytes(width, "little") & 0x3FFF,
                int.from_bytes(height, "little") & 0x3FFF,
            )
        size = int.from_bytes(head[4:8], "little")
        at += 8 + size + (size & 1)
    return None


def _bmp(read: Read) -> tuple[int, int] | None:
    head = read(14, 12)
    if len(head) < 12:
        return None
    if int.from_bytes(head[:4], "little") == 12:
        return int.from_bytes(head[4:6], "little"), int.from_bytes(head[6:8], "little")
    # A negative height says that the rows go from top to bottom.
    height = int.from_bytes(head[8:12], "little", signed=True)
    return int.from_bytes(head[4:8], "little", signed=True), abs(height)


def _ico(read: Read) -> tuple[int, int] | None:
    """The largest of its pictures; a size of 0 is 256."""
    count = int.from_bytes(read(4, 2), "little")
    found: list[tuple[int, int]] = []
    for number in range(min(count, _MOST_PARTS)):
        head = read(6 + 16 * number, 16)
        if len(head) < 16:
            return None
        found.append((head[0] or 256, head[1] or 256))
    return max(found, key=lambda size: size[0] * size[1], default=None)


def _tiff(read: Read) -> tuple[int, int] | None:
    """The first picture's tags 256 and 257, in the 4-byte or the 8-byte form."""
    start = read(0, 16)
    order: Literal["little", "big"] = "little" if start[:2] == b"II" else "big"
    big = int.from_bytes(start[2:4], order) == 43
    word, size = (8, 20) if big else (4, 12)
    at = int.from_bytes(start[8:16] if big else start[4:8], order)
    count = int.from_bytes(read(at, 8 if big else 2), order)
    found: dict[int, int] = {}
    for number in range(min(count, _MOST_PARTS)):
        entry = read(at + (8 if big else 2) + size * number, size)
        if len(entry) < size:
            return None
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        if tag in (256, 257) and kind in (3, 4):  # numbers of 2 or 4 bytes
            value = entry[4 + word : 4 + word + (2 if kind == 3 else 4)]
            found[tag] = int.from_bytes(value, order)
        if len(found) == 2:
            return found[256], found[257]
    return None


def _jp2(read: Read) -> tuple[int, int] | None:
    if read(0, 4) == b"\xff\x4f\xff\x51":  # a bare codestream: SIZ
        head = read(8, 16)
        if len(head) < 16:
            return None
        far, near = head[:8], head[8:]
        return (
            int.from_bytes(far[:4], "big") - int.from_bytes(near[:4], "big"),
            int.from_bytes(far[4:], "big") - int.from_bytes(near[4:], "big"),
        )
    steps = iter(range(_MOST_PARTS))
    for start, end in _boxes(read, (0, _FAR), b"jp2h", steps):
        for at, _ in _boxes(read, (start, end), b"ihdr", steps):
            head = read(at, 8)
            if len(head) == 8:
                return int.from_bytes(head[4:], "big"), int.from_bytes(head[:4], "big")
    return None


def _avif(read: Read) -> tuple[int, int] | None:
    """The largest of its spatial extents: others are of tiles and thumbnails."""
    steps = iter(range(_MOST_PARTS))
    found = [
        (int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:], "big"))
        for start, end in _boxes(read, (0, _FAR), b"meta", steps)
        for item in _boxes(read, (start + 4, end), b"iprp", steps)
        for held in _boxes(read, item, b"ipco", steps)
        for at, _ in _boxes(read, held, b"ispe", steps)
        if len(head := read(at, 12)) == 12
    ]
    return max(found, key=lambda size: size[0] * size[1], default=None)


def _boxes(
    read: Read, within: tuple[int, int], name: bytes, steps: Iterator[int]
) -> Iterator[tuple[int, int]]:
    """Find boxes of a name: where what is in each begins and ends.

    Args:
        read: Reads the picture's bytes.
        within: Where the boxes are.
        name: Theirs.
        steps: Counts the boxes of all levels.
    """
    at, end = within
    for _ in steps:
        head = read(at, 16)
        if at + 8 > end or len(head) < 8:
            return
        size, inner = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, inner = int.from_bytes(head[8:], "big"), at + 16
        after = at + size if size else end
        if after < inner:
            return
        if head[4:8] == name:
            yield inner, min(after, end)
        at = after


_PIXELS = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/bmp": _bmp,
    "image/x-icon": _ico,
    "image/tiff": _tiff,
    "image/jp2": _jp2,
    "image/avif": _avif,
}
