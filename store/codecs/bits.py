"""Bits as deflate has them, written in bulk: canonical Huffman codes, fields, blocks.

Source of the format: RFC 1951. The first bit of a stream is the lowest of its
first byte; a Huffman code enters with its first bit lowest, a number with its
lowest bit lowest.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Fields = NDArray[np.uint64]
Widths = NDArray[np.int64]

# RFC 1951, 3.2.5: the smallest length and distance of each symbol, and how many
# bits are added.
LENGTH_EXTRA = np.array([0] * 8 + [k // 4 for k in range(4, 24)] + [0])
LENGTH_BASE = 3 + np.cumsum(1 << LENGTH_EXTRA) - (1 << LENGTH_EXTRA)
LENGTH_BASE[28] = 258
DISTANCE_EXTRA = np.array([0, 0, *(k // 2 for k in range(28))])
DISTANCE_BASE = 1 + np.cumsum(1 << DISTANCE_EXTRA) - (1 << DISTANCE_EXTRA)

# The symbol of every length and of every distance.
LENGTH_SYMBOL = np.searchsorted(LENGTH_BASE, np.arange(259), "right") - 1
DISTANCE_SYMBOL = np.searchsorted(DISTANCE_BASE, np.arange(32769), "right") - 1

_CODE_LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_FIXED_LITERALS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8


def canonical(lengths: Sequence[int]) -> list[int]:
    """The codes for code lengths of at most 15 bits, first bit lowest.

    Raises:
        ValueError: There are more codes than their lengths leave room for.
    """
    counts = [0] * 16
    for length in lengths:
        counts[length] += 1
    counts[0] = 0
    if sum(n << (15 - length) for length, n in enumerate(counts)) > 1 << 15:
        raise ValueError("a Huffman code has too many codes")
    following = [0] * 16
    for length in range(1, 16):
        following[length] = (following[length - 1] + counts[length - 1]) << 1
    codes = []
    for length in lengths:
        code = following[length]
        following[length] += 1
        codes.append(int(f"{code:0{length}b}"[::-1], 2) if length else 0)
    return codes


class BitReader:
    """Reads a stream's bits one field after the other."""

    def __init__(self, data: bytes):
        self._data = data
        self.at = 0

    def take(self, width: int) -> int:
        """The next ``width`` bits as a number.

        Raises:
            ValueError: So many are not left.
        """
        if self.at + width > 8 * len(self._data):
            raise ValueError("a stream is cut short")
        value = self.peek(width)
        self.at += width
        return value

    def peek(self, width: int) -> int:
        """The same, but they are not taken; zeros follow the end."""
        first = self.at >> 3
        word = int.from_bytes(self._data[first : first + (width >> 3) + 2], "little")
        return (word >> (self.at & 7)) & ((1 << width) - 1)


def read_lengths(bits: BitReader) -> tuple[list[int], list[int]]:
    """The code lengths at the head of a dynamic block, after its type.

    Returns:
        The lengths of the literal and length codes, those of the distance codes.

    Raises:
        ValueError: They are no valid head of a block.
    """
    literals = bits.take(5) + 257
    distances = bits.take(5) + 1
    if literals > 286 or distances > 30:
        raise ValueError("a block has too many codes")
    outer = [0] * 19
    for symbol in _CODE_LENGTH_ORDER[: bits.take(4) + 4]:
        outer[symbol] = bits.take(3)
    meanings: list[tuple[int, int]] = [(0, 0)] * 128  # of the next seven bits
    for symbol, (width, code) in enumerate(zip(outer, canonical(outer), strict=True)):
        if width:
            meanings[code :: 1 << width] = [(width, symbol)] * (128 >> width)
    lengths: list[int] = []
    while len(lengths) < literals + distances:
        width, symbol = meanings[bits.peek(7)]
        if not width:
            raise ValueError("a block begins with a code that is none")
        bits.take(width)
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:
            if not lengths:
                raise ValueError("a block repeats a length before the first")
            lengths += [lengths[-1]] * (3 + bits.take(2))
        else:
            lengths += [0] * (3 + bits.take(3) if symbol == 17 else 11 + bits.take(7))
    if len(lengths) > literals + distances:
        raise ValueError("a block repeats a length beyond the last")
    return lengths[:literals], lengths[literals:]


