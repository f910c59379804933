"""Deflate's bits: canonical codes, fields, the heads of blocks."""

import random
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.store.codecs.bits import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    DISTANCE_SYMBOL,
    LENGTH_BASE,
    LENGTH_EXTRA,
    LENGTH_SYMBOL,
    BitReader,
    BitWriter,
    Codebook,
    canonical,
    fixed_lengths,
    read_lengths,
)

FIELDS = st.lists(
    st.integers(0, 32).flatmap(
        lambda width: st.tuples(st.integers(0, (1 << width) - 1), st.just(width))
    ),
    max_size=40,
)


def test_codes_are_those_of_the_specification_first_bit_lowest() -> None:
    """RFC 1951, section 3.2.2: 010 011 100 101 110 00 1110 1111."""
    found = canonical([3, 3, 3, 3, 3, 2, 4, 4])
    assert found == [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111]
    assert canonical([0, 1, 0]) == [0, 0, 0]


@pytest.mark.parametrize("lengths", [[1, 1, 1], [15] * 32769, [1, 2, 2, 15]])
def test_more_codes_than_there_is_room_for(lengths: list[int]) -> None:
    with pytest.raises(ValueError, match="too many codes"):
        canonical(lengths)


def test_the_table_of_lengths_and_distances() -> None:
    """Lines of RFC 1951, section 3.2.5."""
    assert [LENGTH_BASE[n - 257] for n in (257, 264, 265, 284, 285)] == [
        3,
        10,
        11,
        227,
        258,
    ]
    assert [LENGTH_EXTRA[n - 257] for n in (264, 265, 284, 285)] == [0, 1, 5, 0]
    assert [DISTANCE_BASE[n] for n in (0, 3, 4, 29)] == [1, 4, 5, 24577]
    assert [DISTANCE_EXTRA[n] for n in (3, 4, 29)] == [0, 1, 13]
    assert [LENGTH_SYMBOL[n] for n in (3, 11, 12, 257, 258)] == [0, 8, 8, 27, 28]
    assert [DISTANCE_SYMBOL[n] for n in (1, 5, 6, 7, 32768)] == [0, 4, 4, 5, 29]


@given(FIELDS)
def test_fields_come_back(fields: list[tuple[int, int]]) -> None:
    one, all_ = BitWriter(), BitWriter()
    for value, width in fields:
        one.put(value, width)
    all_.put(1, 1)
    values, widths = ([pair[n] for pair in fields] for n in (0, 1))
    all_.put_all(np.array(values, np.uint64), np.array(widths, np.int64))
    reader, second = BitReader(one.finish()), BitReader(all_.finish())
    assert second.take(1) == 1
    for value, width in fields:
        assert reader.peek(width) == reader.take(width) == value
        assert second.take(width) == value
    total = sum(widths)
    assert len(reader._data) == -(-total // 8)


def test_bytes_begin_at_a_byte() -> None:
    writer = BitWriter()
    writer.put(0b101, 3)
    with pytest.raises(ValueError, match="within a byte"):
        writer.put_bytes(b"x")
    writer.put(0, 5)
    writer.put_bytes(b"xy")
    writer.put(0xABCD, 16)
    assert writer.finish() == b"\x05xy\xcd\xab"


def test_a_reader_stops_at_the_end_but_may_look_further() -> None:
    reader = BitReader(b"\xff")
    assert reader.peek(12) == 0xFF
    assert reader.take(3) == 7
    with pytest.raises(ValueError, match="cut short"):
        reader.take(6)
    assert reader.take(5) == 31
    assert reader.peek(9) == 0


def test_the_head_of_a_block_that_zlib_wrote() -> None:
    """Only these symbols occur: "a", "b", the end, and a length."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = squeeze.compress(bytes(random.Random(1).choices(b"ab", k=3000)))
    stream += squeeze.flush()
    bits = BitReader(stream)
    assert bits.take(3) == 0b101, "the last block, a dynamic one"
    literals, distances = read_lengths(bits)
    used = [symbol for symbol, width in enumerate(literals) if width]
    assert used[:3] == [ord("a"), ord("b"), 256]
    assert all(symbol > 256 for symbol in used[3:])
    assert 1 <= len(distances) <= 30
    assert sum(2.0**-width for width in literals if width) == 1


def head(*fields: tuple[int, int]) -> BitReader:
    writer = BitWriter()
    for value, width in fields:
        writer.put(value, width)
    writer.put(0, 64)
    return BitReader(writer.finish())


# Codes 0 and 1 for two symbols of the third alphabet; 18 stands third, 16 first.
EIGHTEEN_AND_ZERO = [(0, 3), (0, 3), (1, 3), (1, 3)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([(30, 5)], "too many codes"),
        ([(0, 5), (30, 5)], "too many codes"),
        ([(0, 5), (0, 5), (0, 4), *[(1, 3)] * 4], "too many codes"),
        ([(0, 5), (0, 5), (0, 4), *[(0, 3)] * 4], "a code that is none"),
        (
            [(0, 5), (0, 5), (0, 4), (1, 3), (0, 3), (0, 3), (1, 3), (1, 1)],
            "before the first",
        ),
        (
            [(0, 5), (0, 5), (0, 4), *EIGHTEEN_AND_ZERO, *[(1, 1), (127, 7)] * 2],
            "beyond the last",
        ),
    ],
)
def test_a_crafted_head_is_refused(fields: list[tuple[int, int]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_lengths(head(*fields))


def test_the_fixed_code_writes_what_zlib_reads() -> None:
    """A match of each length over the shortest and longest distance."""
    book = Codebook(*fixed_lengths())
    raw = bytes(range(251)) * 131
    start = raw[:32768]
    for length in (*range(3, 20), *range(20, 259, 7), 257, 258):
        for distance in (1, 7, 32768):
            writer = BitWriter()
            writer.put(3, 3)
            writer.put_all(*book.lengths(np.array([length])))
            writer.put_all(*book.distances(np.array([distance])))
            writer.put(0, 7)
            inflate = zlib.decompressobj(-15, zdict=start)
            made = inflate.decompress(writer.finish())
            assert inflate.eof
            at = 32768 - distance
            assert made == (start[at:] * length)[:length]


def test_what_a_block_has_no_code_for_has_no_width() -> None:
    literals = [0] * 286
    literals[256] = literals[257] = 1
    book = Codebook(literals, [1])
    assert book.lengths(np.array([3, 4, 258]))[1].tolist() == [1, 0, 0]
    assert book.distances(np.array([1, 2, 5]))[1].tolist() == [1, 0, 0]
