"""A backend in a folder of a local file system.

An object is written to a temporary file (`scratch`), made durable, linked to its
place under a name that was never used, and its folder made durable. Nothing is
ever written in place.
"""

import contextlib
import itertools
import os
import stat
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path

from assetstore.errors import LockedError, StoreError, StoreWriteError
from assetstore.files.durable import make_folder, side_by_side, sync_folder
from assetstore.files.sharing import is_held, patiently
from assetstore.store.backends.base import Upload, checked, is_key
from assetstore.store.backends.temp import Scratch
from assetstore.store.backends.upload import LocalUpload, read_at, write_failed

_OPEN_FILES = 16
_READ = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_BINARY", "O_NOINHERIT"):
    _READ |= getattr(os, _flag, 0)


class LocalBackend:
    """Objects as files below ``root``."""

    def __init__(self, root: Path):
        self.root = root
        self._scratch = Scratch(root / "tmp")
        self._open: OrderedDict[str, int] = OrderedDict()
        self._made: set[Path] = set()  # folders, durably
        self._plain = {""}  # folders that are no links, as keys name them
        self._unsynced: set[Path] = set()  # folders out of which something went

    def create(self, key: str) -> LocalUpload:
        """Begin an object."""
        return LocalUpload(self._path(key), self._scratch)

    def _path(self, key: str) -> Path:
        """Return where an object is.

        Raises:
            StoreError: A folder on the way is a link, and would lead out of the store.
        """
        checked(key)
        within = key.rpartition("/")[0]
        while within not in self._plain:
            folder = self.root / within
            try:
                found = folder.lstat()
            except (FileNotFoundError, NotADirectoryError):
                pass
            else:
                if stat.S_ISLNK(found.st_mode):
                    raise StoreError(
                        f"{folder} is a symbolic link, which is not followed",
                        hint="Put the folder itself there.",
                        path=str(folder),
                    )
                self._plain.add(within)
            within = within.rpartition("/")[0]
        return self.root / key

    def publish(self, uploads: Sequence[Upload]) -> None:
        """Sync, link into place, sync the folders.

        All syncs run side by side, and the folders are synced when everything
        is in place: a journalling file system then does the work of one. What was
        deleted before stays deleted from then on.
        """
        self._sync_deletions()
        mine: list[LocalUpload] = []
        for upload in uploads:
            if not isinstance(upload, LocalUpload):
                raise TypeError("an upload of another backend")
            mine.append(upload)
        if len(mine) > 1:  # begin all syncs before waiting for the first
            for upload in mine:
                upload.sync()
        for upload in mine:
            upload.settle()
        folders: set[Path] = set()  # to sync
        made: list[Path] = []
        for upload in mine:
            try:
                made += self._place(upload, folders)
            except FileExistsError:  # for who gave it a name, which is to be new
                raise
            except OSError as e:
                raise write_failed(e, upload.target) from e
        for upload in mine:
            try:
                folders.update(self._unsettled(upload.target.parent))
            except OSError as e:
                raise write_failed(e, upload.target) from e
        side_by_side(_settle, folders)
        self._made.update(made)

    def _unsettled(self, folder: Path) -> Iterator[Path]:
        """A folder, and those above it that it may not be durable in.

        Who makes a folder syncs the one above, but may be killed before that; then
        nothing but what was placed just now is in the folder.
        """
        yield folder
        while folder != self.root and folder not in self._made:
            with os.scandir(folder) as found:
                others = len(list(itertools.islice(found, 2))) == 2
            if others:
                self._made.add(folder)  # and it is not looked at for each object
                return
            folder = folder.parent
            yield folder

    def _sync_deletions(self) -> None:
        while self._unsynced:
            folder = self._unsynced.pop()
            try:
                sync_folder(folder)
            except FileNotFoundError:  # it was removed, which went into the one above
                continue
            except OSError as e:
                raise write_failed(e, folder) from e

    def _place(self, upload: LocalUpload, unsynced: set[Path]) -> list[Path]:
        """Link an upload to its place; returns folders that had to be made for it."""
        made: list[Path] = []
        for _ in range(10):
            try:
                upload.place()
                return made
            except FileNotFoundError:  # also when somebody removed it meanwhile
                made += make_folder(upload.target.parent, sync=unsynced.add)
        upload.place()
        return made

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        """Read from an object."""
        if key.startswith("packs/"):
            return read_at(self._file(key), view, offset)
        fd = self._opened(key)  # it may be replaced later
        try:
            return read_at(fd, view, offset)
        finally:
            os.close(fd)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Keys below a prefix, with sizes; what is no key is passed over."""
        try:
            with os.scandir(self.root / prefix) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        for entry in entries:
            key = prefix + entry.name
            if not is_key(key):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self.list(key + "/")
            elif entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):
                    yield key, entry.stat(follow_symlinks=False).st_size

    def size(self, key: str) -> int | None:
        """An object's size."""
        try:
            found = self._path(key).stat(follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def delete(self, key: str) -> None:
        """Remove an object, and a document's folder that is empty then.

        Not durable at once. What reappears after a power failure is removed again
        by gc; but a manifest must not outlive the packs that it names, nor the note
        that there are manifests the last one. So these deletions are durable before
        anything is written or the backend is closed.

        Raises:
            LockedError: Another program has it open (Windows); it stays.
            OSError: It cannot be removed.
        """
        path = self._path(key)
        fd = self._open.pop(key, None)
        if fd is not None:
            os.close(fd)
        try:
            patiently(path.unlink)
        except FileNotFoundError:
            pass
        except PermissionError as e:
            if is_held(e):
                raise LockedError(
                    "another program has a file of the store open, so it stays",
                    hint="Close that program, or wait for it, and try again.",
                    path=str(path),
                ) from e
            raise
        if key.startswith(("manifests/", "notes/")):
            self._unsynced.add(path.parent)
            with contextlib.suppress(OSError):
                path.parent.rmdir()
                self._made.discard(path.parent)
                self._unsynced.add(path.parent.parent)

    def link(self, key: str, new: str) -> None:
        """Give an object a second key, durably."""
        target = self._path(new)
        self._made.update(make_folder(target.parent))
        os.link(self._path(key), target, follow_symlinks=False)
        sync_folder(target.parent)

    def mend(self, key: str, data: bytes) -> None:
        """Replace a damaged object by the bytes that it was written with."""
        fd = self._open.pop(key, None)
        if fd is not None:
            os.close(fd)
        upload = self.create(key)
        try:
            upload.write([data])
            upload.settle()
            upload.supersede()
            sync_folder(upload.target.parent)
        except OSError as e:
            raise write_failed(e, upload.target) from e
        finally:
            upload.abort()

    def sweep(self, *, dry_run: bool = False) -> tuple[int, int]:
        """Remove what killed processes left in ``tmp``."""
        return self._scratch.sweep(dry_run=dry_run)

    def close(self) -> None:
        """Close files and remove this writer's temporary folder."""
        with contextlib.suppress(StoreWriteError):
            self._sync_deletions()
        while self._open:
            os.close(self._open.popitem()[1])
        self._scratch.close()

    def _file(self, key: str) -> int:
        """A pack's open file; the last few are kept open.

        A pack that is deleted meanwhile stays readable, its bytes do not change.
        """
        fd = self._open.get(key)
        if fd is not None:
            self._open.move_to_end(key)
            return fd
        self._open[key] = fd = self._opened(key)
        if len(self._open) > _OPEN_FILES:
            os.close(self._open.popitem(last=False)[1])
        return fd

    def _opened(self, key: str) -> int:
        try:
            fd = os.open(self._path(key), _READ)
        except NotADirectoryError:
            raise FileNotFoundError(key) from None
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise FileNotFoundError(f"{key} is not a regular file")
        return fd


def _settle(folder: Path) -> None:
    """Make a folder's entries durable.

    Raises:
        StoreWriteError: They are not.
    """
    try:
        sync_folder(folder)
    except OSError as e:
        raise write_failed(e, folder) from e
