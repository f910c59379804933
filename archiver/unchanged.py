"""Remember which files had nothing to archive, to pass over them the next time.

Or were no documents: then with what they were found to be.

A cache that can be deleted at any time. A file counts as the one that was seen
when size, time of modification and inode are the same; one that was modified
within the last two seconds is never remembered, since it could be modified again
without its time changing.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from assetstore.files.durable import make_folder
from assetstore.files.owner import make_empty_file
from assetstore.store.index_cache import make_tables

_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen(
  options TEXT, path BLOB, size INTEGER, mtime INTEGER, inode INTEGER, what TEXT,
  PRIMARY KEY(options, path)) WITHOUT ROWID;
"""
_VERSION = 3
_RACY = 2_000_000_000

Stamp = tuple[int, int, int]
# A state of a file, and what it was that is no document, or "".
Known = tuple[int, int, int, str]


def stamp(found: os.stat_result) -> Stamp:
    """Return what tells one state of a file from another."""
    return found.st_size, found.st_mtime_ns, found.st_ino & (1 << 63) - 1


class Seen:
    """The files that one set of options found nothing in.

    Args:
        folder: Where the cache is; None: nothing is remembered.
        options: Text that is another one for options that find other things.
    """

    def __init__(self, folder: Path | None, options: str):
        self._options = options
        self._db: sqlite3.Connection | None = None
        if folder is not None:
            with contextlib.suppress(sqlite3.Error, OSError):
                self._db = _opened(folder / "seen.sqlite")

    def below(self, folders: Iterable[str]) -> dict[bytes, Known]:
        """Look up what was seen at some absolute paths and below them."""
        seen: dict[bytes, Known] = {}
        if self._db is None:
            return seen
        with contextlib.suppress(sqlite3.Error):
            for folder in folders:
                path = os.fsencode(folder)
                start = path.rstrip(os.fsencode(os.sep)) + os.fsencode(os.sep)
                rows = self._db.execute(
                    "SELECT path, size, mtime, inode, what FROM seen WHERE options=? "
                    "AND (path=? OR (path>=? AND path<?))",
                    (self._options, path, start, start[:-1] + bytes((start[-1] + 1,))),
                )
                seen.update((row[0], row[1:]) for row in rows)
        return seen

    def add(self, files: Iterable[tuple[str, str]]) -> None:
        """Remember files as they are now.

        Args:
            files: Absolute paths, each with what it is that is no document, or "".
        """
        if self._db is None:
            return
        rows = self._rows(files)
        with contextlib.suppress(sqlite3.Error), self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO seen VALUES(?,?,?,?,?,?)", rows
            )

    def _rows(self, files: Iterable[tuple[str, str]]) -> Iterator[tuple[object, ...]]:
        for path, what in files:
            with contextlib.suppress(OSError):
                now = os.stat(path, follow_symlinks=False)
                if now.st_mtime_ns < time.time_ns() - _RACY:
                    yield self._options, os.fsencode(path), *stamp(now), what

    def close(self) -> None:
        """Close the cache."""
        if self._db is not None:
            self._db.close()


def _opened(path: Path) -> sqlite3.Connection:
    make_folder(path.parent)
    for attempt in range(2):
        make_empty_file(path)
        db = sqlite3.connect(path, timeout=5)
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                make_tables(db, _SCHEMA, _VERSION)
            db.execute("PRAGMA synchronous=OFF")
        except sqlite3.DatabaseError:
            db.close()
            if attempt:
                raise
            path.unlink()
            continue
        return db
    raise sqlite3.DatabaseError("not reached")
