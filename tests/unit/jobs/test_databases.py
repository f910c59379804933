"""A job archives the databases of clients by their threads."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.archiver.options import ArchiveOptions
from assetstore.jobs.databases import RESTORED, archive_databases, split_databases
from assetstore.progress import SILENT
from assetstore.results import Report
from assetstore.rows.archive import restore_columns
from assetstore.store.store import Store
from support.clients import make_opencode, rows_of
from support.rows import run
from support.stores import memory_store


@pytest.fixture
def store() -> Iterator[Store]:
    with memory_store() as store:
        yield store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return make_opencode(tmp_path / "opencode.db", pictures=4)


def archived(store: Store, path: Path, *, age: float = 0, why: str = "") -> Report:
    databases, _ = split_databases([path])
    options = ArchiveOptions(min_age=age)
    return archive_databases(
        store, databases, options, stop=lambda path, size: why, progress=SILENT
    )


def pictures(path: Path) -> list[str]:
    """Who still has some."""
    return sorted({row[1] for row in rows_of(path) if "data:" in row[2]})


def test_databases_of_clients_are_told_from_others(
    tmp_path: Path, database: Path
) -> None:
    other = tmp_path / "other.db"
    run(other, "CREATE TABLE t(a)")
    damaged = tmp_path / "opencode-damaged.db"
    damaged.write_bytes(b"SQLite format 3\0" + bytes(5000))
    paths = [database, other, damaged, tmp_path]
    found, others = split_databases(paths)
    assert [one.path for one in found] == [database]
    assert others == paths[1:]


def test_a_thread_that_somebody_is_at_work_on_waits(
    store: Store, database: Path
) -> None:
    """Though its file is young all the time; and what was archived stays claimed."""
    whole = rows_of(database)
    now = time.time() * 1000
    run(database, f"UPDATE session SET time_updated={now} WHERE id='ses_1'")  # noqa: S608 ours
    assert archived(store, database, age=3600).total("payloads") == 4
    assert pictures(database) == ["ses_1"]
    assert archived(store, database, age=3600).total("payloads") == 0
    run(database, "UPDATE session SET time_updated=1000")
    assert archived(store, database, age=3600).total("payloads") == 4
    assert pictures(database) == []
    run(database, f"UPDATE session SET time_updated={now}")  # noqa: S608 ours
    assert archived(store, database, age=3600).total("payloads") == 0
    (found,) = split_databases([database])[0]
    assert restore_columns(store, found.columns).total("payloads") == 8
    assert rows_of(database) == whole


def test_without_that_the_file_s_time_counts(store: Store, database: Path) -> None:
    run(database, "DROP TABLE session")
    report = archived(store, database, age=3600)
    assert {file.status for file in report.files} == {"skipped"}
    os.utime(database, (1, 1))
    assert archived(store, database, age=3600).total("payloads") == 8


def test_what_its_owner_took_back_stays(store: Store, database: Path) -> None:
    archived(store, database)
    (found,) = split_databases([database])[0]
    restore_columns(store, found.columns)
    os.utime(database, (1, 1))
    report = archived(store, database)
    assert {file.reason for file in report.files} == {RESTORED}
    with closing(sqlite3.connect(database)) as db:
        db.execute("INSERT INTO part VALUES('new', 'ses_0', '{}')")
        db.commit()
    later = time.time() + 60
    os.utime(database, (later, later))
    assert archived(store, database).total("payloads") == 8


def test_nothing_is_begun_when_something_speaks_against_it(
    store: Store, database: Path
) -> None:
    report = archived(store, database, why="no room")
    assert (report.stopped, report.left, report.files) == ("no room", 1, [])
