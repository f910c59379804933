"""Temporary files of writers, told apart from what dead writers left.

Each writer has a folder of its own below ``tmp`` with a locked file in it. The
lock goes with the process, so whatever a killed one left is recognised without
looking at a clock or at process numbers.
"""

import contextlib
import os
from pathlib import Path

from assetstore.store.blob import is_name, new_name
from assetstore.store.locks import open_lock, try_lock

_LOCK = "lock"


class Scratch:
    """A writer's folder below ``tmp``, made on first use."""

    def __init__(self, tmp: Path):
        self._tmp = tmp
        self._folder: Path | None = None
        self._lock = -1
        self._count = 0

    def new_file(self) -> Path:
        """A path for a new file.

        Raises:
            OSError: The folder cannot be made.
        """
        if self._folder is None:
            self._make()
            with contextlib.suppress(OSError):
                self.sweep()
        self._count += 1
        assert self._folder is not None
        return self._folder / str(self._count)

    def _make(self) -> None:
        """Make and lock the folder.

        Between any two of these steps a sweeper may take the folder for a dead
        writer's; the lock file that is ours and still in place rules that out.
        """
        for _ in range(100):
            folder = self._tmp / new_name()
            folder.mkdir(mode=0o700, parents=True)
            try:
                fd = open_lock(folder / _LOCK)
            except FileNotFoundError:
                continue
            if not try_lock(fd) and not _lockless(self._tmp):
                os.close(fd)
                continue
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.stat(folder / _LOCK), os.fstat(fd)):
                    self._folder, self._lock = folder, fd
                    return
            os.close(fd)
        raise OSError("cannot make a folder for temporary files")

    def sweep(self, *, dry_run: bool = False) -> tuple[int, int]:
        """Remove the folders of dead writers.

        Returns:
            How many folders, and how many bytes were in them.
        """
        folders = freed = 0
        try:
            names = os.listdir(self._tmp)
        except FileNotFoundError:
            return 0, 0
        for name in names:
            folder = self._tmp / name
            if not is_name(name) or folder == self._folder or folder.is_symlink():
                continue
            size = _swept(folder, dry_run)
            if size is not None:
                folders, freed = folders + 1, freed + size
        return folders, freed

    def close(self) -> None:
        """Remove the folder, with everything in it."""
        if self._folder is not None:
            folder, self._folder = self._folder, None
            _emptied(folder)
            if os.name == "nt":  # an open file cannot be removed there
                os.close(self._lock)
            with contextlib.suppress(OSError):
                (folder / _LOCK).unlink()
                folder.rmdir()
            if os.name != "nt":
                os.close(self._lock)
            self._lock = -1


def _swept(folder: Path, dry_run: bool) -> int | None:
    """Remove a folder unless it is in use; its size in bytes, or None."""
    try:
        fd = os.open(folder / _LOCK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        # Its owner is about to lock it, or died before: an empty folder may go.
        with contextlib.suppress(OSError):
            if not dry_run:
                folder.rmdir()
            return 0
        return None
    except OSError:
        return None
    try:
        if not try_lock(fd):
            return None
        if dry_run:
            return sum(_size(f) for f in folder.iterdir())
        size = _emptied(folder)
        if os.name != "nt":
            (folder / _LOCK).unlink(missing_ok=True)
            folder.rmdir()
        return size
    except OSError:
        return None
    finally:
        os.close(fd)
        if os.name == "nt" and not dry_run:
            with contextlib.suppress(OSError):
                (folder / _LOCK).unlink(missing_ok=True)
                folder.rmdir()


def _emptied(folder: Path) -> int:
    """Remove every file but the lock; returns their size in bytes."""
    size = 0
    for file in folder.iterdir():
        if file.name != _LOCK:
            with contextlib.suppress(OSError):
                bytes_in_it = _size(file)
                file.unlink()
                size += bytes_in_it
    return size


def _size(file: Path) -> int:
    try:
        return file.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def _lockless(folder: Path) -> bool:
    """Whether locks do not work here at all (some network file systems)."""
    probe = folder / f"{new_name()}.probe"
    fd = open_lock(probe)
    try:
        return not try_lock(fd)
    finally:
        os.close(fd)
        probe.unlink(missing_ok=True)
