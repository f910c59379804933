"""Advisory locks between processes.

They spare two processes the same work, and tell a living writer's temporary
files from a dead one's; the system drops them with the process that held them.
What the store promises never depends on them.
"""

import contextlib
import errno
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from assetstore.errors import LockedError
from assetstore.files.owner import make_empty_file, make_one_folder

# How systems say that a file system has no locks.
NO_LOCKS = frozenset((errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP))
# How they say that somebody else holds one.
_HELD = frozenset((errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK))
# Seconds until a lock that is held is asked for again.
_POLL = 0.02

if TYPE_CHECKING:
    from types import TracebackType


class HeldLock(Protocol):
    """A lock that this process holds, until it is released or the process ends."""

    def release(self) -> object:
        """Give it up; what was given up before stays so."""

    def __enter__(self) -> object: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
        /,
    ) -> None: ...


def try_hold(path: Path) -> HeldLock | None:
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


def hold(path: Path, timeout: float) -> HeldLock:
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


def _locked(path: Path) -> LockedError:
    return LockedError(
        "another assetstore process is at work here",
        hint="Wait for it to finish, then try again.",
        path=str(path),
    )


if sys.platform == "win32":

    def _acquired(path: Path, timeout: float) -> HeldLock:
        from filelock import FileLock, Timeout

        make_empty_file(path)
        lock = FileLock(path, mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=timeout, poll_interval=_POLL)
        except Timeout:
            raise _locked(path) from None
        return lock

else:
    import fcntl

    class _Flock:
        """A lock of `flock`.

        The package filelock does the same, and takes as long to import as a small
        document to archive.
        """

        def __init__(self, path: Path):
            make_empty_file(path)
            self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            self._process = os.getpid()

        def is_taken(self, path: Path) -> bool:
            """Take it, unless somebody else holds it."""
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as e:
                if e.errno in _HELD:
                    return False
                raise
            # Who held it may have removed the file: then this is a lock of nothing.
            with contextlib.suppress(FileNotFoundError):
                return os.path.samestat(os.fstat(self._fd), os.stat(path))
            return False

        def release(self) -> None:
            fd, self._fd = self._fd, -1
            if fd < 0:
                return
            # In a process that was forked off, it is its parent's.
            if self._process == os.getpid():
                with contextlib.suppress(OSError):
                    fcntl.flock(fd, fcntl.LOCK_UN)
            os.close(fd)

        def __enter__(self) -> Self:
            return self

        def __exit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            trace: "TracebackType | None",
        ) -> None:
            self.release()

    def _acquired(path: Path, timeout: float) -> HeldLock:
        end = time.monotonic() + timeout
        while True:
            try:
                lock = _Flock(path)
            except FileNotFoundError:
                if path.parent.is_dir():  # who held it removed it just now
                    continue
                raise
            try:
                if lock.is_taken(path):
                    return lock
            except BaseException:
                lock.release()
                raise
            lock.release()
            if time.monotonic() >= end:
                raise _locked(path)
            time.sleep(_POLL)
