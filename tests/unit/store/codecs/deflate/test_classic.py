"""Deflate streams that must be another encoder's, bit for bit."""

import hashlib
import random
import zlib

import pytest

from assetstore.store.codecs.deflate import proof
from assetstore.store.codecs.deflate.blocks import FIXED
from assetstore.store.codecs.deflate.classic import (
    DEFAULT,
    FILTERED,
    HUFFMAN,
    RLE,
    compress,
)
from support.deflated import ALL, inputs, skewed

CLASSIC = pytest.mark.skipif(
    not proof.is_classic(),
    reason=f"zlib {zlib.ZLIB_RUNTIME_VERSION} is not classic zlib",
)


def by_zlib(
    raw: bytes, level: int, mem_level: int, strategy: int, window_bits: int = 15
) -> bytes:
    encoder = zlib.compressobj(level, zlib.DEFLATED, -window_bits, mem_level, strategy)
    return encoder.compress(raw) + encoder.flush()


def differing(level: int, mem_level: int, strategy: int) -> list[str]:
    return [
        name
        for name, raw in inputs().items()
        if compress(raw, level=level, mem_level=mem_level, strategy=strategy)
        != by_zlib(raw, level, mem_level, strategy)
    ]


@CLASSIC
@pytest.mark.parametrize("strategy", [DEFAULT, FILTERED])
@pytest.mark.parametrize("mem_level", range(1, 10) if ALL else (8, 9))
@pytest.mark.parametrize("level", range(1, 10) if ALL else (1, 3, 4, 6, 9))
def test_matches_are_those_of_zlib(level: int, mem_level: int, strategy: int) -> None:
    assert differing(level, mem_level, strategy) == []


@CLASSIC
@pytest.mark.parametrize("strategy", [HUFFMAN, RLE])
@pytest.mark.parametrize("mem_level", [8, 9])
@pytest.mark.parametrize("level", range(1, 10) if ALL else (1, 9))
def test_without_a_search_too(level: int, mem_level: int, strategy: int) -> None:
    assert differing(level, mem_level, strategy) == []


@CLASSIC
@pytest.mark.parametrize("level", range(1, 10) if ALL else (2, 6))
def test_the_fixed_code_too(level: int) -> None:
    assert differing(level, 8, FIXED) == []


@CLASSIC
@pytest.mark.parametrize("window_bits", [9, 10, 12, 14])
@pytest.mark.parametrize("level", [1, 6])
def test_smaller_windows_too(level: int, window_bits: int) -> None:
    for raw in (inputs()["text"], inputs()["runs"]):
        ours = compress(
            raw,
            level=level,
            mem_level=8,
            strategy=DEFAULT,
            window_bits=window_bits,
        )
        assert ours == by_zlib(raw, level, 8, DEFAULT, window_bits)


@CLASSIC
@pytest.mark.parametrize("strategy", [DEFAULT, HUFFMAN, RLE])
def test_a_block_that_the_window_has_left_is_not_stored(strategy: int) -> None:
    """With memory level 9, noise fills blocks nearly as long as the window."""
    raw = random.Random(11).randbytes(140_000)
    ours = compress(raw, level=1, mem_level=9, strategy=strategy)
    assert ours == by_zlib(raw, 1, 9, strategy)


@CLASSIC
@pytest.mark.parametrize("level", [1, 6])
def test_several_windows(level: int) -> None:
    draws = random.Random(13)
    words = [draws.randbytes(draws.randrange(3, 12)) for _ in range(3000)]
    raw = b"".join(draws.choices(words, k=45_000))
    assert len(raw) > 300_000
    assert compress(raw, level=level, mem_level=8, strategy=DEFAULT) == by_zlib(
        raw, level, 8, DEFAULT
    )


@CLASSIC
@pytest.mark.parametrize("width", [20, 40])
def test_codes_that_would_be_too_long(width: int) -> None:
    raw = skewed(width, 60_000)
    assert compress(raw, level=1, mem_level=9, strategy=HUFFMAN) == by_zlib(
        raw, 1, 9, HUFFMAN
    )


@pytest.mark.parametrize(
    ("level", "mem_level", "strategy", "digest"),
    [
        (1, 8, 0, "6ff0ed47df9522f832ea4c52835cc49b"),
        (2, 9, 1, "6adc653a0d6ce508ea980f789bf0dd68"),
        (3, 8, 0, "b1342903288a31763b03e3260491f08d"),
        (4, 8, 0, "b28e2aea38065f66c11afc602e5551e8"),
        (5, 9, 0, "c4f3013f39f7e8a24f8acce9d635fe00"),
        (6, 8, 0, "fdf613e4b4f347b8669078bd0480bc5c"),
        (6, 8, 1, "ebc14c7f21895b719d75b4c13e2b366f"),
        (6, 9, 0, "8ac9ef7edc87acad37be60c8c0a90865"),
        (7, 8, 4, "7f15735235ac9a48e3b9a74402d4ad7e"),
        (8, 8, 0, "eff9d862f55aa8c8abd4b11032613c78"),
        (9, 8, 0, "ed10047a5df3578efd809036b02fc556"),
        (9, 9, 1, "d80ffaa0caf241e7f2a1602ca07a9620"),
        (1, 8, 2, "909bac775bb98161e32534775b710931"),
        (1, 9, 3, "9163e34ba8f2d96093c3e10b22ee04c7"),
    ],
)
def test_known_streams(level: int, mem_level: int, strategy: int, digest: str) -> None:
    """Everywhere, whatever the platform's zlib is."""
    raw = proof.sample()
    stream = compress(raw, level=level, mem_level=mem_level, strategy=strategy)
    assert hashlib.sha256(stream).hexdigest()[:32] == digest
    assert zlib.decompress(stream, -15) == raw


@pytest.mark.parametrize(
    ("level", "mem_level", "strategy", "window_bits"),
    [
        (0, 8, 0, 15),
        (10, 8, 0, 15),
        (6, 0, 0, 15),
        (6, 10, 0, 15),
        (6, 8, 5, 15),
        (6, 8, -1, 15),
        (6, 8, 0, 7),
        (6, 8, 0, 16),
    ],
)
def test_parameters_out_of_range(
    level: int, mem_level: int, strategy: int, window_bits: int
) -> None:
    with pytest.raises(ValueError, match="no such"):
        compress(
            b"",
            level=level,
            mem_level=mem_level,
            strategy=strategy,
            window_bits=window_bits,
        )
