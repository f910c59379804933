"""Find where a file of a format ends that says so somewhere in the middle.

Each walks through what the format says of its own parts, and finds the end of the
last one.

Sources: GIF89a, ISO/IEC 14496-12 (boxes), TIFF 6.0 and BigTIFF, Adobe's Photoshop file
format, ITU T.800 (JPEG 2000), OpenType, WOFF (W3C), WebAssembly's binary format,
RFC 3533 (Ogg), RFC 8794 (EBML), ISO/IEC 11172-3 (MPEG audio), PKZIP's APPNOTE.
"""

import struct
import zlib
from collections.abc import Callable

# Reads the bytes: (offset, length), fewer at the end.
Read = Callable[[int, int], bytes]

# More parts are not walked through, and longer lists of numbers not read.
_MOST_PARTS = 1 << 14
_MOST_NUMBERS = 1 << 17
# What is packed is unpacked up to here, and no further.
_MOST_UNPACKED = 64 << 20
_PIECE = 1 << 16
# No end is said, or it cannot be found.
_UNKNOWN = -1


def ends(read: Read, head: bytes, size: int) -> bool | None:
    """Tell whether bytes are a whole file of a format that is walked through.

    Args:
        read: Reads them.
        head: The first of them, 64 if there are so many.
        size: How many there are.

    Returns:
        Whether the last part ends where the bytes do; None: this cannot be seen.
    """
    if head[4:8] == b"ftyp" or head.startswith(_SIGNED):
        return _boxes(read, size)
    for begin, walk, exact in _WALKS:
        if head.startswith(begin):
            end = walk(read, size)
            if end <= 0:
                return None
            # One byte more fills up to an even length, as TIFF wants its offsets.
            if size in (end, end + 1):
                return True
            return False if exact or end > size else None
    if head.startswith(b"\x1f\x8b\x08"):
        return _packed(read, size)
    if head.startswith(b"PK\3\4"):
        return _zipped(read, size)
    if head.startswith(b"%PDF-"):
        return True if read(size - 32, 32).rstrip().endswith(b"%%EOF") else None
    if head.startswith(b"\xff\x4f\xff\x51"):
        return read(size - 2, 2) == b"\xff\xd9"
    return None


