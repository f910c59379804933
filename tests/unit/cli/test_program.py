"""How command lines begin that are shown to be copied."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from assetstore import command_line
from assetstore.cli.invocation import Run
from assetstore.cli.program import called, store_options
from support.configs import write


def script(folder: Path, name: str = "assetstore") -> Path:
    """A program of that name, which a shell would start."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """What a process starts with, and a program of the same name on the path."""
    other = script(tmp_path / "other").parent
    monkeypatch.setenv("PATH", str(other))
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setattr(sys, "argv", ["assetstore"])
    return monkeypatch


def test_by_its_name_where_a_shell_finds_it(
    start: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = script(tmp_path / "bin")
    start.setenv("PATH", f"{path.parent}{os.pathsep}{tmp_path / 'other'}")
    start.setattr(sys, "argv", [str(path)])
    assert called() == "assetstore"


@pytest.mark.skipif(os.name == "nt", reason="quotes are a POSIX shell's")
def test_by_its_place_where_a_shell_finds_another_one_or_none(
    start: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = script(tmp_path / "an environment" / "bin")
    start.setattr(sys, "argv", [os.path.relpath(path)])
    assert called() == shlex.quote(str(path))
    start.setenv("PATH", "")
    assert called() == shlex.quote(str(path))


@pytest.mark.skipif(os.name == "nt", reason="quotes are a POSIX shell's")
def test_by_its_interpreter(start: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = script(tmp_path / "bin", "python3")
    start.setattr(sys, "executable", str(python))
    start.setattr(sys, "argv", ["/site/assetstore/__main__.py"])
    assert called() == f"{python} -m assetstore"
    script(tmp_path / "bin")
    start.setenv("PATH", str(tmp_path / "bin"))
    assert called() == "assetstore"


def test_uv_has_a_path_of_its_own(start: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = script(tmp_path / "bin")
    start.setenv("PATH", str(path.parent))
    start.setattr(sys, "argv", [str(path)])
    start.setenv("UV", "/usr/bin/uv")
    assert called() == str(path)


def test_a_library_is_no_program(start: pytest.MonkeyPatch) -> None:
    start.setattr(sys, "argv", ["/usr/bin/pytest"])
    assert called() == "assetstore"


def test_powershell_starts_what_is_quoted(
    start: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = script(tmp_path / "Ada L" / "Scripts")
    start.setattr(sys, "argv", [str(path)])
    start.setattr("assetstore.cli.program.quoted", lambda path: f'"{path}"')
    assert called() == f'& "{path}"'


def test_what_is_shown_begins_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "_called", command_line._called)
    command_line.name_program(lambda: "/venv/bin/assetstore")
    assert command_line.shown_command("gc") == "/venv/bin/assetstore gc"


def test_a_store_that_was_named_is_named_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store_options(Run()) == ()
    assert store_options(Run(given={"store": "s"})) == ("--store", home / "s")
    monkeypatch.setenv("ASSETSTORE_STORE", "/variable")  # the next command has it, too
    assert store_options(Run()) == ()
    monkeypatch.delenv("ASSETSTORE_STORE")
    file = write(home / "other", "store = '/file'\n")
    config = Run(given={"config": str(file)})
    assert store_options(config) == ("--store", Path("/file"))
    assert store_options(Run(given={"config": str(home / "absent")})) == ()
