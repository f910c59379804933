"""Any deflate stream, kept as what its encoder chose and no more.

Who knows the bytes of a stream needs of the stream itself only the heads of its
blocks, how many literals stand between the matches, and the lengths and
distances of these. Distances are kept as ranks, see `ranks`.

The stored form, numbers little-endian:

| size | meaning |
|---|---|
| 4 | CRC-32 of the stream |
| 8 per section | stored and decoded size of each of seven sections |
| | the sections |

The sections: heads (see `inflate.Parsed`), matches per block (4 bytes each), runs
(a byte each, 255 for one of the next section), long runs (4 bytes each), lengths
less 3, ranks, explicit distances less 1 (all low bytes, then all high bytes).
A section is the range coder of LZMA without a header, as it is where the two sizes
are equal.
"""

import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assetstore.errors import DamagedBlob
from assetstore.store.codecs import inflate, ranks
from assetstore.store.codecs.bits import (
    BitReader,
    BitWriter,
    Codebook,
    fixed_lengths,
    read_lengths,
)

Numbers = NDArray[np.int64]

_SECTIONS = 7
_HEAD = struct.Struct(f"<I{2 * _SECTIONS}I")
_LONG = 255
_SLICE = 128 << 10
# What a stream is worth: where its tokens take more than this, nothing is won.
_WORTH = 0.6
_MAX_RAW = 64 << 20
_FILTERS = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20, "lc": 0, "lp": 0, "pb": 0}]


def analyse(stream: bytes, raw: bytes) -> bytes | None:
    """Find what `rebuild` needs to make a stream from the bytes that it holds.

    It was tried before it is given out.

    Args:
        stream: A whole zlib stream.
        raw: What it holds.

    Returns:
        The stored form; None where it is no valid stream of these bytes, or one
        whose stored form takes more than three fifths of it.
    """
    if len(raw) > _MAX_RAW:
        return None
    try:
        parsed = inflate.parse(stream, len(raw))
        stored = _store(parsed, stream, raw)
        if len(stored) > len(stream) * _WORTH + _HEAD.size:
            return None
        return stored if rebuild(stored, raw) == stream else None
    except (ValueError, DamagedBlob):
        return None


def rebuild(stored: bytes, raw: bytes) -> bytes:
    """The stream that `analyse` was given.

    Raises:
        DamagedBlob: The stored form is damaged, or the bytes are others.
    """
    try:
        if len(raw) > _MAX_RAW:
            raise ValueError("more bytes than are kept so")
        crc, sections = _sections(stored, len(raw))
        stream = _Rebuilding(sections, raw).stream()
    except ValueError as e:
        raise DamagedBlob(f"the tokens of a stream are damaged: {e}") from e
    if zlib.crc32(stream) != crc:
        raise DamagedBlob("the tokens of a stream give another stream")
    return stream


def _store(parsed: inflate.Parsed, stream: bytes, raw: bytes) -> bytes:
    """The stored form of what was parsed."""
    runs = np.array(parsed.runs, np.int64)
    lengths = np.array(parsed.lengths, np.int64)
    distances = np.array(parsed.distances, np.int64)
    plan = _Plan(parsed.heads, parsed.matches, runs, lengths, len(raw))
    if (distances > plan.starts).any():
        raise ValueError("a match begins before the first byte")
    rank = ranks.to_ranks(raw, plan.starts, lengths, distances)
    explicit = (distances[rank == ranks.EXPLICIT] - 1).astype("<u2")
    sections = (
        parsed.heads,
        np.array(parsed.matches, "<u4").tobytes(),
        np.minimum(runs, _LONG).astype(np.uint8).tobytes(),
        runs[runs >= _LONG].astype("<u4").tobytes(),
        (lengths - 3).astype(np.uint8).tobytes(),
        rank.astype(np.uint8).tobytes(),
        (explicit & 255).astype(np.uint8).tobytes()
        + (explicit >> 8).astype(np.uint8).tobytes(),
    )
    packed = [_pack(section) for section in sections]
    sizes = (len(s) for pair in zip(packed, sections, strict=True) for s in pair)
    return _HEAD.pack(zlib.crc32(stream), *sizes) + b"".join(packed)


