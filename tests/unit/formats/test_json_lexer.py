"""JSON read where it stands: strings, ends and members at any depth of strings."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.formats.json_lexer import OTHER, SHORT, Cached, Lexer

WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
LEAVES = st.none() | st.booleans() | st.integers() | WORDS
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4)
    ),
    max_leaves=8,
)


def reads(data: bytes) -> Callable[[int, int], bytes]:
    return lambda start, length: data[max(0, start) : start + length]


def lexer(data: bytes, depth: int = 0, *, lines: bool = False) -> Lexer:
    return Lexer(reads(data), 2**depth - 1, lines=lines)


def nested(value: object, depth: int) -> bytes:
    """A value in a string of JSON, so many deep, without the outermost quotes."""
    text = json.dumps(value)
    for _ in range(depth):
        text = json.dumps(text)[1:-1]
    return text.encode()


@given(WORDS, st.integers(0, 3))
def test_a_string_ends_at_its_own_quote(words: str, depth: int) -> None:
    data = nested(words, depth)
    quote = 2**depth  # with its backslashes
    assert lexer(data + b", 1", depth).string_end(quote) == len(data)
    assert lexer(data[:-1], depth).string_end(quote) == -1


@given(VALUES, st.integers(0, 2))
def test_a_container_ends_at_its_own_bracket(value: object, depth: int) -> None:
    for container in ({"a": value}, [value]):
        data = nested(container, depth)
        end, members = lexer(data + b",[]", depth).finish(
            1, is_object=isinstance(container, dict)
        )
        assert end == len(data)
        if isinstance(container, list):
            assert members == {}


@given(st.dictionaries(st.text('abcé"\\', min_size=1, max_size=9), LEAVES, max_size=6))
def test_short_strings_of_an_object_are_read(value: dict[str, object]) -> None:
    _, members = lexer(nested(value, 0)).finish(1, is_object=True)
    assert members.keys() - {b""} == {name.encode() for name in value}
    for name, said in value.items():
        wanted = said.encode() if isinstance(said, str) else OTHER
        if wanted and not (isinstance(said, str) and len(json.dumps(said)) > SHORT):
            assert members[name.encode()] == wanted


def test_a_long_string_is_no_short_one() -> None:
    data = nested({"a": "x" * (SHORT + 1), "b": "x" * SHORT}, 0)
    _, members = lexer(data).finish(1, is_object=True)
    assert members == {b"a": OTHER, b"b": b"x" * SHORT}


def test_what_is_not_closed_has_no_end() -> None:
    for data in (b'{"a":1', b'{"a":[1}', b'{"a":"b', b"{", b'{"a":{"b":1}'):
        assert lexer(data).finish(1, is_object=True)[0] == -1 or b"}" in data[-1:]
    assert lexer(b'{"a":1').finish(1, is_object=True)[0] == -1


def test_a_line_s_end_ends_everything_where_lines_are_records() -> None:
    data = b'{"a":[1,\n2]}'
    assert lexer(data).finish(1, is_object=True)[0] == len(data)
    assert lexer(data, lines=True).finish(1, is_object=True)[0] == -1


def test_a_string_around_ends_what_is_in_it() -> None:
    inner = nested({"a": 1}, 1)[:-1]  # its bracket is missing
    data = b'"' + inner + b'", {"b": 2}}'
    assert lexer(data, 1).finish(2, is_object=True)[0] == -1


def test_many_that_are_torn_are_not_each_read_to_the_end() -> None:
    data = b"[" * 5000
    read: list[int] = []

    def peek(start: int, length: int) -> bytes:
        read.append(length)
        return data[start : start + length]

    found = Lexer(peek, 0, lines=False)
    for at in range(1, 5000):
        assert found.finish(at, is_object=False)[0] == -1
    assert len(read) < 200, "two for each would be ten thousand"


def test_blocks_cut_nothing() -> None:
    words = '\\"' * 3000 + "x" * 70_000
    data = nested([words, {"b": words}], 0)
    assert lexer(data).finish(1, is_object=False)[0] == len(data)
    assert lexer(data).string_end(2) == len(json.dumps(words)) + 1


def test_backslashes_are_counted_from_a_floor() -> None:
    data = b"ab" + b"\\" * 5000 + b'"'
    assert lexer(data).backslashes(0, len(data) - 1) == 5000
    assert lexer(data).backslashes(100, len(data) - 1) == len(data) - 101
    assert lexer(data).backslashes(0, 2) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [(b"plain", b"plain"), (rb"a\"b", b'a"b'), (rb"\u00e9", "é".encode())],
)
def test_what_a_string_says(text: bytes, expected: bytes) -> None:
    assert lexer(b"").plain(text) == expected


def test_what_is_no_string_of_json_is_read_as_far_as_it_goes() -> None:
    assert lexer(b"").plain(rb"\x\ud800") == b"xud800"
    assert lexer(b"", 1).plain(rb"a\\\"b") == b'a"b'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"[ 1", True),
        (b'{"a" :  1', True),
        (b"1", False),
        (b"} 1", False),
        (b"[\n1", True),
    ],
)
def test_where_a_value_may_begin(data: bytes, expected: bool) -> None:
    assert lexer(data).is_value(len(data) - 1) == expected
    spread = data[:-1] + b" " * 200 + data[-1:]
    assert lexer(spread).is_value(len(spread) - 1) == expected


def test_a_record_does_not_begin_behind_a_torn_line() -> None:
    assert not lexer(b"[\n1", lines=True).is_value(2)
    assert lexer(rb"[\n1", 1).is_value(3)


def test_the_sign_in_front_of_a_value() -> None:
    data = b'{"a":' + b" " * 300 + b"1}"
    assert lexer(data).sign_before(305) == 4
    assert lexer(b"   1").sign_before(3) == -1


def test_the_objects_of_an_array_up_to_what_is_none() -> None:
    data = b'[{"a":"1"}, {"b":"2"} ,3,{"c":"3"}]'
    assert list(lexer(data).elements(1)) == [{b"a": b"1"}, {b"b": b"2"}]
    assert list(lexer(b"[]").elements(1)) == []
    assert list(lexer(b'[{"a":"1"},{').elements(1)) == [{b"a": b"1"}]


@given(st.dictionaries(WORDS, VALUES, max_size=5), st.booleans())
def test_where_the_values_of_members_stand(
    members: dict[str, object], spaced: bool
) -> None:
    data = json.dumps(members, separators=(" , ", " : ") if spaced else (",", ":"))
    text = data.encode()
    found = list(lexer(text).values(1))
    assert [json.loads(text[a:b]) for _, a, b in found] == list(members.values())
    assert lexer(text).read(0, 1) == b"{"


def test_members_up_to_what_is_none() -> None:
    assert list(lexer(b'{"a":1,"b":"', lines=True).values(1)) == [(b"a", 5, 6)]
    assert list(lexer(b'{"a":1\n}', lines=True).values(1)) == []
    assert list(lexer(b"{}").values(1)) == []
    assert list(lexer(b'{"a":[1').values(1)) == []


@given(WORDS, st.integers(0, 2))
def test_the_quote_that_opens_a_string(words: str, depth: int) -> None:
    front = nested({"k": 0}, depth)[:-2]
    data = front + nested(words, depth)
    opening = len(front) + 2**depth - 1
    assert lexer(data, depth).opening(len(data) - 2**depth, 0) == opening
    assert lexer(data, depth).opening(len(data) - 2**depth, opening + 1) == -1


def test_a_string_in_a_block() -> None:
    block = rb'{"a\"b": 1'
    assert lexer(b"").begin_in(block, 6) == 1
    assert lexer(b"").begin_in(block, 1) == -1
    assert lexer(b"", 1).begin_in(block, 6) == -1


def test_a_block_is_read_once_for_many_short_reads() -> None:
    data = bytes(range(256)) * 200
    asked: list[int] = []

    def peek(start: int, length: int) -> bytes:
        asked.append(length)
        return data[start : start + length]

    cached = Cached(peek)
    for at in (*range(0, 8000, 10), *range(30_000, 22_000, -10), len(data) - 5):
        assert cached.peek(at, 10) == data[at : at + 10]
    assert len(asked) < 8
    assert cached.peek(0, 40_000) == data[:40_000]
    assert cached.peek(len(data) + 9, 5) == b""


@given(st.binary(max_size=60), st.integers(0, 2), st.integers(0, 60))
def test_any_bytes_have_an_end_or_none(data: bytes, depth: int, at: int) -> None:
    found = lexer(data, depth)
    for end in (
        found.string_end(at),
        found.finish(at, is_object=True)[0],
        found.opening(min(at, len(data)), 0),
    ):
        assert -1 <= end <= len(data)
