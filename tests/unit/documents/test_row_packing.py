"""Compressed values are read, and written as their clients write them."""

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
