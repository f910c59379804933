"""Numbers and strings one behind the other, and bytes that end too early."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.binary import FieldReader, Fields

NUMBERS = st.integers(0, (1 << 49) - 1)


@given(
    st.lists(
        NUMBERS | st.integers(-(1 << 40), -1) | st.binary(max_size=200), max_size=9
    )
)
def test_fields_come_back_in_order(values: list[int | bytes]) -> None:
    out = Fields()
    for value in values:
        if isinstance(value, bytes):
            out.string(value)
        elif value < 0:
            out.signed(value)
        else:
            out.number(value)
    reader = FieldReader(out.take())
    for value in values:
        if isinstance(value, bytes):
            assert reader.string() == value
        else:
            assert (reader.signed() if value < 0 else reader.number()) == value
    assert reader.rest() == b""


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02")],
)
def test_a_number_is_a_varint(value: int, expected: str) -> None:
    """300 is the example of Protocol Buffers' documentation."""
    out = Fields()
    out.number(value)
    assert out.take().hex() == expected


def test_a_sign_is_folded() -> None:
    out = Fields()
    for value in (0, -1, 1, -2, 2):
        out.signed(value)
    assert out.take() == bytes((0, 1, 2, 3, 4))


def test_the_rest_is_what_was_not_read() -> None:
    reader = FieldReader(b"\x05" + b"a string")
    assert reader.number() == 5
    assert reader.take(2) == b"a "
    assert reader.rest() == b"string"
    assert reader.rest() == b""


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\xff" * 6, b"\xff" * 7 + b"\x01", b"\x80" * 100]
)
def test_a_number_without_an_end_is_damage(data: bytes) -> None:
    """Seven bytes are the most; more would be a number of any size."""
    with pytest.raises(DamagedBlob, match="number"):
        FieldReader(data).number()


@pytest.mark.parametrize("data", [b"\x03ab", b"\xff\xff\xff\xff\xff\xff\x7f", b"\x01"])
def test_a_string_longer_than_what_is_there_is_damage(data: bytes) -> None:
    with pytest.raises(DamagedBlob, match="field"):
        FieldReader(data).string()


@given(st.binary(max_size=40), st.lists(st.sampled_from("nsts"), max_size=9))
def test_any_bytes_are_fields_or_damage(data: bytes, asked: list[str]) -> None:
    reader = FieldReader(data)
    with contextlib.suppress(DamagedBlob):
        for word in asked:
            if word == "n":
                assert 0 <= reader.number() < 1 << 49
            elif word == "s":
                assert len(reader.string()) <= len(data)
            else:
                reader.signed()
    assert reader.at <= len(data)
