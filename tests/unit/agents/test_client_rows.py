"""Databases of clients are told by their names and their tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.agents.client_rows import (
    ClientDatabase,
    database_at,
    entries_of,
    find_databases,
    has_thread,
)
from assetstore.agents.diagnose_rows import diagnose_database
from assetstore.errors import SourceRefused
from support.clients import make_opencode, make_rows
from support.rows import run

PLACE = ".local/share/opencode/opencode.db"


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")


def names(database: ClientDatabase | None) -> list[str]:
    assert database is not None
    return [column.document.rpartition("/")[2] for column in database.columns]


def test_it_has_the_columns_that_are_there(tmp_path: Path) -> None:
    path = make_rows(tmp_path / PLACE)
    found = database_at(path)
    assert names(found) == ["opencode.db#part.data"]
    run(path, "CREATE TABLE event(id TEXT, data TEXT)")
    found = database_at(path, alone=True)
    assert names(found) == ["opencode.db#part.data", "opencode.db#event.data"]
    assert found is not None
    assert found.client.name == "opencode"
    assert [column.format for column in found.columns] == ["opencode"] * 2
    assert [entry.changed for entry in found.entries] == ["", ""]


def test_a_copy_is_one_wherever_it_is(tmp_path: Path) -> None:
    path = make_rows(tmp_path / PLACE)
    copy = tmp_path / "opencode-beta.db"
    copy.write_bytes(path.read_bytes())
    assert names(database_at(copy)) == ["opencode-beta.db#part.data"]
    other = tmp_path / "other.db"
    other.write_bytes(path.read_bytes())
    assert database_at(other) is None


def test_what_is_none(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    assert database_at(path) is None
    path.write_bytes(b"no database")
    assert database_at(path) is None
    path.unlink()
    run(path, "CREATE TABLE message(data TEXT)")
    assert database_at(path) is None
    link = tmp_path / "opencode-link.db"
    link.symlink_to(make_rows(tmp_path / PLACE))
    assert database_at(link) is None


def test_all_of_a_user_are_found(tmp_path: Path) -> None:
    """Also what is damaged, so that it is told: it had no row, and no risk."""
    path = make_rows(tmp_path / PLACE)
    damaged = path.with_name("opencode-two.db")
    damaged.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    found = {each.path: each for each in find_databases({}, home=tmp_path)}
    assert set(found) == {path, damaged}
    assert found[damaged].entries == entries_of(found[path].client)
    with pytest.raises(SourceRefused, match="not a database"):
        diagnose_database(found[damaged])
    elsewhere = make_rows(tmp_path / "data/opencode/opencode.db")
    (one,) = find_databases({"XDG_DATA_HOME": f"{tmp_path}/data"}, home=tmp_path)
    assert one.path == elsewhere


def test_those_of_clients_that_nobody_ran_are_taken_only_by_their_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / ".local/share/zed/threads/threads.db"
    path.parent.mkdir(parents=True)
    run(path, "CREATE TABLE threads(id TEXT, data BLOB)")
    assert names(database_at(path)) == ["threads.db#threads.data"]
    assert list(find_databases({}, home=tmp_path)) == []


def test_what_a_killed_client_left_in_its_log_counts(tmp_path: Path) -> None:
    path = make_rows(tmp_path / PLACE)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE event(id TEXT, data TEXT)")
        db.commit()
        assert len(names(database_at(path))) == 2
        assert len(names(database_at(path, alone=True))) == 2


def test_it_says_when_somebody_was_at_work_where_it_can(tmp_path: Path) -> None:
    found = database_at(make_opencode(tmp_path / "opencode.db"))
    assert found is not None
    assert entries_of(found.client)[:2] == found.entries
    assert all("time_updated" in column.changed for column in found.columns)
    assert has_thread(found, "ses_1")
    assert not has_thread(found, "ses_2")


def test_a_column_of_lengths_is_named_where_there_is_one(tmp_path: Path) -> None:
    """Earlier versions of OpenClaw had none, and did not compress."""
    path = tmp_path / "openclaw-agent.sqlite"
    run(path, "CREATE TABLE transcript_events(session_id, seq, event_json)")
    found = database_at(path)
    assert found is not None
    assert [(c.name, c.length) for c in found.columns] == [("event_json", "")]
    run(
        path,
        "ALTER TABLE transcript_events ADD COLUMN event_zstd",
        "ALTER TABLE transcript_events ADD COLUMN event_utf8_bytes",
    )
    found = database_at(path)
    assert found is not None
    assert [(c.name, c.encoding, c.length) for c in found.columns] == [
        ("event_json", "text", "event_utf8_bytes"),
        ("event_zstd", "zstd-1", "event_utf8_bytes"),
    ]
