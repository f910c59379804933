"""Recipes: the encoders' streams are made again, bit for bit."""

import contextlib
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.binary import FieldReader, Fields
from assetstore.store.codecs.deflate import proof
from assetstore.store.codecs.png.streams import (
    FDEFLATE,
    MINIZ,
    TOKENS,
    ZLIB,
    ZLIB_NG,
    Finder,
    Recipe,
    make,
)
from support.screens import screen

WIDTH, HEIGHT = 300, 190
ROW = 3 * WIDTH + 1


def lines(kind: int = 1) -> bytes:
    import numpy as np

    from assetstore.store.codecs.png.filters import refilter

    rows = np.asarray(screen(WIDTH, HEIGHT, edits=3)).reshape(HEIGHT, -1)
    return refilter(rows, np.full(HEIGHT, kind, np.uint8), 3).tobytes()


def by_zlib(level: int, memory: int, strategy: int, bits: int) -> bytes:
    squeeze = zlib.compressobj(level, zlib.DEFLATED, bits, memory, strategy)
    return squeeze.compress(lines()) + squeeze.flush()


def by_zlib_ng(level: int, strategy: int, *, by_row: bool) -> bytes:
    from zlib_ng import zlib_ng

    squeeze = zlib_ng.compressobj(level, zlib.DEFLATED, 15, 8, strategy)
    raw, size = lines(), ROW if by_row else len(lines())
    out = [squeeze.compress(raw[at : at + size]) for at in range(0, len(raw), size)]
    return b"".join(out) + squeeze.flush()


def by_miniz(level: int, *, flushed: bool) -> bytes:
    import cramjam

    squeeze = cramjam.zlib.Compressor(level=level)
    squeeze.compress(lines())
    begun = bytes(squeeze.flush()) if flushed else b""
    return begun + bytes(squeeze.finish())


def encoders() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for level in range(1, 10):
        for memory in (8, 9):
            for strategy in (0, 1, 3):
                yield (
                    f"zlib {level} {memory} {strategy}",
                    lambda a=(level, memory, strategy, 15): by_zlib(*a),  # type: ignore[misc]
                )
        for strategy in (0, 1):
            for by_row in (True, False):
                yield (
                    f"zlib-ng {level} {strategy} {by_row}",
                    lambda a=(level, strategy), r=by_row: by_zlib_ng(*a, by_row=r),  # type: ignore[misc]
                )
        for flushed in (True, False):
            yield (
                f"miniz {level} {flushed}",
                lambda a=level, f=flushed: by_miniz(a, flushed=f),  # type: ignore[misc]
            )
    for bits in range(9, 15):
        yield f"zlib window {bits}", lambda b=bits: by_zlib(6, 8, 0, b)  # type: ignore[misc]
    yield "zlib huffman", lambda: by_zlib(1, 8, 2, 15)
    yield "zlib fixed", lambda: by_zlib(1, 8, 4, 15)


ENCODERS = dict(encoders())


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


@pytest.mark.parametrize("name", ENCODERS)
def test_an_encoder_is_found(name: str, finder: Finder) -> None:
    stream = ENCODERS[name]()
    recipe = finder.find(stream, lines(), ROW)
    assert recipe is not None
    assert make(recipe, lines(), ROW) == stream
    out = Fields()
    recipe.write(out, "9.9")
    assert Recipe.read(FieldReader(out.take())) == (recipe, "9.9")


def test_a_header_that_the_encoder_did_not_write_is_kept() -> None:
    """Some writers change the two bytes in front: libpng does, for small pictures."""
    stream = b"\x58\x85" + by_zlib(6, 8, 0, 15)[2:]
    recipe = Finder().find(stream, lines(), ROW)
    assert recipe is not None
    assert make(recipe, lines(), ROW) == stream


