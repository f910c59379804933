"""Rows that may be more than memory holds, in a private temporary file."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any


class Spool:
    """Rows in the order of their keys, then of their coming.

    They can be gone through any number of times. The file goes with the object, or
    with the process.

    Args:
        descending: In the opposite order of the keys; rows of one key as they came.
        limit: No more than so many, the first ones; None: all.
    """

    def __init__(self, *, descending: bool = False, limit: int | None = None) -> None:
        self._descending = descending
        self._limit = limit
        # "" makes a private file, written only when SQLite's cache overflows. Whoever
        # goes through the rows may be in another thread than who wrote them.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("CREATE TABLE rows(key BLOB, value TEXT)")
        self._db.execute("BEGIN")
        self._sorted = False
        self._count = 0

    def add(self, row: Mapping[str, Any], key: str = "") -> None:
        """Keep a row of what JSON can say."""
        name = key.encode("utf-8", "surrogatepass")
        self._db.execute("INSERT INTO rows VALUES(?,?)", (name, json.dumps(row)))
        self._sorted = self._sorted or bool(name)
        self._count += 1

    def __len__(self) -> int:
        return self._count if self._limit is None else min(self._count, self._limit)

    @property
    def left_out(self) -> int:
        """The number of rows that the limit leaves out."""
        return self._count - len(self)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        key = "key DESC" if self._descending else "key"
        order = f"{key}, rowid" if self._sorted else "rowid"
        query = f"SELECT value FROM rows ORDER BY {order} LIMIT ?"  # noqa: S608 constants
        for (value,) in self._db.execute(query, (len(self),)):
            yield json.loads(value)

    def __del__(self) -> None:
        self._db.close()
