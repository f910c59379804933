"""Scanline filters, compared with the specification's own words and with Pillow."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assetstore.store.codecs.png.container import Header, split
from assetstore.store.codecs.png.encode import _pixels
from assetstore.store.codecs.png.filters import refilter
from support.screens import pillow, png, screen


def slowly(rows: list[bytes], kinds: list[int], step: int) -> bytes:
    """What section 9 of the specification says, a byte at a time."""
    out = bytearray()
    above = bytes(len(rows[0]))
    for row, kind in zip(rows, kinds, strict=True):
        out.append(kind)
        for at, x in enumerate(row):
            a = row[at - step] if at >= step else 0
            b = above[at]
            c = above[at - step] if at >= step else 0
            p = a + b - c
            near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))
            out.append(x - (0, a, b, (a + b) // 2, near[2])[kind] & 255)
        above = row
    return bytes(out)


@given(
    st.integers(1, 12),
    st.integers(1, 6),
    st.sampled_from([1, 2, 3, 4, 6, 8]),
    st.data(),
)
def test_every_filter_of_every_row(
    width: int, height: int, step: int, data: st.DataObject
) -> None:
    size = width * step
    rows = [data.draw(st.binary(min_size=size, max_size=size)) for _ in range(height)]
    kinds = [data.draw(st.integers(0, 4)) for _ in range(height)]
    array = np.frombuffer(b"".join(rows), np.uint8).reshape(height, size)
    found = refilter(array, np.array(kinds, np.uint8), step).tobytes()
    assert found == slowly(rows, kinds, step)


@pytest.mark.parametrize("kind", range(5))
def test_more_rows_than_are_filtered_at_a_time(kind: int) -> None:
    rows = np.random.default_rng(1).integers(0, 256, (700, 3000), np.uint8)
    kinds = np.full(700, kind, np.uint8)
    found = refilter(rows, kinds, 3).tobytes()
    part = slowly([r.tobytes() for r in rows[348:352]], [kind] * 4, 3)
    at = 349 * 3001  # the first of a part has nothing above it, unlike here
    assert found[at : at + 3 * 3001] == part[3001:]


@pytest.mark.parametrize(
    ("color", "depth", "width", "step"),
    [
        (0, 8, 13, 1),
        (2, 8, 13, 3),
        (4, 8, 13, 2),
        (6, 8, 13, 4),
        (3, 8, 13, 1),
        (0, 16, 13, 2),
        (0, 1, 13, 1),
        (0, 2, 13, 1),
        (0, 4, 13, 1),
        (3, 1, 9, 1),
        (3, 2, 9, 1),
        (3, 4, 9, 1),
    ],
)
def test_pixels_are_what_the_filters_undo(
    color: int, depth: int, width: int, step: int
) -> None:
    header = Header(width, 11, depth, color, 0)
    samples = np.random.default_rng(depth).integers(0, 256, (11, header.row), np.uint8)
    kinds = np.arange(11, dtype=np.uint8) % 5
    lines = refilter(samples, kinds, header.step).tobytes()
    assert header.step == step
    stream = zlib.compress(lines)
    assert split(png(lines, width, 11, color=color, depth=depth)) is not None
    pixels = _pixels(stream, lines, header)
    assert pixels is not None
    assert pixels.reshape(11, -1).tobytes() == samples.tobytes()
    assert refilter(pixels.reshape(11, -1), kinds, pixels.shape[2]).tobytes() == lines


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pillow_filters_are_undone_and_done_again(mode: str) -> None:
    raw = pillow(screen(93, 61, edits=3, mode=mode))
    parts = split(raw)
    assert parts is not None
    lines = zlib.decompress(parts.stream)
    pixels = _pixels(parts.stream, lines, parts.header)
    assert pixels is not None
    rows = pixels.reshape(61, -1)
    kinds = np.frombuffer(lines, np.uint8)[:: parts.header.row + 1]
    assert refilter(rows, kinds, parts.header.step).tobytes() == lines
    if mode in ("RGB", "RGBA"):
        with Image.open(io.BytesIO(raw)) as image:
            assert image.tobytes() == rows.tobytes()
