"""What the README and the pages show is what happens.

Every block of commands is run, page by page, by a reader who has a home with threads of
coding agents, and documents in the folder where they are. What a page shows behind a
command is what it writes, ``...`` for any text. `support.console.blocks` says how a
page marks what is not run.
"""

import re
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import platformdirs.macos
import platformdirs.unix
import platformdirs.windows
import pytest
from platformdirs.api import PlatformDirsABC

from support.clients import make_opencode
from support.console import Block, Shell, blocks, is_plain, is_shown
from support.fakes import only_cron
from support.homes import (
    ROLLOUT,
    THREAD,
    claude_home,
    claude_session,
    codex_home,
    rollout,
)
from support.program import Program
from support.samples import lines, picture, uri

ROOT = Path(__file__).parents[2]
# What the pages call the thread that is stuck.
STUCK = "019a3c5e-0000-7000-8000-000000000000"
HERE = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
PAGES = [ROOT / name for name in HERE if (ROOT / name).exists()]
PAGES += sorted(
    page
    for folder in ("docs", "benchmarks", "fixtures", "changelog.d")
    for page in (ROOT / folder).glob("*.md")
    if page.name != "first-steps.md"  # test_first_steps.py follows it
)
BLOCKS = {page: list(blocks(page.read_text("utf-8"))) for page in PAGES}
RUN = [page for page in PAGES if any(not block.not_run for block in BLOCKS[page])]
# Where nothing says where they are.
FOUND_ALONE = ("ASSETSTORE_STORE", "CODEX_HOME", "CLAUDE_CONFIG_DIR")

pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux" or not shutil.which("bash"),
        reason="the pages are run by a POSIX shell, with stand-ins for Linux",
    ),
]


class Reader:
    """Whoever types what a page says.

    Attributes:
        folder: Where they are.
    """

    def __init__(self, folder: Path):
        home = folder / "home"
        self.folder = folder / "work"
        self._program = Program(self.folder)
        binaries = folder / "bin"
        only_cron(binaries)
        for name, words in {"assetstore": " -m assetstore", "python3": ""}.items():
            tool = binaries / name
            tool.write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n')
            tool.chmod(0o755)
        opener = binaries / "xdg-open"  # a desktop that has a program for everything
        opener.write_text("#!/bin/sh\n")
        opener.chmod(0o755)
        self._program.environment = {
            **{
                key: value
                for key, value in self._program.environment.items()
                if key not in FOUND_ALONE and not key.startswith(("XDG_", "GIT_"))
            },
            "BROWSER": "true",
            "COLUMNS": "100",
            "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(home),
            "PATH": f"{binaries}:{self._program.environment['PATH']}",
        }
        settle(home)
        lay_out(self.folder)
        installed = self.folder / ".venv" / "bin" / "assetstore"
        installed.parent.mkdir(parents=True)
        installed.write_text(
            f"#!{sys.executable}\nfrom assetstore.cli import main\nmain()\n"
        )
        installed.chmod(0o755)
        self._shell: Shell | None = None
        self._moved = False

    @property
    def environment(self) -> dict[str, str]:
        """The variables that their programs have."""
        return self._program.environment

    def run(self, block: Block) -> None:
        """Run the commands of a block, and compare."""
        before = [(block.before, "")] if block.before else []
        for command, shown in before + block.commands:
            written, code = self._run(command, shown)
            told = f"line {block.line}\n$ {command}\n{written}"
            assert code in block.codes, f"{told}\nexit code {code}"
            assert not shown or is_shown(shown, written), f"{told}\nshown:\n{shown}"

    def _run(self, command: str, shown: str) -> tuple[str, int]:
        words = shlex.split(command, comments=True) if is_plain(command) else [""]
        if words[0] == "assetstore" and not shown and not self._moved:
            home = self._program.environment["HOME"]
            words = [home + w[1:] if w.startswith("~/") else w for w in words[1:]]
            ran = self._program(*words)
            return ran.out.decode("utf-8", "replace") + ran.err, ran.code
        # What these set is the shell's alone.
        self._moved = self._moved or any(
            word in command for word in ("cd ", "export ", "alias ")
        )
        if self._shell is None:
            self._shell = Shell(self.folder, self._program.environment)
        written, code = self._shell.run(command)
        return written.replace(f"{self.folder}/", ""), code

    def close(self) -> None:
        """Leave."""
        if self._shell is not None:
            self._shell.close()


