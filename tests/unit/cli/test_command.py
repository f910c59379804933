"""Commands, their common options, and commands that have commands of their own."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from assetstore.cli import Application
from assetstore.cli.command import common_options, define, define_group, pass_run
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


@define(examples="Examples:\n  assetstore groom\n", table="archive")
@click.option("--media", default="image")
@click.argument("words", nargs=-1)
@pass_run
def groom(run: Run, /, media: str, words: tuple[str, ...]) -> Outcome:
    """Brush them."""
    result = {"media": media, "given": {k: str(v) for k, v in run.given.items()}}
    return Outcome(result=result, view=lambda output: output.line(media))


class _Application(Application):
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return {"kennel": kennel, "groom": groom}.get(cmd_name)


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


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    result: dict[str, object] = json.loads(capsys.readouterr().out)["result"]
    return result


@pytest.mark.parametrize(
    ("words", "media"),
    [
        ([], "image"),
        (["--config", "c.toml"], "any"),
        (["--config=c.toml"], "any"),
        (["--config", "c.toml", "--media", "image"], "image"),
        (["--", "--config=c.toml"], "image"),  # a document of that name
    ],
)
def test_the_configuration_gives_defaults_and_a_flag_comes_first(
    main: Main,
    home: Path,
    words: list[str],
    media: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (home / "c.toml").write_text("[archive]\nmedia = 'any'\n")
    assert main("--json", "groom", *words) == 0
    assert told(capsys)["media"] == media


def test_a_configuration_that_cannot_be_used_ends_the_command(
    main: Main, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "c.toml").write_text("[archive]\nmedia = 'all'\n")
    assert main("groom", "--config", "c.toml") == 14
    assert f"{home / 'c.toml'}:2: archive.media" in capsys.readouterr().err


def test_several_stores_are_kept_and_the_first_is_the_store(
    main: Main, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main("--json", "groom", "--store", "a", "--store", "b") == 0
    assert told(capsys)["given"] == {
        "json": "True",
        "store": "a",
        "stores": "('a', 'b')",
    }
