"""Every command, also one that is added tomorrow, where everything is crafted.

The commands are taken from the command line's own tree, their arguments are filled
with names that somebody made up. Nothing there is executed, and nothing outside is
read, written or spoken of: strace watches the process and its children; without it, the
files outside are compared, and their words searched in all that is left.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from assetstore.cli import app
from support.crafted_folder import (
    DASH,
    ESCAPES,
    LINES,
    LINK,
    LINKED_FOLDER,
    PAGE,
    SECRET,
    SHELL,
    CraftedFolder,
)
from support.homes import SESSION, THREAD
from support.program import Program
from support.watched import STRACE, Watch, Watched

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, FIFOs, odd names")

Words = tuple[str, ...]
_SECONDS = 100
_ALL = bool(os.environ.get("ASSETSTORE_TEST_HOSTILE"))
_ORDERS = (b"\x1b", b"\x07", b"\x08")
# Where a person says in so many words that they look, or that a folder is: a link is
# followed there.
_THEIRS = {"--store", "--config", "--scan", "--from", "--to"}
_FOLLOWING = {("config", "check"), ("import",), ("init",)}
# Shows a page as a browser does, which reads what the page refers to.
_BROWSING = {("view",)}


def leaves(
    command: click.Command, words: Words = ()
) -> Iterator[tuple[Words, click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, (*words, name))


COMMANDS = dict(leaves(app))
NAMES: Words = (DASH, LINK, "fifo.html")
if _ALL:
    NAMES += (".", THREAD)
    NAMES += (LINKED_FOLDER, "loop.html", ESCAPES, LINES, SHELL)
    NAMES += ("sock.html", "hard.html", PAGE, SESSION)
    NAMES += ("dangling.html", "missing.html", "evil.zip", "store.evil", "-")


def lines(words: Words, command: click.Command) -> Iterator[Words]:
    """Command lines of a command: arguments, and places to write, are crafted."""
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    flags = {opt for p in command.params for opt in p.opts}
    yes = ("--yes",) if "--yes" in flags else ()
    now = ("--now",) if "--now" in flags else ()
    usual = [usual_of(argument) for argument in arguments]
    yield (*words, *yes, *now, "--", *usual)
    if _ALL:
        yield (*words, "--help")
    for place in range(len(arguments)):
        for name in NAMES:
            if words in _FOLLOWING and name in (LINK, LINKED_FOLDER):
                continue
            given = [*usual[:place], name, *usual[place + 1 :]]
            yield (*words, *yes, *now, "--", *given)
    for option in command.params:
        name = option.opts[-1]
        is_path = isinstance(option.type, click.Path)
        if is_path and isinstance(option, click.Option) and name not in _THEIRS:
            yield (*words, *yes, *now, name, LINK, "--", *usual)


def usual_of(argument: click.Argument) -> str:
    if isinstance(argument.type, click.Choice):
        return str(argument.type.choices[0])
    return {"bundle": "b.bundle", "path": PAGE, "paths": PAGE}.get(
        str(argument.name), THREAD
    )


class Stage:
    def __init__(self, program: Program):
        self.program, root = program, program.folder
        self.told = root / "executed"
        for name in ("home", "tmp", "bin"):
            (root / name).mkdir()
        self.crafted = CraftedFolder(root / "crafted", root / "outside", self.told)
        path = self.crafted.path
        program.environment |= {
            "CODEX_HOME": str(path / ".codex"),
            "CLAUDE_CONFIG_DIR": str(path / ".claude"),
            "TMPDIR": str(root / "tmp"),
            "PATH": str(root / "bin"),
        }
        mine = [path, program.store, root / "xdg", root / "home", root / "tmp"]
        self.watch = Watch(path, mine, self.crafted.outside, root / "trace")
        self.before = self.outside()

    def __call__(self, *words: str) -> Watched:
        script = str(Path(sys.executable).with_name("assetstore"))
        environment = self.program.environment
        browses = words[:1] in _BROWSING
        ran = self.watch.run(
            [script, *words], environment, seconds=_SECONDS, reads=browses
        )
        assert not self.told.exists(), (words, self.told.read_text())
        assert not (self.crafted.path / "pwned").exists(), words
        assert ran.outside == [], words
        assert self.outside() == self.before, words
        assert SECRET.encode() not in ran.out + ran.err.encode(), words
        assert "defect" not in ran.err, (words, ran.err)
        if words[0] not in ("cat", "restore", "archive") and "-" not in words:
            said = ran.out + ran.err.encode()
            assert [order for order in _ORDERS if order in said] == [], words
        return ran

    def outside(self) -> dict[str, tuple[bytes, int]]:
        return {
            path.name: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in self.crafted.outside.iterdir()
        }

    def no_word_of_it(self) -> None:
        """Look for what stands outside in all that was written."""
        for folder in self.watch.writes:
            for path in folder.rglob("*"):
                if (
                    path.is_file()
                    and not path.is_symlink()
                    and path.name != "hard.html"
                ):
                    assert SECRET.encode() not in path.read_bytes(), path


@pytest.fixture
def stage(program: Program) -> Stage:
    return Stage(program)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_nothing_is_executed_and_nothing_outside_is_touched(
    stage: Stage, words: Words
) -> None:
    assert stage("archive", PAGE, str(stage.crafted.log)).code == 0
    assert stage("export", THREAD, "b.bundle").code == 0
    ran = [stage(*line) for line in lines(words, COMMANDS[words])]
    assert all(each.code in (*range(5), *range(10, 17)) for each in ran)
    stage.no_word_of_it()


def test_what_is_done_there_is_done(stage: Stage) -> None:
    """None of it keeps a page or a thread from being archived, and brought back."""
    page, log = stage.crafted.path / PAGE, stage.crafted.log
    before = page.read_bytes(), log.read_bytes()
    stage("archive", ".", "--jobs", "2", "-v")
    stage("rescue", THREAD, "--now")
    assert b"data:image" not in page.read_bytes() + log.read_bytes()
    assert stage("restore", PAGE).code == 0
    assert stage("rescue", "--undo", THREAD).code == 0
    assert (page.read_bytes(), log.read_bytes()) == before
    stage.no_word_of_it()


FILES = (
    "on_failure = ['touch', 'pwned']",
    "[[job]]\npaths = ['../outside']",
    "jobs = 4",
    "store = '../outside/store'\n[optimize]\nevery = '1s'",
    "[profile]\n" * 3,
    "include = ['" + "*a" * 200 + "']\n",
    "\x1b]0;title\x07",
    None,
)


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_a_project_file_that_somebody_made(stage: Stage, text: str | None) -> None:
    """It is refused, or heeded in what it may say; it makes nobody wait."""
    file = stage.crafted.path / ".assetstore.toml"
    if text is None:
        os.mkfifo(file)
    else:
        file.write_text(text)
    for words in (("archive", PAGE), ("ls",), ("config", "check"), ("run", "--now")):
        assert stage(*words).code in (0, 1, 2, 10, 14), words


def test_the_watch_sees_what_it_is_for(stage: Stage) -> None:
    """A program that does all this is caught at each of it."""
    if stage.watch.run(["/bin/true"], {}, seconds=9).code:
        pytest.skip("there is no /bin/true")
    secret = stage.crafted.outside / "secret.html"
    for text in (
        f"open({str(secret)!r})",
        f"open({LINK!r})",
        f"open({str(stage.program.folder / 'new')!r}, 'w')",
        f"import os; os.mkdir('{LINKED_FOLDER}/new'); os.rmdir('{LINKED_FOLDER}/new')",
        "import os; os.rename('evil.zip', '../evil.zip')",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import socket; socket.socket(socket.AF_INET).bind(('127.0.0.1', 0))",
    ):
        words = [sys.executable, "-I", "-c", text]
        ran = stage.watch.run(words, stage.program.environment, seconds=60)
        if STRACE is None:
            pytest.skip("strace is not installed: files outside are compared alone")
        assert ran.code == 0, ran.err
        assert ran.outside, text


def test_the_watch_ends_what_it_waited_for(stage: Stage) -> None:
    """Its children as well: whoever waits for a FIFO would wait for ever."""
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    start = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    )
    words = [sys.executable, "-I", "-c", start, child]
    with pytest.raises(subprocess.TimeoutExpired) as ended:
        stage.watch.run(words, stage.program.environment, seconds=6)
    assert ended.value.output
    pid = int(ended.value.output)
    for _ in range(100):
        if not runs(pid):
            return
        time.sleep(0.1)
    pytest.fail("the child lives")


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that nobody asks how it ended does not."""
    said = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False
    )
    return said.stdout.strip()[:1] not in (b"", b"Z")
