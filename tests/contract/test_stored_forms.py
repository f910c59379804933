"""What every decoder does with stored bytes that nobody wrote: bytes or a refusal."""

import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs import dictionary, known_decoders
from assetstore.store.codecs.binary import Fields
from assetstore.store.codecs.dependent import PREFIX, write_related
from assetstore.store.codecs.png.picture import (
    NOTHING,
    WEBP,
    ZSTD,
    Layout,
    StoredPicture,
)
from assetstore.store.codecs.png.streams import ZLIB, StreamRecipe
from assetstore.store.codecs.png.tiles import TileSource, tiles_of
from assetstore.store.codecs.whole import with_dictionary
from assetstore.store.format.blob import Kind, blob_id
from support.screens import jpeg, pillow, screen
from support.shelf import Shelf, decoded, shrinker

DECODERS = sorted(known_decoders())
REFUSED = (DamagedBlob, UnsupportedStore)


@dataclass(frozen=True)
class Good:
    """A stored form and what it stands for."""

    codec: int
    stored: bytes
    raw: bytes
    shelf: Shelf


@cache
def goods() -> list[Good]:
    """Small stored forms, of every decoder at least one."""
    shelf, by = Shelf(), shrinker(1)
    found = []
    files = [
        pillow(screen(72, 48)),
        pillow(screen(72, 48, scroll=8, edits=1)),
        pillow(screen(72, 48, edits=2)),
        pillow(screen(40, 30, mode="RGBA")),
        pillow(screen(40, 30, mode="P")),
        jpeg(screen(24, 24)),
    ]
    for raw in files:
        coded = shelf.add(raw, by)
        if coded is not None:
            stored = b"".join(coded.stored)
            found.append(Good(coded.record.codec, stored, raw, shelf))
    text = b"<svg>" + b"the same again and again " * 9
    found.append(Good(0, text, text, shelf))
    found.append(Good(1, zstandard.compress(text), text, shelf))
    known = text * 2
    prefix = blob_id(Kind.MEDIA, known)[:PREFIX]
    shelf.records[prefix] = 0, known, len(known)
    frame = dictionary.encode(text, known)
    assert frame is not None
    found.append(Good(2, with_dictionary(prefix, frame), text, shelf))
    return found


def outcome(codec: int, stored: bytes, raw: int, shelf: Shelf | None) -> bytes | None:
    """What is decoded, or None where it is refused; anything else is an error."""
    try:
        data = decoded(codec, stored, raw, shelf)
    except REFUSED:
        return None
    assert len(data) == raw
    return data


def spoilt(stored: bytes) -> Iterator[bytes]:
    """Each byte changed in two ways, each length."""
    for at in range(len(stored)):
        for mask in (1 << at % 8, 0xFF):
            yield stored[:at] + bytes((stored[at] ^ mask,)) + stored[at + 1 :]
        yield stored[:at]
    yield stored + b"\0"


def test_there_is_a_good_one_of_every_decoder() -> None:
    made = {good.codec for good in goods()}
    assert made == set(DECODERS), "goods() has no blob that the new codec codes"
    assert sum(good.codec == 3 for good in goods()) == 5
    assert any(good.codec == 3 and good.stored[1] for good in goods())
    for good in goods():
        whole = outcome(good.codec, good.stored, len(good.raw), good.shelf)
        assert whole == good.raw


def test_every_byte_changed_and_every_length() -> None:
    refused = given_out = 0
    for good in goods():
        for stored in spoilt(good.stored):
            found = outcome(good.codec, stored, len(good.raw), good.shelf)
            refused += found is None
            given_out += found is not None
    assert refused > 500
    assert given_out > 0


def test_another_length_than_it_has() -> None:
    for good in goods():
        if good.codec == 0:
            continue
        for raw in (0, 1, len(good.raw) - 1, len(good.raw) + 1, 1 << 20, 1 << 45):
            assert outcome(good.codec, good.stored, raw, good.shelf) is None


@given(st.binary(max_size=400), st.integers(0, 1 << 20), st.sampled_from(DECODERS))
def test_any_bytes(stored: bytes, raw: int, codec: int) -> None:
    outcome(codec, stored, raw, Shelf())
    outcome(codec, stored, raw, None)


@given(
    st.lists(st.integers(0, 1 << 49) | st.binary(max_size=20), max_size=40),
    st.binary(max_size=60),
    st.integers(0, 8),
    st.integers(0, 1 << 16),
)
def test_any_fields_in_a_whole_frame(
    values: list[int | bytes], payload: bytes, owners: int, raw: int
) -> None:
    fields = Fields()
    for value in values:
        if isinstance(value, int):
            fields.number(value)
        else:
            fields.string(value)
    frame = zstandard.compress(fields.take())
    start = Fields()
    start.string(frame)
    related = write_related([bytes((n,)) * PREFIX for n in range(owners)])
    shelf = Shelf({bytes((n,)) * PREFIX: (n, b"", 0) for n in range(4)})
    for codec in DECODERS:
        if codec > 1:
            outcome(codec, related + start.take() + payload, raw, shelf)


