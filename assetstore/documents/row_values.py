"""Placeholders in the values of databases.

In the file itself a value is parted by the ends of pages, so its bytes do not tell.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assetstore.documents.row_names import parts_of
from assetstore.documents.row_packing import PACKED, unpacked
from assetstore.errors import SourceRefused
from assetstore.files.databases import (
    columns_of,
    is_database,
    opened_to_read,
    quoted_name,
    with_any,
)
from assetstore.store.format.placeholder import (
    MARK,
    PATTERN,
    RecipePrefix,
    parse_placeholder,
)

if TYPE_CHECKING:
    from assetstore.store.store import Store

# A compressed value that says more than this is as it is.
_MOST = 1 << 28


def placeholders_in(
    database: Path, table: str = "", column: str = ""
) -> Iterator[RecipePrefix]:
    """Find what the placeholders in a database's values name, one after the other.

    Args:
        database: The file; nothing is written, but what a client that was killed left
            in its log of changes counts.
        table: Only this table, and
        column: this column of it; "": all that there are.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    with opened_to_read(database) as db:
        for own, name, _ in columns_of(db):
            if table and (own, name) != (table, column):
                continue
            for value in values_with(db, own, name, (MARK,)):
                for found in PATTERN.finditer(value):
                    prefix = parse_placeholder(found[0])
                    if prefix is not None:
                        yield prefix


def values_with(
    db: sqlite3.Connection, table: str, column: str, signs: Sequence[bytes]
) -> Iterator[bytes]:
    """Read the values of a column that have one of some strings in them.

    What a compressed one says is looked through, too, and is what is read of it.

    Raises:
        sqlite3.Error: They cannot be read.
    """
    value, among = with_any(column, signs)
    query = (
        f"SELECT {value} FROM {quoted_name(table)} "  # noqa: S608 quoted names
        f"WHERE {among} OR substr({value}, 1, 4)=?"
    )
    for (data,) in db.execute(query, (*signs, PACKED)):
        said = unpacked(data, _MOST) if data.startswith(PACKED) else None
        if said is None:
            yield data
        elif any(sign in said for sign in signs):
            yield said


def count_in_rows(store: "Store", document: str, database: Path) -> int:
    """Count a store's placeholders in a column's values; of what is no column, in all.

    Args:
        store: The store.
        document: The column, or rows of another kind.
        database: The file that it is in.

    Raises:
        SourceRefused: The database cannot be read.
        OSError: The same.
    """
    try:
        with database.open("rb") as file:
            if not is_database(file.read(16)):
                return 0
    except FileNotFoundError:
        return 0
    _, table, column = parts_of(document) or ("", "", "")
    store.expect_news()
    try:
        found = placeholders_in(database, table, column)
        return sum(store.find_recipe(prefix) is not None for prefix in found)
    except sqlite3.Error as e:
        raise SourceRefused(
            f"{database} cannot be searched for placeholders: {e}",
            hint="Close its client and try again, or give --force.",
            path=document,
        ) from e


def state_of_rows(
    document: str, database: Path
) -> Literal["present", "changed", "missing"]:
    """Say whether a column still holds placeholders, and whether its file is there."""
    if not database.exists():
        return "missing"
    if (parts := parts_of(document)) is None:
        return "present"
    try:
        held = next(placeholders_in(database, *parts[1:]), None)
    except sqlite3.Error:
        return "changed"
    return "changed" if held is None else "present"
