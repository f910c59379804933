"""The local index: a SQLite file derived from the index files.

It lives in the user's cache folder and can be deleted at any time. It is a hint:
that a blob is where it says is checked when the blob is read, and before a
document is replaced.
"""

import contextlib
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assetstore.errors import StoreError
from assetstore.files.durable import make_folder
from assetstore.files.owner import make_empty_file
from assetstore.store.format.blob import KINDS, BlobId, Kind, is_name
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import Record

_SCHEMA = """
CREATE TABLE IF NOT EXISTS indexes(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS packs(number INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS blobs(
  id BLOB, pack INTEGER, offset INTEGER, kind INTEGER, codec INTEGER,
  stored INTEGER, raw INTEGER, PRIMARY KEY(id, pack, offset)) WITHOUT ROWID;
"""
_VERSION = 1
# What SQLite raises where a file is damaged; it may not even decode a table's name.
_BROKEN = (sqlite3.DatabaseError, ValueError)
# Made when first asked for: a collection or a check needs it, an archive does not.
_BY_PACK = "CREATE INDEX IF NOT EXISTS by_pack ON blobs(pack, offset)"
_SELECT = (
    "SELECT b.id, p.name, b.offset, b.kind, b.codec, b.stored, b.raw "
    "FROM blobs b JOIN packs p ON p.number = b.pack "
)
_EVERY = "SELECT id, pack, offset, kind, codec, stored, raw FROM blobs "
_BY_ID = "ORDER BY id, pack, offset"


def _nothing() -> None:
    """Take nothing in."""


