"""Databases of other programs are read, and nothing is made beside them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.files.databases import (
    columns_of,
    is_database,
    opened_to_read,
    quoted_name,
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a #?%.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute('CREATE TABLE "a ""b"(id INTEGER, "x y" TEXT, z)')
        db.execute('INSERT INTO "a ""b" VALUES(1, 2, 3)')
        db.execute("CREATE VIEW v AS SELECT 1")
        db.commit()
    return path


def test_it_is_told_by_its_first_bytes(database: Path) -> None:
    assert is_database(database.read_bytes())
    assert not is_database(b"SQLite format 4\0")
    assert not is_database(b"")


def test_columns_of_its_own_tables(database: Path) -> None:
    with opened_to_read(database) as db:
        assert list(columns_of(db)) == [
            ('a "b', "id", "INTEGER"),
            ('a "b', "x y", "TEXT"),
            ('a "b', "z", ""),
        ]


def test_nothing_is_written(database: Path) -> None:
    with opened_to_read(database) as db, pytest.raises(sqlite3.OperationalError):
        db.execute('DELETE FROM "a ""b"')


@pytest.mark.parametrize("alone", [True, False])
def test_what_only_the_log_of_changes_has(database: Path, alone: bool) -> None:
    """It is read, and nothing is made beside the file."""
    count = 'SELECT count(*) FROM "a ""b"'
    with closing(sqlite3.connect(database)) as client:
        client.execute('INSERT INTO "a ""b" VALUES(4, 5, 6)')
        client.commit()
        beside = sorted(database.parent.iterdir())
        with opened_to_read(database, alone=alone) as db:
            assert db.execute(count).fetchone() == (2,)
        assert sorted(database.parent.iterdir()) == beside
        # A copy without the index of that log: to read that, one would be made.
        copy = database.with_name("copy.db")
        copy.write_bytes(database.read_bytes())
        log = database.with_name(database.name + "-wal")
        copy.with_name("copy.db-wal").write_bytes(log.read_bytes())
        beside = sorted(database.parent.iterdir())
        with opened_to_read(copy, alone=True) as db:
            assert db.execute(count).fetchone() == (1,)
        assert sorted(database.parent.iterdir()) == beside


def test_it_is_closed_whatever_happens(database: Path) -> None:
    with pytest.raises(KeyError), opened_to_read(database) as db:
        raise KeyError
    with pytest.raises(sqlite3.ProgrammingError):
        db.execute("SELECT 1")


def test_names_are_quoted() -> None:
    assert quoted_name('a "b') == '"a ""b"'
