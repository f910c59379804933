"""What a file has beside its bytes: owner, mode, extended attributes, times."""

import contextlib
import os
from pathlib import Path

from assetstore.files.source import Source


def copy_attributes(source: Source, fd: int, target: Path) -> None:
    """Give an open file the owner, mode, extended attributes and times of another.

    Args:
        source: The file to be like.
        fd: The file that will take its place.
        target: That file's path.

    Raises:
        OSError: Owner, mode or times cannot be set.
    """
    like = source.stat
    if hasattr(os, "fchown"):
        own = os.fstat(fd)
        if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
            os.fchown(fd, like.st_uid, like.st_gid)
    for name in _attributes(source.fd):
        try:
            os.setxattr(fd, name, os.getxattr(source.fd, name))
        except OSError:  # labels and lists that only the administrator may set
            if not name.startswith(("security.", "system.", "trusted.")):
                raise
    if hasattr(os, "fchmod"):
        os.fchmod(fd, like.st_mode & 0o7777)
    times = (like.st_atime_ns, like.st_mtime_ns)
    os.utime(fd if os.utime in os.supports_fd else target, ns=times)


def _attributes(fd: int) -> list[str]:
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):  # a file system without them
            return os.listxattr(fd)
    return []
