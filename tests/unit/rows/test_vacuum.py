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


def test_one_that_is_in_use_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "app.db"
    make_parts(database, [part(9)])
    monkeypatch.setattr("assetstore.rows.vacuum._WAIT", 0.05)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        assert "locked" in vacuumed(database).problem
