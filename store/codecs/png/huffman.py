"""Huffman codes as deflate packs them (RFC 1951, section 3.2)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from assetstore.errors import DamagedBlob

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Lengths = NDArray[np.int64]

# In which order a block's header lists the lengths of the codes for lengths.
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_END = 256
# For each length of a match: its code, extra bits, and how many they are.
LENGTH_CODE = np.zeros(259, np.int64)
LENGTH_EXTRA = np.zeros(259, np.int64)
LENGTH_BITS = np.zeros(259, np.int64)
_base = 3
for _code in range(257, 285):
    _bits = max(0, (_code - 261) // 4)
    for _extra in range(1 << _bits):
        if _base + _extra < 258:
            LENGTH_CODE[_base + _extra] = _code
            LENGTH_EXTRA[_base + _extra] = _extra
            LENGTH_BITS[_base + _extra] = _bits
    _base += 1 << _bits
LENGTH_CODE[258] = 285


def codes_for(lengths: Sequence[int]) -> list[int]:
    """Canonical codes for their lengths, the first bit lowest."""
    count = [0] * 17
    for length in lengths:
        count[length] += 1
    count[0] = 0
    following, code = [0] * 17, 0
    for bits in range(1, 17):
        code = (code + count[bits - 1]) << 1
        following[bits] = code
    out = []
    for length in lengths:
        code = following[length]
        following[length] += length > 0
        mirrored = int(f"{code:0{length}b}"[::-1], 2) if length else 0
        out.append(mirrored)
    return out


class BitReader:
    """Bits of a stream, the lowest of each byte first."""

    def __init__(self, data: bytes):
        self._value = int.from_bytes(data, "little")
        self._size = 8 * len(data)
        self.at = 0

    def take(self, bits: int) -> int:
        """The next bits as a number.

        Raises:
            DamagedBlob: There are no more.
        """
        if self.at + bits > self._size:
            raise DamagedBlob("a deflate stream's header is cut short")
        value = self._value >> self.at & (1 << bits) - 1
        self.at += bits
        return value


def read_header(bits: BitReader) -> tuple[list[int], list[int]]:
    """The lengths of the codes for literals and for distances in a dynamic block.

    Raises:
        DamagedBlob: They are none.
    """
    literals, distances = bits.take(5) + 257, bits.take(5) + 1
    short = [0] * 19
    for symbol in _ORDER[: bits.take(4) + 4]:
        short[symbol] = bits.take(3)
    known = {
        (length, code): symbol
        for symbol, (length, code) in enumerate(
            zip(short, codes_for(short), strict=True)
        )
        if length
    }
    lengths: list[int] = []
    while len(lengths) < literals + distances:
        code = 0
        for length in range(1, 8):
            code |= bits.take(1) << length - 1
            if (length, code) in known:
                break
        else:
            raise DamagedBlob("a deflate stream's header is damaged")
        symbol = known[length, code]
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:
            if not lengths:
                raise DamagedBlob("a deflate stream's header is damaged")
            lengths += [lengths[-1]] * (3 + bits.take(2))
        else:
            lengths += [0] * (3 + bits.take(3) if symbol == 17 else 11 + bits.take(7))
    return lengths[:literals], lengths[literals : literals + distances]


class BitWriter:
    """Joins codes to bytes.

    Args:
        value: The bits that come first, as a number.
        bits: How many they are.
    """

    def __init__(self, value: int, bits: int):
        self._out: list[bytes] = []
        whole = bits // 32 * 4
        self._out.append((value & (1 << 8 * whole) - 1).to_bytes(whole, "little"))
        self._rest, self._bits = value >> 8 * whole, bits % 32

    def add(self, codes: "Words", lengths: "Lengths") -> None:
        """Append codes of at most 32 bits."""
        ends = np.cumsum(lengths) + self._bits
        if not len(ends):
            return
        starts = ends - lengths
        total = int(ends[-1])
        words = np.zeros(total // 32 + 2, np.uint64)
        words[0] = self._rest
        at = starts >> 5
        shifted = codes << (starts & 31).astype(np.uint64)
        first = np.flatnonzero(np.r_[True, at[1:] != at[:-1]])
        words[at[first]] += np.add.reduceat(shifted & np.uint64(0xFFFFFFFF), first)
        words[at[first] + 1] += np.add.reduceat(shifted >> np.uint64(32), first)
        self._out.append(words[: total // 32].astype("<u4").tobytes())
        self._rest, self._bits = int(words[total // 32]), total % 32

    def take(self) -> bytes:
        """All bits as bytes."""
        rest = self._rest.to_bytes(5, "little")[: (self._bits + 7) // 8]
        return b"".join([*self._out, rest])
