"""Streams of Rust's png crate, written again."""

import contextlib
import random
import zlib

import pytest

from assetstore.errors import DamagedBlob
from support.pictures import picture

pytest.importorskip("numpy")

from assetstore.store.codecs import fdeflate
from assetstore.store.codecs.bits import BitReader, canonical, read_lengths

PICTURES = [f"fdeflate-{kind}.png" for kind in ("l", "rgb", "rgba", "up")]
LENGTHS = [*range(3, 11), 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99]
LENGTHS += [115, 131, 163, 195, 227, 258]


def by_the_rule(raw: bytes, row: int) -> bytes:
    """What the rule says, one byte after the other, in a string of bits."""
    head = picture(PICTURES[0]).stream[:54]
    reader = BitReader(head)
    reader.take(19)
    lengths = read_lengths(reader)[0]
    out = "".join(f"{byte:08b}"[::-1] for byte in head)[: reader.at]
    codes = [
        f"{code:0{width}b}"[::-1] if width else ""
        for code, width in zip(canonical(lengths), lengths, strict=True)
    ]
    for first in range(0, len(raw), row):
        line = raw[first : first + row]
        grouped = row // 8 * 8
        at = 0
        while at < row:
            end = at
            while end < grouped and line[end] == 0:
                end += 1
            if end < at // 8 * 8 + 8:
                out += codes[line[at]]
                at += 1
                continue
            left = end - at - 1
            out += codes[0] + (codes[285] + "0") * (left // 258)
            left %= 258
            if left > 4:
                k = max(k for k, base in enumerate(LENGTHS) if base <= left)
                extra = 0 if k < 8 or k == 28 else k // 4 - 1
                out += codes[257 + k]
                out += f"{left - LENGTHS[k]:0{extra}b}"[::-1] if extra else ""
                out += "0"
            else:
                out += codes[0] * left
            at = end
    out += codes[256]
    out += "0" * (-len(out) % 8)
    packed = bytes(int(out[i : i + 8][::-1], 2) for i in range(0, len(out), 8))
    return packed + zlib.adler32(raw).to_bytes(4, "big")


@pytest.mark.parametrize("name", PICTURES)
def test_real_streams_come_back_without_parameters(name: str) -> None:
    stream, raw, row = picture(name)
    assert fdeflate.parameters(stream) == b""
    assert fdeflate.encode(b"", raw, row) == stream


@pytest.mark.parametrize("row", [1, 7, 8, 9, 64, 701, 2000])
def test_runs_of_every_length(row: int) -> None:
    draw = random.Random(row)
    raw = b""
    while len(raw) < 6000:
        raw += bytes(draw.choice((1, 3, 6, 8, 9, 20, 257, 259, 300, 600)))
        raw += draw.randbytes(draw.randrange(1, 12))
    raw = raw[: len(raw) // row * row]
    stream = fdeflate.encode(b"", raw, row)
    assert stream == by_the_rule(raw, row)
    assert zlib.decompress(stream) == raw


def test_another_code_is_kept_with_the_stream() -> None:
    draw = random.Random(1)
    raw = bytes(min(255, int(draw.expovariate(0.02))) for _ in range(9000))
    deflate = zlib.compressobj(9, strategy=zlib.Z_RLE)
    stream = deflate.compress(raw + bytes(9)) + deflate.flush()
    head = fdeflate.parameters(stream)
    assert head
    assert stream.startswith(head[:-1])
    # A block of zlib's differs in its matches; its code serves all the same.
    again = fdeflate.encode(head, raw, len(raw))
    assert fdeflate.parameters(again) == head
    assert zlib.decompress(again) == raw


@pytest.mark.parametrize("level", [0, 1, 9])
def test_other_streams_are_refused_or_differ(level: int) -> None:
    _, raw, row = picture(PICTURES[1])
    stream = zlib.compress(raw, level)
    head = fdeflate.parameters(stream)
    if head is None:
        return
    assert head
    with contextlib.suppress(DamagedBlob):
        assert fdeflate.encode(head, raw, row) != stream


def test_cut_streams_are_refused() -> None:
    stream = picture(PICTURES[0]).stream
    for size in range(54):
        assert fdeflate.parameters(stream[:size]) is None


def test_damaged_heads_are_refused_or_harmless() -> None:
    stream, raw, row = picture(PICTURES[0])
    draw = random.Random(5)
    refused = 0
    for _ in range(300):
        head = bytearray(stream[:54])
        head[draw.randrange(54)] ^= 1 << draw.randrange(8)
        try:
            fdeflate.encode(bytes(head[: draw.choice((54, 54, 30))]), raw, row)
        except DamagedBlob:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("row", [0, -1, 7])
def test_rows_that_do_not_fit_are_refused(row: int) -> None:
    with pytest.raises(DamagedBlob, match="rows"):
        fdeflate.encode(b"", bytes(8), row)
