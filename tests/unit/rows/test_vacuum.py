"""The room that an archive made in a database is given back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from assetstore.rows.archive import archive_columns, restore_columns
from assetstore.rows.vacuum import vacuum_databases, vacuumed
from support.rows import make_parts, part, parts
from support.stores import folder_store


def test_the_room_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "app.db"
    make_parts(database, [part(9)] * 200)
    with folder_store(tmp_path) as store:
        report = archive_columns(store, [f"{database}#part.data"])
        slim = parts(database)
        usage = SimpleNamespace(free=1)
        monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
        (one,) = vacuum_databases(report)
        assert one.problem
        assert one.after == one.before == database.stat().st_size
        monkeypatch.undo()
        (one,) = vacuum_databases(report)
        assert not one.problem
        assert one.after == database.stat().st_size < one.before / 2
        assert parts(database) == slim
        report = restore_columns(store, [f"{database}#part.data"])
        assert report.files[0].status == "restored"


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_it_takes_what_lives_and_of_a_rollback_journal_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """What is nearly all free room is vacuumed on a disk that is nearly full."""
    database = tmp_path / "app.db"
    make_parts(database, [part(9)] * 200)
    with closing(sqlite3.connect(database)) as db:
        db.execute(f"PRAGMA journal_mode={mode}")
        size = database.stat().st_size
        db.execute("DELETE FROM part WHERE rowid > 5")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for room, done in ((size // 2, mode == "wal"), (size * 3 // 2, True)):
        usage = SimpleNamespace(free=room)
        monkeypatch.setattr("shutil.disk_usage", lambda path, usage=usage: usage)
        assert (not vacuumed(database).problem) is done
        assert (database.stat().st_size < size / 4) is done
    assert len(parts(database)) == 5


def test_one_that_is_in_use_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "app.db"
    make_parts(database, [part(9)])
    monkeypatch.setattr("assetstore.rows.vacuum._WAIT", 0.05)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        assert "locked" in vacuumed(database).problem
