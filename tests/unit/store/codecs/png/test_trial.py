"""Whether an encoder can have made a stream, told by its beginning."""

import random
import zlib
from collections.abc import Callable

import pytest

from assetstore.store.codecs.png.trial import Trial

ROW = 100


def text(size: int, seed: int = 2) -> bytes:
    r = random.Random(seed)
    words = [r.randbytes(r.randrange(3, 12)) for _ in range(400)]
    return b"".join(r.choices(words, k=size // 6))[:size]


RAW = text(60_000)
NOISE = random.Random(3).randbytes(60_000)


def by(level: int, strategy: int = 0) -> Callable[[bytes], bytes]:
    def compress(raw: bytes) -> bytes:
        squeeze = zlib.compressobj(level, zlib.DEFLATED, 15, 8, strategy)
        return squeeze.compress(raw) + squeeze.flush()

    return compress


def trial(stream: bytes, raw: bytes = RAW) -> Trial:
    return Trial(stream, raw, ROW)


@pytest.mark.parametrize("level", [1, 4, 6, 9])
def test_its_own_encoder_begins_a_stream(level: int) -> None:
    assert trial(by(level)(RAW)).begins("its own", by(level))


def test_an_encoder_that_chooses_otherwise_does_not() -> None:
    one = trial(by(1)(RAW))
    assert not one.begins("level 9", by(9))
    assert not one.begins("no matches", by(6, zlib.Z_HUFFMAN_ONLY))


def test_one_of_encoders_that_choose_alike_is_tried() -> None:
    asked: list[int] = []

    def compress(raw: bytes) -> bytes:
        asked.append(len(raw))
        return by(9)(raw)

    one = trial(by(1)(RAW))
    assert not one.begins("level 9", compress)
    count = len(asked)
    assert count > 0
    assert not one.begins("level 9", compress)
    assert len(asked) == count


def test_another_code_for_the_same_tokens_is_no_difference() -> None:
    """The fixed Huffman code and a dynamic one say the same."""
    raw = text(3000)
    assert by(6)(raw) != by(6, zlib.Z_FIXED)(raw)
    assert trial(by(6)(raw), raw).begins("fixed", by(6, zlib.Z_FIXED))


@pytest.mark.parametrize("stream", [b"", b"\x78\x9c\xff\xff", zlib.compress(NOISE, 0)])
def test_where_nothing_can_be_told_any_encoder_may_be_it(stream: bytes) -> None:
    assert trial(stream, NOISE).begins("any", by(1))


def test_a_crafted_beginning_that_stands_for_more_than_there_is_tells_nothing() -> None:
    one = Trial(by(6)(bytes(60_000)), b"\0" * 50, ROW)
    assert one.begins("any", by(1))
    assert one.only_runs


def test_runs_are_told_from_other_matches() -> None:
    runs = b"".join(bytes((n % 251,)) * 90 for n in range(300))
    assert trial(by(6, zlib.Z_RLE)(runs), runs).only_runs
    assert not trial(by(6)(RAW)).only_runs


def test_plain_is_what_is_stored_though_it_could_be_smaller() -> None:
    assert trial(zlib.compress(RAW, 0)).is_plain
    assert not trial(zlib.compress(NOISE, 0), NOISE).is_plain
    assert not trial(zlib.compress(RAW, 6)).is_plain
    assert not trial(b"").is_plain


def test_what_an_encoder_made_is_compared_whole() -> None:
    stream = by(6)(RAW)
    one = trial(stream)
    assert one.is_made(stream)
    assert not one.is_made(stream[:-1])
    assert not one.is_made(stream + b"x")


def test_the_cut_holds_the_scanlines_of_the_place_that_differed() -> None:
    stream = by(6)(RAW)
    one = trial(stream)
    assert one.cut(100) is None, "no encoder failed yet"
    spoilt = bytearray(stream)
    spoilt[2000] ^= 1
    assert not one.is_made(bytes(spoilt))
    part = one.cut(100)
    assert part is not None
    assert len(part) % ROW == 0
    assert RAW.startswith(part)
    have = len(zlib.decompressobj().decompress(stream[:2100]))
    assert have - ROW < len(part) <= have
    assert one.cut(len(stream)) is None, "these would be most"
