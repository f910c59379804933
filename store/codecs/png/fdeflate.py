"""Streams of the Rust crate ``png`` in its fast mode, which the crate ``image`` uses.

Its encoder, fdeflate (the crate's source, versions 0.2 and 0.3), has one Huffman code
for all streams and finds nothing but runs of zeros, row by row, looking at eight
bytes at a time: a run is coded as one if it goes on to the end of the eight bytes in
which it begins.
"""

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.png.huffman import (
    LENGTH_BITS,
    LENGTH_CODE,
    LENGTH_EXTRA,
    BitReader,
    BitWriter,
    codes_for,
    read_header,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

# What a stream begins with: zlib's header, and that of the one block.
HEADER = 54
_MARK = bytes.fromhex("7801edc003a0245996c6f1ff77ee")
_GROUP = 8
_LONGEST = 258
# Bytes of rows that are coded at a time.
_BAND = 256 << 10


def is_likely(stream: bytes) -> bool:
    """Whether a stream begins like one of fdeflate's."""
    return stream.startswith(_MARK) and len(stream) > HEADER


@lru_cache(4)
def _tables(header: bytes) -> "tuple[int, int, NDArray[np.uint64], NDArray[np.int64]]":
    """The header's bits, how many, and the codes with their lengths.

    Raises:
        DamagedBlob: It is none.
    """
    bits = BitReader(header[2:])
    if bits.take(3) != 0b101:  # one block, the last, with its own codes
        raise DamagedBlob("a recipe in a stored picture has another kind of header")
    lengths, _ = read_header(bits)
    lengths += [0] * (286 - len(lengths))
    value = int.from_bytes(header[2:], "little") & (1 << bits.at) - 1
    codes = np.array(codes_for(lengths), np.uint64)
    return value, bits.at, codes, np.array(lengths, np.int64)


def encode(header: bytes, raw: bytes, row: int) -> bytes:
    """The stream that fdeflate makes of scanlines.

    Args:
        header: Its first `HEADER` bytes.
        raw: The scanlines.
        row: Bytes of one of them, its filter's included.

    Raises:
        DamagedBlob: The header is none.
    """
    value, bits, codes, lengths = _tables(header)
    out = BitWriter(value, bits)
    data = np.frombuffer(raw, np.uint8)
    rows = data[: len(data) // row * row].reshape(-1, row)
    band = max(1, _BAND // row)
    for top in range(0, len(rows), band):
        out.add(*_coded(rows[top : top + band], codes, lengths))
    out.add(codes[256:257], lengths[256:257])
    return header[:2] + out.take() + zlib.adler32(raw).to_bytes(4, "big")


def _coded(
    rows: "Bytes", codes: "NDArray[np.uint64]", lengths: "NDArray[np.int64]"
) -> "tuple[NDArray[np.uint64], NDArray[np.int64]]":
    """The codes of rows, with their lengths."""
    start, size = _runs(rows)
    flat = rows.reshape(-1)
    edges = np.zeros(flat.size + 1, np.int32)
    edges[start] += 1
    edges[start + size] -= 1
    literals = np.flatnonzero(np.cumsum(edges[:-1]) == 0)
    # A run: a zero, as many of the longest matches as fit, then one shorter match,
    # or zeros where it would be no shorter than they.
    longest, rest = np.divmod(size - 1, _LONGEST)
    matched = rest > 4
    tail = np.zeros(len(rest), np.uint64)
    tail_bits = rest * lengths[0]
    short = rest[matched]
    symbol = LENGTH_CODE[short]
    extra = LENGTH_EXTRA[short].astype(np.uint64) << lengths[symbol].astype(np.uint64)
    tail[matched] = codes[symbol] | extra
    tail_bits[matched] = lengths[symbol] + LENGTH_BITS[short] + 1  # a distance of 1
    repeated = np.repeat(start, longest)
    places = np.concatenate([literals * 4, start * 4, repeated * 4 + 1, start * 4 + 2])
    found = np.concatenate(
        [
            codes[flat[literals]],
            np.full(len(start), codes[0]),
            np.full(len(repeated), codes[285]),
            tail,
        ]
    )
    size_of = np.concatenate(
        [
            lengths[flat[literals]],
            np.full(len(start), lengths[0]),
            np.full(len(repeated), lengths[285] + 1),
            tail_bits,
        ]
    )
    order = np.argsort(places, kind="stable")
    return found[order], size_of[order]


def _runs(rows: "Bytes") -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Where runs of zeros begin that are coded as such, and how long they are."""
    height, row = rows.shape
    whole = row // _GROUP * _GROUP
    zero = np.zeros((height, whole + 2), np.int8)
    zero[:, 1:-1] = rows[:, :whole] == 0
    change = np.diff(zero.reshape(-1))
    begins, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    line, begin = np.divmod(begins, whole + 2)
    end = ends % (whole + 2)
    coded = (begin // _GROUP + 1) * _GROUP <= end
    start = line[coded] * row + begin[coded]
    return start.astype(np.int64), (end - begin)[coded].astype(np.int64)
