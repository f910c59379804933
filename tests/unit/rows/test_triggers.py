"""Triggers that only note a change are put aside, and come back as they were."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.rows.archive import archive_columns, restore_columns
from assetstore.rows.column import Column, parse_column
from assetstore.rows.triggers import is_put_aside, put_aside
from support.rows import make_parts, part, parts, run
from support.stores import folder_store

TOUCHED = (
    "CREATE TRIGGER IF NOT EXISTS touched AFTER UPDATE ON part\n"
    "BEGIN UPDATE part SET at = 2 WHERE id = new.id; END"
)
READS = "CREATE TRIGGER reads AFTER DELETE ON part BEGIN SELECT old.data; END"


@pytest.fixture
def column(tmp_path: Path) -> Column:
    path = tmp_path / "app.db"
    make_parts(path, [part(1), part(2)])
    run(path, "ALTER TABLE part ADD COLUMN at INTEGER DEFAULT 1", TOUCHED)
    return replace(parse_column(f"{path}#part.data"), triggers=("touched", "reads"))


def schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT name, sql FROM sqlite_master"))


def times(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as db:
        return [at for (at,) in db.execute("SELECT at FROM part")]


def test_a_time_is_not_touched_and_the_trigger_is_there_again(
    column: Column, tmp_path: Path
) -> None:
    path = column.database
    before, whole = schema(path), parts(path)
    with folder_store(tmp_path) as store:
        assert not archive_columns(store, [column]).count("failed")
        assert parts(path) != whole
        assert (schema(path), times(path)) == (before, [1, 1])
        assert not restore_columns(store, [column]).count("failed")
    assert (parts(path), schema(path), times(path)) == (whole, before, [1, 1])
    run(path, "UPDATE part SET id = id")
    assert times(path) == [2, 2]


def test_one_that_reads_the_values_is_none_of_these(
    column: Column, tmp_path: Path
) -> None:
    run(column.database, READS)
    whole = parts(column.database)
    with folder_store(tmp_path) as store:
        (done,) = archive_columns(store, [column]).files
    assert done.status == "failed"
    assert "trigger" in done.reason
    assert parts(column.database) == whole
    assert not is_put_aside(column, "reads", READS)
    assert not is_put_aside(replace(column, triggers=()), "touched", TOUCHED)


def test_what_goes_wrong_meanwhile_leaves_all_as_it_was(column: Column) -> None:
    before = schema(column.database)
    with closing(sqlite3.connect(column.database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(RuntimeError), put_aside(db, [column]):
            raise RuntimeError
    assert schema(column.database) == before
