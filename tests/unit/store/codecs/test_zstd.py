"""Zstandard, as an archive uses it: where it pays, and within bounds."""

import random

import pytest
import zstandard

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.base import PIECE
from assetstore.store.codecs.zstd import MAX_WINDOW, ZstdCodec
from support.shelf import filler

TEXT = b"<svg>" + b"the same again and again " * 400
NOISE = random.Random(1).randbytes(9000)


def decoded(stored: bytes, raw: int, said: int = -1) -> bytes:
    size = len(stored) if said < 0 else said
    found = ZstdCodec().decode(filler(stored), size, raw, bytearray(PIECE))
    return b"".join(map(bytes, found))


def test_it_pays_where_the_beginning_shrinks_by_a_tenth() -> None:
    codec = ZstdCodec()
    assert codec.pays(TEXT)
    assert not codec.pays(NOISE)
    assert not codec.pays(random.Random(2).randbytes(32 << 10) + TEXT * 100), (
        "32 KiB are looked at"
    )


def test_a_blob_that_shrinks_by_less_than_a_twentieth_is_not_kept_so() -> None:
    codec = ZstdCodec()
    assert codec.encode([NOISE], len(NOISE)) is None
    nearly = NOISE + bytes(len(NOISE) // 25)
    assert codec.encode([nearly], len(nearly)) is None
    enough = NOISE + bytes(len(NOISE) // 15)
    assert codec.encode([enough], len(enough)) is not None


def test_a_frame_of_several_pieces() -> None:
    stored = ZstdCodec().encode([TEXT[:100], b"", TEXT[100:]], len(TEXT))
    assert stored is not None
    assert zstandard.decompress(b"".join(stored)) == TEXT
    assert decoded(b"".join(stored), len(TEXT)) == TEXT


def test_one_codec_writes_many_frames() -> None:
    codec = ZstdCodec()
    for data in (TEXT, b"", NOISE):
        encoder = codec.encoder()
        assert decoded(encoder.encode(data) + encoder.finish(), len(data)) == data


def test_a_window_larger_than_is_allowed_is_damage() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        1, window_log=MAX_WINDOW.bit_length()
    )
    squeeze = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    stored = squeeze.compress(TEXT) + squeeze.flush()
    with pytest.raises(DamagedBlob, match="damaged"):
        decoded(stored, len(TEXT))


def test_what_lies_behind_the_stored_bytes_is_not_read() -> None:
    stored = zstandard.compress(TEXT)
    assert decoded(stored + b"the next record", len(TEXT), len(stored)) == TEXT
    with pytest.raises(DamagedBlob, match="cut short"):
        decoded(stored, len(TEXT), len(stored) - 9)


@pytest.mark.parametrize(
    ("stored", "raw", "words"),
    [
        (b"no frame", 9, "damaged"),
        (b"", 9, "cut short"),
        (zstandard.compress(TEXT), len(TEXT) + 1, "cut short"),
        (zstandard.compress(TEXT), len(TEXT) - 1, "longer"),
        (zstandard.compress(b"x"), 0, "longer"),
    ],
)
def test_damage_is_named(stored: bytes, raw: int, words: str) -> None:
    with pytest.raises(DamagedBlob, match=words):
        decoded(stored, raw)
