"""Takes a zlib stream apart into its blocks, literal runs and matches.

Source of the format: RFC 1950, RFC 1951. Used where pictures are stored, never
where they are restored.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetstore.store.codecs.bits import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    LENGTH_BASE,
    LENGTH_EXTRA,
    BitReader,
    BitWriter,
    canonical,
    fixed_lengths,
    read_lengths,
)

MAX_BLOCKS = 4096
_MAX_STEPS = 8 << 20
_LOOK = 15
_END = 29


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a stream says, without the literals themselves.

    Attributes:
        heads: The bits that are not literals, matches or stored bytes, packed:
            zlib's header, the heads of the blocks, and what fills up a byte, behind
            the number of these bits in three bits.
        matches: How many matches each block has that is not a stored one.
        runs: Literals before each match and at the end of each such block.
        lengths: The length of each match.
        distances: The distance of each match.
    """

    heads: bytes
    matches: list[int]
    runs: list[int]
    lengths: list[int]
    distances: list[int]


def parse(stream: bytes, size: int) -> Parsed:
    """Take a zlib stream apart.

    Args:
        stream: The stream, its checksum included.
        size: How many bytes it holds.

    Raises:
        ValueError: It is no such stream, or one of more blocks or tokens than
            are worth the work.
    """
    bits = BitReader(stream[:-4])
    heads = BitWriter()
    matches: list[int] = []
    runs: list[int] = []
    lengths: list[int] = []
    distances: list[int] = []
    heads.put(bits.take(16), 16)
    padded = stream + bytes(8)
    given = final = stored = 0
    while not final:
        if len(matches) + stored >= MAX_BLOCKS or given > size:
            raise ValueError("a stream has too many blocks")
        first = bits.at
        final, kind = bits.take(1), bits.take(2)
        if kind == 0:
            _copy(bits, heads, first)
            _copy_filling(bits, heads)
            first = bits.at
            count = bits.take(16)
            bits.take(16)
            _copy(bits, heads, first)
            bits.take(8 * count)
            given += count
            stored += 1
            continue
        if kind == 3:
            raise ValueError("a block of no known kind")
        literal, distance = fixed_lengths() if kind == 1 else read_lengths(bits)
        _copy(bits, heads, first)
        before = len(lengths)
        bits.at, produced = _tokens(
            padded, bits.at, literal, distance, (runs, lengths, distances)
        )
        given += produced
        matches.append(len(lengths) - before)
    _copy_filling(bits, heads)
    if bits.at != 8 * (len(stream) - 4) or given != size:
        raise ValueError("a stream of another length")
    return Parsed(
        heads=heads.finish(),
        matches=matches,
        runs=runs,
        lengths=lengths,
        distances=distances,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first tokens of a stream's first block.

    Attributes:
        stored: Whether that block is a stored one, and there are none.
        runs: Literals before each match.
        lengths: The length of each match.
        distances: The distance of each match.
        size: How many bytes the tokens stand for, literals behind the last match
            included; what a stored block holds.
    """

    stored: bool
    runs: NDArray[np.int64]
    lengths: NDArray[np.int64]
    distances: NDArray[np.int64]
    size: int


def opening(stream: bytes, most: int) -> Opening | None:
    """Return how a zlib stream begins.

    Args:
        stream: The stream, or its first bytes.
        most: After so many matches and groups of literals it is enough.

    Returns:
        None where its beginning is damaged.
    """
    bits = BitReader(stream)
    out: tuple[list[int], list[int], list[int]] = [], [], []
    try:
        bits.take(17)
        if stored := not (kind := bits.take(2)):
            bits.take(-bits.at % 8)
            size = bits.take(16)
        elif kind == 3:
            return None
        else:
            literal, distance = fixed_lengths() if kind == 1 else read_lengths(bits)
            padded = stream + bytes(8)
            _, size = _tokens(padded, bits.at, literal, distance, out, most)
    except ValueError:
        return None
    count = len(out[1])  # no match follows the last run
    runs, lengths, distances = (np.array(part[:count], np.int64) for part in out)
    return Opening(
        stored=stored, runs=runs, lengths=lengths, distances=distances, size=size
    )


def _copy(bits: BitReader, heads: BitWriter, first: int) -> None:
    """Copy what was read since a place."""
    width = bits.at - first
    bits.at = first
    heads.put(bits.take(width), width)


def _copy_filling(bits: BitReader, heads: BitWriter) -> None:
    """Copy the bits up to the next byte, behind their number in three bits."""
    width = -bits.at % 8
    heads.put(width, 3)
    heads.put(bits.take(width), width)


def _tokens(
    data: bytes,
    at: int,
    literal: list[int],
    distance: list[int],
    out: tuple[list[int], list[int], list[int]],
    most: int = 0,
) -> tuple[int, int]:
    """Read a block's tokens: where it ends, and how many bytes it holds.

    Args:
        data: The stream, and eight bytes more.
        at: Where the first token begins, in bits.
        literal: The code lengths of literals and lengths.
        distance: Those of distances.
        out: Takes runs of literals, lengths and distances.
        most: Stop after so many steps; 0: at the block's end only.

    Raises:
        ValueError: The block is damaged, or has no end.
    """
    literals, added, symbols = _literal_table(literal)
    distances = _table(distance).tolist()
    base, extra = LENGTH_BASE.tolist(), LENGTH_EXTRA.tolist()
    far, far_extra = DISTANCE_BASE.tolist(), DISTANCE_EXTRA.tolist()
    runs, lengths, reaches = out
    word = struct.Struct("<Q").unpack_from
    mask = (1 << _LOOK) - 1
    end = 8 * len(data) - 64
    run = given = 0
    left = most or _MAX_STEPS - len(lengths)
    while at <= end and (left := left - 1) > 0:
        bits = word(data, at >> 3)[0] >> (at & 7)
        seen = bits & mask
        count = added[seen]
        width = literals[seen]
        if not width:
            raise ValueError("a code that is none")
        at += width
        if count:
            run += count
            continue
        symbol = symbols[seen]
        if symbol == _END:
            runs.append(run)
            return at, given + run
        if symbol > _END:
            raise ValueError("a length that is none")
        bits >>= width
        width = extra[symbol]
        length = base[symbol] + (bits & ((1 << width) - 1))
        bits >>= width
        at += width
        entry = distances[bits & mask]
        width, symbol = entry & 15, entry >> 4
        if not width or symbol > 29:
            raise ValueError("a distance that is none")
        bits >>= width
        at += width
        width = far_extra[symbol]
        at += width
        runs.append(run)
        lengths.append(length)
        reaches.append(far[symbol] + (bits & ((1 << width) - 1)))
        given += run + length
        run = 0
    if most:
        return at, given + run
    raise ValueError("a block without end")


def _table(lengths: list[int]) -> NDArray[np.int64]:
    """For the next bits of a stream: the symbol times 16, plus its width."""
    table = np.zeros(1 << _LOOK, np.int64)
    codes = canonical(lengths)
    for symbol, (width, code) in enumerate(zip(lengths, codes, strict=True)):
        if width:
            table[code :: 1 << width] = symbol << 4 | width
    return table


def _literal_table(lengths: list[int]) -> tuple[list[int], list[int], list[int]]:
    """For the next bits: their width, how many literals, else the length symbol.

    As many literals as the bits hold are taken at once.
    """
    table = _table(lengths)
    width, symbol = table & 15, table >> 4
    is_literal = (symbol < 256) & (width > 0)
    looked = np.arange(1 << _LOOK)
    taken = np.zeros_like(looked)
    count = np.zeros_like(looked)
    more = is_literal.copy()
    while more.any():
        nearest = looked >> taken
        step = width[nearest]
        more &= is_literal[nearest] & (taken + step <= _LOOK)
        taken += np.where(more, step, 0)
        count += more
    # Symbol 256 ends a block, 257 is the first length.
    other = np.where(symbol == 256, _END, np.where(symbol > 285, 99, symbol - 257))
    return np.where(is_literal, taken, width).tolist(), count.tolist(), other.tolist()
