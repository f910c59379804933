"""The deflate streams of fdeflate, the fast mode of Rust's png crate, once more.

Its rule (fdeflate 0.3 and 0.4, `UltraFastCompressor`): one block, whose Huffman
code does not depend on the content. Every row of a picture, filter byte first,
is cut into groups of eight bytes; what is left over are literals. A run of zeros
within the groups counts where it reaches the end of a group, and is one literal
zero, then matches of 258 bytes at distance 1, then one more match for what
remains, or literals where that is four bytes or fewer. All else are literals.
"""

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.bits import (
    BitReader,
    BitWriter,
    Codebook,
    Fields,
    Widths,
    read_lengths,
)

# How the streams of all known versions begin: zlib's header, the code lengths.
_USUAL = bytes.fromhex(
    "7801edc003a0245996c6f1ff77ee8dc8cca7724b63ae6ddbb66ddbb66ddbb66d698c9e96"
    "4aaf9e323322eef976b76a7aa6873b6bd50f"
)
_USUAL_WIDTH = 53 * 8 + 5
_MOST = 700
_BAND = 128 << 10
# A match is called by this and its length.
_MATCH = 256


def parameters(stream: bytes) -> bytes | None:
    """Find what of a stream `encode` needs beside the bytes that it holds.

    Returns:
        Nothing, where the stream begins as those of all known versions do; its
        beginning, where that is another last block of the dynamic kind; None,
        where `encode` cannot have made it.
    """
    try:
        width = _head(stream[:_MOST])[0]
    except ValueError:
        return None
    head = _cut(stream, width)
    return b"" if head == _cut(_USUAL, _USUAL_WIDTH) else head


def encode(header: bytes, raw: bytes, row: int) -> bytes:
    """The whole zlib stream.

    Args:
        header: What `parameters` gave.
        raw: The filtered rows of a picture.
        row: How many bytes a row has, its filter byte included.

    Raises:
        DamagedBlob: The header is none, lacks a code that the bytes need, or the
            bytes are no whole number of rows.
    """
    if row <= 0 or len(raw) % row:
        raise DamagedBlob("a picture's rows do not have the length that is stored")
    head = header or _USUAL
    try:
        width, book = _head(head)
    except ValueError as e:
        raise DamagedBlob(f"the head of a picture's stream is damaged: {e}") from e
    writer = BitWriter()
    writer.put(int.from_bytes(head[2:], "little") & ((1 << width - 16) - 1), width - 16)
    rows = np.frombuffer(raw, np.uint8).reshape(-1, row)
    table = _table(book)
    for part in _parts(rows):
        fields, widths = _fields(part, table)
        if not widths.all():
            raise DamagedBlob("the head of a picture's stream lacks a code")
        writer.put_all(fields, widths)
    if not book.literal_width[256]:
        raise DamagedBlob("the head of a picture's stream lacks its end")
    writer.put(int(book.literal[256]), int(book.literal_width[256]))
    return head[:2] + writer.finish() + zlib.adler32(raw).to_bytes(4, "big")


def _head(stream: bytes) -> tuple[int, Codebook]:
    """Read how many bits come before the first code, and the codes."""
    bits = BitReader(stream)
    if bits.take(16) & 0xFF != 0x78 or bits.take(3) != 0b101:
        raise ValueError("not a single block of the dynamic kind")
    literals, distances = read_lengths(bits)
    if distances[0] == 0 or not any(literals):
        raise ValueError("no code for the distance 1")
    return bits.at, Codebook(literals, distances)


def _cut(stream: bytes, width: int) -> bytes:
    """The first ``width`` bits, filled with zero bits."""
    cut = int.from_bytes(stream[: (width + 7) >> 3], "little") & ((1 << width) - 1)
    return cut.to_bytes((width + 7) >> 3, "little")


def _parts(rows: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """The rows, as many at a time as a processor's cache holds."""
    step = max(1, _BAND // rows.shape[1])
    for first in range(0, len(rows), step):
        yield rows[first : first + step]


def _fields(
    rows: NDArray[np.uint8], table: tuple[Fields, Widths]
) -> tuple[Fields, Widths]:
    """The fields that say some rows."""
    count, row = rows.shape
    grouped = row // 8 * 8
    edged = np.zeros((count, grouped + 2), np.int8)
    edged[:, 1:-1] = rows[:, :grouped] == 0
    steps = np.diff(edged.ravel())
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    in_row = starts % (grouped + 2)
    counts = in_row // 8 * 8 + 8 <= in_row + ends - starts
    starts, lengths = starts[counts], (ends - starts)[counts]
    starts = starts // (grouped + 2) * row + in_row[counts]

    # A run takes the places of its first bytes; the rest of it is left out.
    matched = lengths - 1
    longest, left = np.divmod(matched, 258)
    zeros = np.where(left > 4, 0, left)
    symbols = rows.ravel().astype(np.uint16)
    keep = np.ones(rows.size, np.int8)
    kept = 1 + longest + np.where(left > 4, 1, zeros)
    edges = np.zeros(rows.size + 1, np.int8)
    edges[starts + kept] -= 1
    edges[starts + lengths] += 1
    keep += np.cumsum(edges[:-1], dtype=np.int8)

    symbols[_ranges(starts + 1, longest)] = _MATCH + 258
    last = left > 4
    symbols[(starts + 1 + longest)[last]] = _MATCH + left[last]
    chosen = symbols[keep.view(np.bool_)]
    return table[0][chosen], table[1][chosen]


def _table(book: Codebook) -> tuple[Fields, Widths]:
    """For each literal, and for each length of a match, what says it."""
    one = int(book.distance[0]), int(book.distance_width[0])
    matches = _with_distance(book, np.arange(3, 259), one)
    none = np.zeros(3, np.int64)
    fields = book.literal[:256], none.astype(np.uint64), matches[0]
    widths = book.literal_width[:256], none, matches[1]
    return np.concatenate(fields), np.concatenate(widths)


def _with_distance(
    book: Codebook, lengths: NDArray[np.int64], one: tuple[int, int]
) -> tuple[Fields, Widths]:
    """Matches at distance 1; of width 0 where there is no code for the length."""
    fields, widths = book.lengths(lengths)
    there = widths > 0
    fields = fields | np.uint64(one[0]) << widths.astype(np.uint64)
    return np.where(there, fields, 0), np.where(there, widths + one[1], 0)


def _ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from each start on, as many as each count."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + counts, counts)