# Of a whole picture, what can be crafted.


OTHER = -1  # WebP where it is Zstandard, and the other way round


def crafted(**changes: Any) -> StoredPicture:
    """The first good picture, with other fields."""
    found = StoredPicture.read(goods()[0].stored)
    layout = {k[1:]: v for k, v in changes.items() if k.startswith("_")}
    fields = {k: v for k, v in changes.items() if not k.startswith("_")}
    if fields.get("coding") == OTHER:
        fields["coding"] = ZSTD + WEBP - found.coding
    if layout:
        assert found.layout is not None
        found.layout = replace(found.layout, **layout)
    return replace(found, **fields)


NAME = b"\x07" * PREFIX
TILES = tiles_of(48, 72)


def with_codes(codes: int, *sources: TileSource) -> dict[str, Any]:
    """All tiles from elsewhere."""
    return {
        "_sources": sources,
        "_codes": np.full(TILES, codes, np.uint8),
        "_box": (0, 0, 0, 0),
        "coding": NOTHING,
        "payload": b"",
    }


CRAFTED: dict[str, dict[str, Any]] = {
    "a huge size": {"_height": 1 << 24, "_width": 1 << 24},
    "a huge height": {"_height": 1 << 24, "_width": 1, "_kinds": bytes(1 << 24)},
    "no height": {"_height": 0},
    "no width": {"_width": 0},
    "another height": {"_height": 47},
    "another width": {"_width": 71},
    "no channels": {"_channels": 0},
    "another channel": {"_channels": 4},
    "five channels": {"_channels": 5},
    "two channels as WebP": {"_channels": 2},
    "opaque twice": {"_opaque": 2},
    "opaque": {"_opaque": True},
    "row 0": {"row": 0},
    "a long row": {"row": 1 << 40},
    "filter 5": {"_kinds": b"\5" * 48},
    "filter 255": {"_kinds": b"\0" * 47 + b"\xff"},
    "too few filters": {"_kinds": bytes(47)},
    "no filters": {"_kinds": b""},
    "a box that is too large": {"_box": (0, 0, 49, 72)},
    "a box that is outside": {"_box": (40, 0, 48, 72)},
    "a box of nothing": {"_box": (0, 0, 0, 72)},
    "a small box": {"_box": (8, 8, 8, 8)},
    "nothing": {"coding": NOTHING},
    "nothing, with a payload": {"coding": NOTHING, "_box": (0, 0, 0, 0)},
    "another coding": {"coding": OTHER},
    "an unknown coding": {"coding": 9},
    "scanlines that are none": {"layout": None},
    "scanlines as WebP": {"layout": None, "coding": WEBP},
    "scanlines of row 0": {
        "layout": None,
        "coding": ZSTD,
        "row": 0,
        "payload": zstandard.compress(b"x"),
    },
    "a bomb of pixels": {"coding": ZSTD, "payload": zstandard.compress(bytes(1 << 27))},
    "a bomb of scanlines": {
        "layout": None,
        "coding": ZSTD,
        "payload": zstandard.compress(bytes(1 << 27)),
    },
    "a frame of no length": {
        "coding": ZSTD,
        "payload": zstandard.ZstdCompressor(write_content_size=False).compress(
            bytes(99)
        ),
    },
    "too many chunks": {"sizes": (1,) * ((1 << 20) + 1)},
    "too many empty chunks": {"sizes": (0,) * ((1 << 20) + 1)},
    "no chunks": {"sizes": ()},
    "a chunk that is too large": {"sizes": (1 << 48,)},
    "an unknown encoder": {"recipe": StreamRecipe(9, (1,), b"xx")},
    "a level that is none": {"recipe": StreamRecipe(ZLIB, (1 << 40, 8, 0, 15), b"xx")},
    "nine parameters": {"recipe": StreamRecipe(ZLIB, (1,) * 9, b"xx")},
    "a long start": {"recipe": StreamRecipe(ZLIB, (6, 8, 0, 15), b"x" * 9999)},
    "a code out of range": with_codes(2, TileSource(NAME, 0)),
    "a source that is not there": with_codes(1, TileSource(b"gone!!!!", 0)),
    "a source far down": with_codes(1, TileSource(NAME, 1 << 40)),
    "a source far up": with_codes(1, TileSource(NAME, -(1 << 40))),
    "too many owners": with_codes(
        1, *(TileSource(bytes((n,)) * PREFIX, 0) for n in range(9))
    ),
    "too many sources": with_codes(1, *(TileSource(NAME, n) for n in range(256))),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_picture_is_refused_or_has_the_length_it_says(name: str) -> None:
    good = goods()[0]
    shelf = Shelf({**good.shelf.records, NAME: (3, good.stored, len(good.raw))})
    stored = crafted(**CRAFTED[name]).write()
    tracemalloc.start()
    found = outcome(3, stored, len(good.raw), shelf)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found != good.raw
    assert peak < 200 << 20


def test_a_map_of_tiles_that_does_not_fit() -> None:
    for codes in (np.ones(3, np.uint8), np.ones((7, 9), np.uint8)):
        changes = {"_sources": (TileSource(NAME, 0),), "_codes": codes}
        stored = crafted(**changes).write()
        assert outcome(3, stored, len(goods()[0].raw), Shelf()) is None


def test_pictures_that_need_each_other_and_themselves() -> None:
    """What is taken from another is its own: no reference is followed twice."""
    one, other = b"one-----", b"other---"
    good = goods()[0]
    pixels = np.asarray(screen(72, 48))

    def half(top: int, owner: bytes) -> bytes:
        codes = np.ones(TILES, np.uint8)
        codes[top // 8 : top // 8 + 3] = 0
        return crafted(
            _sources=(TileSource(owner, 0),),
            _codes=codes,
            _box=(top, 0, 24, 72),
            coding=ZSTD,
            payload=zstandard.compress(pixels[top : top + 24].tobytes()),
        ).write()

    raw = len(good.raw)
    shelf = Shelf({one: (3, half(0, other), raw), other: (3, half(24, one), raw)})
    for name in (one, other):
        assert outcome(3, shelf.records[name][1], raw, shelf) == good.raw
    own = half(0, one)
    assert outcome(3, own, raw, Shelf({one: (3, own, raw)})) != good.raw


@pytest.mark.parametrize("codec", [0, 1, 2, 7])
def test_a_reference_to_what_is_no_picture(codec: int) -> None:
    good = goods()[0]
    stored = crafted(**with_codes(1, TileSource(NAME, 0))).write()
    for data in (good.stored, good.raw, b""):
        shelf = Shelf({NAME: (codec, data, len(good.raw))})
        assert outcome(3, stored, len(good.raw), shelf) is None


def test_a_reference_to_a_picture_of_another_kind() -> None:
    good = goods()[0]
    stored = crafted(**with_codes(1, TileSource(NAME, 0))).write()
    gray = Shelf()
    file = pillow(screen(40, 30, mode="P"))
    gray.add(file, shrinker())
    (record,) = gray.records.values()
    assert record[0] == 3
    assert outcome(3, stored, len(good.raw), Shelf({NAME: record})) is None
    lines = crafted(
        layout=None, coding=ZSTD, payload=zstandard.compress(b"\0" * 217 * 48)
    )
    only_lines = Shelf({NAME: (3, lines.write(), len(good.raw))})
    assert outcome(3, stored, len(good.raw), only_lines) is None


def test_pictures_of_another_size_as_webp() -> None:
    import io

    from PIL import Image

    good = goods()[0]
    for size in ((72, 47), (1, 1), (9000, 9000)):
        out = io.BytesIO()
        Image.new("RGB", size).save(out, "WEBP", lossless=True, method=0, quality=0)
        stored = crafted(coding=WEBP, payload=out.getvalue()).write()
        assert outcome(3, stored, len(good.raw), good.shelf) is None


def test_a_stored_form_longer_than_any_picture_is_not_read() -> None:
    def fill(offset: int, view: memoryview) -> int:
        raise AssertionError("it was read")

    decoder = known_decoders()[3]
    with pytest.raises(DamagedBlob, match="more than"):
        list(decoder.decode(fill, 1 << 40, 9, bytearray(1), None))


def test_a_stored_form_that_ends_early() -> None:
    good = goods()[0]
    rest = random.Random(1).randbytes(9)
    for number in DECODERS:
        decoder = known_decoders()[number]

        def fill(offset: int, view: memoryview) -> int:
            return 0

        with pytest.raises(REFUSED):
            list(decoder.decode(fill, len(good.stored), 9, bytearray(99), None))
        with pytest.raises(REFUSED):
            decoded(number, rest, 1 << 20, None)


def test_the_records_of_a_pack_do_not_depend_on_what_was_read_before() -> None:
    """A decoder remembers pictures that others need, and by the pack they are in."""
    shelf, by = Shelf(), shrinker()
    first, second = pillow(screen(72, 48)), pillow(screen(72, 48, scroll=8))
    shelf.add(first, by)
    coded = shelf.add(second, by)
    assert coded is not None
    stored = b"".join(coded.stored)
    assert stored[1] == 1
    decoder = known_decoders()[3]

    def read(shelf: Shelf) -> bytes:
        from support.shelf import filler

        pieces = decoder.decode(
            filler(stored), len(stored), len(second), bytearray(9), shelf
        )
        return b"".join(bytes(p) for p in pieces)

    assert read(shelf) == second
    other = shelf.renamed()
    prefix = blob_id(Kind.MEDIA, first)[:PREFIX]
    blank = crafted(coding=ZSTD, payload=zstandard.compress(bytes(72 * 48 * 3)))
    other.records[prefix] = (3, blank.write(), len(first))
    assert shelf.records[prefix] != other.records[prefix]
    with pytest.raises(REFUSED):
        # The same name, other pixels: other scanlines, another stream.
        read(other)
    assert read(shelf) == second


def test_layouts_of_everything_that_is_written_are_read_again() -> None:
    for good in goods():
        if good.codec == 3:
            found = StoredPicture.read(good.stored)
            assert found.write() == good.stored
            assert isinstance(found.layout, Layout)
