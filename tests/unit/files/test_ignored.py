"""What below a folder its owner would not mean by naming the folder."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest

from assetstore.files.ignored import CODE, Level


@dataclass(frozen=True)
class Mine:
    """A program's folder: its logs are in one folder, and nothing else is taken."""

    reason: str = "its own"

    def enters(self, way: str) -> bool:
        return way.partition("/")[0] == "logs"

    def takes(self, way: str) -> bool:
        return way.startswith("logs/") and way.endswith(".log")


def owner(folder: str, names: Collection[str] | None) -> Mine | None:
    return Mine() if folder.endswith(".mine") else None


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without any settings of git's."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))


def level(folder: Path, at: Level | None = None) -> Level:
    """The level of a folder that the user named."""
    found = (at or Level(owner=owner)).named(str(folder))
    return found.inside(str(folder), os.listdir(folder))


def left(at: Level, path: Path, *, meant: bool = False) -> str:
    """Say why a file is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b"words")
    (entry,) = (e for e in os.scandir(path.parent) if e.name == path.name)
    return at.leaves_file(entry, meant=meant)


def test_a_page_is_taken_and_source_code_is_left(tmp_path: Path) -> None:
    here = level(tmp_path)
    for name in ("page.html", "notes.md", "data.json", "drawing.svg", "plain", ".env"):
        assert left(here, tmp_path / name) == "", name
    for name in ("a.py", "a.TSX", "Makefile", "Dockerfile", "a.tar.sh"):
        assert left(here, tmp_path / name) == CODE, name
    assert left(here, tmp_path / "a.py", meant=True) == ""


@pytest.mark.skipif(os.name == "nt", reason="there are no such bits")
def test_a_script_is_known_by_its_first_line(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"#!/bin/sh\n")
    assert left(level(tmp_path), script) == ""
    script.chmod(0o755)
    assert left(level(tmp_path), script) == CODE
    script.write_bytes(b"words")
    assert left(level(tmp_path), script) == ""


def test_what_other_programs_make_again_is_not_entered(tmp_path: Path) -> None:
    here = level(tmp_path)
    assert here.leaves_folder(str(tmp_path / "node_modules"), "node_modules")
    assert here.leaves_folder(str(tmp_path / "__pycache__"), "__pycache__") == "a cache"
    assert here.leaves_folder(str(tmp_path / "src"), "src") == ""


def test_a_folder_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    here = level(tmp_path)
    assert here.leaves_whole(str(tmp_path), ["pyvenv.cfg"]) == "a virtual environment"
    assert here.leaves_whole(str(tmp_path), ["page.md"]) == ""
    tag = tmp_path / "CACHEDIR.TAG"
    tag.write_bytes(b"a file of that name")
    assert here.leaves_whole(str(tmp_path), ["CACHEDIR.TAG"]) == ""
    tag.write_bytes(b"Signature: 8a477f597d28d172789f06886806bc55\n# made by x")
    assert here.leaves_whole(str(tmp_path), ["CACHEDIR.TAG"]) == "a cache"
    tag.unlink()
    assert here.leaves_whole(str(tmp_path), ["CACHEDIR.TAG"]) == ""


def test_ignore_files_count_and_the_nearest_first(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.tmp\nbuild/\n!keep.tmp\n")
    here = level(tmp_path)
    assert left(here, tmp_path / "a.tmp") == f"ignored by {tmp_path / '.gitignore'}"
    assert left(here, tmp_path / "keep.tmp") == ""
    assert here.leaves_folder(str(tmp_path / "build"), "build")
    assert left(here, tmp_path / "build.txt") == ""
    below = tmp_path / "below"
    below.mkdir()
    (below / ".gitignore").write_text("!a.tmp\n")
    inner = here.below("below").inside(str(below), [".gitignore"])
    assert left(inner, below / "a.tmp") == ""
    assert left(inner, below / "b.tmp")


def test_ignore_goes_before_gitignore(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / ".ignore").write_text("!*.log\n*.md\n")
    here = level(tmp_path)
    assert left(here, tmp_path / "a.log") == ""
    assert ".ignore" in left(here, tmp_path / "a.md")


def test_rules_above_a_folder_that_was_named_count(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.tmp\n/ignored/\n")
    (tmp_path / "sub").mkdir()
    assert left(level(tmp_path / "sub"), tmp_path / "sub" / "a.tmp")
    (tmp_path / "ignored").mkdir()
    meant = level(tmp_path / "ignored")
    assert left(meant, tmp_path / "ignored" / "a.tmp") == "", "who names it means it"


def test_a_repository_knows_nothing_of_what_is_around_it(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.tmp\n")
    inner = tmp_path / "inner"
    (inner / ".git").mkdir(parents=True)
    at = level(tmp_path).below("inner").inside(str(inner), os.listdir(inner))
    assert left(at, inner / "a.tmp") == ""
    assert left(level(tmp_path), tmp_path / "a.tmp")


def test_git_s_own_excludes_count(tmp_path: Path) -> None:
    info = tmp_path / "repo" / ".git" / "info"
    info.mkdir(parents=True)
    (info / "exclude").write_text("*.one\n")
    (tmp_path / "home" / ".gitconfig").write_text(
        "[core]\n\texcludesFile = ~/mine.txt\n"
    )
    (tmp_path / "home" / "mine.txt").write_text("*.two\n")
    here = level(tmp_path / "repo")
    for name in ("a.one", "a.two"):
        assert left(here, tmp_path / "repo" / name), name
    assert left(here, tmp_path / "repo" / "a.three") == ""


def test_a_crafted_ignore_file_ignores_nothing(tmp_path: Path) -> None:
    for data in (b"\xff\xfe\0\0[", b"[" * 9000, b"\0\n" * 9, b"!" * 100):
        (tmp_path / ".gitignore").write_bytes(data)
        assert left(level(tmp_path), tmp_path / "page.md") == ""
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".gitignore").mkdir()
    assert left(level(tmp_path), tmp_path / "page.md") == ""


def test_everything_is_taken_where_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    here = level(tmp_path, Level(ignore=False, owner=owner))
    assert left(here, tmp_path / "a.py") == ""
    assert here.leaves_folder(str(tmp_path / "node_modules"), "node_modules") == ""
    assert here.leaves_whole(str(tmp_path), ["pyvenv.cfg"]) == ""


@pytest.mark.parametrize("ignore", [True, False])
def test_of_a_program_s_folder_only_its_logs_are_taken(
    tmp_path: Path, ignore: bool
) -> None:
    home = tmp_path / ".mine"
    (home / "logs").mkdir(parents=True)
    at = level(home, Level(ignore=ignore, owner=owner))
    assert at.leaves_folder(str(home / "secrets"), "secrets") == "its own"
    assert at.leaves_folder(str(home / "logs"), "logs") == ""
    assert left(at, home / "key.txt") == "its own"
    logs = at.below("logs").inside(str(home / "logs"), ())
    assert left(logs, home / "logs" / "a.log") == ""
    assert left(logs, home / "logs" / "a.txt") == "its own"
    assert logs.leaves_whole(str(home / "logs"), ["pyvenv.cfg"]) == ""


def test_who_names_a_folder_in_it_is_in_it_all_the_same(tmp_path: Path) -> None:
    home = tmp_path / ".mine"
    (home / "logs" / "2026").mkdir(parents=True)
    at = level(home / "logs" / "2026")
    assert at.way == "logs/2026/"
    assert left(at, home / "logs" / "2026" / "a.log") == ""
    (home / "secrets").mkdir()
    assert left(level(home / "secrets"), home / "secrets" / "a.log") == "its own"


def test_a_program_s_folder_is_entered_though_it_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text(".mine/\nother/\n")
    here = level(tmp_path)
    assert here.leaves_folder(str(tmp_path / ".mine"), ".mine") == ""
    assert here.leaves_folder(str(tmp_path / "other"), "other")
