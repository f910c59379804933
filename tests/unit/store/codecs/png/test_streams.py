"""Recipes: the encoders' streams are made again, bit for bit."""

import contextlib
import random
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.binary import FieldReader, Fields
from assetstore.store.codecs.deflate import proof
from assetstore.store.codecs.png import streams
from assetstore.store.codecs.png.filters import refilter
from assetstore.store.codecs.png.streams import (
    FDEFLATE,
    MINIZ,
    TOKENS,
    ZLIB,
    ZLIB_NG,
    Finder,
    StreamRecipe,
    make,
)
from support.screens import screen

WIDTH, HEIGHT = 300, 190
ROW = 3 * WIDTH + 1


def lines(kind: int = 1) -> bytes:
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
    assert StreamRecipe.read(FieldReader(out.take())) == (recipe, "9.9")


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


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Takes how many bytes each encoder that is run gets."""
    sizes: list[int] = []

    def counted(recipe: StreamRecipe, raw: bytes, row: int) -> Iterator[bytes]:
        sizes.append(len(raw))
        return compressed(recipe, raw, row)

    compressed = streams._compressed
    monkeypatch.setattr(streams, "_compressed", counted)
    return sizes


def tall(wide: int = 1200, high: int = 900) -> tuple[bytes, int]:
    """The scanlines of a large picture, and the length of one."""
    rows = np.asarray(screen(wide, high, edits=3)).reshape(high, -1)
    kinds = np.ones(high, np.uint8)
    return refilter(rows, kinds, 3).tobytes(), 3 * wide + 1


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5, 7, 8, 9])
def test_a_hopeless_stream_is_rejected_by_its_beginning(
    level: int, fed: list[int]
) -> None:
    raw, row = tall()
    stream = b"\x78\x9c" + zlib.compress(raw, level)[2:]  # which says: level 6
    assert Finder().find(stream, raw, row) is None
    assert fed
    assert sum(fed) < len(raw)
    assert max(fed) < len(raw) // 4


def test_what_is_stored_though_it_need_not_be_is_rejected_unseen(
    fed: list[int],
) -> None:
    raw, row = tall()
    recipe = Finder().find(zlib.compress(raw, 0), raw, row)
    assert recipe is not None
    assert recipe.encoder == TOKENS
    assert not fed


def test_a_program_is_known_by_its_clue(fed: list[int]) -> None:
    raw, row = tall()
    finder = Finder()
    usual, other = (compressed_with(raw, memory) for memory in (8, 9))
    for stream, clue in ((usual, "a"), (other, "b")):
        assert finder.find(stream, raw, row, clue) is not None
    for stream, clue in ((usual, "a"), (other, "b"), (usual, "a")):
        fed.clear()
        assert finder.find(stream, raw, row, clue) is not None
        assert fed.count(len(raw)) == 1


def compressed_with(raw: bytes, memory: int) -> bytes:
    squeeze = zlib.compressobj(6, zlib.DEFLATED, 15, memory)
    return squeeze.compress(raw) + squeeze.flush()


def test_zlib_of_more_memory_is_not_taken_for_one_of_less() -> None:
    """Another hash puts other places into a chain, which is not searched to its end."""
    steps = range(-16, 17)
    likely = [1 / (1 + abs(step)) ** 2 for step in steps]
    raw = bytes(
        step & 255 for step in random.Random(3).choices(steps, likely, k=90_000)
    )
    for memory in (8, 9):
        squeeze = zlib.compressobj(7, zlib.DEFLATED, 15, memory)
        stream = squeeze.compress(raw) + squeeze.flush()
        recipe = Finder().find(stream, raw, 100)
        assert recipe == StreamRecipe(ZLIB, (7, memory, 0, 15), stream[:2])


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
        make(StreamRecipe(encoder, parameters, b"\x78\x9c"), lines(), ROW)


def test_rows_are_not_given_one_by_one_where_there_are_too_many() -> None:
    raw = bytes(1 << 18)
    recipe = StreamRecipe(ZLIB_NG, (1, 8, 0, 15, 1), b"\x78\x9c")
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
    recipe = StreamRecipe(FDEFLATE, (), FAST + start if like else start)
    with contextlib.suppress(DamagedBlob):
        assert make(recipe, raw, row)[:2] == (recipe.start or FAST)[:2]
