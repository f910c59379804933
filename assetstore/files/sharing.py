"""Files that are open elsewhere, on a system that lets nobody else have them (Windows).

Who opens a file there says what others may do with it meanwhile; most programs let
nobody replace or remove it, some nobody read it. A scanner for viruses or an indexer
has a new file open for a moment: what is refused is tried again, for half a second.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

from assetstore.errors import HeldOpen

T = TypeVar("T")

# Whether a file that is open can neither be replaced nor removed.
OPEN_FILES_STAY = os.name == "nt"
# ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; what is said of a file that is
# open and was to be replaced is ERROR_ACCESS_DENIED, as where one may not.
_HELD, _DENIED = (32, 33), 5
# Seconds until what was refused is tried again.
_PAUSES = (0.01, 0.04, 0.15, 0.3)
_READ = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_BINARY", "O_CLOEXEC", "O_NONBLOCK"):
    _READ |= getattr(os, _flag, 0)
_HINT = "Close that program, or wait for it, and try again."


def patiently(act: Callable[[], T], *, replaces: bool = False) -> T:
    """Do something with a file; again, a few times, where another program has it open.

    Args:
        act: What to do.
        replaces: Whether it puts one file in another's place.

    Raises:
        OSError: It is refused.
    """
    for pause in _PAUSES:
        try:
            return act()
        except PermissionError as e:
            if not is_held(e, replaces=replaces):
                raise
        sleep(pause)
    return act()


def is_held(error: OSError, *, replaces: bool = False) -> bool:
    """Tell whether an error says that another program has a file open."""
    number = getattr(error, "winerror", None)
    return number in _HELD or (replaces and number == _DENIED)


def put_in_place(
    path: Path, target: Path, check: Callable[[], object] = lambda: None
) -> None:
    """Let a file have a name, and nothing else that has it.

    Args:
        path: The file.
        target: The name.
        check: Is called each time before it is tried.

    Raises:
        HeldOpen: Another program has open what has the name.
        OSError: It cannot be done.
    """

    def put() -> None:
        check()
        path.replace(target)

    try:
        patiently(put, replaces=True)
    except PermissionError as e:
        if is_held(e, replaces=True):
            raise _in_use(target, e) from e
        raise


def open_file(path: Path) -> int:
    """Open a file to be read, but no link.

    Raises:
        HeldOpen: Another program has it open, and lets nobody read it.
        OSError: It cannot be opened.
    """

    def opened() -> int:
        try:
            return os.open(path, _READ)
        except PermissionError as e:
            raise _reason(path, e) from None

    try:
        return patiently(opened)
    except PermissionError as e:
        if is_held(e):
            raise _in_use(path, e) from e
        raise


def _reason(path: Path, error: OSError) -> OSError:
    """Ask Windows why a file cannot be opened: `os.open` does not say that."""
    if not OPEN_FILES_STAY:
        return error
    import _winapi  # there is none on other systems

    winapi: Any = _winapi
    read, share_all, existing = 0x80000000, 7, 3
    try:
        handle = winapi.CreateFile(str(path), read, share_all, 0, existing, 0, 0)
    except PermissionError as e:
        return e
    winapi.CloseHandle(handle)
    return error


def remove(path: Path) -> bool:
    """Remove a file of ours, if there is one; tells whether it is gone."""
    for _ in range(2):  # what refuses once may be over then
        with contextlib.suppress(OSError):
            patiently(lambda: path.unlink(missing_ok=True))
            return True
    return False


def _in_use(path: Path, error: OSError) -> HeldOpen:
    from assetstore.files.in_use import opened_by_others

    who = opened_by_others(path)
    if not who and not is_held(error):
        text = f"{path} is open in another program, or you may not replace it"
    else:
        text = f"{path} is open in {who or 'another program'}"
    return HeldOpen(text, hint=_HINT, path=str(path))
