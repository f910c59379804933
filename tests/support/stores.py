"""Stores in memory, and documents through them."""

import io
import itertools
from dataclasses import replace
from pathlib import Path

from assetstore.archiver.run import ArchiveOptions, archive_stream
from assetstore.restore.run import RestoreOptions, restore_stream
from assetstore.results import FileResult
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.store import Store


def memory_store() -> Store:
    """A new store in memory, with a clock and names that repeat on every run."""
    ticks, numbers = itertools.count(), itertools.count(1)
    return Store.on(
        MemoryBackend(),
        create=True,
        writer="test",
        clock=lambda: 1_700_000_000 + next(ticks) / 1000,
        random=lambda n: next(numbers).to_bytes(n, "big"),
    )


def folder_store(tmp_path: Path) -> Store:
    """A new store in a folder, with cache and state beside it."""
    return Store.open(
        tmp_path / "store",
        create=True,
        cache_dir=tmp_path / "cache",
        state_dir=tmp_path / "state",
    )


def archived(
    store: Store, data: bytes, options: ArchiveOptions | None = None
) -> tuple[bytes, FileResult]:
    """The archived form of any bytes, text or not."""
    target = io.BytesIO()
    options = replace(options or ArchiveOptions(), binary=True)
    result = archive_stream(store, io.BytesIO(data), target, options)
    return target.getvalue(), result


def restored(store: Store, data: bytes, options: RestoreOptions | None = None) -> bytes:
    """The restored form of a document."""
    target = io.BytesIO()
    restore_stream(store, io.BytesIO(data), target, options or RestoreOptions())
    return target.getvalue()