def settle(home: Path) -> None:
    """What is in the reader's home."""
    for folder in (".config/assetstore", ".local/share", "backup"):
        (home / folder).mkdir(parents=True)
    end = {"type": "task_complete", "error": {"message": "invalid_image: too large"}}
    stuck = rollout() + lines({"type": "event_msg", "payload": end})
    log = codex_home(home, stuck.replace(THREAD.encode(), STUCK.encode()))
    log.rename(log.with_name(ROLLOUT.replace(THREAD, STUCK)))
    with closing(sqlite3.connect(home / ".codex/thread_history_1.sqlite")) as db, db:
        db.execute("UPDATE thread_turns SET thread_id = ?", (STUCK,))
        db.execute("UPDATE thread_items SET thread_id = ?", (STUCK,))
        db.execute("UPDATE thread_history_projection_state SET thread_id = ?", (STUCK,))
    claude_home(home, claude_session(1, width=8100))
    make_opencode(home / ".local/share/opencode/opencode.db")
    (home / ".gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n")


def lay_out(folder: Path) -> None:
    """What is in the folder where the reader is."""
    documents = ROOT / "fixtures" / "documents"
    shutil.copytree(documents, folder / "fixtures" / "documents")
    for name in ("page.html", "session.jsonl", "book.ipynb", "page.har"):
        shutil.copy(documents / name, folder)
    shutil.copy(ROOT / "docs" / "recover.py", folder)
    with closing(sqlite3.connect(folder / "app.db")) as db, db:
        db.execute("CREATE TABLE message(id INTEGER PRIMARY KEY, content TEXT)")
        value = f'{{"url":"{uri(picture(60, 40, 7))}"}}'
        db.execute("INSERT INTO message(content) VALUES(?)", (value,))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    found = Reader(tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_a_page(reader: Reader, page: Path) -> None:
    if page.name == "git.md" and not shutil.which("git"):
        pytest.skip("there is no git")
    for block in BLOCKS[page]:
        if not block.not_run:
            reader.run(block)


def test_what_doctor_says_to_run_is_a_command_as_it_stands(reader: Reader) -> None:
    shell = Shell(reader.folder, reader.environment)
    written, code = shell.run(".venv/bin/assetstore doctor")
    commands = re.findall(r"^  run: (.+)$", written, re.M)
    assert (code, len(commands)) == (4, 2)
    for command in commands:
        told, code = shell.run(f"cd / && PATH=/usr/bin:/bin && {command} -n")
        assert (code, "would rescue" in told) == (0, True), told
    shell.close()


@pytest.mark.parametrize(
    ("column", "kind", "home"),
    [
        (1, platformdirs.unix.Unix, "~"),
        (2, platformdirs.macos.MacOS, "~"),
        (3, platformdirs.windows.Windows, "%LOCALAPPDATA%"),
    ],
)
def test_where_things_are(
    column: int,
    kind: type[PlatformDirsABC],
    home: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", "/ada")
    monkeypatch.setattr(platformdirs.windows, "get_win_folder", lambda name: "/ada")
    at = kind("assetstore", appauthor=False)
    expected = [
        f"{at.user_data_dir}/store",
        f"{at.user_config_dir}/config.toml",
        at.user_state_dir,
        at.user_cache_dir,
    ]
    text = (ROOT / "docs" / "stores.md").read_text("utf-8")
    table = text.partition("## Where things are")[2].partition("\n\n|")[2]
    rows = [line.split("|") for line in table.partition("\n\n")[0].splitlines()[2:]]
    assert [row[column + 1].strip(" `").replace("\\", "/") for row in rows] == [
        path.replace("/ada", home) for path in expected
    ]


def test_every_block_is_run_or_says_why_not() -> None:
    assert len(RUN) > 8
    for page, found in BLOCKS.items():
        text = page.read_text("utf-8")
        assert text.count("```console\n") + text.count("```sh\n") + text.count(
            "```powershell\n"
        ) == len(found), page
        for block in found:
            where = f"{page.name}, line {block.line}"
            assert block.commands or block.not_run, f"{where}: no command"
            assert block.kind == "console" or block.not_run, f"{where}: not run"
            assert len(block.not_run) != 1, where


def test_what_a_page_says_of_its_blocks() -> None:
    page = """
1. First:

   <!-- may exit with 4: doctor has findings -->
   ```console
   $ assetstore doctor   # look
   all is well
   $ cat <<END
   > > x
   > END
   > x
   ```

<!-- run before: tap -->
<!-- not run: it needs a Mac -->
```sh
brew install
```
"""
    first, second = blocks(page)
    assert first.commands == [
        ("assetstore doctor   # look", "all is well\n"),
        ("cat <<END\n> x\nEND\nx", ""),
    ]
    assert (first.line, sorted(first.codes)) == (5, [0, 4])
    assert (second.not_run, second.before) == ("it needs a Mac", "tap")
    assert (first.before, sorted(second.codes)) == ("", [0])
    assert is_plain("assetstore archive . --include '*.ipynb'   # what would be won?")
    for command in ("a | b", "a >b", "a && b", "a $B", "a *.py", "a\n  b"):
        assert not is_plain(command)
