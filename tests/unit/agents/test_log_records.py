"""The records of a log."""

from pathlib import Path

import pytest

from assetstore.agents.log_records import is_whole, log_records, time_of
from assetstore.files.source import Source
from support.samples import lines

TIME = "2026-09-01T00:00:00Z"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.jsonl", False), ("a.json", True), ("a.json.zst", True), ("a", False)],
)
def test_a_log_of_one_value_is_told_by_its_name(name: str, expected: bool) -> None:
    assert is_whole(Path(name)) == expected


def test_a_line_has_its_records(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"a": 1}) + b"torn\n" + b'{"type":1}{"type":2}\n')
    with Source.open(path) as source:
        found = list(log_records(source, whole=False))
    assert [(line.number, list(records)) for line, records in found] == [
        (1, [{"a": 1}]),
        (2, []),
        (3, [{"type": 1}, {"type": 2}]),
    ]


def test_what_no_client_wrote_as_one_value_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for text in (b'{"a": 1}', b"{"):
        path.write_bytes(text)
        with Source.open(path) as source:
            ((line, records),) = log_records(source, whole=True)
        assert (line.number, list(records)) == (1, [])


@pytest.mark.parametrize(
    ("record", "time"),
    [
        ({"timestamp": TIME}, TIME),
        ({"$set": {"lastUpdated": TIME}}, TIME),
        ({"timestamp": 5}, ""),
        ({"timestamp": "x" * 99}, "x" * 40),
    ],
)
def test_when_a_record_was_written(record: dict[str, object], time: str) -> None:
    assert time_of(record) == time
