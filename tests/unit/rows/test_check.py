"""Columns are refused where something depends on their values."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.errors import ContainerRefused
from assetstore.rows.check import check
from assetstore.rows.column import Column, opened, parse_column
from support.rows import make_parts, part


def column(path: Path, name: str = "part.data") -> Column:
    return parse_column(f"{path}#{name}")


PART = "CREATE TABLE part(id INTEGER PRIMARY KEY, data TEXT);"
SCHEMAS = {
    "no table": ("CREATE TABLE a(data TEXT)", "there is no table"),
    "no column": ("CREATE TABLE part(id)", "there is no column"),
    "a view": ("CREATE VIEW part AS SELECT 1 AS data", "no table of its own"),
    "a virtual table": (
        "CREATE VIRTUAL TABLE part USING fts5(data)",
        "no table of its own",
    ),
    "generated": (
        "CREATE TABLE part(a TEXT, data TEXT GENERATED ALWAYS AS (a) STORED)",
        "generated",
    ),
    "a key": ("CREATE TABLE part(data TEXT PRIMARY KEY)", "key"),
    "no rowid": (
        "CREATE TABLE part(id TEXT PRIMARY KEY, data TEXT) WITHOUT ROWID",
        "WITHOUT ROWID",
    ),
    "rowid": ("CREATE TABLE part(rowid TEXT, data TEXT)", "WITHOUT ROWID"),
    "unique": ("CREATE TABLE part(id INTEGER, data TEXT UNIQUE)", "unique"),
    "a reference": (
        "CREATE TABLE part(id INTEGER, data TEXT REFERENCES part(id))",
        "refers to another table",
    ),
    "made into another": (
        "CREATE TABLE part(data TEXT, n INTEGER GENERATED ALWAYS AS (length(Data)) "
        "STORED UNIQUE ON CONFLICT REPLACE)",
        "generated column may be made from it",
    ),
    "unique by an expression": (
        f"{PART} CREATE UNIQUE INDEX u ON part(length(DATA))",
        "unique",
    ),
    "unique where it is long": (
        f"{PART} CREATE UNIQUE INDEX u ON part(id) WHERE length(data) > 9",
        "unique",
    ),
    "a trigger on another spelling": (
        f"{PART} CREATE TRIGGER t AFTER UPDATE ON Part BEGIN SELECT 1; END",
        "trigger",
    ),
    "a trigger that reads what goes": (
        f"{PART} CREATE TRIGGER t AFTER DELETE ON part BEGIN SELECT old.data; END",
        "trigger",
    ),
    "full text": (
        f"{PART} CREATE VIRTUAL TABLE f USING fts5(data, Content = 'Part')",
        "full-text",
    ),
    "full text, unquoted": (
        f"{PART} CREATE VIRTUAL TABLE f USING fts4(content=part, data)",
        "full-text",
    ),
    "full text of a view": (
        f"{PART} CREATE VIEW v AS SELECT id, data FROM part; "  # noqa: S608 no input
        'CREATE VIRTUAL TABLE f USING fts5(data, content="v")',
        "full-text",
    ),
    "inside full text": (
        "CREATE VIRTUAL TABLE words USING fts5(data)",
        "no table of its own",
    ),
}
COLUMNS = {"inside full text": "words_content.c0"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_columns_on_which_something_depends(tmp_path: Path, name: str) -> None:
    schema, why = SCHEMAS[name]
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        try:
            db.executescript(schema)
        except sqlite3.OperationalError as e:
            pytest.skip(f"this SQLite has no {name}: {e}")
    content = path.read_bytes()
    named = column(path, COLUMNS.get(name, "part.data"))
    with opened(path) as db, pytest.raises(ContainerRefused, match=why):
        check(db, named)
    assert path.read_bytes() == content


WHAT_MAY_BE = {
    "an index": "CREATE INDEX i ON part(length(data)) WHERE data > ''",
    "words of its own": "CREATE VIRTUAL TABLE part_words USING fts5(content)",
    "no text": "CREATE VIRTUAL TABLE part_words USING fts5(data, content='')",
    "others' text": "CREATE VIRTUAL TABLE words USING fts5(data, content='other')",
    "another is unique": "CREATE UNIQUE INDEX u ON part(id)",
    "what is new": "CREATE TRIGGER t AFTER INSERT ON part BEGIN SELECT new.data; END",
    "another table's": "CREATE TRIGGER t AFTER UPDATE ON other BEGIN SELECT 1; END",
}


@pytest.mark.parametrize("name", WHAT_MAY_BE)
def test_columns_on_which_nothing_depends(tmp_path: Path, name: str) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        try:
            db.executescript(f"{PART} CREATE TABLE other(x); {WHAT_MAY_BE[name]}")
        except sqlite3.OperationalError as e:
            pytest.skip(f"this SQLite has no {name}: {e}")
    with opened(path) as db:
        check(db, column(path))


def test_a_trigger_and_another_encoding(tmp_path: Path) -> None:
    database = tmp_path / "app.db"
    make_parts(database, [part(1)])
    with closing(sqlite3.connect(database)) as db:
        db.execute(
            "CREATE TRIGGER t AFTER UPDATE ON part BEGIN SELECT 1; END",
        )
    with opened(database) as db, pytest.raises(ContainerRefused, match="trigger"):
        check(db, column(database))
    other = tmp_path / "wide.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("PRAGMA encoding='UTF-16le'")
        db.execute("CREATE TABLE part(data TEXT)")
    with opened(other) as db, pytest.raises(ContainerRefused, match="UTF-16le"):
        check(db, column(other))
