"""The output layer: what reaches a terminal, and what programs read."""

import io
import json
import time
from collections.abc import Iterator

import click
import pytest

from assetstore.cli.failure import Problem
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import (
    Output,
    Rows,
    dumps,
    harmless,
    local_day,
    local_time,
    of_when,
    printable,
    printable_text,
    read_time,
    when,
)
from assetstore.files.temp_rows import Spool


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def output(
    *, json: bool = False, verbosity: int = 0, color: str = "never"
) -> tuple[Output, Screen, Screen]:
    out, err = Screen(), Screen()
    made = Output(out=out, err=err, json=json, verbosity=verbosity, color=color)
    return made, out, err


BAD = Problem(type="E", message="it is bad", hint="Look.", path="/p", exit_code=12)


def test_people_get_what_was_asked_for_and_the_rest_beside_it() -> None:
    made, out, err = output()
    outcome = Outcome(
        result={},
        view=lambda output: output.line("found"),
        errors=[BAD],
        warnings=["careful"],
    )
    made.emit("ls", outcome)
    assert out.getvalue() == "found\n"
    assert err.getvalue() == "warning: careful\nerror: /p: it is bad\nhint: Look.\n"


def test_quiet_says_nothing_but_errors() -> None:
    made, out, err = output(verbosity=-1)
    made.report("done")
    made.line("asked for")
    made.remark("warning", "careful", "yellow")
    made.remark("error", "bad", "red")
    assert (out.getvalue(), err.getvalue()) == ("asked for\n", "error: bad\n")


def test_programs_get_one_object() -> None:
    made, out, err = output(json=True)
    rows = Spool()
    for number in range(2):
        rows.add({"n": number})
    outcome = Outcome(
        result={"rows": rows, "empty": {}, "inner": {"a": [1]}},
        view=lambda output: output.line("not here"),
        exit_code=4,
        errors=[BAD],
        warnings=["careful"],
    )
    made.emit("ls", outcome)
    assert json.loads(out.getvalue()) == {
        "schema": "assetstore/1",
        "command": "ls",
        "ok": False,
        "exit_code": 4,
        "result": {"rows": [{"n": 0}, {"n": 1}], "empty": {}, "inner": {"a": [1]}},
        "errors": [
            {
                "type": "E",
                "message": "it is bad",
                "hint": "Look.",
                "path": "/p",
                "exit_code": 12,
            }
        ],
        "warnings": ["careful"],
    }
    assert out.getvalue().count("\n") == 1
    assert err.getvalue() == ""


def test_what_ended_a_command_has_its_usage() -> None:
    made, _, err = output()
    made.emit_failure("", Problem(type="UsageError", message="no", usage="Usage: x"))
    assert err.getvalue() == "Usage: x\nerror: no\n"
    made, out, _ = output(json=True)
    made.emit_failure("", BAD)
    envelope = json.loads(out.getvalue())
    assert (envelope["command"], envelope["result"]) == (None, None)
    assert envelope["exit_code"] == 12


def test_an_errors_path_is_not_said_twice() -> None:
    made, _, err = output()
    made.emit_failure("", Problem(type="E", message="/p is bad", path="/p"))
    assert err.getvalue() == "error: /p is bad\n"


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    for rows in (
        iter([("a", "1"), ("long name", "1,000")]),
        Rows(lambda: iter([("a", "1"), ("long name", "1,000")])),
    ):
        made, out, _ = output()
        made.table(("NAME", ">N"), rows)
        assert out.getvalue() == (
            "NAME           N\na              1\nlong name  1,000\n"
        )  # fmt: skip


@pytest.mark.parametrize(
    ("color", "variables", "colored"),
    [
        ("never", {}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"TERM": "dumb"}, False),
    ],
)
def test_colors_are_for_terminals(
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    variables: dict[str, str],
    colored: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    made, _, err = output(color=color)
    made.remark("error", "bad", "red")
    assert ("\x1b[31m" in err.getvalue()) is colored


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\rb\x7f\x9b", r"a\rb\x7f\x9b"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\udcff", r"\udcff"),
    ],
)
def test_nothing_but_colors_tells_a_terminal_to_do_something(
    text: str, safe: str
) -> None:
    assert harmless(text) == safe


def test_what_is_a_documents_has_no_colors_either() -> None:
    assert printable("plain ü") == "plain ü"
    assert printable("\x1b[31m\n\udcff") == r"\x1b[31m\n\udcff"
    assert printable_text("a\tb\nc\x1b[31m") == "a\tb\nc\\x1b[31m"


def test_names_that_are_no_utf8_are_json_all_the_same() -> None:
    assert dumps({"a": [1, "ü"]}) == '{"a":[1,"ü"]}'
    assert json.loads(dumps(["\udcff"])) == ["\udcff"]


def test_a_time_is_in_utc_or_unknown() -> None:
    assert when(1e9 + 0.9) == "2001-09-09T01:46:40Z"
    for impossible in (1e20, float("nan"), float("inf")):
        assert when(impossible) == "an unknown time"


@pytest.fixture
def in_india(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "IST-5:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="changes the time zone")
def test_people_get_times_of_their_zone(in_india: None) -> None:
    assert local_time(1_700_000_000) == "2023-11-15 03:43:20 +0530"
    assert local_day(1_700_000_000) == "2023-11-15"  # in UTC it is the 14th
    assert of_when(when(1_700_000_000)) == 1_700_000_000
    assert read_time("2023-11-14T22:13:20.123Z") == "2023-11-15 03:43:20 +0530"


@pytest.mark.parametrize("text", ["", "yesterday", "2023-11-14T22:13:20", "9" * 30])
def test_a_time_without_a_zone_stays(text: str) -> None:
    assert read_time(text) == text[:19]


@pytest.mark.parametrize("seconds", [1e300, float("nan"), float("inf")])
def test_what_is_no_time_is_told_as_that(seconds: float) -> None:
    assert local_time(seconds) == "an unknown time"
    assert local_day(seconds) == "unknown"
    assert when(seconds) == "an unknown time"
    assert local_time(of_when(when(seconds))) == "an unknown time"


def test_columns_stand_below_each_other_whatever_is_in_them() -> None:
    made, out, _ = output()
    made.table(("NAME", ">SIZE", ""), [("日本", "1", "a"), ("e\u0301", "22", "b")])
    assert out.getvalue() == "NAME  SIZE\n日本     1  a\ne\u0301       22  b\n"


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({}, True),
        ({"TERM": "dumb"}, False),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_what_decides_on_color(
    environment: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    made, _, err = output(color="auto")
    made.remark("note", "here", "blue")
    assert ("\x1b" in err.getvalue()) is colored


@pytest.mark.parametrize(("force", "colored"), [("1", True), ("0", False), ("", False)])
def test_color_can_be_forced_into_a_pipe(
    force: str, colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", force)
    pipe = io.StringIO()
    made = Output(out=pipe, err=pipe, json=False, verbosity=0, color="auto")
    made.remark("note", "here", "blue")
    assert ("\x1b" in pipe.getvalue()) is colored


def test_a_page_has_no_comments_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(click, "echo_via_pager", lambda text, **_: shown.append(text))
    page = "# A\n\n    <!-- not run: why -->\n```sh\nx <!-- y -->\n```\n"
    made, _, _ = output()
    made.page(page)
    assert shown == ["# A\n\n```sh\nx <!-- y -->\n```\n"]
