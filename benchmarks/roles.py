"""Seven roles on a fresh machine, with the README and the pages alone.

    python -m benchmarks.roles [--write] [NAME...]

Builds the wheel from this checkout, installs it into a new environment, and lets each
role of ``benchmarks/role_scripts`` work in a new home, with nothing in PATH but that
environment and a dozen of the system's tools. A command that does not end or say what
the script expects, and a file that is not the same bytes in the end, is an error.
``--write`` writes docs/sessions.md: all commands, and what they wrote. What is another
each time (times, names of writers) is masked.

A script has a title, the pages that it follows, the files that must be the same in the
end, and then paragraphs: words, or commands as on a console. Behind a command stand its
exit code, in brackets, if it is not 0, and texts that its output must have.
"""

import argparse
import datetime
import hashlib
import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.console import Shell, commands  # noqa: E402
from support.homes import ROLLOUT, codex_home, rollout  # noqa: E402
from support.samples import lines, picture, uri  # noqa: E402

SCRIPTS = ROOT / "benchmarks" / "role_scripts"
TARGET = ROOT / "docs" / "sessions.md"
TOOLS = (
    "bash cat cmp cp cut diff git grep head ls mkdir mv rm sed sha256sum sort tail wc"
)
DAY = r"\d{4}-\d\d-\d\d"
# What is another each time, and what stands for it.
MASKS = (
    (rf"{DAY}[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| ?[+-]\d\d:?\d\d)?", "TIME"),
    (r"\b\d+(\.\d+)? m?s\b", "N s"),
    (r"(TIME  \w+  )\d+s", r"\1N s"),
    (r"(seconds\S*|timestamp\S*)([: ]+)[\d.e+]+", r"\1\2N"),
    (r"\b[\d.]+ [KMGT]iB (are )?free", "N GiB free"),
    (r"\b01[0-9a-z]{10}\b", "WRITER      "),
    (r"\b01[0-9a-z]{24}\b", "PACK"),
    (r"minute=\d+", "minute=N"),
    (r"(?m)^\d+ (\* \* \* \*)", r"N \1"),
    (r"\*:\d\d:00", "*:NN:00"),
)
_HEAD = """\
# Seven roles, recorded

`python -m benchmarks.roles --write` wrote this. The wheel is built from the checkout and installed into a new environment;
each role begins in a new home folder, has nothing in `PATH` but that environment and {tools} of the system's tools, and does what
the README and the pages say. The script ends with an error if a command has another exit code than the one shown, if it does not
say what the role waits for, if a file is not byte for byte in the end what it was, or if nbformat refuses a notebook. Output of more than {most} lines is cut
(`…`); `TIME`, `N` and `WRITER` stand for what is another each time.
"""
_MOST = 24


@dataclass(frozen=True)
class Step:
    """A command, what is expected of it, and what it did.

    Attributes:
        command: As it is typed.
        code: The exit code that is expected.
        texts: What must be in its output.
    """

    command: str
    code: int = 0
    texts: tuple[str, ...] = ()

    @staticmethod
    def read(command: str, shown: str) -> "Step":
        """A step as a script has it."""
        texts = [line for line in shown.splitlines() if line]
        code = 0
        if texts and (found := re.fullmatch(r"\[(\d+)\]", texts[0])):
            code = int(found[1])
            del texts[0]
        return Step(command, code, tuple(texts))

    def fault(self, written: str, code: int) -> str:
        """What is not as expected, or ""."""
        if code != self.code:
            return f"exit code {code}, not {self.code}"
        lost = [text for text in self.texts if text not in written]
        return f"it does not say {lost[0]!r}" if lost else ""


@dataclass(frozen=True)
class Role:
    """Somebody, and what they do.

    Attributes:
        name: The script's, for the command line.
        title: Who that is.
        pages: What they read.
        same: Files that must be the same in the end.
        parts: Words, or steps.
    """

    name: str
    title: str
    pages: tuple[str, ...]
    same: tuple[str, ...]
    parts: tuple[str | tuple[Step, ...], ...]

    @staticmethod
    def read(name: str, text: str) -> "Role":
        """A role as its script describes it."""
        head, _, body = text.partition("\n\n")
        title, pages, same = head.splitlines()
        parts: list[str | tuple[Step, ...]] = []
        for part in body.strip().split("\n\n"):
            if part.startswith("$ "):
                parts.append(tuple(Step.read(*each) for each in commands(part + "\n")))
            else:
                parts.append(part)
        words = [line.partition(": ")[2].split() for line in (pages, same)]
        return Role(name, title, tuple(words[0]), tuple(words[1]), tuple(parts))


