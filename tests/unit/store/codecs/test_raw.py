"""Bytes as they are."""

import pytest

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.base import PIECE
from assetstore.store.codecs.raw import RawCodec
from support.shelf import filler


def test_pieces_are_handed_on_and_not_copied() -> None:
    codec, pieces = RawCodec(), [b"one" * 99, b"two"]
    assert codec.pays(b"anything")
    assert codec.encode(pieces, 300) is pieces
    encoder = codec.encoder()
    assert encoder.encode(pieces[0]) is pieces[0]
    assert encoder.finish() == b""


def test_pieces_are_views_of_the_buffer() -> None:
    data = bytes(range(256)) * (PIECE // 256) + b"the last piece"
    buffer = bytearray(PIECE)
    seen = []
    for piece in RawCodec().decode(filler(data), len(data), len(data), buffer):
        assert piece.obj is buffer
        seen.append(bytes(piece))
    assert [len(piece) for piece in seen] == [PIECE, 14]
    assert b"".join(seen) == data


def test_nothing_is_no_piece() -> None:
    assert list(RawCodec().decode(filler(b""), 0, 0, bytearray(PIECE))) == []


@pytest.mark.parametrize("stored", [8, 10, 0, 1 << 60])
def test_two_lengths_are_damage_before_anything_is_read(stored: int) -> None:
    def fill(offset: int, view: memoryview) -> int:
        raise AssertionError("read")

    with pytest.raises(DamagedBlob, match="two lengths"):
        list(RawCodec().decode(fill, stored, 9, bytearray(PIECE)))


def test_a_record_that_is_cut_is_damage() -> None:
    with pytest.raises(DamagedBlob, match="cut short"):
        list(RawCodec().decode(filler(b"short"), 6, 6, bytearray(PIECE)))