class IndexCache:
    """Entries by blob id.

    When the file cannot be used any more (it is damaged, or its disk is full),
    the work goes on without it.

    Args:
        path: The SQLite file; None: a temporary one that nobody else sees.
        reload: Takes everything in again, after the file was given up.
    """

    def __init__(self, path: Path | None, reload: Callable[[], None] = _nothing):
        self._path = path
        self._reload = reload
        self._db = self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = self._connected()
        weakref.finalize(self, db.close)  # for whoever forgets to close the store
        return db

    def _connected(self) -> sqlite3.Connection:
        if self._path is not None:
            for _ in range(2):
                try:
                    make_folder(self._path.parent)
                    make_empty_file(self._path)
                    return _opened(self._path)
                except sqlite3.OperationalError:
                    break
                except (*_BROKEN, OSError):
                    with contextlib.suppress(OSError):
                        self._path.unlink()
        return _opened(None)

    def _give_up(self, error: Exception) -> None:
        """Go on without the file."""
        self.leave(delete=not isinstance(error, sqlite3.OperationalError))

    def leave(self, *, delete: bool) -> bool:
        """Take everything in again from the index files, and use no file any more.

        Args:
            delete: Remove the file, so that the next one to open it makes it anew.

        Returns:
            False where that was done before, or there never was a file.
        """
        if self._path is None:
            return False
        self._db.close()
        if delete:
            for name in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    self._path.with_name(self._path.name + name).unlink()
        self._path = None
        self._db = _opened(None)
        self._reload()
        return True

    def _found(self, query: str, values: tuple[object, ...]) -> list[Entry]:
        rows = self._rows(query, values)
        try:
            return [_entry(row) for row in rows]
        except ValueError as e:
            self._give_up(e)
            return [_entry(row) for row in self._rows(query, values)]

    def _rows(self, query: str, values: tuple[object, ...]) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except _BROKEN as e:
            if self._path is None:
                raise
            self._give_up(e)
            return self._db.execute(query, values).fetchall()

    def names(self) -> set[str]:
        """The index files it was made from."""
        return {row[0] for row in self._rows("SELECT name FROM indexes", ())}

    def packs(self) -> set[str]:
        """The packs that they name."""
        return {row[0] for row in self._rows("SELECT name FROM packs", ())}

    def version(self) -> int:
        """A number that is another one once somebody else changed the file."""
        return int(self._rows("PRAGMA data_version", ())[0][0])

    def clear(self) -> None:
        """Forget everything."""
        try:
            with self._db:
                for table in ("indexes", "packs", "blobs"):
                    self._db.execute(f"DELETE FROM {table}")  # noqa: S608 constants
        except _BROKEN as e:
            self._give_up(e)

    def add(self, name: str, entries: Iterable[Entry]) -> None:
        """Take in an index file's entries."""
        try:
            self._add(name, entries)
        except _BROKEN as e:
            if self._path is None:
                raise
            self._give_up(e)

    def _add(self, name: str, entries: Iterable[Entry]) -> None:
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
        return self._found(_SELECT + "WHERE b.id = ?", (id,))

    def with_prefix(self, kind: Kind, prefix: bytes, most: int) -> list[BlobId]:
        """Ids that begin with some bytes, at most ``most`` of them."""
        rows = self._rows(
            "SELECT DISTINCT id FROM blobs WHERE id >= ? AND id < ? AND kind = ? "
            "LIMIT ?",
            (prefix, prefix + b"\xff" * (33 - len(prefix)), kind, most),
        )
        return [BlobId(id) for (id,) in rows if isinstance(id, bytes)]

    def entries(self, pack: str | None = None) -> Iterator[Entry]:
        """All entries, by id and in no order beyond; or those of a pack, by offset.

        Raises:
            StoreError: The file is damaged.
        """
        if pack is not None:
            with contextlib.suppress(sqlite3.OperationalError):  # it goes without
                self._db.execute(_BY_PACK)
            yield from self._found(_SELECT + "WHERE p.name=? ORDER BY 3", (pack,))
            return
        given: list[Entry] = []  # of the id that is at hand
        known: Sequence[Entry] = ()
        while True:
            db = self._db
            try:
                for entry in self._by_id(db, known[0].record.id if known else None):
                    if entry in known:
                        continue
                    if given and given[0].record.id != entry.record.id:
                        given.clear()
                    given.append(entry)
                    yield entry
                return
            except _BROKEN as e:
                # Whoever reads what is listed may find that the file is wrong, and
                # have everything taken in again (`leave`): the listing goes on there.
                if db is not self._db:
                    known = tuple(given)
                    continue
                raise StoreError(
                    f"the local index cannot be read: {e}",
                    hint=f"Delete {self._path}; it is made anew." if self._path else "",
                ) from e

    @staticmethod
    def _by_id(db: sqlite3.Connection, least: BlobId | None) -> Iterator[Entry]:
        # In the order of the primary key: nothing is sorted, nothing is held.
        if least is None:
            rows = db.execute(_EVERY + _BY_ID)
        else:
            rows = db.execute(_EVERY + "WHERE id >= ? " + _BY_ID, (least,))
        names: dict[int, str] = {}
        for id, number, *rest in rows:
            if number not in names:
                # While rows are open both see one state of the file, whatever
                # other processes write; this process may have added some itself.
                names.update(db.execute("SELECT number, name FROM packs"))
            if number not in names:
                raise ValueError(f"there is no pack {number}")
            yield _entry((id, names[number], *rest))

    def shrink(self) -> None:
        """Give back the memory that taking much in has filled."""
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA shrink_memory")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _entry(row: tuple[Any, ...]) -> Entry:
    """A row as an entry.

    Raises:
        ValueError: It is none; SQLite keeps no checksums.
    """
    id, pack, offset, kind, codec, stored, raw = row
    if (
        not isinstance(id, bytes)
        or len(id) != 32
        or not isinstance(pack, str)
        or not is_name(pack)
        or not type(offset) is type(codec) is type(stored) is type(raw) is int
        or min(offset, codec, stored, raw) < 0
        or kind not in KINDS
    ):
        raise ValueError("a row of the local index is damaged")
    return Entry(Record(KINDS[kind], BlobId(id), codec, raw, stored), pack, offset)


def _opened(path: Path | None) -> sqlite3.Connection:
    # "" makes a private file, written only when SQLite's cache overflows.
    name = "" if path is None else path
    # The collector may close a forgotten one in any thread; nobody else does.
    db = sqlite3.connect(name, timeout=10, check_same_thread=False)
    try:
        if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            make_tables(db, _SCHEMA, _VERSION)
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA cache_size=-49152")  # KiB, taken as they are needed
    except BaseException:
        db.close()
        raise
    return db


def make_tables(db: sqlite3.Connection, schema: str, version: int) -> None:
    """Make a cache's tables anew, once, however many processes find it out of date.

    Args:
        db: The connection.
        schema: The statements that make the tables.
        version: What the file's ``user_version`` is then.
    """
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("BEGIN IMMEDIATE")
    with db:
        if db.execute("PRAGMA user_version").fetchone()[0] == version:
            return  # somebody else just did
        tables = db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        for (name,) in tables.fetchall():
            db.execute(f'DROP TABLE "{name}"')
        for statement in schema.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version={version}")
