"""Read a picture's size in pixels from its headers, however long they are.

A header is crossed without being read: what is asked for is read by position, so
that a megabyte of colour profile costs nothing. Formats: PNG (third edition, 5),
JPEG (ITU T.81, B.1), GIF89a (18), WebP (RFC 9649, 2).
"""

from collections.abc import Callable

# Reads some of a picture's bytes: from where, how many.
Read = Callable[[int, int], bytes]

_MOST_PARTS = 4096
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


_PIXELS = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
