"""A column of a database, opened to be changed as a whole or not at all.

Values are what is archived and what comes back, byte for byte; the database's pages
are SQLite's own affair. Sources: sqlite.org, "Atomic Commit", "Write-Ahead Logging",
"The Schema Table".
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assetstore.documents.row_names import name_of, parts_of
from assetstore.errors import ContainerRefused, SourceInUse, SourceRefused, UsageError
from assetstore.files.databases import is_database, opened_to_read, quoted_name
from assetstore.files.in_use import called, written_by_others
from assetstore.files.source import Source

# What an index of full text says of where its text is.
_CONTENT = re.compile(
    r"""\bcontent\s*=\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`|\[([^]]*)\]|([^\s,)'"`\[]+))""",
    re.IGNORECASE,
)
_WAIT = 5.0
# What a value has in it that is archived, or was: bytes that SQLite looks for.
_SIGNS = (b"as1:", b"data:", b"iVBORw0KGgo", b"/9j/", b"R0lGOD", b"UklGR", b"\\/9j\\/")
# A value is in memory whole; one that is longer than this stays.
MOST = 1 << 28


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table in a database.

    Attributes:
        database: The file, absolute.
        table: The table's name.
        name: The column's.
    """

    database: Path
    table: str
    name: str

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
    return Column(Path(os.path.abspath(database)), table, name)


def as_it_is_called(column: Column) -> Column:
    """Spell a column's names as its database does, where case is no difference.

    Raises:
        UsageError: There is no such table, or column.
        SourceRefused: The database cannot be read.
        OSError: The same.
    """
    with column.database.open("rb"):
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
    return Column(column.database, table, name)


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
def opened(column: Column) -> Iterator[sqlite3.Connection]:
    """Open a column's database in a transaction, which the block commits or not.

    Nobody else writes to it from here on. What a client that was killed left in its
    log of changes is taken in, as by any program that opens the database.

    Raises:
        SourceRefused: It is no database that can be changed.
        ContainerRefused: Something depends on the column's values.
        SourceInUse: Another program has it open.
        OSError: It cannot be opened.
    """
    path = column.database
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
            db.execute("BEGIN IMMEDIATE")
            _check(db, column)
            yield db
    except sqlite3.OperationalError as e:
        if e.sqlite_errorname in ("SQLITE_BUSY", "SQLITE_LOCKED"):
            raise SourceInUse(
                f"{path} is in use by another program",
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


def _check(db: sqlite3.Connection, column: Column) -> None:
    """Refuse a column whose values something else depends on.

    Raises:
        ContainerRefused: Changing a value would change, or break, more than that.
    """
    table = quoted_name(column.table)

    def refuse(why: str) -> None:
        error = ContainerRefused(column.document, why)
        error.hint = "Archive what the database was made from, or its export."
        raise error

    (encoding,) = db.execute("PRAGMA encoding").fetchone()
    if encoding != "UTF-8":
        refuse(f"the database keeps its text as {encoding}")
    found = db.execute(
        "SELECT type, sql FROM sqlite_master WHERE name=? AND type IN ('table','view')",
        (column.table,),
    ).fetchone()
    if found is None:
        refuse(f"there is no table {column.table}")
    kind, sql = found
    if kind != "table" or _is_virtual(sql) or _is_inside_virtual(db, column.table):
        refuse("it is no table of its own")
    rows = {row[1]: row for row in db.execute(f"PRAGMA table_xinfo({table})")}
    if column.name not in rows:
        refuse(f"there is no column {column.name}")
    if rows[column.name][6]:
        refuse("its values are made from others (a generated column)")
    if any(row[6] for row in rows.values()) and _mentions(sql, column.name) > 1:
        refuse("a generated column may be made from it")
    if rows[column.name][5]:
        refuse("it is part of the table's key")
    if "rowid" in {name.lower() for name in rows} or not _has_rowid(db, table):
        refuse("the table has no row numbers (WITHOUT ROWID)")
    if _has_trigger(db, column.table):
        refuse("a change of it starts a trigger, or a later deletion one that reads it")
    if _is_searched(db, column.table):
        refuse("a full-text index is kept of the table, by who changes it")
    if _is_unique(db, column):
        refuse("its values are unique")
    keys = db.execute(f"PRAGMA foreign_key_list({table})").fetchall()
    if column.name in {row[3] for row in keys}:
        refuse("it refers to another table")


def _is_virtual(sql: str) -> bool:
    return sql.upper().startswith("CREATE VIRTUAL")


def _is_inside_virtual(db: sqlite3.Connection, table: str) -> bool:
    """Tell whether a table is where a virtual one keeps its own (a shadow table)."""
    head, _, tail = table.rpartition("_")
    found = db.execute(
        "SELECT sql FROM sqlite_master WHERE type='table' AND lower(name)=lower(?)",
        (head,),
    ).fetchone()
    return bool(tail) and found is not None and _is_virtual(found[0])


def _mentions(sql: str, name: str) -> int:
    return sql.lower().count(name.lower())


def _has_trigger(db: sqlite3.Connection, table: str) -> bool:
    """Look for triggers that get to know a row's values; of an INSERT they are new.

    The table's name is there as whoever made the trigger wrote it.
    """
    (count,) = db.execute(
        "SELECT count(*) FROM sqlite_master WHERE type='trigger' "
        "AND lower(tbl_name)=lower(?) "
        "AND (upper(sql) LIKE '%UPDATE%' OR upper(sql) LIKE '%DELETE%')",
        (table,),
    ).fetchone()
    return bool(count)


def _is_searched(db: sqlite3.Connection, table: str) -> bool:
    """Look for full-text indexes whose text is in this table, or in a view of it.

    A row leaves such an index by the words that it has then: after a change that the
    index was not told of, it would be spoilt (sqlite.org, "External Content Tables").
    """
    texts = {
        name.lower(): sql
        for name, sql in db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')"
        )
        if sql is not None
    }
    for sql in filter(_is_virtual, texts.values()):
        for content in _CONTENT.findall(sql):
            named = next(filter(None, content), "").strip().lower()
            of_view = texts.get(named, "")
            if named == table.lower() or (
                of_view.upper().startswith("CREATE VIEW") and _mentions(of_view, table)
            ):
                return True
    return False


