"""Where a value of JSON stands, by the way to it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.formats.json_find import find_value

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
VALUES = st.recursive(
    _LEAVES | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=20), inner),
)

Way = tuple[str | int, ...]


def found(document: bytes, *way: str | int, start: int = 0) -> bytes | None:
    def peek(at: int, length: int) -> bytes:
        return document[at : at + length]

    place = find_value(peek, start, way)
    return None if place is None else document[place[0] : place[1]]


DOCUMENT = (
    b'{"a" : 1, "m":{"content":[ {"t":"x]}\\""}, "s" ,\t[1,[2]], null, -1.5e3]},'
    b'"a":"last", "e":[], "caf\\u00e9":true}'
)


@pytest.mark.parametrize(
    ("way", "value"),
    [
        ((), DOCUMENT),
        (("a",), b'"last"'),
        (("m", "content", 0), b'{"t":"x]}\\""}'),
        (("m", "content", 0, "t"), b'"x]}\\""'),
        (("m", "content", 1), b'"s"'),
        (("m", "content", 2, 1), b"[2]"),
        (("m", "content", 3), b"null"),
        (("m", "content", 4), b"-1.5e3"),
        (("café",), b"true"),
        (("m", "content", 5), None),
        (("m", 0), None),
        (("e", 0), None),
        (("a", "t"), None),
    ],
)
def test_a_value_is_found_by_its_way(way: Way, value: bytes | None) -> None:
    assert found(DOCUMENT, *way) == value
    assert found(b"\n {" + DOCUMENT, *way, start=3) == value


@pytest.mark.parametrize("end", range(1, len(DOCUMENT)))
def test_what_is_torn_has_no_values(end: int) -> None:
    torn = DOCUMENT[:end]
    assert found(torn) is None
    assert found(torn, "m") is None


def ways(value: Any, way: Way = ()) -> list[tuple[Way, Any]]:
    steps: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        steps += value.items()
    elif isinstance(value, list):
        steps += enumerate(value)
    return [(way, value), *(w for k, v in steps for w in ways(v, (*way, k)))]


@given(VALUES, st.sampled_from([(",", ":"), (", ", " : ")]))
def test_every_value_of_any_document(value: Any, spacing: tuple[str, str]) -> None:
    document = json.dumps(value, separators=spacing).encode()
    for way, held in ways(value):
        text = found(document, *way)
        assert text is not None
        assert json.loads(text) == held
