"""What a file has beside its bytes: owner, mode, lists of access, flags, times."""

import contextlib
import errno
import os
from pathlib import Path

from assetstore.files.inode_flags import copy_flags
from assetstore.files.source import Source

# Who else may use a file, and what a folder gives to whatever is made in it (Linux).
_ACCESS = "system.posix_acl_access"
_DEFAULT = "system.posix_acl_default"
# They speak of the bytes that a file had: the kernel makes them anew, or trusts none.
_OF_BYTES = frozenset(("security.ima", "security.evm"))
_KERNEL = ("security.", "system.", "trusted.")
# What is said of an attribute that is not there, or not on this file system.
_NONE = frozenset((errno.ENODATA, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS))


def copy_attributes(source: Source, fd: int, target: Path) -> None:
    """Make an open file like another: owner, mode, extended attributes, flags, times.

    What it has from its folder, and the other has not, goes: else the folder's default
    list of access would let others read what the other file does not show them.

    Args:
        source: The file to be like.
        fd: The file that will take its place.
        target: That file's path.

    Raises:
        OSError: Owner, mode, list of access or times cannot be set.
    """
    like = source.stat
    if hasattr(os, "fchown"):
        own = os.fstat(fd)
        if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
            os.fchown(fd, like.st_uid, like.st_gid)
    names = set(_attributes(source.fd)) - _OF_BYTES
    for name in set(_attributes(fd)) - names - _OF_BYTES - {_ACCESS}:
        with contextlib.suppress(OSError):  # a label that nobody may take away
            os.removexattr(fd, name)
    for name in names - {_ACCESS}:
        try:
            os.setxattr(fd, name, os.getxattr(source.fd, name))
        except OSError:  # labels that only the administrator may set
            if not name.startswith(_KERNEL):
                raise
    _copy_access(source.fd, fd)
    if hasattr(os, "fchmod"):
        os.fchmod(fd, like.st_mode & 0o7777)
    times = (like.st_atime_ns, like.st_mtime_ns)
    os.utime(fd if os.utime in os.supports_fd else target, ns=times)
    copy_flags(source.fd, fd, target)


def let_use(path: Path, fd: int, like: int | Path | None) -> None:
    """Let those use an open file who may use another one; None: its owner alone.

    Args:
        path: The file's path.
        fd: The file.
        like: The other one.

    Raises:
        OSError: They cannot be let; nobody but its owner may use it then.
    """
    if like is None:
        drop_inherited(fd)
        path.chmod(0o600)
        return
    _copy_access(like, fd)
    path.chmod(os.stat(like).st_mode & 0o777)


def _copy_access(source: int | Path, fd: int) -> None:
    """Give an open file the list of access that another has, or none.

    The mode must be set behind it: of a file with a list, its middle is what the list
    allows at most, and without one what the group may do.

    Raises:
        OSError: It cannot be set.
    """
    if not hasattr(os, "getxattr"):
        return
    try:
        access = os.getxattr(source, _ACCESS)
    except OSError as e:
        if e.errno not in _NONE:
            raise
        drop_inherited(fd)
        return
    os.setxattr(fd, _ACCESS, access)


def drop_inherited(new: int | Path) -> None:
    """Take from a file or folder that was just made what its folder gave it.

    A default list of access names others, who may use what is made in the folder as
    soon as its mode lets its group. What cannot be taken away is shut by the mode.
    """
    if not hasattr(os, "removexattr"):
        return
    for name in (_ACCESS,) if isinstance(new, int) else (_ACCESS, _DEFAULT):
        with contextlib.suppress(OSError):
            os.removexattr(new, name)


def _attributes(fd: int) -> list[str]:
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):  # a file system without them
            return os.listxattr(fd)
    return []
