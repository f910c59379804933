"""What the README shows is what happens."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.program import Program

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def block(name: str) -> str:
    """The fenced block between two comments."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def ran(commands: list[str], program: Program) -> str:
    """A terminal's text after some commands."""
    binaries = program.folder / "bin"
    binaries.mkdir()
    tool = binaries / "assetstore"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assetstore "$@"\n')
    tool.chmod(0o755)
    shutil.copytree(
        ROOT / "fixtures" / "documents", program.folder / "fixtures/documents"
    )
    text = ""
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=program.folder,
            env={
                **program.environment,
                "PATH": f"{binaries}:{program.environment['PATH']}",
                "COLUMNS": "100",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        text += f"$ {command}\n{done.stdout}"
    return text.replace(f"{program.folder}/", "")


@pytest.mark.skipif(not shutil.which("bash"), reason="the tour is for a POSIX shell")
@pytest.mark.skipif(not shutil.which("sha256sum"), reason="the tour uses coreutils")
def test_the_tour(program: Program) -> None:
    tour = block("tour")
    commands = [line[2:] for line in tour.splitlines() if line.startswith("$ ")]
    assert ran(commands, program) == tour


def test_the_python_example(program: Program) -> None:
    found = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert found is not None
    source = ROOT / "fixtures" / "documents" / "rollout.jsonl"
    demo = program.folder / "demo.jsonl"
    shutil.copyfile(source, demo)
    done = subprocess.run(
        [sys.executable, "-c", found[1]],
        cwd=program.folder,
        env=program.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    sizes, *images = done.stdout.splitlines()
    before, after = map(int, sizes.split())
    assert before == source.stat().st_size > 10 * after
    assert len(images) > 2
    assert images[0].startswith("image/png ")
    assert demo.read_bytes() == source.read_bytes()
