"""One attempt to keep a thread's files."""

import os
from pathlib import Path

import pytest

from assetstore.agents.kept.attempt import Attempt, Seen, ThreadWriter, holds
from assetstore.agents.kept.card import card_of
from assetstore.agents.kept.writing import KeepingSession
from assetstore.errors import DamagedBlob
from assetstore.store.format.blob import Kind
from assetstore.store.store import Store
from support.kept import back, claude_thread, files, group, keep, kept
from support.stores import memory_store


def again(store: Store, log: Path, folder: Path, *, damaged: bool = False) -> Attempt:
    """Write the thread of a log once more, all of it."""
    old = kept(store)
    card, thread = card_of(store, old), group(log)
    seen: Seen = {thread.place(path): () for path in thread.files}
    if damaged:
        damage(store)
    with store.session() as opened:
        session = KeepingSession(opened)
        writer = ThreadWriter(session, folder, min_size=100, progress=lambda done: None)
        try:
            return writer.write(thread, old, card, seen)
        finally:
            assert session.met


def damage(store: Store) -> None:
    """Flip a bit in the stored form of each text."""
    for entry in list(store.entries()):
        if not entry.record.codec:
            continue
        key = f"packs/{entry.pack[-2:]}/{entry.pack}"
        objects = store.backend.objects  # type: ignore[attr-defined]
        data = bytearray(objects[key])
        data[entry.offset + 64] ^= 1
        objects[key] = bytes(data)


def test_the_same_files_are_the_same_refs(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_thread(tmp_path)
    keep(store, log)
    tried = again(store, log, tmp_path)
    cards = {(Kind.MEDIA, kept(store).slim_hash)}
    assert tried.refs == set(kept(store).refs) - cards
    assert not tried.gone


def test_damage_is_told(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_thread(tmp_path)
    keep(store, log)
    with pytest.raises(DamagedBlob):
        again(store, log, tmp_path, damaged=True)


def test_what_is_damaged_is_kept_anew(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_thread(tmp_path)
    keep(store, log)
    damage(store)
    os.utime(log)
    assert keep(store, log).kept
    assert back(store, tmp_path / "there").files == 4
    assert files(tmp_path / "there") == files(tmp_path / ".claude")


def test_a_text_is_there_as_long_as_the_index_has_it(tmp_path: Path) -> None:
    store = memory_store()
    keep(store, claude_thread(tmp_path))
    (file, *_) = card_of(store, kept(store)).files
    assert holds(store, file)
    assert not holds(memory_store(), file)