def test_other_streams_have_none() -> None:
    whole = by_zlib(6, 8, 0, 15)
    two = zlib.compressobj(6)
    flushed = two.compress(lines()[:9000]) + two.flush(zlib.Z_SYNC_FLUSH)
    flushed += two.compress(lines()[9000:]) + two.flush()
    for stream in (b"", whole[:7], whole[:-1], whole + b"x", flushed):
        assert Finder().find(stream, lines(), ROW) is None


def test_an_encoder_that_is_not_what_it_was_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = by_zlib(9, 9, 0, 15)
    monkeypatch.setattr(proof, "is_classic", lambda: False)
    assert Finder().find(stream, lines(), ROW) is None


def test_zlib_has_a_way_back_without_zlib(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = by_zlib(9, 9, 0, 15)
    recipe = Finder().find(stream, lines(), ROW)
    assert recipe is not None
    assert recipe.encoder == ZLIB
    monkeypatch.setattr(proof, "is_classic", lambda: False)
    monkeypatch.setattr(zlib, "compressobj", None)
    assert make(recipe, lines(), ROW) == stream


def test_any_stream_has_its_tokens() -> None:
    two = zlib.compressobj(6)
    stream = two.compress(lines()[:9000]) + two.flush(zlib.Z_SYNC_FLUSH)
    stream += two.compress(lines()[9000:]) + two.flush()
    recipe = Finder(any_stream=True).find(stream, lines(), ROW)
    assert recipe is not None
    assert recipe.encoder == TOKENS
    assert make(recipe, lines(), ROW) == stream
    stored = zlib.compress(lines(), 0)
    recipe = Finder().find(stored, lines(), ROW)
    assert recipe is not None
    assert make(recipe, lines(), ROW) == stored


HOSTILE = [
    (ZLIB, (1 << 40, 8, 0, 15)),
    (ZLIB, (6, 1 << 40, 0, 15)),
    (ZLIB, (6, 8, 1 << 40, 15)),
    (ZLIB, (6, 8, 0, 1 << 40)),
    (ZLIB, (10, 8, 0, 15)),
    (ZLIB, (6, 8, 0)),
    (ZLIB, ()),
    (ZLIB, (6, 8, 0, 15, 1)),
    (ZLIB_NG, (1 << 40, 8, 0, 15, 1)),
    (ZLIB_NG, (6, 8, 0, 1 << 40, 1)),
    (ZLIB_NG, (6, 99, 0, 15, 1)),
    (ZLIB_NG, (6, 8, 0, 15)),
    (MINIZ, (1 << 40, 1)),
    (MINIZ, (1,)),
    (0, ()),
    (9, (1,)),
    (1 << 40, ()),
]


@pytest.mark.parametrize(("encoder", "parameters"), HOSTILE)
def test_a_crafted_recipe_is_damage(encoder: int, parameters: tuple[int, ...]) -> None:
    with pytest.raises(DamagedBlob):
        make(Recipe(encoder, parameters, b"\x78\x9c"), lines(), ROW)


def test_rows_are_not_given_one_by_one_where_there_are_too_many() -> None:
    raw = bytes(1 << 18)
    recipe = Recipe(ZLIB_NG, (1, 8, 0, 15, 1), b"\x78\x9c")
    with pytest.raises(DamagedBlob, match="rows"):
        make(recipe, raw, 1)
    stream = make(recipe, raw, 2)
    assert zlib.decompress(stream) == raw
    found = Finder().find(stream, raw + raw, 1)
    assert found is None
    assert Finder().find(zlib.compress(raw), raw, 1) is not None


FAST = bytes.fromhex("7801edc003a0245996c6f1ff77ee")


@given(st.binary(max_size=60), st.booleans(), st.integers(1, 70), st.binary())
def test_any_header_of_a_fast_stream(
    start: bytes, like: bool, row: int, raw: bytes
) -> None:
    recipe = Recipe(FDEFLATE, (), FAST + start if like else start)
    with contextlib.suppress(DamagedBlob):
        assert make(recipe, raw, row)[:2] == (recipe.start or FAST)[:2]
