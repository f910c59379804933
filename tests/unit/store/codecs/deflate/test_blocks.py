"""Blocks of a deflate stream: the smallest of the three kinds, and their bits."""

import random
import zlib
from collections import Counter

import pytest

from assetstore.store.codecs.deflate.blocks import (
    DISTANCE,
    FIXED,
    MATCH,
    BlockWriter,
    dynamic_header,
    extra_bits,
    symbol_counts,
    trimmed,
)
from assetstore.store.codecs.deflate.huffman import code_lengths

STORED, STATIC, DYNAMIC = range(3)
NOISE = random.Random(1).randbytes(400)
TEXT = b"to be or not to be, that is the question; " * 30


def match(length: int, distance: int) -> int:
    return MATCH + length - 3 | distance << DISTANCE


def written(
    raw: bytes, tokens: list[int], strategy: int = 0, *, storable: bool = True
) -> bytes:
    writer = BlockWriter(raw, strategy)
    writer.write(tokens, 0, len(raw), storable=storable, last=True)
    return writer.finish()


def kind(stream: bytes) -> int:
    assert stream[0] & 1, "not the last block"
    return stream[0] >> 1 & 3


@pytest.mark.parametrize(
    ("raw", "strategy", "storable", "expected"),
    [
        (NOISE, 0, True, STORED),
        (NOISE, 0, False, STATIC),
        (b"abcabc", 0, True, STATIC),
        (b"", 0, True, STATIC),
        (TEXT, 0, True, DYNAMIC),
        (TEXT, FIXED, True, STATIC),
    ],
)
def test_the_kind_is_the_smallest(
    raw: bytes, strategy: int, storable: bool, expected: int
) -> None:
    stream = written(raw, list(raw), strategy, storable=storable)
    assert kind(stream) == expected
    assert zlib.decompress(stream, -15) == raw


@pytest.mark.parametrize("length", [3, 4, 10, 11, 12, 18, 19, 114, 115, 257, 258])
@pytest.mark.parametrize("distance", [1, 2, 4, 5, 6, 7, 192, 193, 8192])
def test_a_match_of_any_length_and_distance(length: int, distance: int) -> None:
    head = random.Random(3).randbytes(distance)
    raw = head + (head * length)[:length]
    stream = written(raw, [*head, match(length, distance)], FIXED, storable=False)
    assert zlib.decompress(stream, -15) == raw


def test_blocks_stand_behind_each_other() -> None:
    writer = BlockWriter(TEXT + NOISE, 0)
    writer.write(list(TEXT), 0, len(TEXT), storable=True, last=False)
    size = writer.size
    assert 0 < size < len(TEXT)
    writer.stored(len(TEXT), len(TEXT) + len(NOISE), last=True)
    assert writer.size >= size + len(NOISE) + 4
    assert zlib.decompress(writer.finish(), -15) == TEXT + NOISE


def test_bits_are_counted_before_they_are_sent() -> None:
    writer = BlockWriter(b"", 0)
    writer.put("101")
    assert writer.size == 0
    assert writer.whole("1" * 12) == 1
    assert writer.whole("1" * 13) == 2
    writer.put("11111")
    assert writer.size == 1
    assert writer.finish() == b"\xfd"


def test_extra_bits_have_the_lowest_first() -> None:
    assert [extra_bits(0, 0), extra_bits(1, 3), extra_bits(6, 3)] == ["", "100", "011"]


def test_symbols_are_counted_with_the_end_of_the_block() -> None:
    literals, distances = symbol_counts(
        Counter({65: 4, match(3, 1): 2, match(258, 1): 1})
    )
    assert (len(literals), len(distances)) == (286, 30)
    assert {at: n for at, n in enumerate(literals) if n} == {
        65: 4,
        256: 1,
        257: 2,
        285: 1,
    }
    assert {at: n for at, n in enumerate(distances) if n} == {0: 3}


def test_zeros_at_the_end_go_but_for_those_that_must_stay() -> None:
    assert trimmed([1, 0, 2, 0, 0], 1) == [1, 0, 2]
    assert trimmed([1, 0, 0, 0], 3) == [1, 0, 0]
    assert trimmed([], 0) == []


def test_a_header_has_at_least_four_lengths_of_its_own_alphabet() -> None:
    header = dynamic_header(257, 1, [(0, ""), (18, "0000000")], code_lengths)
    assert header[:5] == header[5:10] == "00000"
    kept = 4 + int(header[13:9:-1], 2)
    assert kept == 4
    assert len(header) == 14 + 3 * kept + 1 + 1 + 7
