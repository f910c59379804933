"""Whose what root makes is.

Who calls the program with `sudo`, or in a container, makes files in folders of another
user: a store, what is remembered between runs, a client's home. If they were root's,
their user could not go on with them.
"""

import contextlib
import errno
import os
from pathlib import Path

from assetstore.files.attributes import drop_inherited

# A file that nobody has made yet, to be written and read back.
NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL
for _flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):
    NEW_FILE |= getattr(os, _flag, 0)
_FOLDER = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_DIRECTORY"):
    _FOLDER |= getattr(os, _flag, 0)


def give(fd: int, like: Path) -> None:
    """Give an open file, made as root, to the owner of another file or folder.

    Args:
        fd: The file, or folder.
        like: Whose owner and group it gets; without effect for who is not root.

    Raises:
        OSError: It cannot be given, as on some network file systems.
    """
    if (owner := _other_than_root(like)) is not None:
        os.fchown(fd, owner.st_uid, owner.st_gid)


def _other_than_root(like: Path) -> os.stat_result | None:
    """Look whose a file or folder is, for root, if it is not root's."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    owner = like.stat()
    return owner if owner.st_uid != 0 else None


def make_one_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder, which belongs to the owner of the one that it is in.

    One that is for nobody else inherits no list of access.

    Raises:
        FileExistsError: There is something.
        OSError: It cannot be made.
    """
    folder.mkdir(mode=mode)
    if not mode & 0o077:
        drop_inherited(folder)
    if _other_than_root(folder.parent) is None:
        return
    fd = os.open(folder, _FOLDER)  # no link that somebody put in its place
    try:
        give(fd, folder.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise
    finally:
        os.close(fd)


def make_empty_file(path: Path) -> None:
    """Make a file of mode 0600 for whoever opens it next, if there is none.

    It belongs to the owner of its folder. A database of SQLite begins as such a file,
    and gives its owner to the files beside it.

    A link is no such file: who opens it next would follow it, and write for root
    where the folder's owner may not.

    Raises:
        OSError: It cannot be made, or a link is there.
    """
    try:
        fd = os.open(path, NEW_FILE, 0o600)
    except FileExistsError:
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
        return
    try:
        drop_inherited(fd)
        give(fd, path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(fd)
