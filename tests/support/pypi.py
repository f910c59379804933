"""Programs from PyPI, installed once, each in an environment that is kept."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs
from filelock import FileLock

_NAMES = ("python3.14", "python3.13", "python3.12")


def kept(package: str, version: str, variable: str) -> Path | None:
    """The folder of an environment's programs; None: it cannot be made here.

    It takes Python 3.12 or later, and PyPI.

    Args:
        package: Its name.
        version: Its version.
        variable: A variable of the environment that names another folder to keep it.
    """
    named = os.environ.get(variable)
    cache = platformdirs.user_cache_path("assetstore-tests", appauthor=False)
    folder = (Path(named) if named else cache / package) / version
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):  # tests run in several processes
        if (folder / "done").exists():
            return folder / "bin"
        python = next(filter(_is_late, _pythons()), None)
        if python is None or not _made(python, folder, f"{package}=={version}"):
            return None
        (folder / "done").touch()
        return folder / "bin"


def _made(python: str, folder: Path, wanted: str) -> bool:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", wanted]
    return all(
        subprocess.run(words, capture_output=True, check=False).returncode == 0
        for words in ([python, "-m", "venv", "--clear", str(folder)], pip)
    )


def _pythons() -> Iterator[str]:
    yield sys.executable
    yield from filter(None, map(shutil.which, _NAMES))
    found = Path.home().glob(".pyenv/versions/3.*/bin/python")
    yield from map(str, sorted(found, reverse=True))


def _is_late(python: str) -> bool:
    """Tell whether it is one, and late enough: a name may lead to none."""
    words = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 12))"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
