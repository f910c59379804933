"""Deflate streams that must be another encoder's, bit for bit."""

import hashlib
import importlib.util
import io
import os
import random
import zlib
from functools import cache

import pytest
from PIL import Image, ImageDraw

from assetstore.store.codecs.deflate import huffman, miniz, proof
from assetstore.store.codecs.deflate.blocks import FIXED
from assetstore.store.codecs.deflate.classic import (
    DEFAULT,
    FILTERED,
    HUFFMAN,
    RLE,
    compress,
)

ALL = os.environ.get("ASSETSTORE_TEST_DEFLATE") == "all"
CLASSIC = pytest.mark.skipif(
    not proof.is_classic(),
    reason=f"zlib {zlib.ZLIB_RUNTIME_VERSION} is not classic zlib",
)


@cache
def screenshot(width: int = 400, height: int = 90) -> bytes:
    """The filtered scanlines of a picture with text, as Pillow writes them."""
    picture = Image.new("RGB", (width, height), (250, 250, 248))
    draw = ImageDraw.Draw(picture)
    draws = random.Random(7)
    draw.rectangle((20, 10, 150, 60), fill=(30, 60, 200))
    for y in range(0, height, 13):
        line = "".join(chr(draws.randrange(33, 120)) for _ in range(50))
        draw.text((y % 40, y), line, fill=(draws.randrange(90), 20, 30))
    file = io.BytesIO()
    picture.save(file, "PNG")
    png = file.getvalue()
    stream = []
    at = 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            stream.append(png[at + 8 : at + 8 + size])
        at += 12 + size
    return zlib.decompress(b"".join(stream))


@cache
def inputs() -> dict[str, bytes]:
    draws = random.Random(5)
    words = [draws.randbytes(draws.randrange(2, 9)) for _ in range(400)]
    runs = [bytes([draws.randrange(4)]) * draws.randrange(1, 600) for _ in range(200)]
    found = {
        "empty": b"",
        "one byte": b"x",
        "two bytes": b"xx",
        "short": b"abcabcabcab",
        "zeros": bytes(66_000),
        "runs": b"".join(runs),
        "text": b" ".join(draws.choices(words, k=6000)),
        "screenshot": screenshot(),
    }
    if ALL:
        found["noise"] = draws.randbytes(200_000)
        found["few symbols"] = bytes(draws.choices(b"abcd", k=70_000))
        found["long text"] = b" ".join(draws.choices(words, k=60_000))
        found["screenshot"] = screenshot(900, 300)
        for width in (2, 5, 9, 17, 40):
            found[f"weights {width}"] = skewed(width, 60_000)
        for size in (65_273, 65_274, 65_275, 65_278, 65_536, 98_042, 98_304):
            found[f"{size} bytes"] = draws.randbytes(size)
    return found


def skewed(width: int, size: int) -> bytes:
    """Each symbol half as frequent as the one before: very long codes."""
    draws = random.Random(width)
    weights = [2.0**-place for place in range(width)]
    return bytes(draws.choices(range(width), weights, k=size))


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
@pytest.mark.parametrize("level", range(1, 10))
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


def test_the_sample_is_the_same_everywhere() -> None:
    digest = hashlib.sha256(proof.sample()).hexdigest()
    assert digest == "321033bf127e7ca4ab9f8bb56e51187267908148e60c606bb680e5717a67d883"


def test_another_zlib_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = zlib.compressobj

    def cheaper(
        level: int, method: int, wbits: int, mem_level: int, strategy: int
    ) -> object:
        return real(level - (level == 9), method, wbits, mem_level, strategy)

    monkeypatch.setattr(zlib, "compressobj", cheaper)
    assert not proof.is_classic.__wrapped__()


@pytest.mark.parametrize(
    ("package", "known"),
    [("cramjam", proof.is_miniz), ("zlib_ng", proof.is_zlib_ng)],
)
def test_encoders_that_are_not_installed(package: str, known: object) -> None:
    assert callable(known)
    if importlib.util.find_spec(package) is None:
        assert not known()
    else:
        assert isinstance(known(), bool)


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


def test_code_lengths_are_at_most_the_limit() -> None:
    counts = [1, 1]
    while len(counts) < 19:
        counts.append(counts[-1] + counts[-2])
    lengths = huffman.code_lengths(counts, 7)
    assert max(lengths) == 7
    assert sum(2**-bits for bits in lengths) == 1


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
