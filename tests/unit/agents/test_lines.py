"""Boundaries of lines in a text, and in another of as many lines."""

import pytest

from assetstore.agents.lines import begins_line, lines_of, moved, numbered
from assetstore.files.source import CHUNK
from support.sources import BytesSource


def source(data: bytes) -> BytesSource:
    return BytesSource(data)


OLD = source(b"first line\nsecond\n\nfourth\n")
NEW = source(b"1\n2\n\n4\n")


def test_boundaries_move_with_their_lines() -> None:
    at = [start for start, _ in lines_of(OLD)]
    assert at == [0, 11, 18, 19]
    assert moved(OLD, NEW, [*at, OLD.size]) == [0, 2, 4, 5, NEW.size]


def test_what_is_no_boundary_has_no_place() -> None:
    assert moved(OLD, NEW, [3, 11, 12]) == [None, 2, None]
    assert moved(OLD, NEW, [OLD.size + 1]) == [None]
    assert moved(OLD, NEW, []) == []


def test_the_end_of_a_torn_text_is_one() -> None:
    assert moved(source(b"a\nbc"), source(b"x\ny"), [2, 4]) == [2, 3]


def test_a_text_of_fewer_lines_has_no_place_for_the_rest() -> None:
    assert moved(OLD, source(b"1\n"), [11, 18]) == [2, None]


def test_lines_with_their_newline() -> None:
    assert list(lines_of(source(b"ab\n\nc"))) == [(0, 3), (3, 1), (4, 1)]
    assert list(lines_of(source(b""))) == []
    long = b"x" * (CHUNK + 5) + b"\n"
    assert list(lines_of(source(long + b"y\n"))) == [(0, CHUNK + 6), (CHUNK + 6, 2)]


@pytest.mark.parametrize(
    ("offset", "begins"), [(0, True), (1, False), (11, True), (26, True), (27, False)]
)
def test_a_line_begins_behind_a_newline(offset: int, begins: bool) -> None:
    assert begins_line(OLD, offset) is begins


def test_lines_are_found_by_their_numbers() -> None:
    text = b'{"ordinal":7,"a":1}\n{"type":"x", "ordinal" : 8}\n'
    found = numbered(source(text), {7, 8, 9, 20})
    assert found == {7: 0, 8: 20, 9: len(text)}


def test_numbers_inside_of_a_line_are_none_of_its_own() -> None:
    assert numbered(source(b'{"a":{"ordinal":7}}\n'), {7}) == {}
    assert numbered(source(b'{"ordinal":7}\nno number\n'), {7}) == {}
    assert numbered(source(b""), {0}) == {}
