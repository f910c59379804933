"""The stored form of a PNG file: written, read, and refused where it is damaged."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.dependent import read_related
from assetstore.store.codecs.png.picture import (
    MAX_PIXELS,
    NOTHING,
    WEBP,
    ZSTD,
    Layout,
    StoredPicture,
    decode_pixels,
    encode_pixels,
)
from assetstore.store.codecs.png.streams import ZLIB, StreamRecipe
from assetstore.store.codecs.png.tiles import MOST_SOURCES, TileSource, tiles_of

ONE, TWO = b"owner--1", b"owner--2"


def layout(**change: object) -> Layout:
    found = Layout(
        height=70,
        width=40,
        channels=3,
        opaque=True,
        kinds=bytes(at % 5 for at in range(70)),
        box=(0, 16, 64, 24),
        sources=[TileSource(TWO, -9), TileSource(ONE, 12)],
        codes=np.arange(np.prod(tiles_of(70, 40)), dtype=np.uint8).reshape(
            tiles_of(70, 40)
        )
        % 3,
    )
    return replace(found, **change)  # type: ignore[arg-type]


def picture(of: Layout | None, **change: object) -> StoredPicture:
    found = StoredPicture(
        head=b"head",
        tail=b"",
        sizes=(8192, 8192, 8192, 17),
        recipe=StreamRecipe(ZLIB, (6, 8, 0, 15), b"\x78\x9c"),
        version="1.3",
        layout=of,
        row=161,
        coding=ZSTD,
        payload=b"payload",
    )
    return replace(found, **change)  # type: ignore[arg-type]


def test_a_stored_form_comes_back() -> None:
    was = picture(layout())
    stored = was.write()
    assert read_related(stored) == [ONE, TWO]
    read = StoredPicture.read(stored)
    assert read.layout is not None
    assert was.layout is not None
    assert (read.layout.codes == was.layout.codes).all()
    read.layout.codes = was.layout.codes
    assert read == was
    assert read.layout.step == 4


def test_one_of_scanlines_has_no_layout() -> None:
    was = picture(None)
    assert StoredPicture.read(was.write()) == was


def test_one_without_sources_has_no_map() -> None:
    read = StoredPicture.read(picture(layout(sources=[])).write())
    assert read.layout is not None
    assert not read.layout.codes.any()
    assert read.layout.codes.shape == tiles_of(70, 40)


CRAFTED: dict[str, dict[str, object]] = {
    "no rows": {"height": 0, "kinds": b""},
    "too many pixels": {"height": MAX_PIXELS, "width": 2},
    "no channels": {"channels": 0},
    "five channels": {"channels": 5},
    "a box below": {"box": (7, 0, 64, 24)},
    "a box to the right": {"box": (0, 17, 64, 24)},
    "too few filters": {"kinds": bytes(69)},
    "a code without a source": {"codes": np.full(tiles_of(70, 40), 3, np.uint8)},
    "too small a map": {"codes": np.zeros((1, 1), np.uint8)},
    "too many sources": {"sources": [TileSource(ONE, n) for n in range(300)]},
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_layout_is_damage(name: str) -> None:
    assert MOST_SOURCES < 300
    stored = picture(layout(**CRAFTED[name])).write()
    with pytest.raises(DamagedBlob, match="a stored picture"):
        StoredPicture.read(stored)


def test_a_source_that_is_not_named_is_damage() -> None:
    stored = picture(layout()).write()
    stored = b"\x01\x01" + stored[2:10] + stored[18:]
    with pytest.raises(DamagedBlob, match="names a source"):
        StoredPicture.read(stored)


def test_a_million_chunks_are_damage_before_they_are_listed() -> None:
    stored = picture(None, sizes=(1,) * ((1 << 20) + 1)).write()
    with pytest.raises(DamagedBlob, match="too many chunks"):
        StoredPicture.read(stored)


@given(st.integers(0, 400), st.integers(1, 255))
def test_any_byte_changed_is_read_or_damage(at: int, mask: int) -> None:
    stored = bytearray(picture(layout()).write())
    stored[at % len(stored)] ^= mask
    try:
        read = StoredPicture.read(bytes(stored))
    except DamagedBlob:
        return
    assert read.layout is None or read.layout.height * read.layout.width <= MAX_PIXELS


def pixels(height: int, width: int, channels: int) -> "np.typing.NDArray[np.uint8]":
    flat = np.arange(height * width * channels) // 7 % 251
    return flat.astype(np.uint8).reshape(height, width, channels)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (9, 20), (180, 200)])
def test_pixels_come_back(height: int, width: int, channels: int) -> None:
    part = pixels(height, width, channels)
    coding, payload = encode_pixels(part, 0, 0)
    assert coding in (ZSTD, WEBP)
    back = decode_pixels(coding, payload, (height, width, channels))
    assert back.tobytes() == part.tobytes()


def test_what_is_clear_keeps_its_colour() -> None:
    part = pixels(100, 200, 4)
    part[:, :, 3] = 0
    coding, payload = encode_pixels(part, 0, 0)
    assert coding == WEBP
    assert (decode_pixels(coding, payload, part.shape) == part).all()


def test_a_part_without_pixels_takes_no_bytes() -> None:
    assert encode_pixels(pixels(0, 0, 3), 0, 0) == (NOTHING, b"")
    assert decode_pixels(NOTHING, b"", (0, 0, 3)).shape == (0, 0, 3)


@pytest.mark.parametrize("shape", [(9, 19, 3), (9, 21, 3), (9, 20, 2)])
def test_pixels_of_another_size_are_damage(shape: tuple[int, int, int]) -> None:
    coding, payload = encode_pixels(pixels(9, 20, 3), 0, 0)
    assert coding == ZSTD
    with pytest.raises(DamagedBlob):
        decode_pixels(coding, payload, shape)


@pytest.mark.parametrize("shape", [(180, 399, 3), (400, 180, 3), (180, 400, 2)])
def test_a_picture_of_another_size_is_damage(shape: tuple[int, int, int]) -> None:
    coding, payload = encode_pixels(pixels(180, 400, 3), 0, 0)
    assert coding == WEBP
    with pytest.raises(DamagedBlob):
        decode_pixels(coding, payload, shape)


@pytest.mark.parametrize(
    ("coding", "payload", "shape"),
    [
        (NOTHING, b"", (1, 1, 3)),
        (NOTHING, b"x", (0, 0, 3)),
        (ZSTD, b"x", (0, 0, 3)),
        (ZSTD, b"no frame", (1, 1, 3)),
        (WEBP, b"no picture", (1, 1, 3)),
        (WEBP, b"RIFF\x08\0\0\0WEBPVP8L", (1, 1, 3)),
        (WEBP, b"", (1, 1, 2)),
        (9, b"x", (1, 1, 3)),
    ],
)
def test_pixels_that_are_none_are_damage(
    coding: int, payload: bytes, shape: tuple[int, int, int]
) -> None:
    with pytest.raises(DamagedBlob, match=r"a stored picture|a compressed part"):
        decode_pixels(coding, payload, shape)
