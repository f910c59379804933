"""What a command may import: what it does not use costs each run of it time.

A list here is not to be made longer without need: `python -m benchmarks.startup` says
what a start takes, and docs/design.md what is imported where it is used.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri

# What our dependencies, and those of the extras, are imported as.
PACKAGES = frozenset(
    {"PIL", "blake3", "click", "cramjam", "cronsim", "filelock", "lepton_jpeg_python"}
    | {"markdown_it", "mcp", "numpy", "orjson", "pathspec", "platformdirs", "psutil"}
    | {"pybase64", "stringzilla", "tqdm", "zlib_ng", "zstandard"}
)
# Of the standard library what takes long, and that few commands need.
HEAVY = frozenset(
    {"asyncio", "concurrent", "configparser", "csv", "decimal", "difflib", "email"}
    | {"hashlib", "hmac", "http", "importlib.metadata", "logging", "multiprocessing"}
    | {"random", "secrets", "socket", "ssl", "subprocess", "tempfile", "unittest"}
    | {"urllib.request", "xml", "zipfile"}
)
SCRIPT = """
import json, sys
from assetstore.__main__ import main
sys.argv = ["assetstore", *sys.argv[1:]]
try:
    main()
finally:
    sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


@dataclass(frozen=True)
class Lean:
    """A command, and what it may import.

    Attributes:
        words: The command.
        packages: Of `PACKAGES`.
        without: Modules of ours that it may not, with what is in them.
    """

    words: tuple[str, ...]
    packages: frozenset[str] = frozenset()
    without: tuple[str, ...] = ()


_STORE = frozenset({"blake3", "click", "pybase64", "stringzilla"})
_NOT_FOR_ARCHIVES = (
    "agents.find",
    "agents.thread_clients",
    "api",
    "documents.upkeep",
    "jobs",
    "restore",
    "rows",
    "schedule",
    "store.check",
    "store.gc",
    "store.optimize",
    "view",
)
_IDLE = ("archiver.archive", "archiver.draft", "archiver.scan", "archiver.take")
COMMANDS = {
    "the version": Lean(("--version",), without=("cli", "errors", "files", "store")),
    "the help": Lean(
        ("--help",),
        packages=frozenset({"click"}),
        without=("cli.commands", "config", "documents", "files", "formats", "store"),
    ),
    "an archive of text": Lean(
        ("archive", "text.html"), packages=_STORE, without=_NOT_FOR_ARCHIVES
    ),
    "an archive of a picture": Lean(
        ("archive", "page.html"), packages=_STORE, without=_NOT_FOR_ARCHIVES
    ),
    "an archive with nothing to do": Lean(
        ("archive", "old"), packages=_STORE, without=(*_NOT_FOR_ARCHIVES, *_IDLE)
    ),
    "a run with nothing to do": Lean(
        ("run", "--config", "config.toml"),
        packages=_STORE,
        without=(
            *(name for name in _NOT_FOR_ARCHIVES if name not in ("jobs", "rows")),
            *_IDLE,
            "jobs.keep",
            "rows.archive",
            "rows.column",
        ),
    ),
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A machine on which everything was archived once."""
    program = Program(tmp_path_factory.mktemp("lean"))
    old = program.folder / "old"
    old.mkdir()
    (program.folder / "text.html").write_text("<p>words</p>\n")
    (program.folder / "page.html").write_text(f"<img src='{uri(picture(60, 40, 1))}'>")
    (old / "page.html").write_text(f"<img src='{uri(picture(60, 40, 1))}'>")
    (program.folder / "config.toml").write_text(
        f"[jobs.old]\npaths = [{json.dumps(str(old))}]\n"
        "[optimize]\nevery = 0\n[gc]\nevery = 0\n[verify]\nevery = 0\n"
    )
    assert program("archive", "old").code == 0
    os.utime(old / "page.html", (1_780_000_000, 1_780_000_000))
    assert program("archive", "old").code == 0
    assert program("run", "--config", "config.toml").code == 0
    return program


def imported(program: Program, words: tuple[str, ...]) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        cwd=program.folder,
        env=program.environment,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: set[str] = set(json.loads(ran.stderr.splitlines()[-1]))
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_imports_what_it_uses(program: Program, name: str) -> None:
    lean = COMMANDS[name]
    found = imported(program, lean.words)
    assert found & PACKAGES <= lean.packages
    assert found & HEAVY == set()
    unused = tuple(f"assetstore.{module}" for module in lean.without)
    assert [
        each
        for each in sorted(found)
        if each in unused or each.startswith(tuple(f"{name}." for name in unused))
    ] == []


def test_what_is_looked_for_is_what_is_there(program: Program) -> None:
    """A name of a module that was renamed would never be found."""
    root = Path(__file__).parents[2] / "assetstore"
    for lean in COMMANDS.values():
        for module in lean.without:
            place = root.joinpath(*module.split("."))
            assert place.is_dir() or place.with_suffix(".py").is_file(), module
    found = imported(program, ("restore", "page.html"))
    assert found & PACKAGES == _STORE
    assert "assetstore.restore.restore" in found
