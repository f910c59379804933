"""This program's folders among the user's, where systems want such.

They are what platformdirs says, without an author's name in front. That takes longer to
import than a store to open, and the rule of Linux is short: it is here as well, for
where nothing is odd. Source: XDG Base Directory Specification 0.8.
"""

import os
import sys
from pathlib import Path
from typing import Literal

Kind = Literal["cache", "config", "data", "state"]

_NAME = "assetstore"
_LINUX: dict[Kind, str] = {
    "cache": ".cache",
    "config": ".config",
    "data": ".local/share",
    "state": ".local/state",
}


def user_folder(kind: Kind) -> Path:
    """The folder of a kind; it need not be there.

    Raises:
        RuntimeError: Nobody can tell where the user's folder is.
    """
    if sys.platform == "linux":
        named = os.environ.get(f"XDG_{kind.upper()}_HOME", "")
        if named.startswith("/"):  # others are to be ignored
            return Path(named, _NAME)
        home = os.environ.get("HOME", "")
        if home.startswith("/"):
            return Path(home, _LINUX[kind], _NAME)
    import platformdirs

    folders = platformdirs.PlatformDirs(_NAME, appauthor=False)
    found: Path = getattr(folders, f"user_{kind}_path")
    return found


def writers_folder() -> Path:
    """The folder of state that says who this user is among a store's writers.

    Earlier versions had one with an author's name in front of it, on Windows alone. Who
    has an id there goes on with it: with another one, this user would be somebody else.
    """
    folder = user_folder("state")
    if sys.platform == "win32":
        return _earlier(folder)
    return folder


def _earlier(folder: Path) -> Path:
    earlier = folder / _NAME
    if (folder / "writers").is_dir() or not (earlier / "writers").is_dir():
        return folder
    return earlier
