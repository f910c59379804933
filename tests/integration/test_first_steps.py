"""docs/first-steps.md, followed to the letter in a copy of the checkout.

A block of the page is a new file where ``A new file, `PATH`:`` stands in front of it;
lines to be put in where ``In `PATH`, in front of `TEXT`:`` (or "behind") does; commands
and what they write where it is a ``console`` block, ``...`` for any text. Rows of its
tables are single lines to be put in. TEXT is the only line that reads so, or else the
only one that has it.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.console import Shell, commands, is_shown
from support.program import Program

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first-steps.md"
# What is copied; a checkout, an sdist and .ci/run's copy have it, the wheel has not.
PARTS = (
    "archiver",
    "assetstore",
    "README.md",
    "docs",
    "fixtures",
    "man",
    "pyproject.toml",
    "restore",
    "store",
    "tests",
)
LINKED = ("archiver", "restore", "store")
TOOLS = {
    "assetstore": "-m assetstore",
    "pytest": "-m pytest -p no:cacheprovider",
    "python": "",
}

pytestmark = [
    pytest.mark.skipif(
        not all((ROOT / part).exists() for part in PARTS),
        reason="the checkout that is to be changed is not here",
    ),
    pytest.mark.skipif(
        os.name == "nt" or not shutil.which("bash"),
        reason="the page is for a POSIX shell",
    ),
]

NEW = re.compile(r"A\s+new\s+file,\s+`([^`]+)`:\s*$")
PUT = re.compile(
    r"In\s+`(?P<path>[^`]+)`,\s+(?P<apart>with\s+two\s+empty\s+lines\s+in\s+between,\s+)?"
    r"(?P<where>behind|in\s+front\s+of)\s+`(?P<mark>[^`]+)`:\s*$"
)
ROW = re.compile(
    r"\| `(?P<path>[^`]+)` \| (?P<where>behind|in front of) `(?P<mark>[^`]+)` "
    r"\| (?P<ticks>`+)(?P<put>.*)(?P=ticks) \|\n"
)


@dataclass(frozen=True)
class Step:
    """A fenced block, or a row of a table.

    Attributes:
        said: What stands in front of a block; a row.
        kind: A block's language; "" for a row.
        text: What is in a block.
    """

    said: str
    kind: str = ""
    text: str = ""


def parts() -> dict[str, list[Step]]:
    """The page's steps by heading; those in front of the first one by ""."""
    steps: list[Step] = []
    found, said, kind, text = {"": steps}, "", "", ""
    page = PAGE.read_text("utf-8") if PAGE.exists() else ""
    for line in page.splitlines(keepends=True):
        if kind and line == "```\n":
            steps.append(Step(said, kind, text))
            said = kind = ""
        elif kind:
            text += line
        elif line.startswith("```"):
            kind, text = line[3:-1], ""
        elif line.startswith("## "):
            steps = found[line[3:-1]] = []
        elif line.startswith("| `"):
            steps.append(Step(line))
        else:
            said += line
    return found


STEPS = parts()


def apply(step: Step, checkout: Path) -> None:
    """Make a file, or put something into one."""
    if new := NEW.search(step.said):
        path = checkout / new[1]
        assert not path.exists(), path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.text, "utf-8")
        return
    put = (PUT if step.kind else ROW).search(step.said)
    assert put is not None, f"nothing says where this goes:\n{step.said}{step.text}"
    path = checkout / put["path"]
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = line_of(put["mark"], lines)
    at += put["where"] == "behind"
    if step.kind:
        text = step.text + ("\n\n" if put["apart"] else "")
    else:
        above = lines[at - 1]
        indent = above[: len(above) - len(above.lstrip())]
        text = indent + put["put"].replace(r"\|", "|") + "\n"
    lines.insert(at, text)
    path.write_text("".join(lines), "utf-8")


def line_of(mark: str, lines: list[str]) -> int:
    """The number of the only line that reads so, or else has this in it."""
    for hits in (
        [at for at, line in enumerate(lines) if line.rstrip("\n") == mark],
        [at for at, line in enumerate(lines) if mark in line],
    ):
        if len(hits) == 1:
            return hits[0]
    raise AssertionError(f"which line is {mark}?")


