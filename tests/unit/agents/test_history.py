"""Pictures in the client's own view of a thread."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.find import Thread, log_at
from assetstore.agents.history import restore, slim
from assetstore.agents.reading import read_thread
from assetstore.errors import SourceRefused
from assetstore.store.store import Store
from support.homes import codex_home, history
from support.stores import memory_store


class Notes:
    """Facts in memory."""

    def __init__(self) -> None:
        self.record: dict[str, Any] = {}

    def note(self, **facts: object) -> None:
        self.record |= facts


@pytest.fixture
def thread(alone: Path) -> Thread:
    return log_at(codex_home(alone))


@pytest.fixture
def store() -> Iterator[Store]:
    with memory_store() as made:
        yield made


def items(thread: Thread) -> list[tuple[object, ...]]:
    return history(thread.path.parents[4])["thread_items"]


def test_entries_are_slimmed_and_restored(store: Store, thread: Thread) -> None:
    before, notes = items(thread), Notes()
    assert slim(store, thread, notes) == 4
    assert "data:image" not in str(items(thread))
    assert len(notes.record["history"]) == 4
    assert slim(store, thread, notes) == 0
    assert restore(store, thread, notes) == 4
    assert items(thread) == before
    assert list(store.manifests()) == []  # its claim is given up


def test_pictures_that_stay_in_the_log_stay_here(store: Store, thread: Thread) -> None:
    keep = {read_thread(thread).images[0].blob}
    assert slim(store, thread, Notes(), keep) == 3
    assert str(items(thread)).count("data:image") == 1


def write(thread: Thread, query: str, *values: object) -> None:
    with (
        closing(
            sqlite3.connect(thread.path.parents[4] / "thread_history_1.sqlite")
        ) as db,
        db,
    ):
        db.execute(query, values)


def test_an_entry_that_the_client_wrote_since_stays(
    store: Store, thread: Thread
) -> None:
    notes = Notes()
    slim(store, thread, notes)
    write(thread, "UPDATE thread_items SET item_json='{\"new\":1}' WHERE rowid=2")
    assert restore(store, thread, notes) == 3
    assert items(thread)[1][2] == '{"new":1}'
    assert len(items(thread)) == 4


def test_without_notes_the_client_writes_all_anew(store: Store, thread: Thread) -> None:
    slim(store, thread, Notes())
    assert restore(store, thread, Notes()) == 0
    assert items(thread) == []


def test_a_home_without_such_a_history(
    store: Store, thread: Thread, tmp_path: Path
) -> None:
    write(thread, "ALTER TABLE thread_items RENAME COLUMN item_json TO other")
    before = items(thread)
    assert slim(store, thread, Notes()) == restore(store, thread, Notes()) == 0
    assert items(thread) == before
    page = tmp_path / "page.jsonl"
    page.touch()
    assert slim(store, log_at(page), Notes()) == 0


def test_a_history_that_is_damaged_is_refused(store: Store, thread: Thread) -> None:
    path = thread.path.parents[4] / "thread_history_1.sqlite"
    path.write_bytes(b"no database" * 500)
    with pytest.raises(SourceRefused, match="cannot be brought along"):
        slim(store, thread, Notes())
    assert path.read_bytes() == b"no database" * 500
