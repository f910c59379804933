"""Odd words as arguments and as values of all options: a message, and no traceback."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from assetstore.cli import app, launching
from assetstore.cli.layout import CommonOption
from support.program import Program

ODD = ["\udcff", "9" * 400, "-1", "1e999", "x" * 5000, "as1:%s", "\n\u202e", "a#b.c/d"]
# They change the machine's own schedule, or wait for a client.
LEFT = {"schedule install", "schedule remove", "mcp"}


def commands(
    command: click.Command, *words: str
) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, *words, name)
    elif " ".join(words) not in LEFT:
        yield " ".join(words), command


COMMANDS = dict(commands(app))


def lines(name: str, command: click.Command) -> Iterator[list[str]]:
    """Lines with an odd word at each place of a command."""
    words = [*name.split(), *(["--no-open"] if name == "view" else [])]
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    plain = ["x" for argument in arguments if argument.required]
    for odd in ODD:
        if arguments:
            yield [*words, "--", *[odd for _ in plain or [odd]]]
        for param in command.params:
            takes = isinstance(param, click.Option) and not (
                param.is_flag or param.count or isinstance(param, CommonOption)
            )
            if takes:
                yield [*words, f"{param.opts[-1]}={odd}", *plain]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in Program(tmp_path).environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(launching, "launched", lambda _: True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(words: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[object, str]:
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(3)]
    with monkeypatch.context() as patch:
        for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
            patch.setattr(sys, name, stream)
        with pytest.raises(SystemExit) as ended:
            app.main(words)
        streams[2].flush()
    said = streams[2].buffer.getvalue().decode()
    return ended.value.code, said


@pytest.mark.parametrize("name", COMMANDS)
def test_odd_words(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in lines(name, COMMANDS[name]):
        code, said = called(words, monkeypatch)
        assert isinstance(code, int), words
        assert "unexpected" not in said, words
        assert "Traceback" not in said, words


def test_odd_words_before_a_command(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for odd in ODD:
        for words in (
            [odd],
            [f"--store={odd}", "ls"],
            [f"--config={odd}", "ls"],
            [f"--color={odd}", "ls"],
            [f"--debug-file={odd}/x", "ls"],
            [f"--{odd}", "--json"],
        ):
            code, said = called(words, monkeypatch)
            assert code in (1, 2, 10, 14), words
            assert "unexpected" not in said, words
            assert "Traceback" not in said, words


@pytest.mark.skipif(os.name == "nt", reason="arguments that are no text")
def test_bytes_that_are_no_text(program: Program) -> None:
    name = os.fsdecode(b"\xff\xfe.html")
    ran = program("archive", name, "--json")
    assert ran.code == 1
    assert ran.json["errors"][0]["path"].endswith("\udcff\udcfe.html")
    assert "Traceback" not in program("archive", name).err