def _pack(section: bytes) -> bytes:
    packed = lzma.compress(section, lzma.FORMAT_RAW, filters=_FILTERS)
    return packed if len(packed) < len(section) else section


def _sections(stored: bytes, size: int) -> tuple[int, list[bytes]]:
    """The stream's CRC-32 and the decoded sections."""
    if len(stored) < _HEAD.size:
        raise ValueError("they are cut short")
    crc, *sizes = _HEAD.unpack_from(stored)
    # Each match takes three bytes or more, each block has one run beyond them.
    most = size // 3 + inflate.MAX_BLOCKS
    limits = [700 * inflate.MAX_BLOCKS, 4 * inflate.MAX_BLOCKS, most]
    limits += [4 * (size // _LONG + 1), most, most, 2 * most]
    at, sections = _HEAD.size, []
    for packed, full, limit in zip(sizes[::2], sizes[1::2], limits, strict=True):
        section = stored[at : at + packed]
        at += packed
        if full > limit or len(section) != packed:
            raise ValueError("a section has a wrong size")
        if packed != full:
            decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_FILTERS)
            try:
                section = decoder.decompress(section, full)
            except lzma.LZMAError as e:
                raise ValueError(str(e)) from e
            if len(section) != full:
                raise ValueError("a section is cut short")
        sections.append(section)
    if at != len(stored):
        raise ValueError("something follows them")
    return crc, sections


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One block, and how much comes before and after it.

    Attributes:
        head: Its first bits.
        width: How many these are.
        book: Its codes; None for a stored block.
        first: Its first byte.
        last: The byte after its last.
        matches: The first of its matches and the one after the last.
    """

    head: int
    width: int
    book: Codebook | None
    first: int
    last: int
    matches: tuple[int, int]


class _Plan:
    """Where the blocks and matches of a stream begin.

    Attributes:
        header: The two bytes of zlib's.
        blocks: The blocks.
        filling: The bits after the last block, and how many there are.
        starts: Where each match begins.
    """

    def __init__(
        self,
        heads: bytes,
        matches: list[int],
        runs: Numbers,
        lengths: Numbers,
        size: int,
    ):
        if sum(matches) != len(lengths) or len(lengths) + len(matches) != len(runs):
            raise ValueError("sections of different counts")
        bits = BitReader(heads)
        self.header = bits.take(16)
        self.blocks: list[_Block] = []
        self.starts = np.zeros(len(lengths), np.int64)
        final = given = match = run = 0
        counts = iter(matches)
        while not final:
            if len(self.blocks) >= inflate.MAX_BLOCKS:
                raise ValueError("too many blocks")
            first, at, before = given, bits.at, match
            book: Codebook | None
            final, kind = bits.take(1), bits.take(2)
            if kind == 0:
                filling, filled = _filling(bits)
                sizes = bits.take(32)
                given += sizes & 0xFFFF
                head = final | filling << 3 | sizes << 3 + filled
                width, book = 35 + filled, None
            else:
                literal, distance = read_lengths(bits) if kind == 2 else fixed_lengths()
                width, bits.at = bits.at - at, at
                count = next(counts, -1)
                if count < 0 or kind == 3:
                    raise ValueError("a block that is none")
                after = match + count
                # Each such block has one run more than matches.
                steps = np.cumsum(runs[run : run + count])
                reach = lengths[match:after]
                ends = np.cumsum(reach)
                self.starts[match:after] = first + steps + ends - reach
                given += int(runs[run : run + count + 1].sum() + reach.sum())
                run += count + 1
                book = Codebook(literal, distance)
                head, match = bits.take(width), after
            if given > size:
                raise ValueError("more bytes than there are")
            self.blocks.append(
                _Block(
                    head=head,
                    width=width,
                    book=book,
                    first=first,
                    last=given,
                    matches=(before, match),
                )
            )
        self.filling = _filling(bits)
        if given != size or next(counts, None) is not None:
            raise ValueError("another number of bytes or blocks")
        if bits.at + 7 >> 3 != len(heads):
            raise ValueError("heads of another length")


def _filling(bits: BitReader) -> tuple[int, int]:
    """Bits that fill up a byte, and how many these are."""
    width = bits.take(3)
    return bits.take(width), width


class _Rebuilding:
    """Sections on their way back to a stream."""

    def __init__(self, sections: list[bytes], raw: bytes):
        heads, matches, runs, long, lengths, rank, explicit = sections
        if len(matches) % 4 or len(long) % 4 or len(explicit) % 2:
            raise ValueError("a section has a wrong size")
        self._raw = raw
        self._data = np.frombuffer(raw, np.uint8)
        counts = np.frombuffer(runs, np.uint8).astype(np.int64)
        more = np.flatnonzero(counts == _LONG)
        if 4 * len(more) != len(long) or len(rank) != len(lengths):
            raise ValueError("sections of different counts")
        counts[more] = np.frombuffer(long, "<u4")
        self._lengths = np.frombuffer(lengths, np.uint8).astype(np.int64) + 3
        each = np.frombuffer(matches, "<u4").tolist()
        self._plan = _Plan(heads, each, counts, self._lengths, len(raw))
        ranked = np.frombuffer(rank, np.uint8).astype(np.int64)
        self._distances = ranks.to_distances(
            raw, self._plan.starts, self._lengths, ranked
        )
        far = np.flatnonzero(ranked == ranks.EXPLICIT)
        if 2 * len(far) != len(explicit):
            raise ValueError("sections of different counts")
        parts = np.frombuffer(explicit, np.uint8).astype(np.int64).reshape(2, -1)
        self._distances[far] = (parts[0] | parts[1] << 8) + 1
        if len(far) < len(ranked) and not self._distances.all():
            raise ValueError("a rank without a place")
        if len(ranked) and self._distances.max() > ranks.WINDOW:
            raise ValueError("a distance beyond the window")

    def stream(self) -> bytes:
        """The stream."""
        writer = BitWriter()
        writer.put(self._plan.header, 16)
        for block in self._plan.blocks:
            writer.put(block.head, block.width)
            if block.book is None:
                writer.put_bytes(self._raw[block.first : block.last])
                continue
            for first, last, low, high in self._slices(block):
                self._put(writer, block.book, first, last, low, high)
            writer.put(int(block.book.literal[256]), int(block.book.literal_width[256]))
        writer.put(*self._plan.filling)
        return writer.finish() + zlib.adler32(self._raw).to_bytes(4, "big")

    def _slices(self, block: _Block) -> Iterator[tuple[int, int, int, int]]:
        """Parts of a block's bytes and matches; no match reaches over two."""
        first, (low, end) = block.first, block.matches
        starts = self._plan.starts
        while first < block.last:
            last = min(first + _SLICE, block.last)
            high = int(np.searchsorted(starts[:end], last))
            if high > low:
                last = max(last, int(starts[high - 1] + self._lengths[high - 1]))
            yield first, last, low, high
            first, low = last, high

    def _put(
        self,
        writer: BitWriter,
        book: Codebook,
        first: int,
        last: int,
        low: int,
        high: int,
    ) -> None:
        """Write the tokens of some bytes; a match takes its first two places."""
        values = self._data[first:last]
        fields, widths = book.literal[values], book.literal_width[values]
        starts = self._plan.starts[low:high] - first
        lengths = self._lengths[low:high]
        edges = np.zeros(last - first + 1, np.int8)
        edges[starts + 2] = 1
        edges[starts + lengths] -= 1
        chosen = np.cumsum(edges[:-1], dtype=np.int8) == 0
        fields[starts], widths[starts] = book.lengths(lengths)
        fields[starts + 1], widths[starts + 1] = book.distances(
            self._distances[low:high]
        )
        widths = widths[chosen]
        if not widths.all():
            raise ValueError("a block lacks a code")
        writer.put_all(fields[chosen], widths)
