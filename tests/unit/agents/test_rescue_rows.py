"""A client's database is rescued at once, and every value comes back."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.agents.client_rows import ClientDatabase, database_at
from assetstore.agents.rescue_options import RescueOptions
from assetstore.agents.rescue_rows import (
    journal_at,
    rescue_database,
    undo_database,
)
from assetstore.errors import ContainerRefused, SourceError
from assetstore.store.store import Store
from support.clients import add_part, make_opencode, rows_of
from support.rows import run
from support.stores import folder_store


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientDatabase:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    found = database_at(make_opencode(tmp_path / "opencode.db", pictures=4))
    assert found is not None
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with folder_store(tmp_path) as store:
        yield store


def test_there_and_back_after_new_turns(store: Store, database: ClientDatabase) -> None:
    before = rows_of(database.path)
    done = rescue_database(store, database, RescueOptions(vacuum=True))
    assert (done.images, done.well, done.kept) == (8, True, 0)
    assert done.columns == ("part.data", "event.data")
    assert done.after == database.path.stat().st_size < done.before
    assert (done.request_after, done.free) == (0, 0)
    assert done.request_before > 0
    assert "data:" not in str(rows_of(database.path))
    with closing(sqlite3.connect(database.path)) as db:
        add_part(db, "prt_new", "ses_0", 9)
        db.commit()
    assert rescue_database(store, database, RescueOptions()).images == 2
    undone = undo_database(store, database)
    assert (undone.images, undone.exact, undone.differs) == (10, True, "")
    now = rows_of(database.path)
    assert [row for row in now if row in before] == before
    assert len(now) == len(before) + 2
    assert not journal_at(database.path).path.exists()
    assert undo_database(store, database).images == 0


def test_a_dry_run_changes_nothing(store: Store, database: ClientDatabase) -> None:
    content = database.path.read_bytes()
    said = rescue_database(store, database, RescueOptions(dry_run=True, vacuum=True))
    assert (said.images, said.dry_run) == (8, True)
    assert said.after < said.before
    assert database.path.read_bytes() == content
    assert not journal_at(database.path).path.exists()


def test_what_its_client_changed_since_is_told(
    store: Store, database: ClientDatabase
) -> None:
    rescue_database(store, database, RescueOptions())
    run(database.path, "DELETE FROM part WHERE id='prt_0'")
    undone = undo_database(store, database)
    assert (undone.images, undone.exact) == (7, False)
    assert undone.differs == "rows of part.data were changed or deleted since"


def test_a_picture_that_cannot_go_back_is_told(
    store: Store, database: ClientDatabase
) -> None:
    """Its client wrote what stood around it anew."""
    rescue_database(store, database, RescueOptions())
    run(
        database.path,
        "UPDATE part SET data=replace(data, ']\"', ']!\"') WHERE id='prt_1'",
    )
    undone = undo_database(store, database)
    assert (undone.images, undone.exact) == (7, False)
    assert "1 of its own placeholders stay" in undone.differs


def test_a_rescue_of_what_was_archived_before_is_not_compared(
    store: Store, database: ClientDatabase
) -> None:
    before = rows_of(database.path)
    rescue_database(store, database, RescueOptions())
    journal_at(database.path).forget()
    rescue_database(store, database, RescueOptions())
    undone = undo_database(store, database)
    assert (undone.exact, undone.differs) == (False, "")
    assert rows_of(database.path) == before


def test_what_is_left_in_what_is_sent_is_told(
    store: Store, database: ClientDatabase
) -> None:
    url = json.loads(rows_of(database.path)[0][2])["url"]
    value = json.dumps({"type": "later", "url": url})
    run(
        database.path,
        f"INSERT INTO part VALUES('x', 's', '{value}')",
        f"INSERT INTO event VALUES('x', 's', '{value}')",
    )
    assert rescue_database(store, database, RescueOptions()).kept == 1


def test_a_column_that_cannot_be_changed_is_told(
    store: Store, database: ClientDatabase
) -> None:
    run(
        database.path,
        "CREATE TRIGGER t AFTER UPDATE ON event BEGIN SELECT 1; END",
    )
    done = rescue_database(store, database, RescueOptions())
    assert (done.images, done.well) == (4, False)
    assert "trigger" in done.reason
    undone = undo_database(store, database)
    assert (undone.images, undone.well) == (4, False)
    run(
        database.path,
        "CREATE TRIGGER p AFTER UPDATE ON part BEGIN SELECT 1; END",
    )
    with pytest.raises(ContainerRefused):
        rescue_database(store, database, RescueOptions())


def test_one_in_use_is_left(store: Store, database: ClientDatabase) -> None:
    before = rows_of(database.path)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(SourceError):
            rescue_database(store, database, RescueOptions())
    assert rows_of(database.path) == before
