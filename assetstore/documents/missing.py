"""Tell documents that are gone for good from those that are out of reach.

A document on a disk that is not mounted, on a server that does not answer, or in a
folder that may not be read is not missing. So for every document that is seen, its
mount point is remembered, with the file system's own id; a document counts as
missing only while that file system is mounted there. Of one that was never seen by
this module, all that can be said is whether the folder it was in is still there,
with something in it.

How long a document has been missing is summed up from look to look, at most
`MOST_BETWEEN` at a time, so that neither a clock that jumps nor a long time in
which nobody looked makes it older than it is.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self

from assetstore.documents.row_names import database_of, is_stream
from assetstore.files.durable import make_folder
from assetstore.files.owner import make_empty_file
from assetstore.quantities import duration
from assetstore.store.format.manifest import THREAD, Manifest
from assetstore.store.store import Store

MOST_BETWEEN = 8 * 86400.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents(
  path BLOB PRIMARY KEY, mount BLOB, gone REAL, looked REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mounts(mount BLOB PRIMARY KEY, id TEXT) WITHOUT ROWID;
"""


class Missing:
    """Says for how long documents have been gone; close it when done.

    Args:
        path: The SQLite file in which it is remembered what was seen.
        missing_for: For how many seconds a document must have been missing.
        now: Seconds since 1970.
        dry_run: Remember nothing.
        mount_of: The mount point that a path is on, and the file system's id.

    Raises:
        sqlite3.Error: The file cannot be used.
    """

    def __init__(
        self,
        path: Path,
        missing_for: float,
        *,
        now: float,
        dry_run: bool = False,
        mount_of: "Callable[[str], tuple[str, str]] | None" = None,
    ):
        self._missing_for = missing_for
        self._now = now
        self._dry_run = dry_run
        self._mount_of = mount_of or mount_of_path
        self._mounts: dict[str, tuple[str, str]] = {}  # of folders
        make_folder(path.parent)
        make_empty_file(path)
        self._db = sqlite3.connect(path, timeout=10, isolation_level=None)
        try:
            self._db.executescript(_SCHEMA)
            self._db.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._db.close()
            raise

    def __call__(self, manifest: Manifest) -> str:
        """Say why a document counts as gone for good; "": it does not."""
        if is_stream(manifest.document) or manifest.document.startswith(THREAD):
            return ""  # it never was at any path, or is kept whether it is or not
        path = database_of(manifest.document) or manifest.document
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return self._absent(path)
        except (OSError, ValueError):
            return ""  # it cannot be told
        self._seen(path)
        return ""

    def _seen(self, path: str) -> None:
        mount, id = self._on(path)
        self._put(path, mount, 0.0)
        self._db.execute(
            "INSERT OR REPLACE INTO mounts VALUES(?,?)", (os.fsencode(mount), id)
        )

    def _absent(self, path: str) -> str:
        row = self._db.execute(
            "SELECT mount, gone, looked FROM documents WHERE path=?",
            (os.fsencode(path),),
        ).fetchone()
        if row is None:
            if _has_neighbours(path):
                self._put(path, self._on(path)[0], 0.0)
            return ""
        mount, gone, looked = os.fsdecode(row[0]), row[1], row[2]
        if not self._is_mounted(mount, path):
            self._put(path, mount, gone)  # the time out of reach does not count
            return ""
        gone += min(max(self._now - looked, 0.0), MOST_BETWEEN)
        self._put(path, mount, gone)
        if gone < self._missing_for:
            return ""
        return f"the document has been missing for {duration(gone)}"

    def _is_mounted(self, mount: str, path: str) -> bool:
        """Tell whether the file system that a document was on is where it was."""
        here, id = self._on(path)
        row = self._db.execute(
            "SELECT id FROM mounts WHERE mount=?", (os.fsencode(mount),)
        ).fetchone()
        return here == mount and (row is None or row[0] == id)

    def _on(self, path: str) -> tuple[str, str]:
        folder = os.path.dirname(path)  # noqa: PTH120
        if folder not in self._mounts:
            try:
                self._mounts[folder] = self._mount_of(folder)
            except OSError:
                self._mounts[folder] = ("", "")
        return self._mounts[folder]

    def _put(self, path: str, mount: str, gone: float) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO documents VALUES(?,?,?,?)",
            (os.fsencode(path), os.fsencode(mount), gone, self._now),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep what was seen; in a dry run, forget it."""
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("ROLLBACK" if self._dry_run else "COMMIT")
        self._db.close()


def missing_file(state: Path, store: Store) -> Path:
    """Return the file that remembers which of a store's documents were seen."""
    return state / "missing" / f"{store.id}.sqlite"


def _has_neighbours(path: str) -> bool:
    """Tell whether a file's folder is there, and not an empty mount point."""
    try:
        with os.scandir(os.path.dirname(path)) as entries:  # noqa: PTH120
            return next(entries, None) is not None
    except OSError:
        return False


def mount_of_path(path: str) -> tuple[str, str]:
    """The mount point that a path is on, or would be, and its file system's id.

    Raises:
        OSError: Something on the way cannot be looked at, other than being absent.
    """
    here = Path(os.path.abspath(path))
    while True:
        try:
            os.lstat(here)
            break
        except (FileNotFoundError, NotADirectoryError):
            if here == here.parent:
                raise
            here = here.parent
    here = Path(os.path.realpath(here))
    while here != here.parent and not os.path.ismount(here):
        here = here.parent
    if hasattr(os, "statvfs"):
        return str(here), f"{os.statvfs(here).f_fsid:x}"
    return str(here), f"{os.stat(here).st_dev:x}"
