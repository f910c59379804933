"""A blob coded smaller, or left: nothing is kept that does not give it back."""

import importlib.util
import random

import pytest

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.installation import how_to_get
from assetstore.store.codecs import dictionary, jpeg
from assetstore.store.codecs.dependent import PREFIX, read_related
from assetstore.store.codecs.png import PngCodec
from assetstore.store.codecs.png.streams import Finder
from assetstore.store.codecs.table import missing_packages
from assetstore.store.format.blob import Kind
from assetstore.store.optimize import encode
from assetstore.store.optimize.encode import (
    BlobEncoder,
    Coded,
    check_packages,
)
from support.blobs import CODED, KNOWN, media
from support.samples import picture
from support.screens import jpeg as photo
from support.screens import pillow, screen
from support.shelf import Shelf, decoded

TEXT = b"<svg>" + b"the same again and again " * 40


def coded(
    raw: bytes, *, effort: int = 1, known: bytes = b"", kind: Kind = Kind.MEDIA
) -> Coded | None:
    encoder = BlobEncoder(effort, Finder(), known)
    return encoder.code(kind, raw, Shelf())  # type: ignore[arg-type]


def given(found: Coded, shelf: Shelf | None = None) -> bytes:
    record = found.record
    stored = b"".join(found.stored)
    assert record.stored == len(stored)
    return decoded(record.codec, stored, record.raw, shelf)


@pytest.mark.parametrize(
    ("raw", "codec"),
    [(pillow(screen(72, 48)), 3), (photo(screen(160, 120)), 4), (TEXT, 1)],
)
def test_each_kind_has_its_codec(raw: bytes, codec: int) -> None:
    found = coded(raw)
    assert found is not None
    assert (found.record.codec, found.record.kind) == (codec, Kind.MEDIA)
    assert (found.record.id, found.record.raw) == (media(raw), len(raw))
    assert found.record.stored < len(raw)
    assert found.needs is None
    assert given(found) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"short",
        random.Random(1).randbytes(3000),
        b"\x89PNG\r\n\x1a\n" + TEXT,
        pillow(screen(72, 48))[:-30],
        b"\xff\xd8\xff" + TEXT,
        b"GIF89a" + TEXT,
        b"wOF2" + TEXT,
    ],
)
def test_what_would_not_shrink_or_not_come_back_is_left(raw: bytes) -> None:
    assert coded(raw) is None


def test_a_recipe_is_left() -> None:
    assert coded(TEXT, kind=Kind.RECIPE) is None


def test_a_small_one_is_coded_with_a_dictionary_that_stands_in_front() -> None:
    found = coded(CODED, known=KNOWN)
    assert found is not None
    assert found.record.codec == 2
    assert found.needs is not None
    assert (found.needs.record.id, found.needs.record.codec) == (media(KNOWN), 0)
    assert read_related(b"".join(found.stored)) == [media(KNOWN)[:PREFIX]]
    shelf = Shelf({media(KNOWN)[:PREFIX]: (0, KNOWN, len(KNOWN))})
    assert given(found, shelf) == CODED


def test_a_dictionary_that_is_of_no_use_is_not_used() -> None:
    found = coded(TEXT, known=b"nothing of it is in there" * 9)
    assert found is not None
    assert (found.record.codec, found.needs) == (1, None)


def test_a_picture_refers_to_those_before_it() -> None:
    encoder, shelf = BlobEncoder(1, Finder()), Shelf()
    one, two = pillow(screen(160, 96)), pillow(screen(160, 96, edits=1))
    assert shelf.add(one, encoder) is not None
    second = shelf.add(two, encoder)
    assert second is not None
    assert read_related(b"".join(second.stored)) == [media(one)[:PREFIX]]
    assert given(second, shelf) == two
    alone = coded(two)
    assert alone is not None
    assert second.record.stored < alone.record.stored


def test_a_pack_that_is_carried_on_is_remembered() -> None:
    one, two = pillow(screen(160, 96)), pillow(screen(160, 96, edits=1))
    shelf = Shelf()
    first = shelf.add(one, BlobEncoder(1, Finder()))
    assert first is not None
    encoder = BlobEncoder(1, Finder())
    encoder.remember(media(one), b"".join(first.stored), shelf)  # type: ignore[arg-type]
    second = shelf.add(two, encoder)
    assert second is not None
    assert read_related(b"".join(second.stored)) == [media(one)[:PREFIX]]


@pytest.mark.parametrize("error", [None, DamagedBlob("no"), UnsupportedStore("no")])
def test_what_does_not_decode_to_the_same_is_left(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    def wrong(*given: object) -> bytes:
        if error is not None:
            raise error
        return b"something else"

    monkeypatch.setattr(encode, "expand", wrong)
    monkeypatch.setattr(dictionary, "decode", wrong)
    monkeypatch.setattr(jpeg, "decode", wrong)
    monkeypatch.setattr(PngCodec, "_scanlines", wrong)
    for raw in (TEXT, pillow(screen(72, 48)), photo(screen(160, 120))):
        assert coded(raw) is None
    assert coded(CODED, known=KNOWN) is None


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_packages() == []
    check_packages()
    real = importlib.util.find_spec
    lacking = ("numpy", "lepton_jpeg_python")
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name in lacking else real(name),
    )
    assert missing_packages() == ["lepton_jpeg_python", "numpy"]
    with pytest.raises(UnsupportedStore, match="lepton_jpeg_python, numpy") as caught:
        check_packages()
    missing = "lepton_jpeg_python", "numpy"
    assert how_to_get("codecs", *missing) in caught.value.hint


def test_a_picture_that_is_a_bomb_is_left() -> None:
    raw = bytearray(picture(8, 8, 1))
    raw[16:24] = (60_000).to_bytes(4, "big") * 2
    assert coded(bytes(raw)) is None
