"""Make a file's bytes durable, down to the medium where that can be asked."""

import contextlib
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from assetstore.files.owner import make_one_folder

# So many are synced one after the other; it takes more to gain by threads.
FEW = 4
_AT_ONCE = 16


def sync_file(fd: int, *, metadata: bool = False) -> None:
    """Wait until a file's bytes are on the medium.

    Args:
        fd: The file.
        metadata: With its times and mode, which do not matter where its name and
            length say all.

    Raises:
        OSError: They cannot be written.
    """
    if sys.platform == "darwin":
        import fcntl

        # fsync there ends at the disk's own memory (fsync(2) of macOS).
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            return
    if metadata:
        os.fsync(fd)
    else:
        getattr(os, "fdatasync", os.fsync)(fd)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable, where the system has such a thing."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(
    folder: Path, mode: int = 0o700, sync: Callable[[Path], object] = sync_folder
) -> list[Path]:
    """Make a folder durably, with those above it that are missing.

    Root's belong to the owner of the folder that they are in.

    Args:
        folder: The folder.
        mode: Of each that is made, without what the umask takes.
        sync: Makes a folder's entries durable, or sees to it that this is done.

    Returns:
        The folders that were made.

    Raises:
        OSError: It cannot be made.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    made = []
    for new in reversed(missing):
        try:
            make_one_folder(new, mode)
            made.append(new)
        except FileExistsError:  # somebody else did, just now
            if not new.is_dir():
                raise
        sync(new.parent)
    return made


def side_by_side(sync: Callable[[Path], None], folders: Collection[Path]) -> None:
    """Sync some folders; of many at once, a journalling file system does one's work.

    Those within others come first.

    Raises:
        Exception: What one of them raised.
    """
    inner = sorted(folders, reverse=True)
    if len(inner) <= FEW:
        for folder in inner:
            sync(folder)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = [pool.submit(sync, folder) for folder in inner]
    for each in done:
        each.result()
