"""Text is told from what is none, and logs of a crash from neither."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.protected.binary import binary, wide
from assetstore.protected.sample import Sample

WORDS = b"Ordinary words, one after the other, and again.\n"
RECORD = b'{"type":"user","message":{"content":"words"}}\n'
NOISE = random.Random(1).randbytes(4000)


def sample(*parts: bytes) -> Sample:
    if len(parts) == 1:
        return Sample(len(parts[0]), parts[0], b"", parts[0])
    return Sample(1 << 20, *parts)


TEXT = {
    "nothing": b"",
    "words": WORDS * 9,
    "latin": "Grüße aus Köln\n".encode("latin-1") * 9,
    "cut within a character": "日本語".encode() * 30 + "語".encode()[:2],
    "colours of a terminal": b"\x1b[31mred\x1b[0m\n" * 20,
    "a log after a crash": RECORD * 9 + bytes(4096) + RECORD * 9,
    "a crash at its beginning": bytes(600) + RECORD * 9,
    "records with a few strays": RECORD * 40 + b"\x01\x02" + RECORD * 40,
    "words with a stray far on": WORDS * 20 + b"\x01" + WORDS * 20,
    "one record": b'{"a":"\x01' + b"b" * 90 + b'"}',
}


@pytest.mark.parametrize("name", TEXT)
def test_text_is_text(name: str) -> None:
    assert not binary(sample(TEXT[name]))


NONE = {
    "noise": NOISE,
    "zeros": bytes(900),
    "zeros and line ends": bytes(900) + b"\n",
    "numbers first": b"\x01\x02\x00\x10" + WORDS * 40,
    "many strays": (WORDS + b"\x01\x02\x03") * 9,
    "strays near the start": b"A header  \x01\x02\x03\x04" + WORDS * 99,
    "padded to sectors": (WORDS * 5).ljust(512, b"\0") + WORDS * 9,
    "padded records": b"".join(WORDS.ljust(100, b"\0") for _ in range(9)),
    "a stray in what is no UTF-8": b"some words\xff\xfe\x01\x80\x81" + WORDS * 9,
    "records of noise": RECORD * 2 + NOISE,
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_none_is_binary(name: str) -> None:
    assert binary(sample(NONE[name]))


def test_noise_in_the_middle_alone_is_seen() -> None:
    assert binary(sample(WORDS * 99, NOISE, WORDS * 99))
    assert not binary(sample(WORDS * 99, WORDS * 99, WORDS * 99))


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("utf-32-le", "UTF-32"),
        ("utf-32-be", "UTF-32"),
    ],
)
def test_a_wide_encoding_is_named(encoding: str, name: str) -> None:
    text = "Ordinary words, one after the other.\n" * 9
    assert wide(sample(text.encode(encoding))) == f"text in {name}"


@pytest.mark.parametrize(
    "data", [b"", WORDS, b"a\0b\0", bytes(900), NOISE, b"\x01\0" * 200, b"\0\x01" * 200]
)
def test_what_is_not_wide_has_no_name(data: bytes) -> None:
    assert wide(sample(data)) == ""


@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    found = sample(data)
    assert binary(found) in (True, False)
    assert not (found.plain and binary(found))
    assert wide(found) in ("", "text in UTF-16", "text in UTF-32")
