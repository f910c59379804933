"""What is noted of a rescue before it begins."""

import json
from pathlib import Path

import pytest
from blake3 import blake3

from assetstore.agents import journal as journals
from assetstore.agents.find import Thread, log_at
from assetstore.agents.journal import Journal, handoffs
from assetstore.archiver.run import archive_paths
from support.homes import ROLLOUT, claude_home, codex_home
from support.stores import memory_store


def begun(thread: Thread) -> Journal:
    with memory_store() as store:
        journal = Journal(thread)
        journal.begin(store, thread)
    return journal


def test_what_a_log_was_is_noted_once(alone: Path) -> None:
    log = claude_home(alone)
    was = log.read_bytes()
    begun(log_at(log))
    log.write_bytes(b"other")
    begun(log_at(log))
    record = Journal(log_at(log)).record
    assert (record["size"], record["blake3"]) == (len(was), blake3(was).hexdigest())
    assert (record["path"], record["history"]) == (str(log), {})


def test_one_that_was_archived_already_was_another_before(alone: Path) -> None:
    log = claude_home(alone)
    with memory_store() as store:
        archive_paths(store, [log])
        journal = Journal(log_at(log))
        journal.begin(store, log_at(log))
    assert "started" in journal.record
    assert "size" not in journal.record


def test_facts_are_added_and_forgotten(alone: Path) -> None:
    log = log_at(claude_home(alone))
    journal = begun(log)
    journal.note(more=1)
    assert Journal(log).record["more"] == 1
    journal.forget()
    journal.forget()
    assert Journal(log).record == {}


def test_one_that_is_damaged_says_nothing(alone: Path) -> None:
    log = log_at(claude_home(alone))
    path = begun(log).path
    record = json.loads(path.read_bytes())
    for text in (
        json.dumps({**record, "size": 1}).encode(),
        b"",
        b"[]",
        path.read_bytes()[:-20],
    ):
        path.write_bytes(text)
        assert Journal(log).record == {}
    del record["check"]  # of an older version
    path.write_text(json.dumps(record))
    assert Journal(log).record == record


def test_a_log_that_codex_moves_or_packs_stays_the_thread(alone: Path) -> None:
    log = codex_home(alone)
    path = Journal(log_at(log)).path
    away = alone / ".codex" / "archived_sessions" / f"{ROLLOUT}.zst"
    away.parent.mkdir()
    log.rename(away)
    assert Journal(log_at(away)).path == path
    other = codex_home(alone / "other")
    assert Journal(log_at(other)).path != path


def test_a_handoff_is_gone_durably_before_nothing_knows_of_it(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = begun(log_at(claude_home(alone)))
    handoffs().mkdir(parents=True)
    path = handoffs() / "thread.md"
    path.write_bytes(b"words")
    journal.note_handoff(path, b"words")
    synced = []
    monkeypatch.setattr(
        journals, "sync_folder", lambda folder: synced.append((folder, path.exists()))
    )
    assert journal.take_handoff() == ("", str(path))
    assert synced == [(handoffs(), False)]
