"""A store is kept whole and small."""

from pathlib import Path

import assetstore
from support.page import PAGE


class Heard:
    """A progress that notes what it is told."""

    def __init__(self) -> None:
        self.bytes = 0
        self.labels: list[str] = []

    def start(self, total_bytes: int | None, label: str) -> None:
        self.labels.append(label)

    def advance(self, n: int) -> None:
        self.bytes += n

    def message(self, text: str) -> None: ...

    def close(self) -> None:
        self.labels.append("closed")


def test_progress_is_told(store: assetstore.Store) -> None:
    heard = Heard()
    store.archive(["page.html"], progress=heard)
    assert heard.bytes == len(PAGE)
    store.restore(["page.html"], progress=heard)
    assert {"archiving", "restoring", "closed"} <= set(heard.labels)
    for verb in (store.verify, store.repair, store.collect):
        told = Heard()
        verb(progress=told)
        assert told.labels[-1] == "closed", verb


def test_a_store_is_kept_well(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    assert store.stats(types=True).documents == 1
    assert store.verify(read_data=True).findings == ()
    assert store.rebuild_index().blobs >= 4
    assert store.repair(sources=["session.jsonl"], dry_run=True).lost == ()
    assert store.optimize(effort=1).effort == 1
    assert store.collect(dry_run=True, scan=["session.jsonl"]).freed == 0
    store.restore(["page.html"])
    store.forget(["page.html"])
    assert store.collect(grace=0).freed > 0
    assert list(store.blobs()) == []


def test_what_was_lost_comes_from_a_source(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    assert store.root is not None
    for pack in (store.root / "packs").rglob("*"):
        if pack.is_file():
            pack.unlink()
    Path("copy.html").write_bytes(PAGE)
    store.repair(sources=["copy.html"])
    assert store.restore(["page.html"]).count("restored") == 1
    assert Path("page.html").read_bytes() == PAGE
