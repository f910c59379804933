"""The manual pages in man/, which docs/generate.py makes of the commands."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from assetstore.cli import COMMANDS

FOLDER = Path(__file__).parents[2] / "man"
MACROS = {"TH", "SH", "SS", "PP", "TP", "BR", "RS", "RE", "nf", "fi", "nh", "ad"}


def shown(name: str) -> str:
    """A page as man shows it, without pages and emphasis."""
    done = subprocess.run(
        ["groff", "-ww", "-man", "-Kutf8", "-Tutf8", "-P-cbou", FOLDER / name],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_each_command_has_one() -> None:
    names = {"assetstore.1", *(f"assetstore-{name}.1" for name in COMMANDS)}
    assert {page.name for page in FOLDER.iterdir()} == names


def test_only_what_is_meant_is_a_request() -> None:
    for page in FOLDER.iterdir():
        text = page.read_text("utf-8")
        found = {
            line[1:].split()[0]
            for line in text.splitlines()
            if line.startswith((".", "'")) and not line.startswith('.\\"')
        }
        assert found <= MACROS, page.name
        escapes = set(re.findall(r"\\(\(..|.)", text))
        assert escapes <= {'"', "-", "&", "e", "f", "(aq", "(ga", "(ha", "(ti"}


@pytest.mark.skipif(not shutil.which("groff"), reason="groff shows manual pages")
def test_it_shows_what_the_help_says() -> None:
    text = shown("assetstore-archive.1")
    example = "archive . --include '*.ipynb' --exclude 'build/**' --dry-run\n"
    assert example in text
    assert re.search(r"--media image\|any\n +What to take; any: audio", text)
    assert "assetstore threads restore 019a3c5e --earlier 1" in shown(
        "assetstore-threads.1"
    )


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc checks manual pages")
def test_mandoc_finds_nothing_wrong() -> None:
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", *sorted(FOLDER.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    # Pages without a date stay the same bytes, whenever they are made.
    wrong = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert wrong == []