class Machine:
    """A new environment, and tools; homes are made as they are needed.

    Args:
        folder: Where all of it is.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._tools = folder / "tools"
        self._tools.mkdir()
        for tool in TOOLS.split():
            if found := shutil.which(tool):
                (self._tools / tool).symlink_to(found)
        self._venv = folder / "venv"

    def install(self) -> None:
        """Build the wheel, and install it."""
        wheels = self.folder / "wheels"
        pip = [sys.executable, "-m", "pip", "-q", "wheel", "--no-deps"]
        subprocess.run([*pip, "-w", wheels, ROOT], check=True)
        subprocess.run([sys.executable, "-m", "venv", self._venv], check=True)
        install = [self._venv / "bin" / "pip", "install", "-q", *wheels.glob("*.whl")]
        subprocess.run(install, check=True)

    def do(self, role: Role) -> tuple[str, list[str]]:
        """Let a role work.

        Returns:
            The session in Markdown, and what was not as expected.
        """
        home = self.folder / role.name
        work = home / "work"
        work.mkdir(parents=True)
        settle(home)
        before = {name: digest(work / name) for name in role.same}
        environment = {
            "COLUMNS": "110",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": f"{self._venv / 'bin'}{os.pathsep}{self._tools}",
            "TZ": "UTC",
        }
        text, wrong = [f"## {role.title}\n", read_by(role)], []
        shell = Shell(work, environment)
        for part in role.parts:
            if isinstance(part, str):
                text.append(part + "\n")
                continue
            text.append("<!-- not run: recorded by benchmarks/roles.py -->\n```console")
            for step in part:
                written, code = shell.run(step.command)
                if fault := step.fault(written, code):
                    wrong.append(f"{role.name}: $ {step.command}\n{written}  {fault}\n")
                text.append(self.shown(step, written, home))
            text.append("```\n")
        shell.close()
        for name, was in before.items():
            if digest(work / name) != was:
                wrong.append(f"{role.name}: {name} is not what it was\n")
        wrong += [f"{role.name}: {fault}" for fault in unread(work)]
        names = ", ".join(f"`{Path(name).name}`" for name in role.same)
        text.append(f"Compared in the end with what it was, byte for byte: {names}.\n")
        return "\n".join(text), wrong

    def shown(self, step: Step, written: str, home: Path) -> str:
        """A command as the page shows it."""
        written = written.replace(str(self._venv), "/home/ada/.venv")
        written = masked(written.replace(str(home), "/home/ada"))
        lines = [line.rstrip() for line in written.splitlines()]
        if len(lines) > _MOST:
            lines[_MOST - 4 :] = ["…", *lines[-3:]]
        if step.code:
            lines.append(f"[exit code {step.code}]")
        typed = step.command.replace("\n", "\n> ")
        return "\n".join([f"$ {typed}", *lines])


def read_by(role: Role) -> str:
    """The pages that a role follows, as links."""
    links = (f"[{name}]({os.path.relpath(name, 'docs')})" for name in role.pages)
    return f"Read: {', '.join(links)}.\n"


def masked(text: str) -> str:
    """An output, with a word for all that is another each time."""
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text)
    return text.replace(str(datetime.datetime.now(datetime.UTC).date()), "YYYY-MM-DD")


def unread(work: Path) -> list[str]:
    """Notebooks in a folder that nbformat refuses; none where it is not installed."""
    if importlib.util.find_spec("nbformat") is None:
        return []
    nbformat = importlib.import_module("nbformat")
    wrong = []
    for path in sorted(work.glob("*.ipynb")):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of cells without an id
                nbformat.validate(nbformat.read(path, as_version=4))
        except (ValueError, nbformat.ValidationError) as e:
            wrong.append(f"{path.name} is no notebook: {e}\n")
    return wrong


def digest(path: Path) -> str:
    """What a file holds; of a database, its values.

    Its pages may be others after a restore (docs/sqlite.md).
    """
    data = path.read_bytes()
    if data.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(path)) as db:
            data = "\n".join(db.iterdump()).encode()
    return hashlib.sha256(data).hexdigest()


def settle(home: Path) -> None:
    """What is in a home: threads of agents, and documents in ``work``."""
    for client in (ROOT / "fixtures" / "sessions").iterdir():
        shutil.copytree(client, home, dirs_exist_ok=True)
    end = {"type": "task_complete", "error": {"message": "invalid_image: too large"}}
    log = rollout(12) + lines({"type": "event_msg", "payload": end})
    codex_home(home, log)
    work = home / "work"
    shutil.copy(home / ".codex/sessions/2026/11/22" / ROLLOUT, work / "stuck.jsonl")
    shutil.copytree(ROOT / "fixtures" / "documents", work, dirs_exist_ok=True)
    git = "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n"
    (home / ".gitconfig").write_text(git)
    with closing(sqlite3.connect(work / "chat.db")) as db, db:
        db.execute("CREATE TABLE message(id INTEGER PRIMARY KEY, content TEXT)")
        for number in range(30):
            shot = uri(picture(90, 60, number % 10))
            value = f'{{"text":"look at {number}","url":"{shot}"}}'
            db.execute("INSERT INTO message(content) VALUES(?)", (value,))


def roles(names: Sequence[str] = ()) -> list[Role]:
    """The roles of these names, or all, in their order."""
    scripts = sorted(SCRIPTS.glob("*.txt"))
    found = [Role.read(path.stem, path.read_text("utf-8")) for path in scripts]
    return [role for role in found if not names or role.name in names]


def main() -> int:
    """Let them work.

    Returns:
        1 if something was not as expected.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="assetstore-roles-"))
    try:
        machine = Machine(folder)
        machine.install()
        done = [machine.do(role) for role in roles(given.names)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    head = _HEAD.format(tools=len(TOOLS.split()), most=_MOST)
    page = "\n".join([head, *(text for text, _ in done)])
    wrong = [fault for _, faults in done for fault in faults]
    if given.write and not given.names and not wrong:
        TARGET.write_text(page, "utf-8")
    elif not given.write:
        print(page)
    print("\n".join(wrong), file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
