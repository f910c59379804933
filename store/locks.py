"""Advisory locks between processes.

They spare two processes the same work, and tell a living writer's temporary
files from a dead one's; the system drops them with the process that held them.
What the store promises never depends on them.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assetstore.errors import LockedError

_POLL = 0.02


def try_lock(fd: int) -> bool:
    """Lock an open file for as long as it stays open.

    Returns:
        Whether it worked. On a file system without locks it never does.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(fd, 0, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def open_lock(path: Path) -> int:
    """Open a lock file, made on first use."""
    flags = os.O_RDWR | os.O_CREAT
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):
        flags |= getattr(os, name, 0)
    return os.open(path, flags, 0o600)


@contextmanager
def locked(path: Path, timeout: float) -> Iterator[None]:
    """Hold a lock file, which is never removed.

    Args:
        path: The file.
        timeout: How many seconds to wait for another holder.

    Raises:
        LockedError: Somebody held it all the time.
    """
    end = time.monotonic() + timeout
    fd = open_lock(path)
    try:
        while not try_lock(fd):
            if time.monotonic() >= end:
                raise LockedError(
                    "another assetstore process is at work here",
                    hint="Wait for it to finish, then try again.",
                    path=str(path),
                )
            time.sleep(_POLL)
        yield
    finally:
        os.close(fd)
