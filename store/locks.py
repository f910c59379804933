"""Advisory locks between processes.

They spare two processes the same work, and tell a living writer's temporary
files from a dead one's; the system drops them with the process that held them.
What the store promises never depends on them.
"""

import contextlib
import errno
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.errors import LockedError
from assetstore.files.owner import make_empty_file, make_one_folder

# How systems say that a file system has no locks.
NO_LOCKS = frozenset((errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP))

if TYPE_CHECKING:
    from filelock import BaseFileLock


def try_hold(path: Path) -> "BaseFileLock | None":
    """Lock a file, made on first use, until it is released or the process ends.

    Returns:
        The lock, or None where somebody else holds it.

    Raises:
        OSError: It cannot be made, or the file system has no locks.
    """
    try:
        return _acquired(path, 0)
    except LockedError:
        return None


def hold(path: Path, timeout: float) -> "BaseFileLock":
    """Lock a file; the result is a context manager that releases it.

    Args:
        path: The file; its folder is made on first use.
        timeout: How many seconds to wait for another holder.

    Raises:
        LockedError: Somebody held it all the time.
        OSError: It cannot be made, or the file system has no locks.
    """
    if not path.parent.is_dir():
        with contextlib.suppress(FileExistsError):  # somebody else did, just now
            make_one_folder(path.parent)
    return _acquired(path, timeout)


def _acquired(path: Path, timeout: float) -> "BaseFileLock":
    from filelock import FileLock, Timeout

    make_empty_file(path)
    lock = FileLock(path, mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=timeout, poll_interval=0.02)
    except NotImplementedError as e:  # how older versions say it
        raise OSError(errno.ENOSYS, "the file system has no locks") from e
    except Timeout:
        raise LockedError(
            "another assetstore process is at work here",
            hint="Wait for it to finish, then try again.",
            path=str(path),
        ) from None
    return lock
