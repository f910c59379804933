"""What each kind of values takes, and how it refuses the rest."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assetstore.config.kinds import (
    COUNT,
    DURATION,
    FLAG,
    NAME,
    PATH,
    PATHS,
    SIZE,
    TEXT,
    TEXTS,
    URL,
    ValueKind,
    choice,
    whole,
)

HERE = Path("/folder")
WORD = choice("idle", "low")


@pytest.mark.parametrize(
    ("kind", "given", "means"),
    [
        (DURATION, "1h30m", 5400.0),
        (DURATION, 0, 0.0),
        (SIZE, 4096, 4096),
        (SIZE, 0, 0),
        (SIZE, "4kB", 4000),
        (COUNT, 0, 0),
        (whole(1, 9), 9, 9),
        (whole(-2), -2, -2),
        (WORD, "low", "low"),
        (NAME, "claude-code.2_x", "claude-code.2_x"),
        (FLAG, False, False),
        (TEXT, "", ""),
        (PATH, "a/b", "/folder/a/b"),
        (PATH, "/a", "/a"),
        (URL, "https://me:x@host/p", "https://me:x@host/p"),
        (TEXTS, ["a", "b,c"], ("a", "b,c")),
        (TEXTS, [], ()),
        (PATHS, ["a", "/b"], ("/folder/a", "/b")),
    ],
)
def test_what_is_taken_is_in_the_schema_too(
    kind: ValueKind, given: Any, means: Any
) -> None:
    assert kind.read(given, HERE) == means
    jsonschema.validate(given, dict(kind.schema))


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (DURATION, 5, "is not a duration"),
        (DURATION, False, "is not a duration"),
        (DURATION, "soon", "is not a duration"),
        (SIZE, -1, "is not a size"),
        (SIZE, True, "is not a size"),
        (SIZE, 1.5, "is not a size"),
        (COUNT, -1, "at least 0"),
        (COUNT, True, "not a whole number"),
        (COUNT, "1", "not a whole number"),
        (whole(1, 9), 10, "1 to 9"),
        (whole(1, 9), 0, "1 to 9"),
        (WORD, "fast", "none of idle, low"),
        (WORD, ["idle"], "none of idle, low"),
        (NAME, "../x", "is no name"),
        (NAME, "codex\n", "is no name"),
        (NAME, "", "is no name"),
        (FLAG, 1, "neither true nor false"),
        (TEXT, 3, "is not a text"),
        (TEXT, "a\0b", "is not a text"),
        (PATH, "", "empty"),
        (PATH, "~nobody-has-this-name/x", "nobody-has-this-name"),
        (URL, "ftp://host", "no http:// or https://"),
        (URL, "http://host/\r\nHost: other", "no http:// or https://"),
        (TEXTS, "a", "is not a list"),
        (TEXTS, ["a", 1], "is not a text"),
        (PATHS, ["a", ""], "empty"),
    ],
)
def test_what_is_refused_is_told_in_words(
    kind: ValueKind, given: Any, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        kind.read(given, HERE)


def test_a_path_begins_in_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert PATH.read("~/a", HERE) == "/home/me/a"


@pytest.mark.parametrize(
    ("kind", "text", "means"),
    [(COUNT, "3", 3), (TEXTS, "a,,b", ["a", "b"]), (SIZE, "4k", "4k"), (WORD, "", "")],
)
def test_a_variable_stands_for_a_value(kind: ValueKind, text: str, means: Any) -> None:
    assert kind.of_text(text) == means


def test_a_variable_that_is_no_number_is_told() -> None:
    with pytest.raises(ValueError, match="'many' is not a whole number"):
        COUNT.of_text("many")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [(DURATION, 5400.0, "1h30m"), (TEXTS, ("a",), ["a"]), (FLAG, True, True)],
)
def test_a_value_is_written_as_it_is_read(
    kind: ValueKind, value: Any, shown: Any
) -> None:
    assert kind.show(value) == shown
    assert kind.read(shown, HERE) == value
