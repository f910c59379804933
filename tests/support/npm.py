"""Programs from npm, installed once and kept in the user's cache."""

import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import platformdirs
from filelock import FileLock


def kept(package: str, version: str, variable: str) -> Path | None:
    """The folder that a package is installed in; None: npm is not reachable.

    Args:
        package: Its name.
        version: Its version.
        variable: A variable of the environment that names another folder to keep it.
    """
    named = os.environ.get(variable)
    cache = platformdirs.user_cache_path("assetstore-tests", appauthor=False)
    name = package.rpartition("/")[2]
    folder = (Path(named) if named else cache / name) / version
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):  # tests run in several processes
        if (folder / "done").exists():
            return folder
        npm = shutil.which("npm")
        if npm is None:
            return None
        try:
            urllib.request.urlopen("https://registry.npmjs.org/is-number", timeout=10)
        except OSError:
            return None
        (folder / "package.json").write_text("{}")
        words = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            [*words, f"{package}@{version}"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode("utf-8", "replace"))
        (folder / "done").touch()
        return folder
