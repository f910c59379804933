"""Codecs that decode a blob as a whole: in pieces, exact, with their dictionary."""

import io
import random

import pytest
import zstandard
from PIL import Image

from assetstore.errors import DamagedBlob
from assetstore.store.codecs import dictionary, jpeg, whole
from assetstore.store.codecs.base import PIECE
from assetstore.store.codecs.dependent import Related
from assetstore.store.codecs.whole import (
    DictionaryCodec,
    JpegCodec,
    WholeCodec,
    with_dictionary,
)
from support.shelf import Shelf, filler

NAME = b"a-prefix"
KNOWN = b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h24v24H0z'/></svg>" * 3
RAW = KNOWN[:150] + b"<circle/>" + KNOWN[20:90]


class Doubled(WholeCodec):
    """Gives every byte twice."""

    number, name, most = 99, "doubled", 1 << 20

    def whole(self, stored: bytes, raw: int, related: Related | None) -> bytes:
        return b"".join(bytes((byte, byte)) for byte in stored)


def pieces(
    codec: WholeCodec, stored: bytes, raw: int, related: Related | None = None
) -> list[bytes]:
    found = codec.decode(filler(stored), len(stored), raw, bytearray(PIECE), related)
    return [bytes(piece) for piece in found]


def test_what_is_decoded_is_given_out_in_pieces() -> None:
    stored = b"a" * (PIECE // 2 + 9)
    found = pieces(Doubled(), stored, 2 * len(stored))
    assert [len(piece) for piece in found] == [PIECE, 18]
    assert pieces(Doubled(), b"", 0) == []


@pytest.mark.parametrize("raw", [0, 3, 5])
def test_another_length_is_damage(raw: int) -> None:
    with pytest.raises(DamagedBlob, match="another length"):
        pieces(Doubled(), b"ab", raw)


def test_more_stored_bytes_than_it_ever_has_are_damage() -> None:
    def fill(offset: int, view: memoryview) -> int:
        raise AssertionError("read")

    decoding = Doubled().decode(fill, (1 << 20) + 1, 9, bytearray(PIECE))
    with pytest.raises(DamagedBlob, match="more than"):
        next(decoding)


def test_a_jpeg_comes_back() -> None:
    pytest.importorskip("lepton_jpeg_python")
    small = Image.frombytes("RGB", (9, 9), random.Random(1).randbytes(243))
    file = io.BytesIO()
    small.resize((160, 160)).save(file, "JPEG", quality=95)
    stored = jpeg.encode(file.getvalue())
    assert stored is not None
    found = pieces(JpegCodec(), stored, len(file.getvalue()))
    assert b"".join(found) == file.getvalue()
    with pytest.raises(DamagedBlob):
        pieces(JpegCodec(), stored[:-9], len(file.getvalue()))


def shelf(**records: tuple[int, bytes, int]) -> Shelf:
    return Shelf({NAME: records["known"]}) if records else Shelf()


def stored(raw: bytes = RAW, known: bytes = KNOWN) -> bytes:
    frame = dictionary.encode(raw, known)
    assert frame is not None
    return with_dictionary(NAME, frame)


def test_a_small_blob_comes_back_with_its_dictionary() -> None:
    kept = shelf(known=(0, KNOWN, len(KNOWN)))
    assert pieces(DictionaryCodec(), stored(), len(RAW), kept) == [RAW]
    packed = shelf(known=(1, zstandard.compress(KNOWN), len(KNOWN)))
    assert pieces(DictionaryCodec(), stored(), len(RAW), packed) == [RAW]


def test_a_dictionary_is_read_once_for_a_pack() -> None:
    codec, kept = DictionaryCodec(), shelf(known=(0, KNOWN, len(KNOWN)))
    assert pieces(codec, stored(), len(RAW), kept) == [RAW]
    kept.records.clear()
    assert pieces(codec, stored(), len(RAW), kept) == [RAW]
    with pytest.raises(DamagedBlob):  # another pack's may be another
        pieces(codec, stored(), len(RAW), kept.renamed())


def test_few_dictionaries_are_remembered() -> None:
    codec, packs = DictionaryCodec(), []
    for number in range(whole._CACHED + 1):
        kept = Shelf({NAME: (0, KNOWN, len(KNOWN))}, f"pack {number}")
        packs.append(kept)
        pieces(codec, stored(), len(RAW), kept)
        kept.records.clear()
    assert pieces(codec, stored(), len(RAW), packs[-1]) == [RAW]
    with pytest.raises(DamagedBlob):
        pieces(codec, stored(), len(RAW), packs[0])


@pytest.mark.parametrize(
    "record",
    [
        (2, KNOWN, len(KNOWN)),
        (3, KNOWN, len(KNOWN)),
        (0, KNOWN, 1 << 40),
        (1, zstandard.compress(bytes(2 << 20)), 100),
        (1, b"no frame", 100),
    ],
)
def test_a_dictionary_that_is_none_is_damage(record: tuple[int, bytes, int]) -> None:
    with pytest.raises(DamagedBlob):
        pieces(DictionaryCodec(), stored(), len(RAW), shelf(known=record))


def test_a_record_names_one_dictionary_of_a_pack() -> None:
    kept = shelf(known=(0, KNOWN, len(KNOWN)))
    for wrong in (b"\1\0" + stored()[10:], b"\1\2" + NAME + stored()[2:]):
        with pytest.raises(DamagedBlob, match="one dictionary"):
            pieces(DictionaryCodec(), wrong, len(RAW), kept)
    with pytest.raises(DamagedBlob, match="one dictionary"):
        pieces(DictionaryCodec(), stored(), len(RAW), None)
