"""One run of the program: where its store, its configuration and its words are."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from assetstore.cli.failure import Problem
from assetstore.cli.invocation import Outcome, Run
from assetstore.errors import StoreNotFound, UsageError
from support.configs import write


def user_config(home: Path, text: str) -> Path:
    return write(home / "xdg" / "config" / "assetstore", text)


@pytest.mark.parametrize(
    ("words", "given", "json"),
    [
        (("ls",), {}, False),
        (("ls", "--json"), {}, True),
        (("ls", "--", "--json"), {}, False),  # a document of that name
        (("ls",), {"json": True}, True),
    ],
)
def test_json_counts_wherever_it_stands(
    words: tuple[str, ...], given: dict[str, Any], json: bool
) -> None:
    assert Run(words=words, given=given).json is json


def test_how_much_is_said() -> None:
    assert Run().verbosity == 0
    assert Run(given={"quiet": True}).verbosity == -1
    assert Run(given={"verbose": 2}).verbosity == 2


def test_the_store_is_a_flags_then_a_variables_then_a_files_then_the_usual_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = home / "xdg" / "data" / "assetstore" / "store"
    assert Run().store_path == Run().default_store == usual
    user_config(home, "store = '/file'\nstores = ['/more']\n")
    assert Run().store_path == Path("/file")
    assert Run().store_paths == [Path("/file"), Path("/more")]
    monkeypatch.setenv("ASSETSTORE_STORE", "/variable")
    assert Run().store_path == Path("/variable")
    flag = Run(given={"store": "/flag"})
    assert flag.store_path == flag.stored_at(Run().config()) == Path("/flag")
    assert flag.store_paths == [Path("/flag"), Path("/more")]
    several = Run(given={"store": "/1", "stores": ("/1", "/2")})
    assert several.store_paths == [Path("/1"), Path("/2")]


def test_the_users_configuration_is_a_flags_then_a_variables_then_the_usual_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = home / "xdg" / "config" / "assetstore" / "config.toml"
    assert Run().config_file == (usual, False)
    monkeypatch.setenv("ASSETSTORE_CONFIG", "v.toml")
    assert Run().config_file == (home / "v.toml", True)
    assert Run(given={"config": "f.toml"}).config_file == (home / "f.toml", True)
    assert Run(given={"config": "none"}).config_file == (None, True)


def test_a_project_is_read_unless_no_configuration_is_wanted(home: Path) -> None:
    write(home, "store = 'p'\n", ".assetstore.toml")
    assert Run().config().general.store == str(home / "p")
    assert Run().config(project=False).general.store is None
    assert Run(given={"config": "none"}).config().general.store is None
    run = Run()
    assert run.config() is run.config()


def test_jobs_that_are_built_in_are_there_where_they_are_wanted(home: Path) -> None:
    (home / ".codex" / "sessions").mkdir(parents=True)
    assert "codex" in Run().config(jobs=True).jobs
    assert Run().config().jobs == {}


def test_old_names_of_settings_are_a_warning_but_not_each_hour(home: Path) -> None:
    user_config(home, "[jobs.a]\nkeep_last = 1\n")
    run = Run(command="ls")
    run.config()
    run.config(jobs=True)
    ((label, text),) = run.remarks
    assert (label, "keep_last is called" in text) == ("warning", True)
    timer = Run(command="run")
    timer.config()
    assert timer.remarks == []


def test_a_store_is_made_only_where_none_ever_was(home: Path) -> None:
    with pytest.raises(StoreNotFound):
        Run().store()
    with Run().store(create=True) as made:
        id = made.id
    with Run().store() as again:
        assert again.id == id
    at = Run().known_stores.at(Run().default_store)
    assert at is not None
    assert at.id == id


def test_one_store_is_one(home: Path) -> None:
    run = Run(command="gc", given={"store": "a", "stores": ("a", "b")})
    with pytest.raises(UsageError, match="'gc' takes one --store"):
        run.store()


def test_it_is_said_that_a_store_was_made_where_it_is_news(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Run()
    usual.store(create=True).close()
    assert usual.remarks == []
    (home / "x").mkdir()
    named = Run(given={"store": str(home / "x" / "store")})
    named.store(create=True).close()
    assert [label for label, _ in named.remarks] == ["note"]


def test_root_is_told_that_a_user_has_no_part_in_roots_store(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "me")
    run = Run()
    run.store(create=True).close()
    ((label, text),) = run.remarks
    assert label == "warning"
    assert "without sudo, me has another one" in text


def test_stores_to_look_in(home: Path) -> None:
    user_config(home, f"store = '{home}/1'\nstores = ['{home}/2', '{home}/none']\n")
    for name in ("1", "2"):
        Run(given={"store": str(home / name)}).store(create=True).close()
    run = Run()
    with run.stores() as found:
        assert [store.root for store in found] == [home / "1", home / "2"]
    assert run.absent == [f"there is no store at {home}/none"]
    names = (str(home / "1"), str(home / "1"))
    with Run(given={"stores": names}).stores() as found:
        assert len(found) == 1
    names = (str(home / "1"), str(home / "none"))
    with pytest.raises(StoreNotFound), Run(given={"stores": names}).stores():
        pass


def test_where_agents_keep_their_threads(home: Path) -> None:
    homes = Run().homes
    assert homes["codex"] == home / ".codex"
    assert homes["claude-code"] == home / ".claude"


def emitted(run: Run, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    outcome = Outcome(
        result={"a": 1}, view=lambda output: output.line("found"), exit_code=4
    )
    return run.emit(outcome), out.getvalue(), err.getvalue()


def test_remarks_come_before_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(remarks=[("note", "a store"), ("warning", "old")])
    code, out, err = emitted(run, monkeypatch)
    assert (code, out, err) == (4, "found\n", "note: a store\nwarning: old\n")
    run.words = ("--json",)
    code, out, err = emitted(run, monkeypatch)
    assert json.loads(out)["warnings"] == ["a store", "old"]
    assert err == ""


def test_where_a_document_went_goes_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    assert emitted(Run(piped=True), monkeypatch) == (4, "", "found\n")


def test_a_traceback_is_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problem, error = Problem(type="E", message="bad"), ValueError("why")
    Run(given={"verbose": 1}).emit_failure(problem, error)
    assert capsys.readouterr().err == "error: bad\n"
    Run(given={"verbose": 2}).emit_failure(problem, error)
    assert "ValueError: why" in capsys.readouterr().err


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("given", "words", "said"),
    [({}, (), True), ({"quiet": True}, (), False), ({}, ("--json",), False)],
)
def test_messages_of_the_work_are_for_people(
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    words: tuple[str, ...],
    said: bool,
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with Run(given=given, words=words).progress() as progress:
        progress.message("hello")
    assert (screen.getvalue() == "hello\n") is said


def test_standard_output_becomes_a_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    from assetstore.cli import standard

    out = io.BytesIO()
    monkeypatch.setattr(standard, "stdout", lambda: out)
    run = Run()
    assert not run.piped
    assert run.stdout() is out
    assert run.piped
