"""The option --wait."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from assetstore.agents import waiting
from assetstore.cli.invocation import Run
from assetstore.cli.waiting import wait_for_documents, wait_option

Asked = list[tuple[Sequence[Path], float]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found: Asked = []

    def wait_for(
        paths: Sequence[Path], seconds: float, tell: Callable[[str], None]
    ) -> None:
        found.append((paths, seconds))
        tell("a\x1b[2J is in use")

    monkeypatch.setattr(waiting, "wait_for", wait_for)
    return found


def test_it_waits_for_documents_and_says_so(
    asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    wait_for_documents(Run(), ["a", "-", Path("b")], 5.0)
    assert asked == [([Path("a"), Path("b")], 5.0)]
    assert capsys.readouterr().err == "note: a\\x1b[2J is in use\n"


def test_quiet_waits_and_says_nothing(
    asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    wait_for_documents(Run(given={"quiet": True}), ["a"], 5.0)
    assert len(asked) == 1
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_it_does_not_wait_unless_asked(asked: Asked, seconds: float | None) -> None:
    wait_for_documents(Run(), ["a"], seconds)
    assert asked == []


def test_the_option_takes_a_duration() -> None:
    @click.command()
    @wait_option
    def command(wait: float | None) -> None:
        click.echo(repr(wait))

    run = CliRunner().invoke
    assert run(command, ["--wait", "1m30s"]).output == "90.0\n"
    assert run(command, []).output == "None\n"
    assert run(command, ["--wait", "soon"]).exit_code == 2
