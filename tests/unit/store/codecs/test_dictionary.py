"""Small blobs with a dictionary: exact, smaller, and hostile bytes are damage."""

import random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.codecs import dictionary
from assetstore.store.codecs.dictionary import MAX_SIZE, MIN_SAMPLES, decode, encode

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" '
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2">'
)


def icon(rng: random.Random) -> bytes:
    def at() -> str:
        return f"{rng.uniform(0, 24):.1f}"

    shapes = []
    for _ in range(rng.randint(1, 5)):
        if rng.random() < 0.3:
            shapes.append(f'<circle cx="{at()}" cy="{at()}" r="{at()}"/>')
            continue
        steps = "".join(
            f"{rng.choice('lLcCsVh')}{at()} {at()}" for _ in range(rng.randint(3, 12))
        )
        shapes.append(f'<path d="M{at()} {at()}{steps}z"/>')
    return (HEAD + "".join(shapes) + "</svg>").encode()


def icons(number: int, seed: int = 1) -> list[bytes]:
    rng = random.Random(seed)
    return [icon(rng) for _ in range(number)]


def noises(number: int) -> list[bytes]:
    rng = random.Random(2)
    return [rng.randbytes(400) for _ in range(number)]


def trained(samples: list[bytes]) -> bytes:
    found = dictionary.train(samples)
    assert found is not None
    return found


ICONS = icons(200)
DICTIONARY = trained(ICONS)


def total(samples: list[bytes], with_: bytes) -> int:
    return sum(len(encode(s, with_) or s) for s in samples)


def test_icons_come_back_and_take_less_with_their_dictionary() -> None:
    for raw in ICONS:
        found = encode(raw, DICTIONARY)
        assert found is not None
        assert decode(found, len(raw), DICTIONARY) == raw
    assert total(ICONS, DICTIONARY) + len(DICTIONARY) < total(ICONS, b"") * 0.9


def test_it_serves_icons_that_were_not_there() -> None:
    others = icons(200, seed=9)
    assert not set(others) & set(ICONS)
    assert total(others, DICTIONARY) < total(others, b"") * 0.7


def test_the_same_samples_give_the_same_dictionary() -> None:
    assert trained(ICONS) == DICTIONARY
    assert trained(ICONS + ICONS[:50]) == DICTIONARY
    assert encode(ICONS[0], DICTIONARY) == encode(ICONS[0], DICTIONARY)


def test_a_dictionary_stands_for_more_blobs_than_its_samples() -> None:
    larger = dictionary.train(ICONS, count=100_000)
    assert larger is not None
    assert len(DICTIONARY) < len(larger) <= 16384
    small = dictionary.train(ICONS, 2048, count=100_000)
    assert small is not None
    assert len(small) <= 2048


@pytest.mark.parametrize(
    "samples",
    [
        [],
        ICONS[: MIN_SAMPLES - 1],
        [ICONS[0]] * 1000,
        noises(100),
        [b""] * 100,
        [bytes([n]) for n in range(256)],
        [HEAD.encode() * 600 + bytes([n]) for n in range(100)],
    ],
    ids=["none", "few", "one", "noise", "empty", "bytes", "long"],
)
def test_no_dictionary_where_it_does_not_pay(samples: list[bytes]) -> None:
    assert dictionary.train(samples) is None


def test_its_own_length_counts() -> None:
    few = ICONS[:MIN_SAMPLES]
    found = dictionary.train(few)
    length = 0 if found is None else len(found)
    assert length < len(trained(icons(1500)))


@pytest.mark.parametrize("raw", [b"", noises(1)[0], bytes(MAX_SIZE + 1)])
def test_what_does_not_pay_is_left(raw: bytes) -> None:
    assert encode(raw, DICTIONARY) is None


@given(st.binary(min_size=1, max_size=2000), st.integers(1, 40))
def test_any_bytes_come_back(data: bytes, times: int) -> None:
    raw = data * times
    found = encode(raw, DICTIONARY)
    if found is not None:
        assert decode(found, len(raw), DICTIONARY) == raw


RAW = max(ICONS, key=len)
STORED = encode(RAW, DICTIONARY) or b""


def test_a_frame_of_rfc_8878_without_its_magic_number() -> None:
    head = zstandard.get_frame_parameters(b"\x28\xb5\x2f\xfd" + STORED)
    assert (head.content_size, head.dict_id, head.has_checksum) == (len(RAW), 0, False)


@pytest.mark.parametrize("size", [-1, 0, 1, len(RAW) - 1, len(RAW) + 1, 1 << 40])
def test_another_length_is_damage(size: int) -> None:
    with pytest.raises(DamagedBlob):
        decode(STORED, size, DICTIONARY)


def test_a_truncated_record_is_damage() -> None:
    for cut in range(len(STORED)):
        with pytest.raises(DamagedBlob):
            decode(STORED[:cut], len(RAW), DICTIONARY)


@pytest.mark.parametrize("more", [b"\0", STORED, b"\x28\xb5\x2f\xfd" + STORED])
def test_bytes_behind_the_frame_are_damage(more: bytes) -> None:
    with pytest.raises(DamagedBlob):
        decode(STORED + more, len(RAW), DICTIONARY)


def test_flipped_bits_are_damage_or_give_no_more_than_the_length() -> None:
    damage = 0
    for at in range(len(STORED) * 8):
        bad = bytearray(STORED)
        bad[at // 8] ^= 1 << at % 8
        try:
            assert len(decode(bytes(bad), len(RAW), DICTIONARY)) == len(RAW)
        except DamagedBlob:
            damage += 1
    assert damage > len(STORED)


@given(st.binary(max_size=200), st.integers(0, MAX_SIZE), st.binary(max_size=300))
def test_garbage_is_damage_or_of_that_length(
    stored: bytes, size: int, other: bytes
) -> None:
    for words in (DICTIONARY, other, b"\x37\xa4\x30\xec" + other):
        try:
            assert len(decode(stored, size, words)) == size
        except DamagedBlob:
            continue


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("size", [1000, MAX_SIZE, 32 << 20])
def test_a_bomb_is_damage(told: bool, size: int) -> None:
    compressor = zstandard.ZstdCompressor(level=3, write_content_size=told)
    bomb = compressor.compress(bytes(32 << 20)).removeprefix(b"\x28\xb5\x2f\xfd")
    assert len(bomb) < 5000
    with pytest.raises(DamagedBlob):
        decode(bomb, size, DICTIONARY)


def test_a_large_window_is_damage() -> None:
    # Frame header descriptor: 8 bytes of content size; a window of 2 GiB.
    large = b"\xc0\xa8" + len(RAW).to_bytes(8, "little") + b"\1\0\0"
    with pytest.raises(DamagedBlob):
        decode(large, len(RAW), DICTIONARY)


def test_another_dictionary_is_damage_or_other_bytes() -> None:
    for words in (b"", b"x", DICTIONARY[:-40], bytes(len(DICTIONARY))):
        try:
            assert decode(STORED, len(RAW), words) != RAW
        except DamagedBlob:
            continue
