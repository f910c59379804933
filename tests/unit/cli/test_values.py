"""What options take, and what they say of anything else."""

from datetime import datetime

import click
import pytest

from assetstore.cli.values import (
    BLOCK,
    DURATION,
    FORMAT,
    MOMENT,
    PERCENT,
    SIZE,
    SUBSET,
)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (SIZE, "4k", 4096),
        (SIZE, "4kB", 4000),
        (SIZE, "1.5GB", 1_500_000_000),
        (DURATION, "1h30m", 5400.0),
        (DURATION, "0", 0.0),
        (PERCENT, "5%", 0.05),
        (PERCENT, "12.5", 0.125),
        (SUBSET, "1/7", "1/7"),
        (BLOCK, "12", (12, None, None)),
        (BLOCK, "12.3", (12, 3, None)),
        (BLOCK, "12.3.1", (12, 3, 1)),
        # As APIs name them.
        (BLOCK, "messages.12.content.3.image.source.base64", (12, 3, None)),
        (BLOCK, "messages.1.content.3.tool_result.content.2.text", (1, 3, 2)),
        (BLOCK, "input[12].content[3]", (12, 3, None)),
        (FORMAT, "codex", "codex"),
        (FORMAT, "auto", "auto"),
    ],
)
def test_what_is_read(kind: click.ParamType[object], text: str, value: object) -> None:
    assert kind.convert(text, None, None) == value
    assert kind.convert(value, None, None) == value  # a default


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (SIZE, "4 apples"),
        (SIZE, "-1"),
        (DURATION, "soon"),
        (PERCENT, "five"),
        (PERCENT, "-5%"),
        (SUBSET, "8/7"),
        (BLOCK, "12.3.4.5"),
        (BLOCK, "last"),
        (FORMAT, "word"),
    ],
)
def test_what_is_refused_is_named(kind: click.ParamType[object], text: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        kind.convert(text, None, None)
    assert text in caught.value.message


def test_formats_are_completed() -> None:
    context = click.Context(click.Command("x"))
    found = FORMAT.shell_complete(context, click.Option(["--profile"]), "cod")
    assert [item.value for item in found] == ["codex"]


def test_a_moment_is_a_date_or_so_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert MOMENT.convert("1h30m", None, None) == 2e9 - 5400
    assert MOMENT.convert("2026-11-01T10:00:00+01:00", None, None) == 1793523600
    local = datetime(2026, 11, 1).astimezone().timestamp()
    assert MOMENT.convert("2026-11-01", None, None) == local
    assert MOMENT.convert(5.0, None, None) == 5
    for text in ("", "soon", "2026-13-01", "9" * 400, "2026-11-01T10:00:00+99:00"):
        with pytest.raises(click.BadParameter, match="is no time"):
            MOMENT.convert(text, None, None)
