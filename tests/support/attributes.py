"""What files have beside their bytes, set and read by the system's own programs."""

import shutil
import subprocess
from pathlib import Path

import pytest


def _ran(*words: str | Path) -> str:
    if shutil.which(str(words[0])) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"{words[0]} does not work here: {done.stderr.strip()}")
    return done.stdout


def chattr(change: str, path: Path) -> None:
    """Change a file's flags, or skip the test where that does not work."""
    _ran("chattr", change, path)


def flagged(path: Path) -> set[str]:
    """A file's flags, by the letters of chattr."""
    return set(_ran("lsattr", "-d", path).split()[0]) - {"-"}


def setfacl(*words: str | Path) -> None:
    """Change a list of access, or skip the test where that does not work."""
    _ran("setfacl", *words)


def access(path: Path) -> list[str]:
    """Who may do what with a file or folder, by its list of access."""
    found = _ran("getfacl", "--absolute-names", "--omit-header", "--no-effective", path)
    return found.split()
