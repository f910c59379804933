"""A stand-in for Windows, where a file that is open is shared with some, or nobody.

Python's functions refuse what Windows would, with the same numbers. It was not compared
with a real one.
"""

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assetstore.files import replace, sharing

SHARING_VIOLATION, ACCESS_DENIED = 32, 5


def refused(number: int, path: object) -> PermissionError:
    """An error as Windows gives it: 0 for one of the C library, which has no number."""
    error = PermissionError(13, "Permission denied", str(path))
    error.winerror = number or None  # type: ignore[attr-defined, unused-ignore]
    return error


class OpenFiles:
    """Files that some other program has open.

    Attributes:
        unread: Nobody else may read these.
        kept: These may be read, and neither be replaced nor removed.
        times: How often something is refused until it is not any more.
        refusals: What was refused.
        pauses: How long was waited, in seconds.
    """

    def __init__(self) -> None:
        self.unread: set[Path] = set()
        self.kept: set[Path] = set()
        self.times = 1000
        self.refusals: list[str] = []
        self.pauses: list[float] = []

    def refuses(self, what: str, files: set[Path], path: object) -> bool:
        """Tell whether something is refused, and note it."""
        if Path(str(path)) not in files or len(self.refusals) >= self.times:
            return False
        self.refusals.append(what)
        return True


def open_files(monkeypatch: pytest.MonkeyPatch) -> OpenFiles:
    """Let files that are open be kept as Windows keeps them."""
    files = OpenFiles()
    real_open, real_replace, real_unlink = os.open, os.replace, os.unlink

    def opened(path: Any, flags: int, *mode: int, **others: Any) -> int:
        if files.refuses("open", files.unread, path):
            raise refused(0, path)
        return real_open(path, flags, *mode, **others)

    def replaced(path: Any, target: Any, **others: Any) -> None:
        if files.refuses("replace", files.kept, target):
            raise refused(ACCESS_DENIED, path)
        real_replace(path, target, **others)

    def removed(path: Any, **others: Any) -> None:
        if files.refuses("unlink", files.kept, path):
            raise refused(SHARING_VIOLATION, path)
        real_unlink(path, **others)

    def asked(name: str, *_: object) -> int:
        if Path(name) in files.unread:
            raise refused(SHARING_VIOLATION, name)
        return 1

    winapi = SimpleNamespace(CreateFile=asked, CloseHandle=lambda handle: None)
    monkeypatch.setitem(sys.modules, "_winapi", winapi)
    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "unlink", removed)
    for module in (replace, sharing):
        monkeypatch.setattr(module, "OPEN_FILES_STAY", True)
    monkeypatch.setattr(sharing, "sleep", files.pauses.append)
    return files
