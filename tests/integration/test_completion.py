"""Completion in the shells themselves: what the program is called with after a Tab."""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.pages import page
from support.program import Program
from support.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a terminal")

THREAD = "019a3c5e-0000-7000-8000-000000000001"
DAY = "2026/03/01"

# A line as somebody types it, with a Tab at its end, and the words that come of it.
LINES = {
    "arch": ["archive"],
    "archive RE": ["archive", "READ ME.html"],
    "restore --exc x sub/in": ["restore", "--exc", "x", "sub/inner.html"],
    "ls --stat": ["ls", "--state"],
    "--store=sto": ["--store=store"],  # zsh takes the slash away again
    "show 019a": ["show", THREAD],
    "run no": ["run", "notes"],
    "forget go": ["forget", "gone.html"],
    "threads --go": ["threads", "--gone"],
    "threads res": ["threads", "restore"],
    "ls --color=alw": ["ls", "--color=always"],
}


@pytest.fixture
def home(program: Program) -> Program:
    """A folder with what is completed, and the program on the search path."""
    folder = program.folder
    page(program, "gone.html", 1)
    assert program("archive", "gone.html").code == 0
    (folder / "gone.html").unlink()
    (folder / "READ ME.html").touch()
    (folder / "sub").mkdir()
    (folder / "sub" / "inner.html").touch()
    logs = folder / "home" / ".codex" / "sessions" / DAY
    logs.mkdir(parents=True)
    (logs / f"rollout-2026-03-01T10-00-00-{THREAD}.jsonl").write_text("{}\n")
    config = folder / "xdg" / "config" / "assetstore" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[jobs.notes]\npaths = ["{folder}/sub"]\n')
    bin = folder / "bin"
    bin.mkdir()
    words = shlex.join(program.words())
    (bin / "assetstore").write_text(
        f'#!/bin/sh\n[ -n "$_ASSETSTORE_COMPLETE" ] && exec {words} "$@"\n'
        f'exec {sys.executable} -c "import json, sys; '
        'print(json.dumps(sys.argv[1:]))" "$@" >>said\n'
    )
    (bin / "assetstore").chmod(0o755)
    program.environment["PATH"] = f"{bin}:{program.environment['PATH']}"
    return program


def needs(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"there is no {shell} here")
    return found


def script(program: Program, shell: str) -> Path:
    path = program.folder / f"completion.{shell}"
    path.write_bytes(program("completion", shell).out)
    return path


def typed(program: Program, words: list[str], setting_up: str) -> Mapping[str, object]:
    """Type all lines in a shell, and see what the program was called with."""
    with Terminal(words, program.folder, program.environment) as terminal:
        terminal.type(f"{setting_up}; echo rea''dy\n")
        terminal.wait("ready")
        for line in LINES:
            terminal.type(f"assetstore {line}\t\n")
        terminal.type("echo fini''shed\n")
        terminal.wait("finished", 240)
        terminal.type("exit\n")
    said = (program.folder / "said").read_text().splitlines()
    called = [[w.rstrip("/") for w in json.loads(words)] for words in said]
    return dict(zip(LINES, called, strict=True))


def test_bash(home: Program) -> None:
    words = [needs("bash"), "--norc", "--noprofile", "-i"]
    source = f"source {script(home, 'bash')}"
    assert typed(home, words, source) == LINES


def test_zsh(home: Program) -> None:
    words = [needs("zsh"), "-f", "-i"]
    (home.folder / "zfunc").mkdir()
    script(home, "zsh").rename(home.folder / "zfunc" / "_assetstore")
    setting_up = f"fpath=({home.folder}/zfunc $fpath); autoload -Uz compinit"
    assert typed(home, words, f"{setting_up}; compinit -u -D") == LINES


def test_zsh_at_once(home: Program) -> None:
    path = script(home, "zsh")
    words = f"autoload -Uz compinit; compinit -u -D; source {path}"
    done = subprocess.run(
        [needs("zsh"), "-f", "-c", f"{words}; print $_comps[assetstore]"],
        cwd=home.folder,
        env=home.environment,
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"_assetstore\n", b"")


def test_fish(home: Program) -> None:
    source = script(home, "fish")
    commands = [f"source {source}"]
    for line in LINES:
        commands.append(f"complete -C {shlex.quote(f'assetstore {line}')}; echo ++")
    done = subprocess.run(
        [needs("fish"), "--no-config", "-c", "\n".join(commands)],
        cwd=home.folder,
        env=home.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = done.stdout.split("++\n")[:-1]
    last = [words[-1] for words in LINES.values()]
    assert done.stderr == ""
    assert [a.split("\t")[0].strip().rstrip("/") for a in answers] == last
