"""Open files that may be anything: what is no plain file is not waited for."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_READ = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):
    _READ |= getattr(os, _flag, 0)


def open_plain(path: Path | str, *, follow: bool = False) -> BinaryIO:
    """Open a plain file to be read: a FIFO has no end, and a link leads anywhere.

    Args:
        path: The file.
        follow: Whether a link is followed: it is where the user put it.

    Raises:
        OSError: There is none, or it is something else.
    """
    flags = _READ if follow else _READ | getattr(os, "O_NOFOLLOW", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "not a plain file", str(path))
