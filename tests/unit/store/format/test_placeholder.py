"""A placeholder is what `format_placeholder` writes, and nothing like it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.store.format.placeholder import (
    LENGTH,
    PATTERN,
    format_placeholder,
    parse_placeholder,
)


@given(st.binary(min_size=20, max_size=32))
def test_it_names_the_first_160_bits(id: bytes) -> None:
    text = format_placeholder(id)
    assert len(text) == LENGTH
    assert parse_placeholder(text) == id[:20]
    assert set(text.decode()) <= set(string.ascii_letters + string.digits + "-_:")


@given(st.text("as1:ABCxyz019-_=", min_size=LENGTH, max_size=LENGTH))
def test_what_is_read_is_what_is_written(text: str) -> None:
    prefix = parse_placeholder(text.encode())
    if prefix is not None:
        assert format_placeholder(prefix) == text.encode()


@pytest.mark.parametrize(
    "wrong",
    [
        format_placeholder(bytes(20))[:-1],
        format_placeholder(bytes(20)) + b"A",
        format_placeholder(bytes(20)).upper(),
        format_placeholder(bytes(20)).replace(b"as1:", b"as2:"),
        format_placeholder(bytes(20))[:-1] + b"B",  # bits that nobody writes
        format_placeholder(bytes(20))[:-1] + b"=",
        b"",
    ],
)
def test_anything_else_is_none(wrong: bytes) -> None:
    assert parse_placeholder(wrong) is None


def test_bits_that_nobody_writes_are_of_its_form_all_the_same() -> None:
    text = format_placeholder(bytes(20))[:-1] + b"B"
    assert PATTERN.fullmatch(text)
