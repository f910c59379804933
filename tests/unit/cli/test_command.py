"""Commands that have commands of their own."""

import json
from collections.abc import Callable

import click
import pytest

from assetstore.cli import Application
from assetstore.cli.command import common_options, define_group, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.errors import AssetstoreError

Main = Callable[..., int]


@define_group(examples="Examples:\n  assetstore kennel feed\n")
def kennel() -> None:
    """Look after the dogs."""


@kennel.define(examples="Examples:\n  assetstore kennel walk\n")
@click.option("--far", is_flag=True, help="Until dusk.")
@pass_run
def walk(run: Run, /, far: bool) -> Outcome:
    """Take them out."""
    if far:
        raise AssetstoreError("they are tired", hint="Wait.")
    result = {"store": str(run.given.get("store")), "words": list(run.words)}
    return Outcome(result=result, view=lambda output: output.line("walked"))


@kennel.define(examples="Examples:\n  assetstore kennel feed\n", name="feed")
@pass_run
def give_food(run: Run, /) -> Outcome:
    """Give them food."""
    return Outcome(result={}, view=lambda output: output.line("fed"))


class _Application(Application):
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return kennel if cmd_name == "kennel" else super().get_command(ctx, cmd_name)


@click.group(cls=_Application)
@common_options
def program() -> None:
    """A program with a group."""


@pytest.fixture
def main() -> Main:
    def call(*words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            program.main(list(words))
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return call


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "--store", "S", "kennel", "walk"],
        ["kennel", "--json", "--store", "S", "walk"],
        ["kennel", "walk", "--json", "--store", "S"],
    ],
)
def test_common_options_count_anywhere(
    main: Main, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(*words) == 0
    envelope = json.loads(capsys.readouterr().out)
    assert envelope["command"] == "kennel walk"
    assert envelope["result"] == {"store": "S", "words": words}


def test_text_and_a_name_of_its_own(
    main: Main, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main("kennel", "feed") == 0
    assert capsys.readouterr().out == "fed\n"


@pytest.mark.parametrize(
    ("words", "command", "message"),
    [
        (["kennel", "walk", "--far"], "kennel walk", "they are tired"),
        (["kennel", "walk", "--fast"], "kennel walk", "No such option"),
        (["kennel", "wash"], "kennel", "No such command"),
        (["kennel"], "kennel", "Missing command"),
    ],
)
def test_mistakes_are_told_with_the_command(
    main: Main,
    words: list[str],
    command: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(*words, "--json") != 0
    envelope = json.loads(capsys.readouterr().out)
    assert envelope["command"] == command
    assert message.lower() in envelope["errors"][0]["message"].lower()


def test_without_a_command_the_help_is_shown(
    main: Main, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main("kennel") == 2
    text = capsys.readouterr().err
    assert "Look after the dogs." in text
    assert text.index("walk") < text.index("feed") < text.index("Common options")
    assert text.endswith("assetstore kennel feed\n")