def _is_unique(db: sqlite3.Connection, column: Column) -> bool:
    """Tell whether a unique index depends on a column, be it in an expression."""
    table = quoted_name(column.table)
    for index in db.execute(f"PRAGMA index_list({table})").fetchall():
        named = {
            row[2] for row in db.execute(f"PRAGMA index_info({quoted_name(index[1])})")
        }
        sql = db.execute(
            "SELECT coalesce(sql, '') FROM sqlite_master WHERE type='index' AND name=?",
            (index[1],),
        ).fetchone()
        if index[2] and (
            column.name in named or (sql and _mentions(sql[0], column.name))
        ):
            return True
    return False


def _has_rowid(db: sqlite3.Connection, table: str) -> bool:
    try:
        db.execute(f"SELECT rowid FROM {table} LIMIT 1")  # noqa: S608 a quoted name
    except sqlite3.OperationalError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class CellValue:
    """A value that may hold a payload or a placeholder.

    Attributes:
        row: Its row's number.
        is_text: Whether it is text, rather than a blob.
        data: Its bytes.
    """

    row: int
    is_text: bool
    data: bytes


def values(db: sqlite3.Connection, column: Column) -> Iterator[CellValue]:
    """The values of a column that may hold payloads or placeholders, in their order."""
    name = f"CAST({quoted_name(column.name)} AS BLOB)"
    signs = " OR ".join(f"instr({name}, ?)" for _ in _SIGNS)
    query = (
        f"SELECT rowid, typeof({quoted_name(column.name)}), {name} "  # noqa: S608 quoted names
        f"FROM {quoted_name(column.table)} WHERE typeof({quoted_name(column.name)}) IN "
        f"('text', 'blob') AND length({name}) <= {MOST} AND ({signs}) ORDER BY rowid"
    )
    for row, kind, data in db.execute(query, _SIGNS):
        yield CellValue(row, kind == "text", data)


def update(db: sqlite3.Connection, column: Column, value: CellValue) -> None:
    """Give a row another value, of the same type, and look whether it has it.

    Raises:
        sqlite3.Error: It has not.
    """
    name = quoted_name(column.name)
    new = "CAST(? AS TEXT)" if value.is_text else "?"
    db.execute(
        f"UPDATE {quoted_name(column.table)} SET {name}={new} WHERE rowid=?",  # noqa: S608 quoted names
        (value.data, value.row),
    )
    found = db.execute(
        f"SELECT typeof({name}), CAST({name} AS BLOB) FROM {quoted_name(column.table)} "  # noqa: S608 quoted names
        "WHERE rowid=?",
        (value.row,),
    ).fetchone()
    if found != ("text" if value.is_text else "blob", value.data):
        raise sqlite3.IntegrityError("a value was written, and is another one")
