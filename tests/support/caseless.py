"""A stand-in for a folder whose files are found whatever the case of their names.

As on macOS and Windows, a name is kept as it was given, and a file that is put in
another's place has the name that it was put there by.
"""

import functools
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetstore.files import exchange

_BY_ONE_NAME = (
    *("stat", "lstat", "open", "unlink", "listdir", "scandir", "mkdir", "rmdir"),
    *("chmod", "utime", "access", "readlink", "listxattr", "getxattr", "setxattr"),
)


def caseless(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """Let names below a folder have no case, for what asks by Python's `os`."""
    listed: Callable[[Path], list[str]] = os.listdir
    seen, rename, unlink = os.stat, os.rename, os.unlink

    def real(path: Any) -> Any:
        """Where it is; what is not there keeps its name."""
        if not isinstance(path, str | os.PathLike):
            return path
        whole = os.path.abspath(path)
        if not whole.startswith(f"{root}{os.sep}"):
            return path
        found = root
        for name in Path(whole).relative_to(root).parts:
            names = names_in(found)
            alike = [n for n in names if n.casefold() == name.casefold()]
            found /= name if name in names else [*alike, name][0]
        return found

    def names_in(folder: Path) -> list[str]:
        try:
            return listed(folder) if stat.S_ISDIR(seen(folder).st_mode) else []
        except OSError:
            return []

    def by_name(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(path: Any = ".", *others: Any, **named: Any) -> Any:
            return function(real(path), *others, **named)

        return wrapped

    def renamed(path: Any, target: Any) -> None:
        path, old, name = real(path), Path(real(target)), Path(target).name
        if path != old and old.name != name and old.name in names_in(old.parent):
            unlink(old)
        rename(path, old.with_name(name))

    for name in _BY_ONE_NAME:
        if hasattr(os, name):
            monkeypatch.setattr(os, name, by_name(getattr(os, name)))
    monkeypatch.setattr(os, "rename", renamed)
    monkeypatch.setattr(os, "replace", renamed)
    monkeypatch.setattr(exchange, "_renameat2", lambda: None)
