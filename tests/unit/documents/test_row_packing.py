"""Compressed values are read, and written as their clients write them."""

import random

import zstandard

from assetstore.documents.row_packing import PACKED, packed_again, unpacked

TEXT = b'{"a":"' + b"picture " * 5000 + b'"}'


def test_there_and_back() -> None:
    packed = packed_again(TEXT)
    assert packed.startswith(PACKED)
    assert len(packed) < len(TEXT) / 10
    assert unpacked(packed, len(TEXT)) == TEXT
    assert unpacked(packed_again(b""), 0) == b""


def test_it_is_written_piece_by_piece() -> None:
    """So that the frame does not know its size, as those of Rust's writers."""
    assert zstandard.frame_content_size(packed_again(TEXT)) == -1
    assert unpacked(zstandard.compress(TEXT), 1 << 20) == TEXT


def test_what_is_damaged_or_too_long_says_nothing() -> None:
    packed = packed_again(TEXT)
    assert unpacked(packed, len(TEXT) - 1) is None
    assert unpacked(PACKED + b"\xff" * 20, 1 << 20) is None


def test_what_is_cut_off_says_nothing() -> None:
    """It would be written again without what is behind its last whole block."""
    packed = zstandard.compress(random.Random(7).randbytes(400_000))
    assert unpacked(packed, 1 << 20) is not None
    for size in (300_000, 131_090, len(packed) - 1):
        assert unpacked(packed[:size], 1 << 20) is None
    assert unpacked(packed + b"behind it", 1 << 20) is None


def test_frames_one_after_the_other() -> None:
    packed = packed_again(TEXT)
    assert unpacked(packed * 3, 3 * len(TEXT)) == TEXT * 3
    assert unpacked(packed * 3, 3 * len(TEXT) - 1) is None


def test_it_is_written_with_its_size_and_a_sum() -> None:
    """As Node writes frames."""
    packed = packed_again(TEXT, "zstd-1")
    about = zstandard.get_frame_parameters(packed)
    assert (about.content_size, about.has_checksum) == (len(TEXT), True)
    assert unpacked(packed, len(TEXT)) == TEXT
    assert packed != packed_again(TEXT)
