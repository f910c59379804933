"""Temporary files of writers, told apart from what dead writers left.

Each writer has a folder of its own below ``tmp`` with a locked file in it. The
lock goes with the process, so whatever a killed one left is recognised without
looking at a clock or at process numbers.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from assetstore.files.owner import make_one_folder
from assetstore.store.format.blob import is_name, new_name
from assetstore.store.locks import HeldLock, try_hold

_LOCK = "lock"


class Scratch:
    """A writer's folder below ``tmp``, made on first use."""

    def __init__(self, tmp: Path):
        self._tmp = tmp
        self._folder: Path | None = None
        self._lock: HeldLock | None = None
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
            if not self._tmp.is_dir():
                with contextlib.suppress(FileExistsError):
                    make_one_folder(self._tmp)
            self._folder = folder  # a signal may come: `close` removes it, made or not
            with contextlib.suppress(FileNotFoundError):  # swept at once
                make_one_folder(folder)
            try:
                self._lock = try_hold(folder / _LOCK)
            except OSError as e:
                # Swept, at whichever step of the locking; or there are no locks here,
                # and no sweeper gets one either.
                if isinstance(e, FileNotFoundError) or not folder.is_dir():
                    continue
                return
            if self._lock is not None:
                return
        self._folder = None
        raise OSError("cannot make a folder for temporary files")

    def new_folder(self) -> Path:
        """A new folder.

        Raises:
            OSError: It cannot be made.
        """
        folder = self.new_file()
        make_one_folder(folder)
        return folder

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
        with contextlib.suppress(FileNotFoundError):
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


def _remove(folder: Path, lock: HeldLock | None) -> None:
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
    """Remove everything but the lock; returns the size of the files in bytes."""
    size = 0
    for file in folder.iterdir():
        if file.is_dir() and not file.is_symlink():
            import shutil

            shutil.rmtree(file, ignore_errors=True)
        elif file.name != _LOCK:
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


@contextlib.contextmanager
def spool() -> Iterator[Path]:
    """A folder for temporary files of any size, which goes with the block.

    It is in the system's folder for them. What a killed process left there goes
    when the next one begins, or with the next collection.

    Raises:
        OSError: It cannot be made.
    """
    parent = _spools()
    with contextlib.suppress(OSError):
        make_one_folder(parent)
    if not _is_ours(parent):
        import tempfile

        with tempfile.TemporaryDirectory(prefix="assetstore-") as name:
            yield Path(name)
        return
    scratch = Scratch(parent)
    try:
        yield scratch.new_folder()
    finally:
        scratch.close()


def sweep_spools() -> None:
    """Remove what killed processes of this user left of their spools."""
    if _is_ours(_spools()):
        with contextlib.suppress(OSError):
            Scratch(_spools()).sweep()


def _spools() -> Path:
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"assetstore-{user}"


def _is_ours(folder: Path) -> bool:
    """Tell whether nobody else can put anything into a folder that others can name."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    return not hasattr(os, "getuid") or (
        found.st_uid == os.getuid() and not found.st_mode & 0o077
    )
