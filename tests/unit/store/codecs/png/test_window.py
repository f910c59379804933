"""The pictures that the next one may refer to: the most alike, and no more than fit."""

import numpy as np
import pytest
from numpy.typing import NDArray

from assetstore.store.codecs.png import window as windows
from assetstore.store.codecs.png.tiles import KnownPicture, hash_segments, tiles_of
from assetstore.store.codecs.png.window import PictureWindow
from support.screens import screen

Bytes = NDArray[np.uint8]


def pixels_of(seed: int = 1, scroll: int = 0) -> Bytes:
    return np.asarray(screen(seed=seed, scroll=scroll))


def known(name: int, pixels: Bytes) -> KnownPicture:
    own = np.zeros(tiles_of(*pixels.shape[:2]), np.uint8)
    return KnownPicture(bytes((name,)) * 8, pixels, own, (), hash_segments(pixels))


def test_a_picture_is_found_by_its_name_alone() -> None:
    window = PictureWindow()
    first = known(1, pixels_of())
    window.add(first)
    assert window.find(first.name) is first
    assert window.find(b"another1") is None
    assert b"another1" not in window


def test_the_window_gives_what_is_most_alike_and_the_last() -> None:
    window = PictureWindow()
    for number in range(6):
        window.add(known(number, pixels_of(seed=number)))
    like = hash_segments(pixels_of(seed=2, scroll=8))
    found = [each.name[0] for each in window.similar(like, 3, 3)]
    assert found[0] == 2
    assert 5 in found
    assert len(found) <= 3
    assert window.similar(like, 4, 3) == []
    again = {each.name[0]: each for each in window.similar(like, 3, 3)}
    assert (again[2].pixels == pixels_of(seed=2)).all()


def test_the_window_forgets_what_was_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(windows, "_KEPT", 60_000)
    monkeypatch.setattr(windows, "_OPEN", 200_000)
    window = PictureWindow()
    first = known(0, pixels_of(seed=1))
    window.add(first)
    for number in range(1, 16):
        picture = known(number, pixels_of(seed=number))
        window.add(picture)
        assert window._size <= 60_000
        window.similar(first.hashes, 3, 2)  # it stays the most similar one
    assert first.name in window
    assert picture.name in window
    assert bytes((2,)) * 8 not in window
    assert sum(k.pixels.nbytes for k in window._open.values()) <= 400_000
    assert (window.similar(first.hashes, 3, 3)[0].pixels == first.pixels).all()


def test_a_picture_larger_than_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "_KEPT", 10)
    window = PictureWindow()
    window.add(known(1, pixels_of()))
    assert window.similar(hash_segments(pixels_of()), 3, 3) == []
    assert window._size == 0