class Codebook:
    """The codes of one block, as arrays to look up.

    Attributes:
        literal: The code of each literal and length symbol.
        literal_width: Its bits; 0 where the block has no such symbol.
        distance: The code of each distance symbol.
        distance_width: Its bits.
    """

    def __init__(self, literals: Sequence[int], distances: Sequence[int]):
        self.literal = np.zeros(288, np.uint64)
        self.literal[: len(literals)] = canonical(literals)
        self.literal_width = np.zeros(288, np.int64)
        self.literal_width[: len(literals)] = literals
        self.distance = np.zeros(32, np.uint64)
        self.distance[: len(distances)] = canonical(distances)
        self.distance_width = np.zeros(32, np.int64)
        self.distance_width[: len(distances)] = distances

    def lengths(self, lengths: NDArray[np.int64]) -> tuple[Fields, Widths]:
        """The fields that say match lengths: code and added bits."""
        symbols = LENGTH_SYMBOL[lengths]
        widths = self.literal_width[257 + symbols]
        added = (lengths - LENGTH_BASE[symbols]).astype(np.uint64)
        fields = self.literal[257 + symbols] | added << widths.astype(np.uint64)
        widths = np.where(widths > 0, widths + LENGTH_EXTRA[symbols], 0)
        return fields, widths

    def distances(self, distances: NDArray[np.int64]) -> tuple[Fields, Widths]:
        """The fields that say match distances: code and added bits."""
        symbols = DISTANCE_SYMBOL[distances]
        widths = self.distance_width[symbols]
        added = (distances - DISTANCE_BASE[symbols]).astype(np.uint64)
        fields = self.distance[symbols] | added << widths.astype(np.uint64)
        widths = np.where(widths > 0, widths + DISTANCE_EXTRA[symbols], 0)
        return fields, widths


def fixed_lengths() -> tuple[list[int], list[int]]:
    """The code lengths of a block of the fixed kind."""
    return _FIXED_LITERALS, [5] * 30


class BitWriter:
    """Puts fields of at most 32 bits behind each other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._rest = 0
        self._width = 0

    def put(self, value: int, width: int) -> None:
        """Write one field of any width."""
        self._rest |= value << self._width
        self._width += width
        whole = self._width >> 3
        self._parts.append(
            (self._rest & ((1 << 8 * whole) - 1)).to_bytes(whole, "little")
        )
        self._rest >>= 8 * whole
        self._width &= 7

    def put_bytes(self, data: bytes) -> None:
        """Write bytes; the stream has to be at a byte's start."""
        if self._width:
            raise ValueError("bytes begin within a byte")
        self._parts.append(data)

    def put_all(self, fields: Fields, widths: Widths) -> None:
        """Write many fields; one of width 0 has to be 0."""
        if not len(fields):
            return
        ends = np.cumsum(widths) + self._width
        starts = ends - widths
        shifted = fields << (starts & 31).astype(np.uint64)
        words = starts >> 5
        total = int(ends[-1])
        out = np.zeros((total >> 5) + 3, np.uint64)
        first = np.flatnonzero(np.diff(words, prepend=-1))
        low = np.bitwise_or.reduceat(shifted & np.uint64(0xFFFFFFFF), first)
        high = np.bitwise_or.reduceat(shifted >> np.uint64(32), first)
        out[words[first]] = low
        out[words[first] + 1] |= high
        out[0] |= np.uint64(self._rest)
        packed = out.astype("<u4").tobytes()
        whole = total >> 3
        self._parts.append(packed[:whole])
        self._width = total & 7
        self._rest = packed[whole] & ((1 << self._width) - 1)

    def finish(self) -> bytes:
        """Everything written, the last byte filled with zero bits."""
        self.put(0, -self._width % 8)
        return b"".join(self._parts)
