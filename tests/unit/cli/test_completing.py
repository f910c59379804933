"""What a shell is told."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem

from assetstore.cli import COMPLETE, app, completing
from support.pages import page
from support.program import Program

Ask = Callable[..., list[list[str]]]


@pytest.fixture
def ask(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Ask:
    """Ask as a shell does."""

    def asked(line: str, shell: str = "zsh", word: str = "") -> list[list[str]]:
        monkeypatch.setenv(COMPLETE, f"{shell}_complete")
        monkeypatch.setenv(completing.LINE, f"assetstore {line}")
        monkeypatch.setenv(completing.WORD, word)
        with pytest.raises(SystemExit):
            app.main([])
        said, wrong = capsys.readouterr()
        assert wrong == ""
        return [answer.split("\t") for answer in said.splitlines() if answer]

    return asked


def values(answers: list[list[str]]) -> list[str]:
    return [value for _, value, _ in answers]


def test_commands_come_with_their_summary_and_no_import(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "assetstore.cli.commands.archive", False)
    answers = ask("arc")
    assert answers == [
        ["plain", "archive", "Take embedded media out of documents into the store."]
    ]
    assert "assetstore.cli.commands.archive" not in sys.modules


def test_a_group_has_its_commands_and_the_options_of_the_usual_one(ask: Ask) -> None:
    assert "restore" in values(ask("threads "))
    assert "--gone" in values(ask("threads --"))


def test_formats_are_completed(ask: Ask) -> None:
    assert values(ask("archive --profile=note")) == ["notebook"]


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("archive x 'a b", "file", "a b"),
        ("restore a\\ b", "file", "a b"),
        ("archive -o ", "file", ""),
        ("ls --config=c", "file", "c"),
        ("ls --store ", "dir", ""),
        ("verify --store /x", "dir", "/x"),
    ],
)
def test_files_are_left_to_the_shell(
    ask: Ask, line: str, kind: str, value: str
) -> None:
    assert ask(line) == [[kind, value, ""]]


@pytest.mark.parametrize("line", ["", "ls ", "cat ", "run ", "writers adopt ", "show "])
def test_without_a_store_nothing_is_said(ask: Ask, line: str) -> None:
    assert all(len(answer) == 3 for answer in ask(line))


def test_hashes_and_documents_of_the_store(
    ask: Ask, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(program, "one.html", 1)
    page(program, "other.html", 2)
    assert program("archive", "one.html", "other.html").code == 0
    monkeypatch.setenv("ASSETSTORE_STORE", str(program.store))
    blobs = program("ls", "--blobs", "--json").result["blobs"]
    ids = {blob["id"] for blob in blobs}
    assert set(values(ask("cat "))) == ids
    some = min(ids)
    assert values(ask(f"cat {some[:9]}")) == [some]
    assert ask("cat zz") == []
    assert ask("forget on") == [["path", "one.html", ""], ["file", "on", ""]]
    absolute = f"{program.folder}/ot"
    assert values(ask(f"ls {absolute}")) == [f"{absolute}her.html", absolute]
    listed = ["one.html", "one.html"]  # as a document, and as a file
    assert values(ask("forget on", "bash", "on")) == listed


def test_bash_is_given_what_comes_after_its_own_end_of_a_word(ask: Ask) -> None:
    Path("a:one").touch()
    assert ask("forget a:o", "bash", "o") == [["file", "a:o", ""]]
    assert values(ask("forget a:", "bash", ":")) == ["a:"]
    assert ask("ls --color=al", "bash", "al") == [["plain", "always", ""]]


def test_pages_come_with_their_title(ask: Ask) -> None:
    assert ["plain", "recovery", "Recovery"] in ask("docs reco")
    assert values(ask("docs stuck")) == ["stuck"]


def test_nothing_is_put_on_a_line_that_a_shell_would_run(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store, or a log, may be anybody's."""

    def hostile(run: object, incomplete: str) -> "Iterator[CompletionItem]":
        for name in ("x$(touch pwned)", "x;id", "x`id`", "x y", "x-1"):
            yield CompletionItem(name, help="\x1b[31mred")

    monkeypatch.setitem(completing.SOURCES, "kept", hostile)
    assert values(ask("threads restore x", "bash", "x")) == ["x-1"]
    assert all("\x1b" not in help for *_, help in ask("threads restore x"))
