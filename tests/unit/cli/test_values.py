"""What options take, and what they say of anything else."""

import click
import pytest

from assetstore.cli.values import BLOCK, DURATION, FORMAT, PERCENT, SIZE, SUBSET


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