def lay_down(project: Path, site: Path) -> None:
    """What ``pip install`` does with a module and its entry points."""
    about = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    name = about["name"].replace("-", "_")
    shutil.copy(project / f"{name}.py", site)
    info = site / f"{name}-{about['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"
    )
    with (info / "entry_points.txt").open("w") as out:
        for group, entries in about["entry-points"].items():
            out.write(f"[{group}]\n")
            out.writelines(f"{key} = {value}\n" for key, value in entries.items())


def copied(folder: Path) -> Path:
    """A copy of the checkout in a folder."""
    checkout = folder / "checkout"
    checkout.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, checkout / part, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, checkout)
    for name in LINKED:
        link = checkout / "assetstore" / name
        if not link.exists():  # an sdist has none
            link.symlink_to(f"../{name}")
    return checkout


@dataclass(frozen=True)
class Reader:
    """Whoever follows the page.

    Attributes:
        checkout: A copy of the checkout.
        site: Where packages are installed.
        shell: A terminal in which both are what Python finds.
    """

    checkout: Path
    site: Path
    shell: Shell

    @classmethod
    def at(cls, folder: Path) -> "Reader":
        """A new one."""
        checkout, binaries, site = copied(folder), folder / "bin", folder / "site"
        binaries.mkdir()
        site.mkdir()
        for name, words in TOOLS.items():
            tool = binaries / name
            tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
            tool.chmod(0o755)
        environment = {
            key: value
            for key, value in Program(folder).environment.items()
            if not key.startswith(("PYTEST", "COV"))
        }
        search = [str(checkout), str(site), environment.get("PYTHONPATH", "")]
        environment |= {
            "COLUMNS": "80",
            "PATH": f"{binaries}{os.pathsep}{environment['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, search)),
        }
        return cls(checkout, site, Shell(checkout, environment))

    def follow(self, steps: list[Step]) -> None:
        """Do what a part of the page says, and compare."""
        for step in steps:
            if step.kind != "console":
                apply(step, self.checkout)
                continue
            for command, shown in commands(step.text):
                if command.startswith("pip install"):
                    lay_down(self.checkout / shlex.split(command)[-1], self.site)
                    continue
                written, code = self.shell.run(command)
                assert is_shown(shown, written), f"$ {command}\n{written}"
                assert code == 0, f"$ {command}\n{written}"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One who has set up and goes on from part to part."""
    found = Reader.at(tmp_path_factory.mktemp("first_steps"))
    found.follow(STEPS[""])
    yield found
    found.shell.close()


@pytest.mark.parametrize("part", [name for name in STEPS if name])
def test_it_works(reader: Reader, part: str) -> None:
    reader.follow(STEPS[part])


@pytest.mark.network
def test_pip_installs_the_format(tmp_path: Path) -> None:
    """What `lay_down` stands for."""
    reader = Reader.at(tmp_path)
    for step in STEPS["Your first format"][:2]:
        apply(step, reader.checkout)
    project = reader.checkout / "demo" / "scrapbook"
    words = ["-m", "pip", "install", "-q", "--no-deps", "--target", str(reader.site)]
    done = subprocess.run(
        [sys.executable, *words, str(project)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no package index is reachable")
    ran, code = reader.shell.run("assetstore archive --profile scrapbook nowhere")
    reader.shell.close()
    assert "there is no format" not in ran
    assert code == 1


def test_nothing_of_the_page_is_passed_over() -> None:
    steps = [step for part in STEPS.values() for step in part]
    assert len(STEPS) == 4
    assert sum(step.kind == "console" for step in steps) == 4
    assert sum(not step.kind for step in steps) == PAGE.read_text().count("\n| `")


def test_what_a_page_does_not_show_is_noticed() -> None:
    assert is_shown("... passed in ...s\n", "..\n2 passed in 0.12s\n")
    assert not is_shown("... passed in ...s\n", "1 failed in 0.12s\n")
    assert not is_shown("8\n", "80\n")
    assert line_of("b", ["abc\n", "b\n"]) == 1
    for lines in ([], ["ab\n", "bc\n"]):
        with pytest.raises(AssertionError):
            line_of("b", lines)
