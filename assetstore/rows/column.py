"""A column of a database, opened to be changed as a whole or not at all.

Values are what is archived and what comes back, byte for byte; the database's pages
are SQLite's own affair. Sources: sqlite.org, "Atomic Commit", "Write-Ahead Logging",
"The Schema Table".
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from assetstore.documents.row_names import name_of, parts_of
from assetstore.documents.row_packing import PACKED, Packing, packed_again, unpacked
from assetstore.errors import SourceInUse, SourceRefused, UsageError
from assetstore.files.databases import (
    is_database,
    opened_to_read,
    quoted_name,
    with_any,
)
from assetstore.files.in_use import called, opened_by_others, written_by_others
from assetstore.files.plain import open_plain
from assetstore.files.source import Source
from assetstore.files.spelling import as_spelled
from assetstore.store.format.placeholder import MARK

Encoding = Literal["text"] | Packing

# The format of a column's values that has none of its own.
LINES = "json-lines"
_WAIT = 5.0
# How pictures begin.
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
# What a value has in it that is archived, or was: bytes that SQLite looks for.
_SIGNS = (MARK, b"data:", b"iVBORw0KGgo", b"/9j/", b"R0lGOD", b"UklGR", b"\\/9j\\/")
# What values with pictures have: heads of data URIs, and of PNG, JPEG, GIF, WebP.
PICTURES = (b"data:image/", *_SIGNS[2:])
# A value is in memory whole; one that is longer than this stays.
MOST = 1 << 28


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table in a database.

    Attributes:
        database: The file, absolute.
        table: The table's name.
        name: The column's.
        format: The format that its values are read with; "": what they are by
            themselves.
        encoding: How they are kept: as they are, or compressed with Zstandard.
        triggers: Triggers of its table that are put aside while values change.
        lock: The file beside the database that its client locks; "": none.
        changed: SQL that says when somebody was last at work on what a row is of, in
            seconds since 1970; "": nothing does.
        length: The column that says how many bytes a value has, or, if it is
            compressed, what it says; "": none does.
    """

    database: Path
    table: str
    name: str
    format: str = ""
    encoding: Encoding = "text"
    triggers: tuple[str, ...] = ()
    lock: str = ""
    changed: str = ""
    length: str = ""

    @property
    def document(self) -> str:
        """Name its values as manifests do."""
        return name_of(str(self.database), self.table, self.name)


def parse_column(text: str) -> Column:
    """The column that a user names: ``app.db#table.column``.

    Raises:
        UsageError: It is no such name.
    """
    found = parts_of(text)
    if found is None:
        raise UsageError(
            f"{text!r} names no column",
            hint="Write DATABASE#TABLE.COLUMN, as in 'app.db#message.content'; names "
            "with a dot in double quotes.",
        )
    database, table, name = found
    (path,) = as_spelled([Path(os.path.abspath(database))])
    return Column(path, table, name)


def as_it_is_called(column: Column) -> Column:
    """Spell a column's names as its database does, where case is no difference.

    Raises:
        UsageError: There is no such table, or column.
        SourceRefused: The database cannot be read.
        OSError: The same.
    """
    with open_plain(column.database, follow=True):
        pass  # an error of the system says more than SQLite's
    try:
        with opened_to_read(column.database, timeout=_WAIT) as db:
            tables = db.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            )
            table = _match(column.table, [name for (name,) in tables], "table")
            rows = db.execute(f"PRAGMA table_xinfo({quoted_name(table)})")
            name = _match(column.name, [row[1] for row in rows], f"column of {table}")
    except sqlite3.Error as e:
        raise _refused(column.database, e) from e
    return replace(column, table=table, name=name)


