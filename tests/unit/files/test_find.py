import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assetstore.agents.find import find_threads
from assetstore.archiver.run import archive_paths
from assetstore.documents.catalog import list_documents
from assetstore.files.find import find_documents
from assetstore.files.ignored import CODE, Level
from assetstore.formats.registry import home_at
from assetstore.restore.run import restore_paths
from support.stores import memory_store

MEANT = Level(owner=home_at)


@pytest.fixture(autouse=True)
def nobodys_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return home


def make(folder: Path, *names: str, text: str = "words\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def walked(
    *named: Path,
    level: Level | None = MEANT,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
) -> tuple[set[str], dict[str, str]]:
    """The files that are taken, and what is left with its reason; from the folder."""
    top = named[0] if named[0].is_dir() else named[0].parent
    taken, left = set(), {}
    for file in find_documents(named, leave=level, include=include, exclude=exclude):
        assert file.error is None
        name = os.path.relpath(file.path, top).replace(os.sep, "/")
        if file.left:
            left[name] = file.left
        else:
            taken.add(name)
    return taken, left


def test_ignore_files_are_heeded(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.log", "keep.log", "build/x.md", "sub/build", "sub/c.tmp")
    make(tmp_path, "sub/d.md", "sub/deep/e.md", "sub/deep/f.md", "only/top.md")
    (tmp_path / ".gitignore").write_text(
        "*.log\n!keep.log\nbuild/\n/only\n# a comment\n"
    )
    (tmp_path / "sub" / ".gitignore").write_text("*.tmp\ndeep/f.*\n")
    taken, left = walked(tmp_path)
    assert taken >= {"a.md", "keep.log", "sub/build", "sub/d.md", "sub/deep/e.md"}
    top, sub = tmp_path / ".gitignore", tmp_path / "sub" / ".gitignore"
    assert left == {
        "b.log": f"ignored by {top}",
        "build": f"ignored by {top}",
        "only": f"ignored by {top}",
        "sub/c.tmp": f"ignored by {sub}",
        "sub/deep/f.md": f"ignored by {sub}",
    }


def test_the_nearest_rule_counts_and_ignore_before_gitignore(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "sub/a.txt", "sub/b.txt", "other/b.txt")
    (tmp_path / ".gitignore").write_text("a.txt\n")
    (tmp_path / "sub" / ".gitignore").write_text("!a.txt\nb.txt\n")
    (tmp_path / ".ignore").write_text("other\n!sub/b.txt\n")
    taken, left = walked(tmp_path)
    assert {"sub/a.txt", "sub/b.txt"} <= taken
    assert left.keys() == {"a.txt", "other"}


def test_rules_above_the_named_folder_count(tmp_path: Path) -> None:
    make(tmp_path, ".git/config", "docs/a.md", "docs/b.out", "out/c.md", "out/d.out")
    (tmp_path / ".gitignore").write_text("*.out\nout/\n")
    assert walked(tmp_path / "docs") == (
        {"a.md"},
        {"b.out": f"ignored by {tmp_path / '.gitignore'}"},
    )
    # Who names what is ignored means it.
    assert walked(tmp_path / "out") == ({"c.md", "d.out"}, {})
    assert walked(tmp_path / "docs" / "b.out") == ({"b.out"}, {})


def test_a_repository_in_another_has_rules_of_its_own(tmp_path: Path) -> None:
    make(
        tmp_path,
        ".git/config",
        "inner/.git/config",
        "inner/a.out",
        "inner/b.md",
        "c.out",
    )
    (tmp_path / ".gitignore").write_text("*.out\n")
    taken, left = walked(tmp_path)
    assert taken - {".gitignore"} == {"inner/a.out", "inner/b.md"}
    assert left.keys() == {"c.out"}


@pytest.mark.parametrize("place", [".config/git/ignore", "mine", ".git"])
def test_excludes_of_a_repository_and_of_its_owner(
    tmp_path: Path, nobodys_home: Path, place: str
) -> None:
    make(tmp_path, ".git/config", "a.secret", "b.md")
    if place == ".git":
        make(tmp_path, ".git/info/exclude", text="*.secret\n")
    else:
        make(nobodys_home, place, text="*.secret\n")
    if place == "mine":
        make(nobodys_home, ".gitconfig", text="[core]\n\texcludesFile = ~/mine\n")
    taken, left = walked(tmp_path)
    assert taken == {"b.md"}
    assert left.keys() == {"a.secret"}


def test_what_can_be_made_again_is_left(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "node_modules/x/readme.md", "pkg/node_modules/y.md")
    make(
        tmp_path,
        "env/pyvenv.cfg",
        "env/lib/z.md",
        "p/__pycache__/z.pyc",
        "m/conda-meta/h",
    )
    make(
        tmp_path, "c/CACHEDIR.TAG", text="Signature: 8a477f597d28d172789f06886806bc55\n"
    )
    make(tmp_path, "c/kept.md", "fake/CACHEDIR.TAG", "fake/b.md")
    taken, left = walked(tmp_path)
    assert taken == {"a.md", "fake/CACHEDIR.TAG", "fake/b.md"}
    assert left == {
        "node_modules": "dependencies",
        "pkg/node_modules": "dependencies",
        "env": "a virtual environment",
        "m": "a virtual environment",
        "p/__pycache__": "a cache",
        "c": "a cache",
    }
    assert walked(tmp_path / "node_modules")[0] == {"x/readme.md"}
    assert walked(tmp_path / "env")[0] == {"pyvenv.cfg", "lib/z.md"}


def test_source_code_is_left_but_where_it_is_meant(tmp_path: Path) -> None:
    code = {"a.py", "b.JS", "c.tsx", "d.h", "e.ps1", "f.scala", "g.patch", "sub/h.rs"}
    text = {
        "a.html",
        "b.css",
        "c.md",
        "d.json",
        "e.svg",
        "f.xml",
        "g.ipynb",
        "h",
        ".py",
    }
    make(tmp_path, *code, *text)
    taken, left = walked(tmp_path)
    assert taken == text
    assert left == dict.fromkeys(code, CODE)
    assert walked(tmp_path, include=("*.py", "*.rs"))[0] == {"a.py", "sub/h.rs", ".py"}
    assert walked(tmp_path / "a.py") == ({"a.py"}, {})


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_a_script_without_an_ending_is_source_code(tmp_path: Path) -> None:
    make(tmp_path, "tool", "text", text="#!/bin/sh\nexit\n")
    make(tmp_path, "words")
    for name in ("tool", "words"):
        (tmp_path / name).chmod(0o755)
    assert walked(tmp_path) == ({"text", "words"}, {"tool": CODE})


def test_all_is_seen_on_request_but_version_controls_own(tmp_path: Path) -> None:
    make(
        tmp_path,
        ".git/config",
        "a.py",
        "b.log",
        "node_modules/c.md",
        "sub/.hg/x",
        "d.txt",
    )
    (tmp_path / ".gitignore").write_text("*.log\n")
    everything = {".gitignore", "a.py", "b.log", "node_modules/c.md", "d.txt"}
    assert walked(tmp_path, level=Level(ignore=False, owner=home_at)) == (
        everything,
        {},
    )
    assert walked(tmp_path, level=None) == (everything, {})  # as restore does


def test_excluded_folders_are_not_told(tmp_path: Path) -> None:
    make(tmp_path, "node_modules/a.md", "b.md", "c.py")
    assert walked(tmp_path, exclude=("node_modules", "*.py")) == ({"b.md"}, {})


@pytest.mark.parametrize(
    "text", ["[\n", "\\\n", "***\n", "a" * 70_000, "\x00\xff", "!\n"]
)
def test_an_odd_ignore_file_ends_nothing(tmp_path: Path, text: str) -> None:
    make(tmp_path, "a.md")
    (tmp_path / ".gitignore").write_text(text, encoding="latin-1")
    assert "a.md" in walked(tmp_path)[0] | walked(tmp_path)[1].keys()


def test_two_names_of_one_file_are_one(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.md")
    # The named file is taken, though the folder would leave it.
    for named in ((tmp_path, tmp_path / "a.py"), (tmp_path / "a.py", tmp_path)):
        assert walked(*named) == ({"a.py", "b.md"}, {})


CODEX = "Codex's own files: only its session logs are touched"
CLAUDE = "Claude Code's own files: only its session logs are touched"
LOG = "rollout-2026-01-02T03-04-05-0199.jsonl"


@pytest.mark.parametrize("ignore", [True, False])
@pytest.mark.parametrize("name", [".codex", "agents/main/agent/codex-home"])
def test_of_a_codex_home_only_logs_pass(
    tmp_path: Path, name: str, ignore: bool
) -> None:
    home = tmp_path / name
    make(home, f"sessions/2026/01/02/{LOG}", "sessions/2026/notes.md", "auth.json")
    make(home, f"archived_sessions/{LOG}", "config.toml", "history.jsonl", "log/a.log")
    make(home, "state_5.sqlite", f"skills/x/{LOG}", f"backup/{LOG}", LOG)
    make(tmp_path, "b.md")
    level = Level(ignore=ignore, owner=home_at)
    taken, left = walked(tmp_path, level=level)
    logs = {f"{name}/sessions/2026/01/02/{LOG}", f"{name}/archived_sessions/{LOG}"}
    assert taken == {"b.md", *logs}
    # Once for each folder, however many files.
    folders = ("", "/sessions/2026", "/log", "/skills", "/backup")
    assert left == {f"{name}{folder}": CODEX for folder in folders}
    for folder in ("", "/sessions", "/sessions/2026"):
        assert walked(home / folder.strip("/"), level=level)[0] <= {
            os.path.relpath(tmp_path / log, home / folder.strip("/")) for log in logs
        }
    assert walked(home / "sessions/2026/01", level=level)[0] == {f"02/{LOG}"}
    assert walked(home / "skills", level=level)[0] == set()
    assert walked(home / "auth.json", level=level)[0] == {"auth.json"}  # it is named


@pytest.mark.parametrize("name", [".claude", "config/claude-work"])
def test_of_a_claude_code_home_only_logs_pass(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    make(home, "projects/-home-a/1.jsonl", "projects/-home-a/1/subagents/agent-2.jsonl")
    make(
        home,
        "projects/-home-a/memory/MEMORY.md",
        "projects/-home-a/1/tool-results/a.txt",
    )
    make(home, "settings.json", "history.jsonl", "todos/a.json", "file-history/1/a@v1")
    make(home, ".credentials.json", "shell-snapshots/a.sh", "projects/top.jsonl")
    taken, left = walked(tmp_path)
    assert taken == {
        f"{name}/projects/top.jsonl",
        f"{name}/projects/-home-a/1.jsonl",
        f"{name}/projects/-home-a/1/subagents/agent-2.jsonl",
    }
    assert set(left.values()) == {CLAUDE}
    assert walked(home / "projects")[0] == {
        "top.jsonl",
        "-home-a/1.jsonl",
        "-home-a/1/subagents/agent-2.jsonl",
    }


def test_ignored_homes_are_walked_all_the_same(tmp_path: Path) -> None:
    """A home folder under version control ignores everything that it does not name."""
    make(tmp_path, f".codex/sessions/2026/{LOG}", ".codex/sessions/.gitignore", "b.md")
    make(tmp_path, ".claude/projects/-a/1.jsonl", ".claude/.gitignore", text="*\n")
    (tmp_path / ".gitignore").write_text("*\n")
    assert walked(tmp_path)[0] == {
        f".codex/sessions/2026/{LOG}",
        ".claude/projects/-a/1.jsonl",
    }


@pytest.mark.parametrize(
    "names",
    [
        ("sessions/notes.md", "readme.md"),
        ("sessions/a.md", "config.toml"),
        ("projects/site/index.html", "settings.json"),
        ("projects/site/index.html", "plugins/a", "tasks/b", "agents/c", "commands/d"),
        ("projects/a.md", "sessions/b.md"),
        ("sessions.md", "auth.json", "history.jsonl"),
    ],
)
def test_other_folders_are_nobodys_home(tmp_path: Path, names: tuple[str, ...]) -> None:
    make(tmp_path, *names)
    assert walked(tmp_path) == (set(names), {})


@pytest.mark.parametrize(
    ("names", "client"),
    [
        ((f"sessions/2026/{LOG}", "config.toml"), "Codex"),
        ((f"sessions/2026/{LOG}", "state_5.sqlite"), "Codex"),
        ((f"sessions/{LOG}", "thread-writer-locks/a"), "Codex"),
        (("sessions/x", "auth.json", "history.jsonl"), "Codex"),
        (("projects/-home-a/1.jsonl", "settings.json"), "Claude Code"),
        (("projects/C--work/1.jsonl", "todos/a"), "Claude Code"),
        (("projects/named/1.jsonl", "settings.json"), "Claude Code"),
        (("projects/x/y", "shell-snapshots/a", "statsig/b"), "Claude Code"),
        (("projects/-home-a/chats/1.jsonl", "settings.json"), "Qwen Code"),
    ],
)
def test_homes_are_known_by_what_is_in_them(
    tmp_path: Path, names: tuple[str, ...], client: str
) -> None:
    make(tmp_path, *names)
    found = home_at(str(tmp_path))
    assert found is not None
    assert found.kind.title == client
    assert home_at(str(tmp_path), os.listdir(tmp_path)) == found


@pytest.mark.parametrize("one", ["a/b", b"a/b", Path("a/b")])
def test_one_path_is_not_taken_for_its_letters(one: object, tmp_path: Path) -> None:
    calls: list[Callable[[Any], object]] = [
        lambda paths: archive_paths(memory_store(), paths),
        lambda paths: restore_paths(memory_store(), paths),
        lambda paths: list(find_threads(paths)),
        lambda paths: list(list_documents(memory_store(), paths)),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"write \["):
            call(one)


def test_a_junction_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of Windows: by a stand-in for what its folders say."""
    make(tmp_path, "a.md", "back/b.md", "folder/c.md")
    scan = os.scandir

    class Said:
        """An entry as Windows gives it: with a tag, which no other system has."""

        def __init__(self, entry: os.DirEntry[str]):
            self._entry = entry

        def __getattr__(self, name: str) -> Any:
            return getattr(self._entry, name)

        def stat(self, *, follow_symlinks: bool) -> Any:
            found = self._entry.stat(follow_symlinks=follow_symlinks)
            tag = 0xA0000003 if self._entry.name == "back" else 0
            names = [name for name in dir(found) if name.startswith("st_")]
            values = {name: getattr(found, name) for name in names}
            return SimpleNamespace(**values, st_reparse_tag=tag)

    @contextmanager
    def said(folder: str) -> Iterator[list[Said]]:
        with scan(folder) as entries:
            yield [Said(entry) for entry in entries]

    monkeypatch.setattr("assetstore.files.find.os.scandir", said)
    assert walked(tmp_path, level=None)[0] == {"a.md", "back/b.md", "folder/c.md"}
    monkeypatch.setattr("sys.platform", "win32")
    assert walked(tmp_path, level=None)[0] == {"a.md", "folder/c.md"}
