"""Every dialect, and the blobs it spells."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.store.format.dialect import HEX, PLAIN, RAW, UPPER_HEX, Dialect

DATA = bytes(range(256)) * 3
PLAIN_TEXT = base64.b64encode(DATA)
PIECES = [DATA[:3], DATA[3:300], b"", DATA[300:]]


def spelt(dialect: Dialect, data: bytes = DATA) -> bytes:
    return b"".join(dialect.encode([data]))


def lines(width: int, sep: bytes, first: int = -1) -> bytes:
    first = width if first < 0 else first
    rest = range(first, len(PLAIN_TEXT), width)
    return sep.join([PLAIN_TEXT[:first], *(PLAIN_TEXT[i : i + width] for i in rest)])


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ("base64", PLAIN_TEXT),
        ("base64url", base64.urlsafe_b64encode(DATA)),
        ("raw", DATA),
        (
            {"base": "base64", "subs": {"/": "\\/", "+": "\\u002b"}},
            PLAIN_TEXT.replace(b"/", b"\\/").replace(b"+", b"\\u002b"),
        ),
        (
            {"base": "base64", "subs": {"+": "%2B", "/": "%2F", "=": "%3D"}},
            PLAIN_TEXT.replace(b"+", b"%2B").replace(b"/", b"%2F"),
        ),
        ({"base": "base64", "wrap": [76, 76, "\r\n"]}, lines(76, b"\r\n")),
        ({"base": "base64", "wrap": [50, 76, "\\n"]}, lines(76, b"\\n", 50)),
        ({"base": "base64", "wrap": [0, 64, "\n"]}, lines(64, b"\n", 0)),
        (
            {"base": "base64", "wrap": [76, 76, "/\n"], "subs": {"/": "_"}},
            lines(76, b"!!").replace(b"/", b"_").replace(b"!!", b"/\n"),
        ),
        ({"base": "base64", "tail": [4, "x"]}, PLAIN_TEXT[:-4] + b"x"),
        ({"base": "raw", "subs": {"\x00": "%00", "<": "%3C"}}, None),
    ],
)
def test_a_dialect_spells(record: Any, text: bytes | None) -> None:
    dialect = Dialect.from_json(record)
    if text is None:
        text = DATA.replace(b"\0", b"%00").replace(b"<", b"%3C")
    assert spelt(dialect) == text
    assert b"".join(dialect.encode(PIECES)) == text
    assert dialect.to_json() == record


@given(
    st.binary(max_size=600),
    st.sampled_from(["base64", "base64url", "raw"]),
    st.integers(1, 80),
    st.integers(0, 80),
    st.dictionaries(st.sampled_from(b"+/=-_Az09"), st.binary(max_size=7), max_size=4),
    st.tuples(st.integers(0, 9), st.binary(max_size=5)),
    st.integers(1, 200),
)
def test_pieces_do_not_matter_and_json_keeps_it(
    data: bytes,
    base: Any,
    wrap: int,
    first: int,
    subs: dict[int, bytes],
    tail: tuple[int, bytes],
    step: int,
) -> None:
    dialect = Dialect(
        base=base,
        wrap=0 if base == "raw" else wrap,
        first=0 if base == "raw" else first,
        sep=b"" if base == "raw" else b"\r\n",
        subs=tuple(sorted(subs.items())),
        cut=tail[0],
        tail=tail[1],
    )
    pieces = [data[i : i + 3 * step] for i in range(0, len(data), 3 * step)]
    assert b"".join(dialect.encode(pieces)) == b"".join(dialect.encode([data]))
    assert Dialect.from_json(dialect.to_json()) == dialect


@pytest.mark.parametrize(
    "record",
    [
        None,
        7,
        [],
        "rot13",
        {},
        {"base": "base64", "key": 1},
        {"base": "base64", "wrap": [1, 0, "x"]},
        {"base": "base64", "wrap": [0, 76, ""]},
        {"base": "base64", "wrap": [-1, 76, "x"]},
        {"base": "base64", "wrap": [0, 1 << 50, "x"]},
        {"base": "base64", "wrap": [0, True, "x"]},
        {"base": "base64", "subs": {"\u0100": "x"}},
        {"base": "base64", "subs": {"a": 1}},
        {"base": "base64", "subs": {"ab": "x"}},
        {"base": "base64", "tail": [1]},
        {"base": "base64", "tail": [1, "\u0100"]},
    ],
)
def test_a_crafted_dialect_is_refused(record: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        Dialect.from_json(record)


def test_the_plain_one_has_the_short_name() -> None:
    assert (PLAIN.to_json(), RAW.to_json()) == ("base64", "raw")
    assert PLAIN.plain
    assert not RAW.plain


def test_hexadecimal_digits_are_a_table_that_any_reader_applies() -> None:
    for digits, text in ((HEX, DATA.hex()), (UPPER_HEX, DATA.hex().upper())):
        assert b"".join(digits.encode(PIECES)) == text.encode()
        assert Dialect.from_json(digits.to_json()) == digits
        # Byte by byte, as those do that know no shorter way.
        table = dict(digits.subs)
        assert b"".join(table[byte] for byte in DATA) == text.encode()
