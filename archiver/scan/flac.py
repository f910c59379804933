"""Tell whether bytes are a whole FLAC file: it says where it ends in its last frame.

Nothing is decoded. The header says how many samples there are, each frame which of
them it begins with and how many it has, and a checksum ends it: the last frame is the
one that has the last sample.

Source: RFC 9639.
"""

import functools
import re

from assetstore.archiver.scan.ends import Read

MAGIC = b"fLaC"
_INFO = 42  # bytes up to the end of the block that every file begins with
# More blocks of metadata are not passed, and longer frames not looked at.
_MOST_BLOCKS = 128
_MOST_FRAME = 1 << 18
# What is like a frame's beginning, up to its checksum, is looked at so many times.
_MOST_TRIES = 8
_SYNC = re.compile(rb"\xff[\xf8\xf9]", re.DOTALL)
_LONGEST_HEADER = 16
_BLOCKS = {1: 192, **{n: 144 << n for n in range(2, 6)}}
_BLOCKS |= {n: 1 << n for n in range(8, 16)}


def is_whole(read: Read, size: int) -> bool | None:
    """Tell whether a FLAC file ends with its last frame.

    Args:
        read: Reads it.
        size: How many bytes there are.

    Returns:
        None where its header is none that RFC 9639 knows.
    """
    info = read(0, _INFO)
    if len(info) < _INFO or info[4] & 0x7F or info[5:8] != b"\0\0\x22":
        return None
    block = int.from_bytes(info[8:10], "big")
    samples = int.from_bytes(info[21:26], "big") & (1 << 36) - 1
    if block < 16 or not samples:  # as a stream that was never finished has it
        return None
    at, last = _INFO, info[4] & 0x80
    for _ in range(_MOST_BLOCKS):
        if last:
            break
        head = read(at, 4)
        if len(head) < 4:
            return False
        at, last = at + 4 + int.from_bytes(head[1:], "big"), head[0] & 0x80
    start = max(at, size - _MOST_FRAME)
    tail = read(start, size - start)
    tries = 0
    for sync in reversed(list(_SYNC.finditer(tail))):
        if _last_sample(tail[sync.start() :][:_LONGEST_HEADER], block) == samples:
            if _crc16(tail[sync.start() :]) == 0:
                return True
            tries += 1
            if tries == _MOST_TRIES:
                break
    return False


def _last_sample(head: bytes, block: int) -> int:
    """Return which sample stands behind a frame, by its header; -1: it is no header.

    Args:
        head: Bytes from its beginning on.
        block: How many samples each frame has, in a file where all have as many.
    """
    if len(head) < 6:
        return -1
    width = 8 - (head[4] ^ 0xFF).bit_length()  # as in UTF-8, of up to seven bytes
    width, first = (1, 0x7F) if width == 0 else (width, 0x7F >> width)
    number = head[4] & first
    for byte in head[5 : 4 + width]:
        number = number << 6 | byte & 0x3F
    at = 4 + width
    kind, rate = head[2] >> 4, head[2] & 0xF
    count = _BLOCKS.get(kind, 0)
    if kind in (6, 7):
        wide = kind - 5
        count = int.from_bytes(head[at : at + wide], "big") + 1
        at += wide
    at += {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if not count or at >= len(head) or _crc8(head[:at]) != head[at]:
        return -1
    return (number if head[1] & 1 else number * block) + count


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ (0x07 if crc & 0x80 else 0)) & 0xFF
    return crc


@functools.cache
def _table() -> list[int]:
    table = []
    for crc in range(0, 1 << 16, 1 << 8):
        for _ in range(8):
            crc = (crc << 1 ^ (0x8005 if crc & 0x8000 else 0)) & 0xFFFF
        table.append(crc)
    return table


def _crc16(data: bytes) -> int:
    """The checksum of a frame; 0 of one that has its own behind it, and zeros."""
    table, crc = _table(), 0
    for byte in data:
        crc = (crc << 8 & 0xFF00) ^ table[crc >> 8 ^ byte]
    return crc
