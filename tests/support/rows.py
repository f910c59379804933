"""Databases with pictures in their rows, and what is in them."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from support.samples import picture, uri


def part(seed: int) -> str:
    """A message's part with a picture, as clients write it."""
    url = uri(picture(20, 15, seed))
    return json.dumps({"type": "file", "mime": "image/png", "url": url})


def text(words: str) -> str:
    """A part with words."""
    return json.dumps({"type": "text", "text": words})


def make_parts(path: Path, values: Sequence[Any], *, wal: bool = False) -> None:
    """A table ``part`` with a column ``data``."""
    with closing(sqlite3.connect(path)) as db:
        if wal:
            db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE part(id INTEGER PRIMARY KEY, data)")
        db.executemany("INSERT INTO part(data) VALUES(?)", [(v,) for v in values])
        db.commit()


def run(path: Path, *statements: str) -> None:
    """Change a database as its client does."""
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def parts(path: Path) -> list[tuple[Any, str]]:
    """The values of ``part.data``, with their types; the database is sound."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        query = "SELECT data, typeof(data) FROM part ORDER BY rowid"
        return db.execute(query).fetchall()
