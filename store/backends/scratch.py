"""Temporary files of writers, told apart from what dead writers left.

Each writer has a folder of its own below ``tmp`` with a locked file in it. The
lock goes with the process, so whatever a killed one left is recognised without
looking at a clock or at process numbers.
"""

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.store.blob import is_name, new_name
from assetstore.store.locks import try_hold

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK = "lock"


class Scratch:
    """A writer's folder below ``tmp``, made on first use."""

    def __init__(self, tmp: Path):
        self._tmp = tmp
        self._folder: Path | None = None
        self._lock: BaseFileLock | None = None
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
        assert self._folder is not None  # noqa: S101 for the type checker
        return self._folder / str(self._count)

    def _make(self) -> None:
        """Make and lock the folder.

        Between the two a sweeper may take the folder for a dead writer's; it
        holds the lock then, or has removed the file that would be locked.
        """
        for _ in range(100):
            folder = self._tmp / new_name()
            folder.mkdir(mode=0o700, parents=True)
            try:
                self._lock = try_hold(folder / _LOCK)
            except (FileNotFoundError, FileExistsError):
                continue  # the second: it went while it was being made for the lock
            except OSError:  # no locks here; no sweeper gets one either
                if not folder.is_dir():
                    raise
                self._folder = folder
                return
            if self._lock is not None:
                self._folder = folder
                return
        raise OSError("cannot make a folder for temporary files")

    def sweep(self, *, dry_run: bool = False) -> tuple[int, int]:
        """Remove the folders of dead writers.

        Returns:
            How many folders, and how many bytes were in them.
        """
        folders = freed = 0
        try:
            found = list(self._tmp.iterdir())
        except FileNotFoundError:
            return 0, 0
        for folder in found:
            if (
                not is_name(folder.name)
                or folder == self._folder
                or folder.is_symlink()
            ):
                continue
            size = _swept(folder, dry_run)
            if size is not None:
                folders, freed = folders + 1, freed + size
        return folders, freed

    def close(self) -> None:
        """Remove the folder, with everything in it."""
        if self._folder is None:
            return
        folder, self._folder = self._folder, None
        _emptied(folder)
        _remove(folder, self._lock)
        self._lock = None


def _swept(folder: Path, dry_run: bool) -> int | None:
    """Remove a folder unless it is in use; its size in bytes, or None."""
    if dry_run and not (folder / _LOCK).exists():
        return None
    try:
        lock = try_hold(folder / _LOCK)
    except OSError:
        return None
    if lock is None:
        return None
    try:
        if dry_run:
            return sum(_size(file) for file in folder.iterdir())
        size = _emptied(folder)
        _remove(folder, lock)
        return size
    except OSError:
        return None
    finally:
        lock.release()


def _remove(folder: Path, lock: "BaseFileLock | None") -> None:
    """Remove an empty folder whose lock is ours, and release that."""
    # An open file cannot be removed on Windows. Elsewhere the lock goes last: who
    # waits for it then finds that its file is gone.
    if os.name == "nt" and lock is not None:
        lock.release()
    with contextlib.suppress(OSError):
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()
    if lock is not None:
        lock.release()


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
