"""The local index: a SQLite file derived from the index files.

It lives in the user's cache folder and can be deleted at any time. It is a hint:
that a blob is where it says is checked when the blob is read, and before a
document is replaced.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from assetstore.store.blob import BlobId, Kind
from assetstore.store.index import Entry
from assetstore.store.pack import Record

_SCHEMA = """
CREATE TABLE IF NOT EXISTS indexes(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS packs(number INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS blobs(
  id BLOB, pack INTEGER, offset INTEGER, kind INTEGER, codec INTEGER,
  stored INTEGER, raw INTEGER, PRIMARY KEY(id, pack, offset)) WITHOUT ROWID;
"""
_VERSION = 1
_SELECT = (
    "SELECT b.id, p.name, b.offset, b.kind, b.codec, b.stored, b.raw "
    "FROM blobs b JOIN packs p ON p.number = b.pack "
)


class IndexCache:
    """Entries by blob id.

    Args:
        path: The SQLite file; None keeps it in memory.
    """

    def __init__(self, path: Path | None):
        self._path = path
        self._db = self._connect()

    def _connect(self) -> sqlite3.Connection:
        if self._path is not None:
            for _ in range(2):
                try:
                    self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    return _opened(self._path)
                except sqlite3.OperationalError as e:
                    if "locked" not in str(e):
                        break
                except (sqlite3.DatabaseError, OSError):
                    with contextlib.suppress(OSError):
                        self._path.unlink()
        return _opened(None)

    def names(self) -> set[str]:
        """The index files it was made from."""
        return {row[0] for row in self._db.execute("SELECT name FROM indexes")}

    def clear(self) -> None:
        """Forget everything."""
        with self._db:
            for table in ("indexes", "packs", "blobs"):
                self._db.execute(f"DELETE FROM {table}")

    def add(self, name: str, entries: Iterable[Entry]) -> None:
        """Take in an index file's entries."""
        with self._db:
            numbers: dict[str, int] = {}
            self._db.executemany(
                "INSERT OR IGNORE INTO blobs VALUES(?,?,?,?,?,?,?)",
                (
                    (
                        e.record.id,
                        self._number(e.pack, numbers),
                        e.offset,
                        e.record.kind,
                        e.record.codec,
                        e.record.stored,
                        e.record.raw,
                    )
                    for e in entries
                ),
            )
            self._db.execute("INSERT OR IGNORE INTO indexes VALUES(?)", (name,))

    def _number(self, pack: str, numbers: dict[str, int]) -> int:
        if pack not in numbers:
            self._db.execute("INSERT OR IGNORE INTO packs(name) VALUES(?)", (pack,))
            row = self._db.execute("SELECT number FROM packs WHERE name=?", (pack,))
            numbers[pack] = row.fetchone()[0]
        return numbers[pack]

    def copies(self, id: BlobId) -> list[Entry]:
        """Every known copy of a blob."""
        rows = self._db.execute(_SELECT + "WHERE b.id = ?", (id,))
        return [_entry(row) for row in rows]

    def with_prefix(self, kind: Kind, prefix: bytes, most: int) -> list[BlobId]:
        """Ids that begin with some bytes, at most ``most`` of them."""
        rows = self._db.execute(
            "SELECT DISTINCT id FROM blobs WHERE id >= ? AND id < ? AND kind = ? "
            "LIMIT ?",
            (prefix, prefix + b"\xff" * (33 - len(prefix)), kind, most),
        )
        return [BlobId(row[0]) for row in rows]

    def entries(self, pack: str | None = None) -> Iterator[Entry]:
        """All entries, by id; or those of one pack, by offset."""
        if pack is None:
            rows = self._db.execute(_SELECT + "ORDER BY b.id")
        else:
            rows = self._db.execute(_SELECT + "WHERE p.name=? ORDER BY 3", (pack,))
        for row in rows:
            yield _entry(row)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _entry(row: tuple[bytes, str, int, int, int, int, int]) -> Entry:
    id, pack, offset, kind, codec, stored, raw = row
    record = Record(kind=Kind(kind), id=BlobId(id), codec=codec, raw=raw, stored=stored)
    return Entry(record=record, pack=pack, offset=offset)


def _opened(path: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:" if path is None else path, timeout=10)
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version != _VERSION:
            db.execute("PRAGMA journal_mode=WAL")
            for table in ("indexes", "packs", "blobs"):
                db.execute(f"DROP TABLE IF EXISTS {table}")
            db.executescript(_SCHEMA)
            db.execute(f"PRAGMA user_version={_VERSION}")
            db.commit()
        db.execute("PRAGMA synchronous=OFF")
    except BaseException:
        db.close()
        raise
    return db
