"""SQLite databases of other programs: told, opened to be read, walked through."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_MAGIC = b"SQLite format 3\0"


def is_database(head: bytes) -> bool:
    """Tell whether a file that begins so (16 bytes do) is one."""
    return head.startswith(_MAGIC)


@contextmanager
def opened_to_read(
    path: Path, *, timeout: float = 5.0, alone: bool = False
) -> Iterator[sqlite3.Connection]:
    """Open a database that nothing is written to.

    Args:
        path: The file.
        timeout: How many seconds to wait for who writes to it.
        alone: Make nothing beside the file: its client's log of changes is read only
            if the index of that is there, too.

    Raises:
        sqlite3.Error: It cannot be opened.
    """
    beside = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    by_itself = alone and not all(each.is_file() for each in beside)
    place = f"{path.absolute().as_uri()}?mode=ro" + "&immutable=1" * by_itself
    db = sqlite3.connect(place, uri=True, timeout=timeout)
    try:
        yield db
    finally:
        db.close()


def columns_of(db: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """List the columns of the tables that are kept in a database's file.

    Yields:
        The table, the column, and its type as it was declared.
    """
    tables = db.execute(
        "SELECT name FROM sqlite_master WHERE type='table' "
        "AND upper(sql) NOT LIKE 'CREATE VIRTUAL%'"
    )
    for (table,) in tables.fetchall():
        for row in db.execute(f"PRAGMA table_info({quoted_name(table)})").fetchall():
            yield table, row[1], row[2]


def with_any(column: str, signs: Sequence[bytes]) -> tuple[str, str]:
    """SQL for the bytes of a column's values, and for whether some string is in them.

    Args:
        column: The column.
        signs: The strings; they are the parameters of the condition, in their order.
    """
    value = f"CAST({quoted_name(column)} AS BLOB)"
    return value, " OR ".join(f"instr({value}, ?)" for _ in signs)


def quoted_name(name: str) -> str:
    """Quote a name of a table or a column for SQL."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
