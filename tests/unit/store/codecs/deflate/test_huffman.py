"""Code lengths as zlib and miniz assign them, and the codes that follow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.store.codecs.deflate import huffman

# Every alphabet of deflate has more than two symbols.
COUNTS = st.lists(st.integers(0, 10_000), min_size=3, max_size=60)


def room(lengths: list[int]) -> float:
    """How much of all codes of a length is taken: 1 for a whole code."""
    return sum(2.0**-bits for bits in lengths if bits)


def test_code_lengths_are_at_most_the_limit() -> None:
    counts = [1, 1]
    while len(counts) < 19:
        counts.append(counts[-1] + counts[-2])
    lengths = huffman.code_lengths(counts, 7)
    assert max(lengths) == 7
    assert sum(2**-bits for bits in lengths) == 1


def test_the_codes_of_the_specification() -> None:
    """RFC 1951, section 3.2.2, gives these for ABCDEFGH."""
    assert huffman.codes([3, 3, 3, 3, 3, 2, 4, 4]) == [
        "010",
        "011",
        "100",
        "101",
        "110",
        "00",
        "1110",
        "1111",
    ]
    assert huffman.codes([1, 0, 1]) == ["0", "", "1"]


@given(COUNTS, st.sampled_from([7, 15]))
def test_lengths_are_a_whole_code_and_rarer_symbols_have_longer_ones(
    counts: list[int], longest: int
) -> None:
    for lengths in (
        huffman.code_lengths(counts, longest),
        huffman.moffat_lengths(counts, longest),
    ):
        used = sorted((n, -bits) for n, bits in zip(counts, lengths, strict=True) if n)
        assert [bits for _, bits in used] == sorted(bits for _, bits in used)
        assert max(lengths) <= longest
        assert sum(n > 0 for n in counts) < 2 or room(lengths) == 1


def test_zlib_makes_two_codes_at_least_and_miniz_as_many_as_there_are() -> None:
    assert huffman.code_lengths([0, 0, 0], 15) == [1, 1, 0]
    assert huffman.code_lengths([0, 0, 9], 15) == [1, 0, 1]
    assert huffman.code_lengths([9, 0, 0], 15) == [1, 1, 0]
    assert huffman.moffat_lengths([0, 0, 0], 15) == [0, 0, 0]
    assert huffman.moffat_lengths([0, 0, 9], 15) == [0, 0, 1]


@pytest.mark.parametrize("assign", [huffman.code_lengths, huffman.moffat_lengths])
def test_a_code_without_a_limit_is_optimal(assign: object) -> None:
    """45 of 100 get one bit: the example of Cormen and others, 224 bits."""
    counts = [45, 13, 12, 16, 9, 5]
    lengths = assign(counts, 15)  # type: ignore[operator]
    assert lengths == [1, 3, 3, 3, 4, 4]


def test_miniz_shortens_what_is_too_long() -> None:
    counts = [1, 1]
    while len(counts) < 19:
        counts.append(counts[-1] + counts[-2])
    assert max(huffman.moffat_lengths(counts, 15)) == 15
    assert room(huffman.moffat_lengths(counts, 7)) == 1
