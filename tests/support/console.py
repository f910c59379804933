"""Console blocks of pages, and a terminal to run them in."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"(?P<notes>(?:^ *<!--[^\n]*-->\n)*)"
    r"^(?P<indent> *)```(?P<kind>console|sh|powershell)\n(?P<text>.*?)^ *```$",
    re.M | re.S,
)
_NOTE = re.compile(r"<!-- (not run|may exit with \d+|run before): (.+?) -->")
_SHELL_SIGNS = re.compile(r"[|&;<>$`(){}\n*?\\]")


@dataclass(frozen=True)
class Block:
    """A block of commands on a page.

    Attributes:
        line: Where it begins.
        kind: Its language.
        text: What is in it, not indented.
        not_run: Why it is not run; "": it is.
        codes: The exit codes that its commands may have.
        before: What readers of it did before.
    """

    line: int
    kind: str
    text: str
    not_run: str
    codes: frozenset[int]
    before: str = ""

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Its commands, and what is shown behind each."""
        return list(commands(self.text))


def blocks(page: str) -> Iterator[Block]:
    """The blocks of commands on a page.

    Comments in front of one say what cannot be seen. That it is not run, and why:
    ``<!-- not run: it needs a Mac -->``. That a command may end with another exit code
    than 0: ``<!-- may exit with 4: doctor has findings -->``. What its readers did
    before: ``<!-- run before: assetstore archive page.html -->``.
    """
    for found in _BLOCK.finditer(page):
        notes = dict(_NOTE.findall(found["notes"]))
        indent = len(found["indent"])
        lines = found["text"].splitlines(keepends=True)
        yield Block(
            line=page.count("\n", 0, found.start("kind")) + 1,
            kind=found["kind"],
            text="".join(line[indent:] if line.strip() else line for line in lines),
            not_run=notes.get("not run", ""),
            before=notes.get("run before", ""),
            codes=frozenset({0} | {int(n.split()[-1]) for n in notes if "exit" in n}),
        )


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, and what is shown behind each.

    A command goes on in lines that begin with the shell's second prompt, ``> ``.
    """
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        typed = re.match(r".*\n?(?:> .*\n?)*", part)
        end = typed.end() if typed is not None else len(part)
        yield part[:end].rstrip("\n").replace("\n> ", "\n"), part[end:]


def is_shown(shown: str, written: str) -> bool:
    """Whether an output is the one that the page shows."""
    pattern = ".*?".join(map(re.escape, shown.split("...")))
    return re.fullmatch(pattern, written, re.S) is not None


def is_plain(command: str) -> bool:
    """Tell whether a shell would do nothing but split a command line into words.

    Quotes hide signs from a shell, and a comment is none.
    """
    bare = re.sub(r"'[^']*'", "", command).partition(" # ")[0]
    return not _SHELL_SIGNS.search(bare)


class Shell:
    """A terminal in a checkout; what one command sets, the next ones have.

    Args:
        checkout: The folder to begin in.
        environment: Its variables.
    """

    def __init__(self, checkout: Path, environment: dict[str, str]):
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=checkout,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: str) -> tuple[str, int]:
        """What a command writes, and its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Nothing that a command reads may be the commands that follow.
        self._process.stdin.write(
            f"{{ {command}\n}} </dev/null; printf '\\0%s\\n' $?\n"
        )
        self._process.stdin.flush()
        written = ""
        for line in self._process.stdout:
            text, ended, code = line.partition("\0")
            written += text
            if ended:
                return written, int(code)
        raise AssertionError(f"the shell ended: {written}")

    def close(self) -> None:
        """End it."""
        self._process.communicate()
