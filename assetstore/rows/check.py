"""What keeps a column from being changed: what depends on its values.

Sources: sqlite.org, "The Schema Table", "PRAGMA table_xinfo", "External Content
Tables" (FTS5).
"""

import re
import sqlite3

from assetstore.errors import ContainerRefused
from assetstore.files.databases import quoted_name
from assetstore.rows.column import Column
from assetstore.rows.triggers import is_put_aside

# What an index of full text says of where its text is.
_CONTENT = re.compile(
    r"""\bcontent\s*=\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`|\[([^]]*)\]|([^\s,)'"`\[]+))""",
    re.IGNORECASE,
)


def check(db: sqlite3.Connection, column: Column) -> None:
    """Refuse a column whose values something else depends on.

    Raises:
        ContainerRefused: Changing a value would change, or break, more than that.
    """
    table = quoted_name(column.table)

    def refuse(why: str) -> None:
        error = ContainerRefused(column.document, why)
        error.hint = "Archive what the database was made from, or its export."
        raise error

    # Each of these is made from values, by SQLite or by who made the table.
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
    if _has_trigger(db, column):
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


def _has_trigger(db: sqlite3.Connection, column: Column) -> bool:
    """Look for triggers that get to know a row's values; of an INSERT they are new.

    The table's name is there as whoever made the trigger wrote it.
    """
    found = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type='trigger' "
        "AND lower(tbl_name)=lower(?) "
        "AND (upper(sql) LIKE '%UPDATE%' OR upper(sql) LIKE '%DELETE%')",
        (column.table,),
    )
    return not all(is_put_aside(column, name, sql) for name, sql in found)


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
