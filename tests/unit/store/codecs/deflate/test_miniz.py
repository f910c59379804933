"""miniz's streams, bit for bit, and its two levels."""

import random
import zlib

import pytest

from assetstore.store.codecs.deflate import miniz, proof
from support.deflated import inputs, screenshot


@pytest.mark.skipif(not proof.is_miniz(), reason="no cramjam with miniz")
@pytest.mark.parametrize("flush", [False, True])
@pytest.mark.parametrize("level", [1, 6])
def test_streams_are_those_of_miniz(level: int, flush: bool) -> None:
    import cramjam

    found = [*inputs().values(), proof.sample(), random.Random(3).randbytes(70_000)]
    if level == 1:
        found.append(screenshot(900, 300))  # more than a block
    for raw in found:
        encoder = cramjam.zlib.Compressor(level=level)
        encoder.compress(raw)
        theirs = bytes(encoder.flush()) if flush else b""
        theirs += bytes(encoder.finish())
        assert miniz.compress(raw, level=level, flush=flush) == theirs[2:-4]


def test_miniz_has_two_levels_here() -> None:
    with pytest.raises(ValueError, match="no such level"):
        miniz.compress(b"", level=2, flush=False)


@pytest.mark.parametrize("flush", [False, True])
@pytest.mark.parametrize("level", [1, 6])
def test_a_stream_holds_what_was_given(level: int, flush: bool) -> None:
    for raw in (b"", b"x", inputs()["short"], inputs()["runs"]):
        stream = miniz.compress(raw, level=level, flush=flush)
        assert zlib.decompress(stream, -15) == raw


def test_a_flush_ends_a_block_at_a_byte() -> None:
    raw = inputs()["short"] * 9
    plain, flushed = (miniz.compress(raw, level=6, flush=f) for f in (False, True))
    assert b"\0\0\xff\xff" in flushed
    assert b"\0\0\xff\xff" not in plain


def test_noise_is_stored() -> None:
    raw = random.Random(1).randbytes(9000)
    assert raw in miniz.compress(raw, level=6, flush=False)
