"""Exchange two files in one step, where the system can."""

import errno
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# The kernel, the file system or a sandbox does not know it.
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM)


def exchange(one: Path, other: Path) -> bool:
    """Let each of two files have the other's name: renameat2(2), RENAME_EXCHANGE.

    At every moment both names are there, and lead to one file or the other.

    Returns:
        False where that is not to be had; nothing was done then.

    Raises:
        OSError: It failed, and nothing was done.
    """
    rename = _renameat2()
    if rename is None:
        return False
    code = rename(os.fsencode(one), os.fsencode(other))
    if code == 0:
        return True
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def can_exchange() -> bool:
    """Tell whether the system can at all; a file system may not."""
    return _renameat2() is not None


@functools.cache
def _renameat2() -> Callable[[bytes, bytes], int] | None:
    """Linux' call, which Python does not have; it returns an error's number or 0."""
    if sys.platform != "linux":
        return None
    import ctypes

    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library without it
        return None
    function.argtypes = (
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_uint,
    )

    def rename(one: bytes, other: bytes) -> int:
        done = function(_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_EXCHANGE)
        return ctypes.get_errno() if done else 0

    return rename