def _boxes(read: Read, size: int) -> bool | None:
    at, data = 0, False
    for _ in range(_MOST_PARTS):
        if at == size:
            return data  # a box that ends here may have others behind it
        head = read(at, 16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if at + 8 > size or not kind.isascii() or not kind.strip(b" ").isalnum():
            return False
        data = data or kind in _DATA
        if length == 0:  # to the end of the file, wherever that is
            stream = kind == b"jp2c" and read(size - 2, 2) == b"\xff\xd9"
            return True if stream else None
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8 or at + length > size:
            return False
        at += length
    return None


def _tiff(read: Read, size: int) -> int:
    """Follow the directories of a TIFF, and those that they name."""
    head = read(0, 16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    word, wide = ("Q", 8) if big else ("I", 4)
    if len(head) < 2 * wide:
        return size + 1
    todo = [struct.unpack_from(order + word, head, wide)[0]]
    seen: set[int] = set()
    end = 0
    while todo:
        at = todo.pop()
        if not at or at in seen or len(seen) > _MOST_PARTS:
            continue
        seen.add(at)
        last, further = _directory(read, at, order, big=big)
        if last <= 0:
            return last if last else size + 1
        end = max(end, last)
        todo += further
    return end


def _directory(read: Read, at: int, order: str, *, big: bool) -> tuple[int, list[int]]:
    """Read one directory of a TIFF.

    Returns:
        Where what it names ends, 0 where some of it is not there; and the offsets of
        directories that it names.
    """
    count, entry, word = ("Q", "HHQ", "Q") if big else ("H", "HHI", "I")
    counted, each, wide = struct.calcsize(count), 20 if big else 12, 8 if big else 4
    text = read(at, counted)
    if len(text) < counted:
        return 0, []
    number = struct.unpack(order + count, text)[0]
    if not 0 < number < _MOST_PARTS:  # no directory has none, and no file so many
        return _UNKNOWN, []
    start, length = at + counted, number * each
    text = read(start, length + wide)
    if len(text) < length + wide:
        return 0, []
    end = start + length + wide
    lists: dict[int, tuple[int, ...]] = {}
    for i in range(0, length, each):
        tag, kind, values = struct.unpack_from(order + entry, text, i)
        size, place = values * _TIFF_SIZES.get(kind, 1), i + each - wide
        if size > wide:  # else the values stand in the entry itself
            place = struct.unpack_from(order + word, text, place)[0]
            end = max(end, place + size)
        if tag in _TIFF_LISTS and kind in _TIFF_NUMBERS and values < _MOST_NUMBERS:
            raw = read(place, size) if size > wide else text[place : place + size]
            if len(raw) < size:
                return 0, []
            lists[tag] = struct.unpack(f"{order}{values}{_TIFF_NUMBERS[kind]}", raw)
    for places, sizes in _TIFF_DATA:
        pairs = zip(lists.get(places, ()), lists.get(sizes, ()), strict=False)
        end = max(end, max((a + b for a, b in pairs), default=0))
    further = [at for tag in _TIFF_FURTHER for at in lists.get(tag, ())]
    return end, [*further, struct.unpack_from(order + word, text, length)[0]]


def _photoshop(read: Read, size: int) -> int:
    """Pass the sections of a PSD, up to the end of its pixels."""
    head = read(0, 26)
    if len(head) < 26:
        return size + 1
    version, channels, height, width, depth = struct.unpack_from(">H6xHIIH", head, 4)
    at = 26
    # Colours, resources, layers: each behind its length, which is wide in a PSB.
    for wide in (4, 4, 8 if version == 2 else 4):
        text = read(at, wide)
        if len(text) < wide:
            return size + 1
        at += wide + int.from_bytes(text, "big")
    packing, rows = read(at, 2), int(channels) * int(height)
    if packing == b"\0\0":
        return at + 2 + rows * -(-int(width) * int(depth) // 8)
    # Rows that are packed have their lengths in front; zip has none, so no end.
    if packing != b"\0\1" or rows > _MOST_NUMBERS:
        return size + 1 if len(packing) < 2 else _UNKNOWN
    wide, kind = (4, "I") if version == 2 else (2, "H")
    text = read(at + 2, rows * wide)
    if len(text) < rows * wide:
        return size + 1
    lengths: tuple[int, ...] = struct.unpack(f">{rows}{kind}", text)
    return at + 2 + rows * wide + sum(lengths)


def _icon(read: Read, size: int) -> int:
    count = int.from_bytes(read(4, 2), "little")
    text = read(6, 16 * count)
    if not count or len(text) < 16 * count:
        return _UNKNOWN if not count else size + 1
    return max(_end_of("<II", text[i + 8 : i + 16]) for i in range(0, len(text), 16))


def _end_of(format: str, text: bytes) -> int:
    start, length = struct.unpack(format, text)
    return int(start) + int(length)


def _bitmap(read: Read, size: int) -> int:
    said = int.from_bytes(read(2, 4), "little")
    return said if said >= 26 else _UNKNOWN


def _font(read: Read, size: int) -> int:
    """The end of the last table, up to a multiple of four where that is there."""
    count = int.from_bytes(read(4, 2), "big")
    text = read(12, 16 * count)
    if not count or len(text) < 16 * count:
        return _UNKNOWN if not count else size + 1
    end = max(_end_of(">II", text[i + 8 : i + 16]) for i in range(0, len(text), 16))
    return min(-(-end // 4) * 4, size) if size >= end else end


def _gif(read: Read, size: int) -> int:
    """Pass the blocks of a GIF, up to the byte that ends it."""
    text, base = read(0, _PIECE), 0

    def byte(at: int) -> int:
        nonlocal text, base
        if not 0 <= at - base < len(text):
            text, base = read(at, _PIECE), at
        return text[at - base] if at - base < len(text) else _UNKNOWN

    colours = byte(10)
    at = 13 + (3 << (colours & 7) + 1 if colours & 0x80 else 0)
    while True:
        kind = byte(at)
        if kind == 0x3B:  # the trailer
            return at + 1
        if kind == 0x21:  # an extension, with a label
            at += 2
        elif kind == 0x2C:  # a picture, maybe with colours of its own
            colours = byte(at + 9)
            at += 11 + (3 << (colours & 7) + 1 if colours & 0x80 else 0)
        else:
            return size + 1 if kind == _UNKNOWN else _UNKNOWN
        while (length := byte(at)) > 0:
            at += 1 + length
        if length == _UNKNOWN:
            return size + 1
        at += 1


def _web_font(read: Read, size: int) -> int:
    return int.from_bytes(read(8, 4), "big")


def _wasm(read: Read, size: int) -> int:
    at = 8
    for _ in range(_MOST_PARTS):
        if at >= size:
            return at
        length, text = 0, read(at + 1, 5)
        for i, byte in enumerate(text):
            length |= (byte & 0x7F) << 7 * i
            if byte < 0x80:
                at += 2 + i + length
                break
        else:
            return size + 1 if len(text) < 5 else _UNKNOWN
    return _UNKNOWN


def _ogg(read: Read, size: int) -> int:
    at = 0
    while at < size:
        head = read(at, 27 + 255)
        if len(head) < 27:
            return size + 1
        if head[:4] != b"OggS":
            return _UNKNOWN
        count = head[26]
        at += 27 + count + sum(head[27 : 27 + count])
    return at


def _sound(read: Read, size: int) -> int:
    """Walk along the frames of MPEG audio, layer III, behind a tag."""
    at, head = 0, read(0, 10)
    if head[:3] == b"ID3":
        at = 10 + sum((b & 0x7F) << 7 * (3 - i) for i, b in enumerate(head[6:10]))
    for frames in range(_MOST_PARTS):
        if at >= size:
            return at if frames > 1 else _UNKNOWN
        head = read(at, 4)
        if head[:3] == b"TAG":
            return at + 128
        if len(head) < 4:
            return size + 1
        if head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
            return _UNKNOWN
        version = head[1] >> 3 & 3  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
        rate = _RATES[head[2] >> 2 & 3] >> (2, 0, 1, 0)[version]
        bits = _BITS[version == 3][head[2] >> 4]
        if not rate or not bits:
            return _UNKNOWN
        at += (144 if version == 3 else 72) * bits * 1000 // rate + (head[2] >> 1 & 1)
    return _UNKNOWN


def _matroska(read: Read, size: int) -> int:
    """The end of the segment behind the header."""
    at = 4
    for skipped in (0, 4):
        text = read(at + skipped, 8)
        width = 9 - text[0].bit_length() if text else 9
        most = (1 << 7 * width) - 1
        length = int.from_bytes(text[:width], "big") & most
        if width > 8 or length == most:
            return _UNKNOWN
        at += skipped + width + length
    return at


def _packed(read: Read, size: int) -> bool | None:
    """Tell whether one stream of gzip, whose checksum is right, is all there is."""
    stream, at, out = zlib.decompressobj(31), 0, 0
    try:
        while at < size and out < _MOST_UNPACKED and not stream.eof:
            piece = read(at, _PIECE)
            at += len(piece) or size
            while piece and out < _MOST_UNPACKED:
                out += len(stream.decompress(piece, _PIECE))
                piece = stream.unconsumed_tail
    except zlib.error:
        return False
    if not stream.eof:  # it is cut, or too long to be unpacked to its end here
        return False if at >= size else None
    return True if at >= size and not stream.unused_data else None


def _zipped(read: Read, size: int) -> bool | None:
    tail = read(size - _PIECE, _PIECE)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + 22 > len(tail):
        return None
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return True if at + 22 + comment == len(tail) else None


# The boxes that hold what a file is there for.
_DATA = (b"mdat", b"jp2c", b"jxlc", b"jxlp")
_SIGNED = (b"\0\0\0\x0cJXL \r\n", b"\0\0\0\x0cjP  \r\n")
_TIFF_SIZES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4} | (
    dict.fromkeys((16, 17, 18), 8)
)
_TIFF_NUMBERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
# Where strips, tiles and a JPEG stand, and how long they are; further directories.
_TIFF_DATA = ((273, 279), (324, 325), (513, 514))
_TIFF_FURTHER = (330, 34665, 34853, 40965)
_TIFF_LISTS = frozenset((273, 279, 324, 325, 513, 514, *_TIFF_FURTHER))
_RATES = (44100, 48000, 32000, 0)
# Thousands of bits in a second, of MPEG 2 and of MPEG 1.
_BITS = (
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
)
# What a file begins with, what finds its end, and whether nothing may stand behind
# that: of a TIFF, for one, there may be parts that are not known here.
_WALKS: tuple[tuple[tuple[bytes, ...], Callable[[Read, int], int], bool], ...] = (
    ((b"II*\0", b"MM\0*", b"II+\0\b\0\0\0", b"MM\0+\0\b\0\0"), _tiff, False),
    ((b"8BPS",), _photoshop, False),
    ((b"GIF87a", b"GIF89a"), _gif, False),
    ((b"\0\0\1\0", b"\0\0\2\0"), _icon, True),
    ((b"BM",), _bitmap, True),
    ((b"wOFF", b"wOF2"), _web_font, True),
    ((b"\0\1\0\0", b"OTTO"), _font, True),
    ((b"\0asm",), _wasm, True),
    ((b"OggS",), _ogg, False),
    ((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"), _sound, False),
    ((b"\x1aE\xdf\xa3",), _matroska, False),
)
