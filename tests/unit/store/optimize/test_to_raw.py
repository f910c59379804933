"""Blobs in their own bytes again."""

import itertools
from pathlib import Path

import pytest

from assetstore.errors import LockedError
from assetstore.store.check.verify import verify
from assetstore.store.format.blob import Kind
from assetstore.store.optimize import to_raw as module
from assetstore.store.optimize.optimize import optimize
from assetstore.store.optimize.to_raw import to_raw
from assetstore.store.store import Store
from support.blobs import flip, manifest_of, media, pack_of
from support.optimized import Shown, pages
from support.samples import picture
from support.screens import pillow, screen
from support.stores import folder_store, memory_store, restored

TEXT = b"<svg>" + b"the same again and again " * 300
BLOBS = (TEXT, pillow(screen(96, 64)), picture(20, 20, 1))
DEAD = pillow(screen(64, 64))


def codecs(store: Store) -> set[int]:
    return {entry.record.codec for entry in store.entries()}


def test_documents_come_back_from_their_own_bytes() -> None:
    shown = Shown.of(pages(), effort=1)
    assert codecs(shown.store) != {0}
    said = to_raw(shown.store, dry_run=True)
    before = dict(shown.store.packs())
    done = to_raw(shown.store)
    assert not shown.store.packs().keys() & before.keys()
    assert codecs(shown.store) == {0}
    for each in ("packs", "blobs", "before_bytes", "after_bytes", "codecs", "left"):
        assert getattr(said, each) == getattr(done, each), each
    assert done.after_bytes > done.before_bytes
    fresh = Store.on(shown.store.backend, writer="another")
    assert verify(fresh, read_data=True).findings == ()
    for name, slim in shown.slim.items():
        assert restored(fresh, slim) == shown.whole[name]
    again = to_raw(shown.store)
    assert (again.packs, again.blobs) == (0, 0)


def test_what_nothing_names_is_no_younger_for_it() -> None:
    store = memory_store()
    pack_of(store, *BLOBS, DEAD)
    manifest_of(store, "/a", *map(media, (*BLOBS, DEAD)))
    optimize(store, effort=1)
    (key,) = store.manifest_keys()
    store.backend.delete(key)
    manifest_of(store, "/a", *map(media, BLOBS))
    (old,) = store.packs()
    to_raw(store)
    packs = {entry.record.id: entry.pack for entry in store.entries()}
    assert packs[media(DEAD)] not in {packs[media(each)] for each in BLOBS}
    assert packs[media(DEAD)][:10] <= old[:10] < packs[media(TEXT)][:10]
    for raw in (*BLOBS, DEAD):
        assert store.read(Kind.MEDIA, media(raw)) == raw


def test_large_ones_are_written_piece_by_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_LARGEST", 10)
    shown = Shown.of(pages(2), effort=1)
    to_raw(shown.store)
    assert verify(shown.store, read_data=True).findings == ()
    assert codecs(shown.store) == {0}


def test_it_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    store = memory_store()
    monkeypatch.setattr(module, "TARGET", 1)
    for raw in BLOBS:
        pack_of(store, raw)
    manifest_of(store, "/a", *map(media, BLOBS))
    optimize(store, effort=1, wanted=lambda name: True)
    pack_of(store, DEAD)
    optimize(store, effort=1)
    ticks = itertools.count()
    left = len({e.pack for e in store.entries() if e.record.codec})
    report = to_raw(store, time_limit=1, clock=lambda: next(ticks))
    assert report.packs >= 1
    assert report.packs + report.left == left
    to_raw(store)
    assert codecs(store) == {0}


def test_a_damaged_pack_stays() -> None:
    store = memory_store()
    pack_of(store, TEXT, BLOBS[1])
    manifest_of(store, "/a", media(TEXT), media(BLOBS[1]))
    optimize(store, effort=1)
    packs = set(store.packs())
    entry = next(e for e in store.entries() if e.record.id == media(TEXT))
    flip(store, entry, 3)
    report = to_raw(store)
    assert set(store.packs()) == packs
    assert any("damaged" in note for note in report.notes)
    assert store.read(Kind.MEDIA, media(BLOBS[1])) == BLOBS[1]


def test_not_beside_an_optimization(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = folder_store(tmp_path)
    monkeypatch.setattr(module, "_WAIT", 0.0)
    with store.lock("optimize"), pytest.raises(LockedError):
        to_raw(store)
