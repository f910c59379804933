"""Durable replacement of one file by another."""

import contextlib
import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable, where the system has such a thing."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def copy_attributes(source: os.stat_result, path: Path, target: Path) -> None:
    """Give ``target`` the owner, mode, extended attributes and times of a file.

    Args:
        source: What the file system said of the file.
        path: The file.
        target: The file that will take its place.

    Raises:
        OSError: Owner, mode or times cannot be set.
    """
    if hasattr(os, "chown"):
        own = target.stat()
        if (own.st_uid, own.st_gid) != (source.st_uid, source.st_gid):
            os.chown(target, source.st_uid, source.st_gid)
    if hasattr(os, "listxattr"):
        try:
            names = os.listxattr(path)
        except OSError:
            names = []
        for name in names:
            with contextlib.suppress(OSError) if name.startswith(
                "security."
            ) else contextlib.nullcontext():
                os.setxattr(target, name, os.getxattr(path, name))
    target.chmod(source.st_mode & 0o7777)
    os.utime(target, ns=(source.st_atime_ns, source.st_mtime_ns))
