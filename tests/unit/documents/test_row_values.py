"""Placeholders in values are found wherever the pages of the file part them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.documents.row_values import placeholders_in
from assetstore.files.databases import is_database
from assetstore.store.format.blob import BlobId
from assetstore.store.format.placeholder import format_placeholder, parse_placeholder

MARKS = [format_placeholder(BlobId(bytes([n]) * 32)) for n in range(3)]
NAMES = [parse_placeholder(mark) for mark in MARKS]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE a(x TEXT, y)")
        db.execute('CREATE TABLE "b c"(z)')
        db.execute("INSERT INTO a VALUES(?, ?)", (MARKS[0].decode(), MARKS[1]))
        db.execute('INSERT INTO "b c" VALUES(?)', (f"words {MARKS[2].decode()}",))
        db.execute("INSERT INTO a VALUES(NULL, 7)")
        db.commit()
    return path


def test_all_tables_or_one_column(database: Path) -> None:
    assert sorted(placeholders_in(database)) == sorted(NAMES)  # type: ignore[type-var]
    assert list(placeholders_in(database, "a", "y")) == [NAMES[1]]
    assert list(placeholders_in(database, "a", "none")) == []


def test_over_the_end_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE a(x TEXT)")
        for front in range(420, 520):
            value = "x" * front + MARKS[0].decode() + "y" * 4000
            db.execute("INSERT INTO a VALUES(?)", (value,))
        db.commit()
    assert path.read_bytes().count(MARKS[0]) < 100
    assert list(placeholders_in(path)) == [NAMES[0]] * 100


def test_what_only_the_log_of_changes_has(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("DELETE FROM a")
        db.execute("INSERT INTO a VALUES(?, 1)", (MARKS[2].decode(),))
        db.commit()
        assert list(placeholders_in(database, "a", "x")) == [NAMES[2]]


def test_a_file_that_only_begins_so(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(100))
    assert is_database(path.read_bytes())
    with pytest.raises(sqlite3.Error):
        list(placeholders_in(path))
    path.write_bytes(b"words")
    assert not is_database(path.read_bytes())