def _match(name: str, names: list[str], kind: str) -> str:
    same = [n for n in names if n == name] or [
        n for n in names if n.lower() == name.lower()
    ]
    if same:
        return same[0]
    raise UsageError(
        f"there is no {kind} {name}",
        hint=f"There are: {', '.join(names[:20])}." if names else "There is none.",
    )


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database in a transaction, which the block commits or not.

    Nobody else writes to it from here on. What a client that was killed left in its
    log of changes is taken in, as by any program that opens the database.

    Raises:
        SourceRefused: It is no database that can be changed.
        SourceInUse: Another program has it open.
        OSError: It cannot be opened.
    """
    with Source.open(path) as source:
        if not is_database(source.read(0, 16)):
            raise SourceRefused(
                f"{path} is no SQLite database",
                hint="Without --sqlite, documents are archived as they are.",
                path=str(path),
            )
        if source.stat.st_nlink > 1:
            raise SourceRefused(
                f"{path} has {source.stat.st_nlink} names (hard links): SQLite keeps "
                "its journal by one of them",
                path=str(path),
            )
    _refuse_used(path)
    try:
        place = f"{path.as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(place, uri=True, timeout=_WAIT, isolation_level=None)
        ) as db:
            # A commit is durable before it is said to be, in every journal mode.
            db.execute("PRAGMA synchronous=EXTRA")
            # Some systems' SQLite writes zeros over all that is freed, through its
            # journal: as much room again, for what a vacuum gives back anyway.
            db.execute("PRAGMA secure_delete=FAST")
            db.execute("BEGIN IMMEDIATE")
            yield db
    except sqlite3.OperationalError as e:
        if e.sqlite_errorname in ("SQLITE_BUSY", "SQLITE_LOCKED"):
            who = opened_by_others(path) or "another program"
            raise SourceInUse(
                f"{path} is in use by {who}",
                hint="Close that program, and try again.",
                path=str(path),
            ) from e
        raise _refused(path, e) from e
    except sqlite3.Error as e:
        raise _refused(path, e) from e


def _refused(path: Path, error: sqlite3.Error) -> SourceRefused:
    return SourceRefused(
        f"{path}: {error}", hint="It was left as it was.", path=str(path)
    )


def _refuse_used(path: Path) -> None:
    """Refuse a database that another program has open, idle or not.

    Its client may hold values in memory, and write them again.
    """
    files = {}
    for name in (path, path.with_name(path.name + "-wal")):
        try:
            found = name.stat()
        except OSError:
            continue
        files[found.st_dev, found.st_ino] = name
    for process in written_by_others(files).values():
        raise SourceInUse(
            f"{path} is open in {called(process)}",
            hint="Close that program, and try again.",
            path=str(path),
        )


@dataclass(frozen=True, slots=True)
class CellValue:
    """A value that may hold a payload or a placeholder.

    Attributes:
        row: Its row's number.
        is_text: Whether it is text, rather than a blob.
        data: Its bytes; of a compressed one, what it says.
        packed: Whether it is compressed.
        exact: Whether it would come back byte for byte.
    """

    row: int
    is_text: bool
    data: bytes
    packed: bool = False
    exact: bool = True


def values(
    db: sqlite3.Connection, column: Column, until: float | None = None
) -> Iterator[CellValue]:
    """The values of a column that may hold payloads or placeholders, in their order.

    Args:
        db: The database.
        column: The column.
        until: Leave values that are younger (seconds since 1970), but for those with
            placeholders; None: none is left.

    Raises:
        sqlite3.Error: They cannot be read.
    """
    name, signs = with_any(column.name, _SIGNS)
    wanted: tuple[bytes, ...] = _SIGNS
    if column.encoding != "text":
        signs += f" OR substr({name}, 1, 4)=?"
        wanted = (*wanted, PACKED)
    query = (
        f"SELECT rowid, typeof({quoted_name(column.name)}), {name}, "  # noqa: S608 quoted names
        f"{column.changed or 'NULL'} "
        f"FROM {quoted_name(column.table)} WHERE typeof({quoted_name(column.name)}) IN "
        f"('text', 'blob') AND length({name}) <= {MOST} AND ({signs}) ORDER BY rowid"
    )
    for row, kind, data, changed in db.execute(query, wanted):
        packed, exact = False, True
        if column.encoding != "text" and data.startswith(PACKED):
            frame, packed = data, True
            data = unpacked(frame, MOST)
            if data is None or not any(sign in data for sign in _SIGNS):
                continue
            # One with placeholders is none that the client wrote.
            exact = MARK in data or packed_again(data, column.encoding) == frame
        young = until is not None and changed is not None and changed > until
        if not young or MARK in data:
            yield CellValue(row, kind == "text", data, packed, exact)


def count_raw_pictures(db: sqlite3.Connection, column: Column) -> int:
    """Count the values that are pictures by their own bytes: no text stands for one.

    Raises:
        sqlite3.Error: They cannot be read.
    """
    name = quoted_name(column.name)
    begin = " OR ".join(f"substr({name}, 1, {len(sign)})=?" for sign in _MAGIC)
    query = (
        f"SELECT count(*) FROM {quoted_name(column.table)} "  # noqa: S608 quoted names
        f"WHERE typeof({name})='blob' AND ({begin})"
    )
    (count,) = db.execute(query, _MAGIC).fetchone()
    return int(count)


def update(db: sqlite3.Connection, column: Column, value: CellValue) -> None:
    """Give a row another value, of the same type, and look whether it has it.

    Raises:
        sqlite3.Error: It has not.
    """
    name = quoted_name(column.name)
    data = value.data
    if value.packed and column.encoding != "text":
        data = packed_again(data, column.encoding)
    new = {name: "CAST(? AS TEXT)" if value.is_text else "?"}
    given: list[bytes | int] = [data]
    if column.length:
        new[quoted_name(column.length)] = "?"
        given.append(len(value.data))
    sets = ", ".join(f"{name}={value}" for name, value in new.items())
    db.execute(
        f"UPDATE {quoted_name(column.table)} SET {sets} WHERE rowid=?",  # noqa: S608 quoted names
        (*given, value.row),
    )
    found = db.execute(
        f"SELECT typeof({name}), CAST({name} AS BLOB) FROM {quoted_name(column.table)} "  # noqa: S608 quoted names
        "WHERE rowid=?",
        (value.row,),
    ).fetchone()
    if found != ("text" if value.is_text else "blob", data):
        raise sqlite3.IntegrityError("a value was written, and is another one")
