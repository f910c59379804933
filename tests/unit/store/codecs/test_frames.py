"""Whole Zstandard frames: exact, bounded, and nothing but DamagedBlob."""

import contextlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.frames import expand, squeeze
from assetstore.store.codecs.zstd import MAX_WINDOW

TEXT = b"the same again and again " * 400


@given(st.binary(max_size=900), st.sampled_from([1, 12, 19]))
def test_bytes_come_back(data: bytes, level: int) -> None:
    assert expand(squeeze(data, level), len(data)) == data


def test_long_matches_are_found_and_the_window_stays_what_a_reader_allows() -> None:
    import random

    noise = random.Random(1).randbytes(300_000)
    frame = squeeze(noise + noise, 3)
    assert len(frame) < 320_000
    assert expand(frame, 600_000) == noise + noise
    frame = squeeze(bytes(9 << 20), 3)
    assert zstandard.get_frame_parameters(frame).window_size <= MAX_WINDOW


def test_a_frame_of_more_bytes_than_are_allowed_is_not_opened() -> None:
    bomb = squeeze(bytes(40 << 20), 1)
    assert len(bomb) < 10_000
    with pytest.raises(DamagedBlob, match="impossible size"):
        expand(bomb, 1000)


def of_unknown_size(data: bytes, window: int = 0) -> bytes:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        3, window_log=window or 12
    )
    squeeze = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"no frame",
        squeeze(TEXT, 3)[:-1],
        squeeze(TEXT, 3)[:9],
        of_unknown_size(TEXT),
        of_unknown_size(TEXT, 27),
    ],
)
def test_a_damaged_frame_is_damage(frame: bytes) -> None:
    with pytest.raises(DamagedBlob, match="compressed part"):
        expand(frame, 1 << 20)


@given(st.integers(0, 60), st.integers(1, 255))
def test_any_byte_changed_is_damage_or_as_many_bytes(at: int, mask: int) -> None:
    frame = bytearray(squeeze(TEXT, 3))
    frame[at % len(frame)] ^= mask
    with contextlib.suppress(DamagedBlob):
        assert len(expand(bytes(frame), 1 << 14)) <= 1 << 14
