"""Full disks, damaged pages, logs that crashes left, clients that write meanwhile."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from assetstore.errors import SourceRefused
from assetstore.results import Report
from assetstore.rows import archive as module
from assetstore.rows import lines
from assetstore.rows.archive import archive_columns, restore_columns
from assetstore.rows.column import Column, opened, values
from assetstore.rows.vacuum import vacuum_databases
from assetstore.store.store import Store
from support.clients import add_part, make_opencode, rows_of
from support.rows import run
from support.stores import folder_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with folder_store(tmp_path) as store:
        yield store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return make_opencode(tmp_path / "opencode.db", pictures=6, side=60)


def columns(path: Path) -> list[Column]:
    return [Column(path, table, "data", "opencode") for table in ("part", "event")]


def statuses(report: Report) -> set[str]:
    return {file.status for file in report.files}


def test_a_full_disk_in_the_middle_of_a_restore(
    store: Store, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the first values fit still, and later ones do not."""
    whole = rows_of(database)
    list(vacuum_databases(archive_columns(store, columns(database))))
    slim = rows_of(database)

    @contextmanager
    def nearly_full(path: Path) -> Iterator[sqlite3.Connection]:
        with opened(path) as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count={pages + 20}")
            yield db

    monkeypatch.setattr(module, "opened", nearly_full)
    report = restore_columns(store, columns(database))
    assert statuses(report) == {"failed"}
    assert "full" in report.files[0].reason
    assert rows_of(database) == slim
    monkeypatch.undo()
    assert statuses(restore_columns(store, columns(database))) == {"restored"}
    assert rows_of(database) == whole


def test_no_room_for_temporary_files(
    store: Store, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, count = rows_of(database), 0

    def until_it_is_full(*args: Any) -> Iterator[Any]:
        nonlocal count
        for value in values(*args):
            count += 1
            if count > 8:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            yield value

    monkeypatch.setattr(lines, "values", until_it_is_full)
    report = archive_columns(store, columns(database))
    assert statuses(report) == {"failed"}
    assert "no room for its values" in report.files[0].reason
    assert "TMPDIR" in report.files[0].hint
    assert rows_of(database) == whole


@pytest.mark.parametrize("verb", ["archive", "restore"])
def test_a_damaged_page_is_told_and_nothing_changes(
    store: Store, database: Path, verb: str
) -> None:
    if verb == "restore":
        with closing(sqlite3.connect(database)) as db:  # so much that it has pages
            db.execute("INSERT INTO event SELECT id||'x', '', data FROM event")
            db.commit()
        archive_columns(store, columns(database))
    with closing(sqlite3.connect(database)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name='event'"
        (root,) = db.execute(query).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * 64)
    content = database.read_bytes()
    work = archive_columns if verb == "archive" else restore_columns
    report = work(store, columns(database))
    assert statuses(report) == {"failed"}
    assert isinstance(report.files[0].error, SourceRefused)
    assert "malformed" in report.files[0].reason
    assert database.read_bytes() == content


CRASHED = """
import os, sqlite3, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from support.clients import add_part
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode=WAL")
add_part(db, "prt_late", "ses_0", 77, 60)
db.commit()
os._exit(9)
"""


def test_what_a_crash_left_in_the_log_of_changes_is_archived_too(
    store: Store, database: Path
) -> None:
    words = [
        sys.executable,
        "-c",
        CRASHED,
        str(database),
        str(Path(__file__).parents[2]),
    ]
    assert subprocess.run(words, check=False).returncode == 9
    log = database.with_name("opencode.db-wal")
    assert log.stat().st_size > 0
    report = archive_columns(store, columns(database))
    assert [file.payloads for file in report.files] == [7, 7]
    assert "base64" not in str(rows_of(database))
    assert restore_columns(store, columns(database)).total("payloads") == 14
    with closing(sqlite3.connect(database)) as db:
        other = database.with_name("other.db")
        make_opencode(other, pictures=6, side=60)
        add = "SELECT data FROM part WHERE id='prt_late'"
        with closing(sqlite3.connect(other)) as second:
            add_part(second, "prt_late", "ses_0", 77, 60)
            assert db.execute(add).fetchone() == second.execute(add).fetchone()


@pytest.mark.parametrize("wal", [False, True])
def test_a_client_that_writes_meanwhile_waits(
    store: Store, database: Path, wal: bool
) -> None:
    """From before the first value is read until all are changed."""
    run(database, f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}")
    tried = []

    def client(column: Column, path: Path) -> None:
        with closing(sqlite3.connect(database, timeout=0)) as db:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                add_part(db, "prt_new", "ses_0", 50)
            tried.append(column.table)

    before = rows_of(database)
    report = archive_columns(store, columns(database), seen=client)
    assert statuses(report) == {"archived"}
    with closing(sqlite3.connect(database)) as db:
        add_part(db, "prt_new", "ses_0", 50)
        db.commit()
    report = restore_columns(store, columns(database), seen=client)
    assert statuses(report) == {"restored"}
    assert tried == ["part", "event"] * 2
    assert [row for row in rows_of(database) if "new" not in row[0]] == before
