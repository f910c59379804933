"""Errors as people and programs are told of them."""

import errno
import os
import shlex
from pathlib import Path

import click
import pytest

from assetstore.cli.failure import Problem, problem_of
from assetstore.errors import LockedError, PurgedBlob
from assetstore.stopping import INTERRUPTED, Stopped


def test_an_error_of_ours_has_all_that_it_says() -> None:
    error = LockedError("it is held", hint="Wait.", path="/a")
    assert problem_of(error) == Problem(
        type="LockedError", message="it is held", hint="Wait.", path="/a", exit_code=11
    )
    assert problem_of(PurgedBlob("gone")).type == "PurgedBlob"


def test_an_error_of_the_system_names_the_file() -> None:
    for name in ("/a/file", b"/a/file"):
        found = problem_of(OSError(errno.ENOSPC, "No space left on device", name))
        assert (found.message, found.path) == ("No space left on device", "/a/file")
        assert (found.type, found.exit_code) == ("OSError", 1)
    assert problem_of(OSError("by hand")).message == "by hand"


def test_a_mistake_in_the_arguments_names_the_help() -> None:
    context = click.Context(click.Command("archive"), info_name="assetstore archive")
    found = problem_of(click.UsageError("no such option", context))
    assert (found.type, found.exit_code) == ("UsageError", 2)
    assert found.hint == "See 'assetstore archive --help'."
    assert found.usage.startswith("Usage: assetstore archive")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_is_none_of_ours(error: BaseException) -> None:
    assert problem_of(error).exit_code == INTERRUPTED


def test_anything_else_is_a_defect() -> None:
    found = problem_of(ZeroDivisionError("division by zero"))
    assert found.message == "unexpected ZeroDivisionError: division by zero"
    assert "-vv" in found.hint


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owners here")
def test_what_is_another_users_in_a_folder_of_ours_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The topmost of it; nothing is said of what is nowhere ours."""
    file = tmp_path / "it's" / "packs" / "a"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    mine = os.stat
    theirs = {file, file.parent}

    def owned(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = mine(path, follow_symlinks=follow_symlinks)
        uid = os.geteuid() + (Path(path) in theirs)
        return os.stat_result((*found[:4], uid, *found[5:]))

    monkeypatch.setattr(Path, "stat", owned)
    refused = PermissionError(errno.EACCES, "Permission denied", str(file))
    way = f"sudo chown -R {os.geteuid()} {shlex.quote(str(file.parent))}"
    assert way in problem_of(refused).hint
    theirs |= set(file.parents)
    assert problem_of(refused).hint == ""
    assert problem_of(FileNotFoundError(2, "None", str(file))).hint == ""


def test_a_signal_is_named() -> None:
    told = problem_of(Stopped(15))
    assert (told.type, told.exit_code) == ("Interrupted", 143)
    assert told.message.startswith("stopped by SIGTERM; ")
    through_click = click.Abort()
    through_click.__cause__ = Stopped(1)
    assert problem_of(through_click).exit_code == 129


@pytest.mark.skipif(os.name == "nt", reason="removes the current folder")
def test_a_current_folder_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(FileNotFoundError) as missing:
        Path.cwd()
    assert "current folder" in problem_of(missing.value).message
    named = FileNotFoundError(2, "No such file or directory", "a.html")
    assert problem_of(named).path == "a.html"
