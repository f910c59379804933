"""A log's own placeholders, found again after it was edited."""

import json
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_one
from assetstore.documents.edited_log import own_places
from assetstore.documents.placeholders import find_placeholders
from assetstore.files.source import Source
from assetstore.formats.registry import formats
from assetstore.store.format.manifest import Manifest
from support.samples import lines, picture, uri
from support.stores import memory_store

WORDS = "more than what is looked at in front of one"
ONE, TWO = uri(picture(20, 16, 1)), uri(picture(24, 20, 2))


class Log:
    """An archived log.

    Attributes:
        lines: Its lines.
        state: What is noted of it.
    """

    def __init__(self, folder: Path, *records: object):
        formats()
        self.path = folder / "data.jsonl"
        self.path.write_bytes(lines(*records))
        store = memory_store()
        archive_one(store, self.path)
        self.lines = self.path.read_bytes().splitlines(keepends=True)
        state = store.manifest(self.path)
        assert state is not None
        self.state: Manifest = state

    @property
    def marks(self) -> list[str]:
        """The placeholders in it."""
        with Source.open(self.path) as source:
            places = [at for at, _ in find_placeholders(source)]
            return [source.read(at, 31).decode() for at in places]

    def own(self, *edited: bytes, floor: int = 0) -> list[bool]:
        """Which of its placeholders are its own, once it has other lines."""
        self.path.write_bytes(b"".join(edited))
        with Source.open(self.path) as source:
            found = own_places(source, self.state, floor)
            return [at in found for at, _ in find_placeholders(source)]


def quote(text: str) -> bytes:
    return json.dumps({"words": WORDS, "quote": text}).encode() + b"\n"


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(
        tmp_path,
        {"n": 1, "words": WORDS, "a": ONE},
        {"n": 2, "words": WORDS},
        {"n": 3, "words": WORDS, "b": TWO},
        {"end": 1},
    )


def test_as_it_is_all_are_its_own(log: Log) -> None:
    assert log.own(*log.lines) == [True, True]


def test_what_was_appended_is_text(log: Log) -> None:
    assert log.own(*log.lines, quote(log.marks[0])) == [True, True, False]


def test_one_more_in_another_line_is_text(log: Log) -> None:
    """Where its own stand as they did, no other one is as well."""
    second = quote(log.marks[0])
    assert log.own(log.lines[0], second, *log.lines[2:]) == [True, False, True]


def test_lines_that_were_taken_out_or_put_in_front(log: Log) -> None:
    one, two, three, end = log.lines
    assert log.own(three, end) == [True]
    assert log.own(b'{"new":1}\n', one, two, three, end) == [True, True]
    assert log.own(three, one, end) == [True, True]


def test_of_more_than_there_were_those_with_its_own_in_front(log: Log) -> None:
    one, two, three, end = log.lines
    moved = quote(log.marks[0])
    assert log.own(moved, two, one, three, end) == [False, True, True]
    assert log.own(two, one, one, three, end) == [True, False, True]


def test_what_was_text_stays_text(tmp_path: Path) -> None:
    first = Log(tmp_path, {"a": ONE})
    mark = first.marks[0]
    log = Log(tmp_path, {"see": mark}, {"a": ONE}, {"end": 1})
    assert log.own(*log.lines) == [False, True]
    assert log.own(b'{"new":1}\n', *log.lines) == [False, True]
    assert log.own(log.lines[1], log.lines[2]) == [True]
    assert log.own(log.lines[0], log.lines[2]) == [False]


def test_one_with_nothing_of_its_own_has_nothing(tmp_path: Path) -> None:
    first = Log(tmp_path, {"a": ONE})
    log = Log(tmp_path, {"see": first.marks[0]}, {"a": TWO}, {"end": 1})
    assert log.own(log.lines[0], log.lines[2]) == [False]


def test_behind_a_place_that_an_older_state_knows(log: Log) -> None:
    one, two, three, end = log.lines
    floor = len(one) + len(two)
    assert log.own(one, two, three, end, floor=floor) == [False, True]


def test_a_log_that_was_cut_off_keeps_what_is_left(log: Log) -> None:
    assert log.own(*log.lines[:1]) == [True]
    assert log.own(log.lines[0][:20]) == []
    assert log.own(b"") == []
