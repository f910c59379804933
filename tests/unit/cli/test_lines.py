"""EventLines of JSON on standard error."""

import io
import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema
import pytest

from assetstore.cli.lines import EventLines, LineProgress


def schema() -> jsonschema.Draft202012Validator:
    text = resources.files("assetstore").joinpath("schema/progress-1.json")
    return jsonschema.Draft202012Validator(json.loads(text.read_bytes()))


class Told:
    """EventLines, and a clock that goes on by a tenth of a second each time."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.time = 0.0
        self.lines = EventLines(
            self.stream, lambda: "archive", clock=self.clock, now=lambda: 1e9
        )

    def clock(self) -> float:
        self.time += 0.1
        return self.time

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self.stream.getvalue().splitlines():
            found: dict[str, Any] = json.loads(line)
            assert list(schema().iter_errors(found)) == []
            yield found


@pytest.fixture
def told() -> Told:
    return Told()


def test_the_first_line_says_what_follows(told: Told) -> None:
    told.lines.write("message", text="a\nb \udcff")
    told.lines.write("end", exit_code=3)
    begin, message, end = told
    assert begin["command"] == "archive"
    assert begin["time"] == "2001-09-09T01:46:40Z"
    assert begin["schema"] == "assetstore-progress/1"
    assert message["text"] == "a\nb \udcff"
    assert end["seconds"] > message["seconds"] > 0
    assert end["exit_code"] == 3


def test_progress_is_told_now_and_then_and_at_the_end(told: Told) -> None:
    progress = LineProgress(told.lines, clock=told.clock)
    progress.start(1000, "archiving")
    for _ in range(100):
        progress.advance(10)
    progress.start(None, "coding")
    progress.message("hello")
    progress.close()
    progress.close()
    lines = list(told)
    first = [line for line in lines if line["event"] == "progress"]
    assert 10 < len(first) < 100
    assert first[-1]["done_bytes"] == first[-1]["total_bytes"] == 1000
    assert [line["event"] for line in lines[-2:]] == ["start", "message"]


def test_short_work_tells_its_end(told: Told) -> None:
    progress = LineProgress(told.lines, clock=lambda: 0.0)
    progress.start(10, "archiving")
    progress.advance(10)
    progress.close()
    assert [line["event"] for line in told] == ["begin", "start", "progress"]


def test_lines_that_are_wrong_are_no_lines() -> None:
    for line in ({"event": "other"}, {"event": "start"}, {"seconds": 1}):
        assert list(schema().iter_errors(line))
