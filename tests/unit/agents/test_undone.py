"""A thread that was undone is compared with what it was."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.agents.find import log_at
from assetstore.agents.journal import Journal
from assetstore.agents.undone import compared
from assetstore.archiver.run import archive_paths
from assetstore.errors import VerifyMismatch
from assetstore.store.store import Store
from support.homes import codex_home
from support.stores import memory_store


@pytest.fixture
def store() -> Iterator[Store]:
    with memory_store() as made:
        yield made


@pytest.fixture
def log(alone: Path) -> Path:
    return codex_home(alone)


def noted(store: Store, log: Path) -> Journal:
    journal = Journal(log_at(log))
    journal.begin(store, log_at(log))
    return journal


def test_one_that_begins_with_what_it_was_is_exact(store: Store, log: Path) -> None:
    journal = noted(store, log)
    assert compared(store, log_at(log), journal, None, 0) == (True, "")
    log.write_bytes(log.read_bytes() + b"{}\n")
    assert compared(store, log_at(log), journal, None, 0) == (True, "")


def test_where_nothing_is_known_nothing_is_said(store: Store, log: Path) -> None:
    journal = Journal(log_at(log))
    assert compared(store, log_at(log), journal, None, 0) == (False, "")


def test_another_one_is_told(store: Store, log: Path) -> None:
    journal = noted(store, log)
    text = log.read_bytes()
    for other in (text[:-1], text.replace(b"I see 0", b"I see 9"), b""):
        log.write_bytes(other)
        with pytest.raises(VerifyMismatch, match="does not begin with what it was"):
            compared(store, log_at(log), journal, None, 0)
    assert journal.record["size"] == len(text)  # it is kept, to try again


def migrated(log: Path, *, without: bytes = b"") -> None:
    """Write a log anew as a later Codex does, perhaps without some lines."""
    records = [json.loads(line) for line in log.read_bytes().splitlines()]
    records[0]["payload"] |= {"history_mode": "paginated", "cli_version": "0.120.1"}
    lines = [
        json.dumps({"ordinal": n, **r}, separators=(",", ":")).encode()
        for n, r in enumerate(records)
    ]
    kept = [line for line in lines if not without or without not in line]
    log.write_bytes(b"\n".join(kept) + b"\n")


def test_one_that_its_client_wrote_anew_is_compared_by_its_pictures(
    store: Store, log: Path
) -> None:
    journal = noted(store, log)
    whole = log.read_bytes()
    archive_paths(store, [log])
    own = store.manifest(log)
    assert own is not None
    log.write_bytes(whole)
    migrated(log)
    exact, words = compared(store, log_at(log), journal, own, own.payloads - 2)
    assert not exact
    assert "every image is back, but not 2 copies" in words
    assert Journal(log_at(log)).record == {}


def test_pictures_that_are_not_back_are_counted(store: Store, log: Path) -> None:
    journal = noted(store, log)
    whole = log.read_bytes()
    archive_paths(store, [log])
    own = store.manifest(log)
    log.write_bytes(whole)
    migrated(log, without=b"data:image")
    with pytest.raises(VerifyMismatch, match="without 4 of its images"):
        compared(store, log_at(log), journal, own, 0)
