"""Triggers of a client that are put aside while values of its table change."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assetstore.files.databases import quoted_name
from assetstore.rows.column import Column


def is_put_aside(column: Column, name: str, sql: str) -> bool:
    """Tell whether a trigger may be put aside while a column's values change.

    It is one that the client is known to have, and does not read the column.
    """
    return name in column.triggers and column.name.lower() not in sql.lower()


@contextmanager
def put_aside(db: sqlite3.Connection, columns: Sequence[Column]) -> Iterator[None]:
    """Let values change without what triggers do of it: a time of the last change.

    They go and come back, as they are written, in the transaction in which the values
    change: whoever else opens the database sees them all the time.

    Args:
        db: The database, in a transaction.
        columns: What changes.

    Raises:
        sqlite3.Error: They cannot be changed.
    """
    query = (
        "SELECT name, sql FROM sqlite_master "
        "WHERE type='trigger' AND lower(tbl_name)=lower(?)"
    )
    found: dict[str, str] = {}
    for column in columns:
        for name, sql in db.execute(query, (column.table,)).fetchall():
            if is_put_aside(column, name, sql):
                found[name] = sql
    for name in found:
        db.execute(f"DROP TRIGGER {quoted_name(name)}")
    yield
    for sql in found.values():
        db.execute(sql)
