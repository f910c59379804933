"""Any deflate stream, taken apart and put together again."""

import contextlib
import random
import zlib

import pytest

from assetstore.errors import DamagedBlob
from support.pictures import FOLDER, picture

pytest.importorskip("numpy")

from assetstore.store.codecs import inflate, tokens

PICTURES = sorted(path.name for path in FOLDER.glob("*.png"))
RAW = picture("zopfli.png").raw
STRATEGIES = {
    "default": zlib.Z_DEFAULT_STRATEGY,
    "filtered": zlib.Z_FILTERED,
    "literals": zlib.Z_HUFFMAN_ONLY,
    "runs": zlib.Z_RLE,
    "fixed": zlib.Z_FIXED,
}


@pytest.fixture(autouse=True)
def _keep_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short streams take more than their tokens are worth."""
    monkeypatch.setattr(tokens, "_WORTH", 2.0)


def deflated(
    raw: bytes, level: int = 6, strategy: int = 0, memory: int = 8, every: int = 0
) -> bytes:
    deflate = zlib.compressobj(level, memLevel=memory, strategy=strategy)
    out = b""
    for first in range(0, len(raw), every) if every else ():
        out += deflate.compress(raw[first : first + every])
        out += deflate.flush(zlib.Z_SYNC_FLUSH)
    return out + (b"" if every else deflate.compress(raw)) + deflate.flush()


def exact(stream: bytes, raw: bytes) -> bytes:
    stored = tokens.analyse(stream, raw)
    assert stored is not None
    assert tokens.rebuild(stored, raw) == stream
    return stored


@pytest.mark.parametrize("name", PICTURES)
def test_streams_of_other_encoders(name: str) -> None:
    stream, raw, _ = picture(name)
    assert len(exact(stream, raw)) < len(stream) * 0.55


def test_the_form_kept_by_earlier_versions() -> None:
    stored = (FOLDER / "zopfli.tokens").read_bytes()
    assert tokens.rebuild(stored, RAW) == picture("zopfli.png").stream


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_levels_and_strategies(level: int, strategy: str) -> None:
    exact(deflated(RAW, level, STRATEGIES[strategy]), RAW)


@pytest.mark.parametrize("every", [700, 4000])
@pytest.mark.parametrize("memory", [1, 9])
def test_many_blocks(memory: int, every: int) -> None:
    raw = random.Random(every).randbytes(3000) + RAW * 3
    exact(deflated(raw, memory=memory, every=every), raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"a",
        bytes(70_000),
        b"ab" * 40_000,
        random.Random(1).randbytes(70_000),
        bytes(random.Random(2).choices(b"abcd", k=200_000)),
        random.Random(3).randbytes(33_000) * 3,
    ],
    ids=["empty", "one", "zeros", "pairs", "noise", "letters", "far"],
)
def test_raw_bytes(raw: bytes) -> None:
    for level in (0, 1, 9):
        exact(deflated(raw, level), raw)


def test_matches_over_the_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_SLICE", 100)
    exact(deflated(RAW), RAW)


def test_a_stream_not_worth_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = deflated(RAW)
    assert tokens.analyse(stream, RAW)
    monkeypatch.setattr(tokens, "_WORTH", 0.1)
    assert tokens.analyse(stream, RAW) is None


def test_too_many_blocks_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = deflated(RAW, every=1000)
    monkeypatch.setattr(inflate, "MAX_BLOCKS", 5)
    assert tokens.analyse(stream, RAW) is None


def test_hostile_streams_are_left() -> None:
    draw = random.Random(4)
    stream = deflated(RAW)
    for _ in range(60):
        hostile = bytearray(stream)
        hostile[draw.randrange(2, len(stream))] ^= 1 << draw.randrange(8)
        stored = tokens.analyse(bytes(hostile), RAW)
        assert stored is None or tokens.rebuild(stored, RAW) == hostile
        assert tokens.analyse(stream[: draw.randrange(len(stream))], RAW) is None
        assert tokens.analyse(draw.randbytes(200), RAW) is None
    assert tokens.analyse(stream, RAW[:-1]) is None
    assert tokens.analyse(stream + b"x", RAW) is None
    assert tokens.analyse(stream, RAW[::-1]) is None


def test_damage_is_found() -> None:
    draw = random.Random(6)
    stream = deflated(random.Random(7).randbytes(900) + RAW, every=2000)
    raw = zlib.decompress(stream)
    stored = exact(stream, raw)
    for _ in range(150):
        hostile = bytearray(stored)
        hostile[draw.randrange(len(stored))] ^= 1 << draw.randrange(8)
        with contextlib.suppress(DamagedBlob):
            assert tokens.rebuild(bytes(hostile), raw) == stream
    for size in range(0, len(stored), 7):
        with pytest.raises(DamagedBlob):
            tokens.rebuild(stored[:size], raw)
    for size in (0, 3, 60, 61, 500):
        with pytest.raises(DamagedBlob):
            tokens.rebuild(draw.randbytes(size), raw)
    for other in (b"", raw[:-1], raw[::-1], raw + b"x"):
        with pytest.raises(DamagedBlob):
            tokens.rebuild(stored, other)
