"""What the codecs have to do that an archive uses; of all, see test_stored_forms."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.store.codecs import Decoders, codec_for, known_codecs, known_decoders
from assetstore.store.codecs.base import PIECE, Codec
from assetstore.store.codecs.table import TABLE

CODECS = sorted(known_codecs())
TEXT = b"<svg>" + b"the same again and again " * 400
NOISE = random.Random(1).randbytes(9000)
SAMPLES = {
    "empty": b"",
    "byte": b"x",
    "text": TEXT,
    "noise": NOISE,
    "long": TEXT * 50 + NOISE * 30,
    "zeros": bytes(3 * PIECE + 1),
}


@pytest.fixture(params=CODECS)
def codec(request: pytest.FixtureRequest) -> Codec:
    return codec_for(known_codecs(), request.param)


def decoded(codec: Codec, stored: bytes, raw: int) -> bytes:
    def fill(offset: int, view: memoryview) -> int:
        data = stored[offset : offset + len(view)]
        view[: len(data)] = data
        return len(data)

    pieces = []
    for piece in codec.decode(fill, len(stored), raw, bytearray(PIECE)):
        pieces.append(bytes(piece))
        assert sum(map(len, pieces)) <= raw
    assert all(len(piece) == PIECE for piece in pieces[:-1])
    return b"".join(pieces)


def streamed(codec: Codec, data: bytes) -> bytes:
    encoder = codec.encoder()
    stored = b"".join(
        encoder.encode(data[i : i + 7000]) for i in range(0, len(data), 7000)
    )
    return stored + encoder.finish()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_blob_comes_back(codec: Codec, name: str) -> None:
    data = SAMPLES[name]
    stored = codec.encode([data[:100], data[100:]], len(data))
    if stored is not None:
        assert decoded(codec, b"".join(stored), len(data)) == data
    assert decoded(codec, streamed(codec, data), len(data)) == data


def test_the_table_says_what_the_codecs_say() -> None:
    found = {codec.number: codec.name for codec in known_decoders().values()}
    assert found == {codec.number: codec.name for codec in TABLE}
    assert [codec.number for codec in TABLE] == list(range(len(TABLE)))
    with pytest.raises(UnsupportedStore, match="codec 77"):
        codec_for(Decoders(), 77)


def test_format_md_has_every_codec_and_its_feature() -> None:
    text = (Path(__file__).parents[2] / "docs" / "format.md").read_text("utf-8")
    for codec in TABLE:
        assert f"\n| {codec.number} | {codec.name} | " in text
        assert not codec.feature or f"`{codec.feature}`" in text


@given(st.binary(max_size=3000), st.sampled_from(CODECS))
def test_any_bytes_come_back(data: bytes, number: int) -> None:
    codec = codec_for(known_codecs(), number)
    assert decoded(codec, streamed(codec, data), len(data)) == data


@pytest.mark.parametrize("change", ["cut", "longer", "shorter", "grown"])
def test_a_wrong_length_is_damage(codec: Codec, change: str) -> None:
    stored, raw = streamed(codec, TEXT), len(TEXT)
    if change == "cut":
        stored = stored[: len(stored) // 2]
    elif change == "grown":
        stored += streamed(codec, TEXT)
    raw += {"longer": 1, "shorter": -1}.get(change, 0)
    with pytest.raises(DamagedBlob):
        decoded(codec, stored, raw)


@given(st.binary(max_size=300), st.integers(0, 1 << 40))
def test_garbage_is_damage_or_bytes_never_anything_else(
    stored: bytes, raw: int
) -> None:
    for number, codec in known_codecs().items():
        try:
            data = decoded(codec, stored, min(raw, 1 << 20))
        except DamagedBlob:
            continue
        assert number == 0 or len(data) <= 1 << 20


def test_a_bomb_gives_no_more_than_its_header_says() -> None:
    zstd = known_codecs()[1]
    bomb = streamed(zstd, bytes(64 << 20))
    assert len(bomb) < 10_000
    with pytest.raises(DamagedBlob, match="longer"):
        decoded(zstd, bomb, 1000)


def test_pictures_are_kept_and_text_is_compressed() -> None:
    raw, zstd = known_codecs()[0], known_codecs()[1]
    assert raw.pays(NOISE)
    assert not zstd.pays(NOISE)
    assert zstd.pays(TEXT)
    assert zstd.encode([NOISE], len(NOISE)) is None
    stored = zstd.encode([TEXT], len(TEXT))
    assert stored is not None
    assert sum(map(len, stored)) < len(TEXT) / 5
