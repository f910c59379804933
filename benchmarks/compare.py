"""This command line beside others that people trust, row by row.

    python -m benchmarks.compare [--tools FOLDER] [--write]

What can be tried is tried, by running the programs with an empty home: restic, borg,
git, git-lfs and rclone as they are in PATH (Debian has them), ruff, uv, sqlite-utils
and assetstore in environments of their own, which are made below FOLDER with pip. The
other rows are written by hand (``compare_by_hand.txt``), with their sources. ``--write`` writes
docs/comparison.md.
"""

import argparse
import datetime
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compare_tools import TOOLS, Tool
from benchmarks.measure import run as measured
from benchmarks.measure import size_below

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "comparison.md"
SHELLS = ("bash", "zsh", "fish")
BY_HAND = ROOT / "benchmarks" / "compare_by_hand.txt"
GONE = "not here"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


class Bench:
    """Runs programs with an empty home, and nothing in their environment.

    Args:
        folder: Where homes and places to work are made.
        tools: Environments of those that pip installs.
    """

    def __init__(self, folder: Path, tools: Path):
        self._folder = folder
        self._tools = tools
        self.environment = {
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join(
                [
                    *(str(tools / t.name / "bin") for t in TOOLS if t.package),
                    "/usr/bin:/bin",
                ]
            ),
            "RESTIC_PASSWORD": "x",
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        (folder / "home").mkdir()

    def install(self) -> None:
        """Make the environments that are not there."""
        for tool in TOOLS:
            if tool.package and not (self._tools / tool.name).exists():
                venv = self._tools / tool.name
                make = [sys.executable, "-m", "venv", "--without-pip", venv]
                subprocess.run(make, check=True)
                pip = [
                    sys.executable,
                    "-m",
                    "pip",
                    "-q",
                    "--python",
                    venv / "bin" / "python",
                ]
                subprocess.run([*pip, "install", tool.package], check=True)

    def has(self, tool: Tool) -> bool:
        """Whether a program is there."""
        return shutil.which(tool.name, path=self.environment["PATH"]) is not None

    def run(self, tool: Tool, *words: str, **more: str) -> Ran:
        """Run a command of a program in an empty folder."""
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            ran = subprocess.run(
                [*tool.call, *words], cwd=place, env={**self.environment, **more},
                stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
            )  # fmt: skip
        return Ran(
            ran.returncode,
            ran.stdout.decode("utf-8", "replace"),
            ran.stderr.decode("utf-8", "replace"),
        )

    def typo(self, tool: Tool) -> str:
        """Does it name the command that was meant?"""
        ran = self.run(tool, tool.typo[0])
        return (
            f"{yes(suggested(ran.out + ran.err, tool.typo[1]))}, exit code {ran.code}"
        )

    def usage(self, tool: Tool) -> str:
        """The exit code of an option that there is not."""
        return str(self.run(tool, tool.work, "--frobnicate").code)

    def examples(self, tool: Tool) -> str:
        """Does the help of its main command show one?"""
        return yes(re.search(r"(?im)^\s*#*\s*examples?\b[^.]*:?$", self._help(tool)))

    def dry_run(self, tool: Tool) -> str:
        """Does its main command have one, by its help?"""
        return yes("dry-run" in self._help(tool))

    def json(self, tool: Tool) -> str:
        """Does its main command's help name JSON as an output?"""
        return yes(
            re.search(
                r"--json|--log-json|--use-json-log|--output-format", self._help(tool)
            )
        )

    def _help(self, tool: Tool) -> str:
        ran = self.run(tool, tool.work, "--help", MANPAGER="cat", GIT_PAGER="cat")
        return ran.out + ran.err

    def color(self, tool: Tool) -> str:
        """Does FORCE_COLOR make it colour an error in a pipe?"""
        ran = self.run(tool, tool.typo[0], FORCE_COLOR="1")
        return yes("\x1b[" in ran.out + ran.err)

    def completion(self, tool: Tool) -> str:
        """The shells that it has a completion for: printed, or installed beside it."""
        printed = []
        for shell in SHELLS if tool.shell else ():
            ran = self.run(tool, *(word.replace("SHELL", shell) for word in tool.shell))
            if not ran.code and len(ran.out) > 200:
                printed.append(shell)
        share = Path("/usr/share")
        files = [
            share / "bash-completion/completions" / tool.name,
            share / "zsh/vendor-completions" / f"_{tool.name}",
            share / "fish/vendor_completions.d" / f"{tool.name}.fish",
        ]
        installed = [s for s, file in zip(SHELLS, files, strict=True) if file.exists()]
        return ", ".join(s for s in SHELLS if s in {*printed, *installed}) or "no"

    def manual(self, tool: Tool) -> str:
        """How many manual pages came with it."""
        program = shutil.which(tool.name, path=self.environment["PATH"]) or ""
        folder = Path(program).parents[1] / "share" / "man" / "man1"
        pages = [*folder.glob(f"{tool.name}.1*"), *folder.glob(f"{tool.name}-*.1*")]
        if tool.name == "git":
            pages = [page for page in pages if not page.name.startswith("git-lfs")]
        return str(len(pages)) if pages else "no"

    def closed(self, tool: Tool) -> str:
        """What it does when nobody reads its output, as behind `| head`."""
        reads, writes = os.pipe()
        os.close(reads)
        ran = subprocess.run(
            [*tool.call, tool.work, "--help"], env={**self.environment, "MANPAGER": "cat"},
            stdin=subprocess.DEVNULL, stdout=writes, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
        os.close(writes)
        return f"{ended(ran.returncode)}{', and says so' if ran.stderr.strip() else ', quiet'}"

    def stop(self, tool: Tool, number: int) -> str:
        """What it does at a signal while it waits for input, and what it leaves."""
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            environment = {**self.environment, "HOME": place, "TMPDIR": place}
            if tool.before:
                subprocess.run(
                    tool.before,
                    cwd=place,
                    env=environment,
                    capture_output=True,
                    check=True,
                )
            process = subprocess.Popen(
                [*tool.call, *tool.stop], cwd=place, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(3)  # it reads by then, or has ended
            if process.poll() is not None:
                return f"ended before, {process.returncode}"
            process.send_signal(number)
            try:
                code = process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return "goes on"
            finally:
                if process.stdin is not None:
                    process.stdin.close()
            files = [
                p.relative_to(place) for p in Path(place).rglob("*") if p.is_file()
            ]
        left = sorted(short(path) for path in files if is_left(path.as_posix()))
        return f"{ended(code)}{', leaves ' if left else ''}{', '.join(left)}"

    def start(self, tool: Tool, word: str) -> str:
        """How long `--version` or `--help` takes: processor time, the median of 9."""
        if tool.name == "git-lfs" and word == "--version":
            word = "version"
        words = ["version"] if tool.name == "restic" and word == "--version" else [word]
        out = self._folder / "out"
        program = shutil.which(tool.call[0], path=self.environment["PATH"]) or ""
        command = [program, *tool.call[1:], *words]
        runs = [measured(command, self.environment, out) for _ in range(9)]
        return f"{statistics.median(r.cpu for r in runs) * 1000:.0f} ms"

    def size(self, tool: Tool) -> str:
        """What it takes on disk: its environment without the interpreter, or its package."""
        if tool.package:
            return f"{size_below(self._tools / tool.name) / 1e6:.0f} MB"
        package = "borgbackup" if tool.name == "borg" else tool.name
        ask = ["dpkg-query", "-W", "-f", "${Installed-Size}", package]
        ran = subprocess.run(ask, capture_output=True, text=True, check=False)
        return f"{int(ran.stdout) * 1024 / 1e6:.0f} MB" if ran.stdout.isdigit() else "?"

    def version(self, tool: Tool) -> str:
        """What it says it is."""
        words = ("version",) if tool.name in ("restic", "git-lfs") else ("--version",)
        ran = self.run(tool, *words)
        found = re.search(r"v?\d+\.\d+[\w.+-]*", ran.out + ran.err)
        return found[0] if found else "?"


def suggested(said: str, meant: str) -> bool:
    """Whether an answer to a mistyped command offers the one that was meant.

    A list of all commands is no offer.
    """
    offer = re.search(r"(?i)did you mean|similar|perhaps|tip:", said)
    if offer is None:
        return False
    behind = said[offer.start() :]
    return meant in re.findall(r"[\w-]+", behind)


def yes(value: object) -> str:
    """A cell that says yes or no."""
    return "yes" if value else "no"


def ended(code: int) -> str:
    """How a process ended."""
    return f"{code}" if code >= 0 else f"by {signal.Signals(-code).name}"


def is_left(name: str) -> bool:
    """Whether a file is of the kind that a program should take along when it goes."""
    return bool(re.search(r"(?i)lock|tmp|temp|partial", name))


def short(path: Path) -> str:
    """A file's folder and name, without what is drawn by lot."""
    name = path.name if re.search(r"[g-z]", path.name) else "..."
    return f"{path.parent.name}/{name}"


def rows(bench: Bench) -> list[tuple[str, Callable[[Tool], str]]]:
    """What is tried, and how."""
    return [
        ("Version", bench.version),
        ("A mistyped command: the right one is offered", bench.typo),
        ("An unknown option: exit code", bench.usage),
        ("Help of the main command has an example", bench.examples),
        ("... names a dry run", bench.dry_run),
        ("... names JSON as an output", bench.json),
        ("Completion (of bash, zsh, fish)", bench.completion),
        ("Manual pages installed", bench.manual),
        ("FORCE_COLOR colours an error in a pipe", bench.color),
        ("Nobody reads the help (as with `head`): exit code", bench.closed),
        ("SIGTERM while it waits for input: exit code", lambda t: bench.stop(t, signal.SIGTERM)),
        ("SIGHUP, the same", lambda t: bench.stop(t, signal.SIGHUP)),
        ("`--version`, processor time", lambda t: bench.start(t, "--version")),
        ("`--help`, processor time", lambda t: bench.start(t, "--help")),
        ("On disk", bench.size),
    ]  # fmt: skip


def table(found: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The rows that were tried in Markdown."""
    head = [
        f"| | {' | '.join(tool.name for tool in TOOLS)} |",
        "|---" * (len(TOOLS) + 1) + "|",
    ]
    return "\n".join(
        [*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in found)]
    )


def document(found: Sequence[tuple[str, Sequence[str]]], day: str) -> str:
    """What `--write` writes."""
    return f"""\
# Beside other command lines

What people expect of a program that they trust with their files, here and in restic, borg, git, Git LFS, rclone, ruff, uv and
sqlite-utils. They do other things than assetstore; speed and size of stores are in [RESULTS.md](../benchmarks/RESULTS.md) and
[SIZE.md](../benchmarks/SIZE.md).

## Tried

`python -m benchmarks.compare --write` ran the programs, with an empty home, on {day}: {platform.system()}, Python
{platform.python_version()}. Those of Debian are older than what their projects publish. "{GONE}": it was not installed.

{table(found)}

- Borg, git and sqlite-utils have no command that prints a completion: what counts is what the package installs; zsh and fish have
  one of their own for git. Git LFS has such a command from 3.5 on.
- "by SIGTERM": the process does not catch the signal, which is well where it leaves nothing that hinders. Files that are only there to
  be locked (`client.lock` here, `.lock` of uv) lock nobody out once their process is gone; the lock of restic stays until `restic unlock`.
- A processor's time is the least that a start costs; the compiled programs (restic, git, rclone, ruff, uv) are ahead of all in Python.
- On disk: the environment without the interpreter, or what dpkg says of the package alone (borg's Python packages are others).

## By hand

Not tried: what their documentation says, of newer versions than those above. The pages that are named are where to check it.

{BY_HAND.read_text("utf-8")}"""


def main() -> None:
    """Try all of them, and print or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tools", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="assetstore-compare-"))
    try:
        tools = (given.tools or folder / "tools").absolute()
        bench = Bench(folder, tools)
        bench.install()
        here = {tool.name for tool in TOOLS if bench.has(tool)}
        found = [
            (name, [probe(t) if t.name in here else GONE for t in TOOLS])
            for name, probe in rows(bench)
        ]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    page = document(found, str(datetime.datetime.now(datetime.UTC).date()))
    if given.write:
        TARGET.write_text(page, "utf-8")
    else:
        print(page)


if __name__ == "__main__":
    main()
