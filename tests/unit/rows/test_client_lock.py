"""A client's own lock is respected, and held meanwhile."""

import fcntl
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.errors import SourceInUse
from assetstore.rows.archive import archive_columns
from assetstore.rows.client_lock import client_lock
from assetstore.rows.column import parse_column
from support.rows import make_parts, part, parts
from support.stores import folder_store


def is_held(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_it_is_held_and_let_go(tmp_path: Path) -> None:
    lock = tmp_path / "app.lock"
    with client_lock(tmp_path / "app.db", "app.lock"):
        assert not lock.exists()
    lock.write_text('{"pid": 1}\n')
    with client_lock(tmp_path / "app.db", "app.lock"):
        assert is_held(lock)
    with client_lock(tmp_path / "app.db", ""):
        assert not is_held(lock)
    assert lock.read_text() == '{"pid": 1}\n'


def test_a_database_whose_client_holds_it_is_left(tmp_path: Path) -> None:
    path, lock = tmp_path / "app.db", tmp_path / "app.lock"
    make_parts(path, [part(1)])
    lock.touch()
    column = replace(parse_column(f"{path}#part.data"), lock="app.lock")
    with folder_store(tmp_path) as store, lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (done,) = archive_columns(store, [column]).files
        assert done.status == "failed"
        assert "in use by its client" in done.reason
        with pytest.raises(SourceInUse), client_lock(path, "app.lock"):
            pass
    assert parts(path) == [(part(1), "text")]
