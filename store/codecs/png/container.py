"""A PNG file as chunks (W3C PNG specification, third edition, section 5)."""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_IHDR = struct.Struct(">IIBBBBB")
# Adam7: the first column and row of each pass, and how far apart its pixels are.
_PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_CHUNK = struct.Struct(">I4s")


@dataclass(frozen=True, slots=True)
class Header:
    """What IHDR says.

    Attributes:
        width: Pixels in a row.
        height: Rows.
        depth: Bits of a sample.
        color: The colour type.
        interlace: The interlace method.
    """

    width: int
    height: int
    depth: int
    color: int
    interlace: int

    @property
    def row(self) -> int:
        """Bytes of a scanline, without its filter's."""
        return self._row(self.width)

    def _row(self, width: int) -> int:
        return (width * _CHANNELS[self.color] * self.depth + 7) // 8

    @property
    def scanlines(self) -> int:
        """Bytes of all scanlines, with their filters'."""
        if not self.interlace:
            return (self.row + 1) * self.height
        size = 0
        for left, top, across, down in _PASSES:
            width = -(-max(0, self.width - left) // across)
            height = -(-max(0, self.height - top) // down)
            size += (self._row(width) + 1) * height if width else 0
        return size

    @property
    def step(self) -> int:
        """Bytes between a sample and the one to its left, as filters count."""
        return max(1, _CHANNELS[self.color] * self.depth // 8)

    @classmethod
    def parse(cls, head: bytes) -> "Header | None":
        """From a file's first bytes; None where they are not a PNG's."""
        if len(head) < 33 or head[:8] != SIGNATURE or head[8:16] != b"\0\0\0\rIHDR":
            return None
        width, height, depth, color, method, filters, interlace = _IHDR.unpack_from(
            head, 16
        )
        if (
            not (0 < width < 1 << 31 and 0 < height < 1 << 31)
            or depth not in _DEPTHS.get(color, ())
            or method
            or filters
            or interlace > 1
        ):
            return None
        return cls(width, height, depth, color, interlace)


@dataclass(frozen=True, slots=True)
class PngParts:
    """A file, taken apart.

    Attributes:
        header: What IHDR says.
        head: All bytes before the first IDAT chunk.
        sizes: The lengths of the IDAT chunks' data.
        stream: Their data.
        tail: All bytes behind the last of them.
    """

    header: Header
    head: bytes
    sizes: tuple[int, ...]
    stream: bytes
    tail: bytes


def split(raw: bytes) -> PngParts | None:
    """Take a file apart; None where `join` would not give it back."""
    header = Header.parse(raw[:33])
    if header is None:
        return None
    at, first = 8, -1
    sizes: list[int] = []
    data: list[bytes] = []
    while at + 12 <= len(raw):
        size, kind = _CHUNK.unpack_from(raw, at)
        end = at + 12 + size
        if kind == b"IDAT":
            if end > len(raw):
                return None
            if first < 0:
                first = at
            data.append(raw[at + 8 : end - 4])
            sizes.append(size)
            crc = zlib.crc32(data[-1], zlib.crc32(kind))
            if crc.to_bytes(4, "big") != raw[end - 4 : end]:
                return None
        elif first >= 0:
            break
        at = end
    if first < 0:
        return None
    return PngParts(header, raw[:first], tuple(sizes), b"".join(data), raw[at:])


def kinds_of(head: bytes) -> Iterator[bytes]:
    """The types of the chunks that a file begins with.

    Args:
        head: As in `PngParts`.
    """
    at = len(SIGNATURE)
    while at + _CHUNK.size <= len(head):
        size, kind = _CHUNK.unpack_from(head, at)
        yield kind
        at += size + 12


def join(
    head: bytes, sizes: Iterable[int], stream: bytes, tail: bytes
) -> Sequence[bytes]:
    """A file's bytes, in pieces."""
    out = [head]
    at = 0
    for size in sizes:
        data = stream[at : at + size]
        at += size
        crc = zlib.crc32(data, zlib.crc32(b"IDAT"))
        out += [_CHUNK.pack(size, b"IDAT"), data, crc.to_bytes(4, "big")]
    out.append(tail)
    return out


def minimal(width: int, height: int, color: int, stream: bytes) -> bytes:
    """A file of eight-bit samples that has these scanlines and nothing else."""
    ihdr = _IHDR.pack(width, height, 8, color, 0, 0, 0)
    out = [SIGNATURE]
    for kind, data in ((b"IHDR", ihdr), (b"IDAT", stream), (b"IEND", b"")):
        crc = zlib.crc32(data, zlib.crc32(kind))
        out += [_CHUNK.pack(len(data), kind), data, crc.to_bytes(4, "big")]
    return b"".join(out)
