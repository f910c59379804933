"""A PNG is taken apart where that can be undone, and its pixels are coded."""

import tracemalloc
import zlib
from dataclasses import replace

import numpy as np
import pytest

from assetstore.store.codecs.png import PngCodec
from assetstore.store.codecs.png.container import Header
from assetstore.store.codecs.png.encode import code, scanlines, take
from assetstore.store.codecs.png.picture import WEBP, ZSTD
from assetstore.store.codecs.png.streams import Finder
from assetstore.store.codecs.png.tiles import Match, TileSource, tiles_of
from support.screens import pillow, png, screen

WIDTH, HEIGHT = 7, 5
LINES = b"".join(b"\0" + bytes(range(y, y + 3 * WIDTH)) for y in range(HEIGHT))
PLAIN = png(LINES, WIDTH, HEIGHT)
HEAD = PLAIN[:33]
STREAM = zlib.compress(LINES)


def test_scanlines_are_these_and_no_others() -> None:
    header = Header.parse(HEAD)
    assert header is not None
    assert scanlines(STREAM, header) == LINES
    for wrong in (
        b"",
        STREAM[:-1],
        STREAM + b"x",
        STREAM[:-1] + b"x",
        zlib.compress(LINES[:-1]),
        zlib.compress(LINES + b"x"),
        zlib.compress(bytes(40 << 20)),
    ):
        assert scanlines(wrong, header) is None


def test_an_interlaced_picture_has_as_many_scanlines_as_seven_passes() -> None:
    # 7 x 5: passes of 1x1, 1x1, 2x1, 2x2, 4x1, 3x3, 7x2 pixels.
    passes = ((1, 1), (1, 1), (2, 1), (2, 2), (4, 1), (3, 3), (7, 2))
    right = b"".join((b"\0" + bytes(3 * w)) * h for w, h in passes)
    header = Header.parse(png(b"", WIDTH, HEIGHT, interlace=1)[:33])
    assert header is not None
    assert scanlines(zlib.compress(right), header) == right
    assert scanlines(zlib.compress(right + b"\0"), header) is None
    assert scanlines(zlib.compress(right[:-1]), header) is None


def test_an_interlaced_bomb_is_not_inflated() -> None:
    header = Header.parse(png(b"", 512, 512, interlace=1)[:33])
    assert header is not None
    bomb = zlib.compress(bytes(6 << 20), 1)
    tracemalloc.start()
    assert scanlines(bomb, header) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 << 20


def test_a_picture_that_claims_to_be_huge_is_left() -> None:
    finder = Finder()
    for width, height in ((1 << 30, 1 << 30), (1, 1 << 31 - 1), (5000, 5000)):
        raw = png(LINES, min(width, (1 << 31) - 1), min(height, (1 << 31) - 1))
        assert take(raw, finder) is None


def test_a_file_without_a_recipe_is_left() -> None:
    squeeze = zlib.compressobj(6)
    lines = LINES * 9

    def twice(data: bytes) -> bytes:
        half = squeeze.compress(data[:90]) + squeeze.flush(zlib.Z_SYNC_FLUSH)
        return half + squeeze.compress(data[90:]) + squeeze.flush()

    raw = png(lines, WIDTH, HEIGHT * 9, deflate=twice)
    assert take(raw, Finder()) is None
    assert take(b"no picture", Finder()) is None
    assert take(PLAIN[:-30], Finder()) is None


@pytest.mark.parametrize("effort", [1, 9])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_what_is_coded_comes_back(mode: str, effort: int) -> None:
    raw = pillow(screen(60, 40, mode=mode))
    taken = take(raw, Finder())
    assert taken is not None
    assert taken.pixels is not None
    assert taken.pixels.shape[0] == 40
    picture, used = code(taken, effort)
    assert used is None
    assert PngCodec().whole(picture.write(), len(raw), None) == raw


def test_an_opaque_picture_is_coded_without_its_alpha() -> None:
    clear = screen(30, 20, mode="RGBA")
    taken = take(pillow(clear), Finder())
    assert taken is not None
    assert taken.picture.layout is not None
    assert taken.picture.layout.opaque
    clear.putpixel((3, 3), (1, 2, 3, 254))
    taken = take(pillow(clear), Finder())
    assert taken is not None
    assert taken.picture.layout is not None
    assert not taken.picture.layout.opaque


def test_an_interlaced_picture_is_kept_as_scanlines() -> None:
    passes = ((1, 1), (1, 1), (2, 1), (2, 2), (4, 1), (3, 3), (7, 2))
    lines = b"".join((b"\0" + bytes(3 * w)) * h for w, h in passes)
    raw = png(lines, WIDTH, HEIGHT, interlace=1)
    taken = take(raw, Finder())
    assert taken is not None
    assert taken.pixels is None
    picture, _ = code(taken, 1)
    assert picture.coding == ZSTD
    assert PngCodec().whole(picture.write(), len(raw), None) == raw


def test_a_filter_that_does_not_exist_is_kept_as_scanlines() -> None:
    raw = png(b"\5" + LINES[1:], WIDTH, HEIGHT)
    taken = take(raw, Finder())
    assert taken is not None
    assert taken.pixels is None


@pytest.mark.parametrize(("share", "used"), [(0.0, False), (0.5, True), (1.0, True)])
def test_tiles_of_others_are_left_out_where_there_are_enough(
    share: float, used: bool
) -> None:
    raw = pillow(screen(160, 96))
    taken = take(raw, Finder())
    assert taken is not None
    assert taken.pixels is not None
    alone, _ = code(replace(taken, picture=replace(taken.picture)), 1)
    codes = np.zeros(tiles_of(96, 160), np.uint8)
    codes[: round(len(codes) * share)] = 1
    found = Match(codes, [TileSource(b"another!", 0)] if share else [])
    picture, was = code(taken, 1, found)
    assert (was is found) == used
    assert picture.coding in (ZSTD, WEBP, 0)
    assert picture.layout is not None
    assert list(picture.layout.sources) == (found.sources if used else [])
    assert (len(picture.payload) < len(alone.payload)) == used
