"""Streams taken apart: what their tokens say is what zlib inflates."""

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.store.codecs.inflate import MAX_BLOCKS, Parsed, opening, parse

TEXT = b"a rose is a rose is a rose; " * 20 + bytes(range(256)) + b"\0" * 700


def inflated(parsed: Parsed, literals: bytes) -> bytes:
    """What runs and matches stand for, the literals given."""
    out = bytearray()
    matches = iter(zip(parsed.lengths, parsed.distances, strict=True))
    runs = iter(parsed.runs)
    for count in parsed.matches:
        for _ in range(count):
            run = next(runs)
            out += literals[len(out) : len(out) + run]
            length, distance = next(matches)
            for _ in range(length):
                out.append(out[-distance])
        run = next(runs)
        out += literals[len(out) : len(out) + run]
    return bytes(out)


@pytest.mark.parametrize("level", [1, 6, 9])
@pytest.mark.parametrize("strategy", [0, zlib.Z_RLE, zlib.Z_FIXED])
def test_tokens_stand_for_the_bytes(level: int, strategy: int) -> None:
    squeeze = zlib.compressobj(level, zlib.DEFLATED, 15, 8, strategy)
    stream = squeeze.compress(TEXT) + squeeze.flush()
    parsed = parse(stream, len(TEXT))
    assert inflated(parsed, TEXT) == TEXT
    assert len(parsed.lengths) == len(parsed.distances) == sum(parsed.matches) > 0
    assert len(parsed.runs) == len(parsed.lengths) + len(parsed.matches)


def test_a_stored_block_has_no_tokens_and_its_bytes_are_not_in_the_heads() -> None:
    noise = random.Random(1).randbytes(5000)
    parsed = parse(zlib.compress(noise, 0), len(noise))
    assert (parsed.matches, parsed.runs, parsed.lengths) == ([], [], [])
    assert len(parsed.heads) < 20


def test_several_blocks() -> None:
    squeeze = zlib.compressobj(6)
    stream = squeeze.compress(TEXT) + squeeze.flush(zlib.Z_FULL_FLUSH)
    stream += squeeze.compress(TEXT) + squeeze.flush()
    parsed = parse(stream, 2 * len(TEXT))
    assert len(parsed.matches) == 2
    assert inflated(parsed, TEXT * 2) == TEXT * 2


STREAM = zlib.compress(TEXT)


@pytest.mark.parametrize(
    ("stream", "size"),
    [
        (b"", 0),
        (STREAM[:-5], len(TEXT)),
        (STREAM + b"x", len(TEXT)),
        (STREAM, len(TEXT) - 1),
        (STREAM, len(TEXT) + 1),
        (STREAM[:2] + b"\x07" + STREAM[3:], len(TEXT)),
        (b"\x78\x9c\x03\xfc" + bytes(8), 0),
        (b"\x78\x9c" + b"\xed" * 200, 10_000),
    ],
)
def test_what_is_no_such_stream(stream: bytes, size: int) -> None:
    with pytest.raises(ValueError, match=r"stream|block|code|length|distance"):
        parse(stream, size)


def test_more_blocks_than_are_worth_the_work() -> None:
    stream = b"\x78\x9c" + b"\0\0\0\xff\xff" * (MAX_BLOCKS + 1)
    with pytest.raises(ValueError, match="too many blocks"):
        parse(stream + b"\1\0\0\xff\xff" + bytes(4), 0)


@given(st.binary(max_size=90), st.integers(0, 300))
def test_any_bytes_are_a_stream_or_a_value_error(data: bytes, size: int) -> None:
    try:
        parsed = parse(b"\x78\x9c" + data, size)
    except ValueError:
        return
    assert sum(parsed.lengths) <= size


def test_the_opening_is_the_first_tokens() -> None:
    parsed = parse(STREAM, len(TEXT))
    whole = opening(STREAM, 1000)
    assert whole is not None
    assert not whole.stored
    assert whole.lengths.tolist() == parsed.lengths
    assert whole.runs.tolist() == parsed.runs[:-1]
    assert whole.size == len(TEXT)
    first = opening(STREAM[:150], 30)
    assert first is not None
    count = len(first.lengths)
    assert 0 < count < len(parsed.lengths)
    assert first.distances.tolist() == parsed.distances[:count]
    assert first.size >= int(first.runs.sum() + first.lengths.sum())


def test_the_opening_of_a_stored_block_is_its_size() -> None:
    noise = random.Random(1).randbytes(700)
    found = opening(zlib.compress(noise, 0), 9)
    assert found is not None
    assert (found.stored, found.size, len(found.lengths)) == (True, 700, 0)


@pytest.mark.parametrize(
    "stream", [b"", b"\x78\x9c", b"\x78\x9c\x07", b"\x78\x9c\x05\xff\xff\xff"]
)
def test_a_damaged_beginning_has_no_opening(stream: bytes) -> None:
    assert opening(stream, 9) is None
