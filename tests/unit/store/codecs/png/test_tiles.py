"""What pictures have in common, found, named, and forgotten."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from assetstore.store.codecs.png.tiles import (
    MOST_OWNERS,
    TILE,
    KnownPicture,
    Match,
    TileSource,
    hash_segments,
    match,
    sketch,
    tiles_of,
)
from support.screens import screen

Bytes = NDArray[np.uint8]


def pixels_of(**how: object) -> Bytes:
    return np.asarray(screen(**how))  # type: ignore[arg-type]


def known(name: int, pixels: Bytes, found: Match | None = None) -> KnownPicture:
    height, width = pixels.shape[:2]
    own = np.zeros(tiles_of(height, width), np.uint8)
    codes, sources = (own, ()) if found is None else (found.codes, found.sources)
    return KnownPicture(
        bytes((name,)) * 8, pixels, codes, sources, hash_segments(pixels)
    )


def spread(codes: Bytes, height: int, width: int) -> Bytes:
    """Each pixel's code."""
    return np.repeat(np.repeat(codes, TILE, 0), TILE, 1)[:height, :width]


def matched(pixels: Bytes, *others: KnownPicture) -> Match:
    known = {each.name: each for each in others}
    return match(pixels, hash_segments(pixels), others, known.get)


def composed(pixels: Bytes, found: Match, pictures: dict[bytes, KnownPicture]) -> Bytes:
    """A picture from its own tiles and those that it names, a pixel at a time."""
    out = np.full_like(pixels, 77)
    codes = spread(found.codes, *pixels.shape[:2])
    out[codes == 0] = pixels[codes == 0]
    for number, source in enumerate(found.sources, 1):
        owner = pictures[source.owner]
        theirs = spread(owner.codes, *owner.pixels.shape[:2])
        for y, x in np.argwhere(codes == number):
            assert theirs[y - source.down, x] == 0, "not the owner's own"
            out[y, x] = owner.pixels[y - source.down, x]
    return out


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ({}, {}, 1.0),
        ({}, {"edits": 1}, 0.9),
        ({}, {"scroll": 8}, 0.85),
        ({}, {"scroll": 29}, 0.7),
        ({"scroll": 29}, {"scroll": 3}, 0.7),
        ({"width": 320}, {"width": 333}, 0.6),
        ({"width": 333}, {"width": 320}, 0.9),
        ({"height": 200}, {"height": 211}, 0.9),
        ({"height": 211}, {"height": 200}, 0.9),
        ({"width": 323, "height": 203}, {"width": 323, "height": 203}, 1.0),
        (
            {"width": 323, "height": 203},
            {"width": 323, "height": 203, "scroll": 21},
            0.6,
        ),
        ({"mode": "L"}, {"mode": "L", "scroll": 17}, 0.7),
    ],
)
def test_what_is_found_is_right_and_much(
    one: dict[str, object], other: dict[str, object], share: float
) -> None:
    def pixels_as(how: dict[str, object]) -> Bytes:
        found = pixels_of(**how)
        return found[:, :, None] if found.ndim == 2 else found

    first = known(1, pixels_as(one))
    second = pixels_as(other)
    found = matched(second, first)
    assert found.share >= share
    assert (composed(second, found, {first.name: first}) == second).all()


def test_nothing_is_found_in_another_picture() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (80, 130, 3), np.uint8)
    first = known(1, noise)
    second = noise[::-1].copy()
    found = matched(second, first)
    assert found.share == 0
    assert found.sources == []


def test_pictures_of_other_channels_are_passed_over() -> None:
    first = known(1, pixels_of())
    second = pixels_of(mode="RGBA")
    assert matched(second, first).share == 0


@given(st.data())
def test_any_history_has_no_chains_and_comes_back(data: st.DataObject) -> None:
    """Crops of one canvas, each matched with some that were before it."""
    canvas = np.random.default_rng(3).integers(0, 2, (140, 100, 1), np.uint8)
    pictures: dict[bytes, KnownPicture] = {}
    for number in range(data.draw(st.integers(2, 7))):
        top = data.draw(st.integers(0, 60))
        height = data.draw(st.integers(1, 80))
        width = data.draw(st.integers(1, 100))
        pixels = canvas[top : top + height, :width].copy()
        if data.draw(st.booleans()):
            y = data.draw(st.integers(0, height - 1))
            pixels[y] = 5
        before = list(pictures.values())[-3:][::-1]
        found = match(pixels, hash_segments(pixels), before, pictures.get)
        assert len({source.owner for source in found.sources}) <= MOST_OWNERS
        assert (composed(pixels, found, pictures) == pixels).all()
        picture = known(number + 1, pixels, found)
        pictures[picture.name] = picture


def test_of_more_than_six_owners_those_stay_that_give_most() -> None:
    rng = np.random.default_rng(5)
    size = 10 * TILE
    whole = rng.integers(0, 256, (size, 64, 3), np.uint8)
    # A picture that took each of its rows of tiles from another one.
    codes = np.repeat(np.arange(1, 11, dtype=np.uint8)[:, None], 8, 1)
    codes[5:, 4:] = 0
    sources = [TileSource(bytes((9, n)) * 4, n) for n in range(10)]
    other = KnownPicture(b"composed", whole, codes, sources, hash_segments(whole))
    found = matched(whole, other)
    owners = {source.owner for source in found.sources}
    assert len(owners) == MOST_OWNERS
    # Its own tiles give most, then the five whole rows.
    assert owners == {b"composed", *(source.owner for source in sources[:5])}
    assert set(np.unique(found.codes)) == set(range(len(found.sources) + 1))
    assert (found.codes[5:, :4] == 0).all()


def test_hashes_pass_over_what_is_of_one_colour() -> None:
    pixels = pixels_of(width=200, height=60)
    hashes = hash_segments(pixels)
    assert hashes.shape == (60, 3)
    assert (hashes[2] == 0).any()
    assert (hashes[24:] != 0).any()
    assert hash_segments(pixels[:, :63]).shape == (60, 0)
    assert len(sketch(hashes)) <= 64
    assert 0 not in sketch(hashes)
    assert (hash_segments(pixels.copy()) == hashes).all()
