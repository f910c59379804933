"""The threads that a store keeps, as they are listed, named and forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.agents.kept.listing import (
    forget_thread,
    is_there,
    kept_thread,
    list_threads,
)
from assetstore.documents.catalog import list_documents
from assetstore.documents.upkeep import collect
from assetstore.errors import ForeignManifest, SourceRefused, UsageError
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.purge.purge import purge
from assetstore.store.store import Store
from support.homes import SESSION, THREAD, claude_home, codex_home
from support.kept import keep, kept
from support.stores import folder_store, memory_store


@pytest.fixture
def store() -> Store:
    return memory_store()


def test_with_its_first_request_and_whether_it_is_gone(
    store: Store, tmp_path: Path
) -> None:
    log, other = claude_home(tmp_path), codex_home(tmp_path)
    keep(store, log)
    keep(store, other)
    log.unlink()
    found = {t.thread: t for t in list_threads(store)}
    gone, here = found[SESSION], found[THREAD]
    assert (gone.client, gone.gone, gone.first) == ("claude-code", True, "?")
    assert (gone.path, gone.began) == (str(log), "2026-10-01T10:00:00.000Z")
    assert (gone.modified, gone.files, gone.earlier) == (1_790_000_000, 1, 0)
    assert (here.client, here.gone, here.own) == ("codex", False, True)
    assert [t.thread for t in list_threads(store, [tmp_path / ".claude"])] == [SESSION]
    assert [t.thread for t in list_threads(store, [log])] == [SESSION]
    # It is a document as any other, and nothing is missing of it.
    assert {d.path: d.state for d in list_documents(store)} == {
        gone.document: "present",
        here.document: "present",
    }


def test_a_log_that_its_client_compressed_is_there(tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    assert not is_there(log)
    log.with_name("a.jsonl.zst").touch()
    assert is_there(log)


def test_named_by_the_beginning_of_its_id_its_log_or_its_document(
    store: Store, tmp_path: Path
) -> None:
    log = claude_home(tmp_path)
    keep(store, log)
    mine = kept(store)
    for name in (SESSION[:4], SESSION, str(log), mine.document):
        assert kept_thread(store, name) == mine
    for name in (SESSION[:3], "none", str(log.parent), str(tmp_path)):
        with pytest.raises(UsageError, match="keeps no thread"):
            kept_thread(store, name)
    keep(store, claude_home(tmp_path / "other"))
    with pytest.raises(UsageError, match="fits 2 threads"):
        kept_thread(store, SESSION[:6])


def test_forgotten_it_is_freed_unless_that_would_be_the_end_of_it(
    store: Store, tmp_path: Path
) -> None:
    log = claude_home(tmp_path)
    keep(store, log)
    mine = kept(store)
    content = log.read_bytes()
    log.unlink()
    with pytest.raises(SourceRefused, match="all there is"):
        forget_thread(store, mine)
    log.write_bytes(content)
    forget_thread(store, mine)
    assert not list(list_threads(store))
    collect(store, grace=0)
    assert not store.packs()


def test_what_another_writer_keeps_is_told(store: Store, tmp_path: Path) -> None:
    keep(store, claude_home(tmp_path))
    mine = kept(store)
    store.put_signed(replace(mine, writer="other"))
    store.retract(mine)
    (found,) = list_threads(store)
    assert not found.own
    with pytest.raises(ForeignManifest):
        forget_thread(store, kept(store), force=True)
    forget_thread(store, kept(store), force=True, foreign=True)
    assert not list(list_threads(store))


def test_one_whose_words_were_purged_is_listed_so(tmp_path: Path) -> None:
    with folder_store(tmp_path) as store:
        keep(store, claude_home(tmp_path))
        mine = kept(store)
        purge(store, [BlobId(id) for kind, id in mine.refs if kind is Kind.MEDIA])
        (found,) = list_threads(store)
        assert (found.thread, found.problem) == (SESSION, "purged")
        forget_thread(store, mine)
        assert not list(list_threads(store))
