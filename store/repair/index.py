"""Write a store's index anew from its packs."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from assetstore.errors import DamagedBlob
from assetstore.progress import SILENT, Progress
from assetstore.store.backends.base import Backend, put
from assetstore.store.format.blob import is_name, new_name
from assetstore.store.format.index import Entry, walk, write_index
from assetstore.store.format.pack import (
    RECORD,
    RECORD_MAGIC,
    Record,
    pack_key,
    read_pack,
)
from assetstore.store.store import Store

_MOST = 50_000
_CHUNK = 1 << 20
_WAIT = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """What a rebuild of the index found.

    Attributes:
        packs: Packs that were scanned.
        blobs: Copies of blobs in the new index.
        replaced: Index files that the new one replaces.
        notes: Packs that are damaged, in sentences.
    """

    packs: int
    blobs: int
    replaced: int
    notes: tuple[str, ...] = ()


def rebuild_index(
    store: Store, progress: Progress | None = None, *, locked: bool = False
) -> RebuildReport:
    """Replace all index files by new ones, made from the headers in the packs.

    Where a pack is damaged, the next whole header behind the damage is looked
    for, so that only what was hit is lost.

    Args:
        store: The store.
        progress: Told how far it is.
        locked: The caller holds the lock of collections.

    Raises:
        LockedError: A collection is running.
        StoreWriteError: The store cannot be written.
    """
    with nullcontext() if locked else store.lock("gc", _WAIT):
        return _rebuilt(store, progress or SILENT)


def _rebuilt(store: Store, progress: Progress) -> RebuildReport:
    # What a writer publishes meanwhile has an index that is not in this list, or
    # packs that are in the next.
    old = [key for key, _ in store.backend.list("index/")]
    packs = {name: n for name, n in store.packs().items() if is_name(name)}
    progress.start(sum(packs.values()), "scanning packs")
    notes: list[str] = []
    batch: list[Entry] = []
    blobs = 0
    for name, size in sorted(packs.items()):
        found, problem = scan_pack(store.backend, name, size)
        batch += found
        blobs += len(found)
        if problem:
            notes.append(problem)
        if len(batch) >= _MOST:
            _write(store, batch)
            batch = []
        progress.advance(size)
    if batch:
        _write(store, batch)
    for key in old:
        store.backend.delete(key)
    store.refresh()
    progress.close()
    return RebuildReport(
        packs=len(packs), blobs=blobs, replaced=len(old), notes=tuple(notes)
    )


def _write(store: Store, entries: list[Entry]) -> None:
    name = new_name(store.clock, store.random)
    put(store.backend, f"index/{name}", [write_index(entries)])


def scan_pack(backend: Backend, name: str, size: int) -> tuple[list[Entry], str]:
    """A pack's records by their headers, and what is wrong with it, or "".

    Where a header is damaged, the next whole one is looked for.
    """
    found: list[Entry] = []
    try:
        for entry in walk(backend, name):
            found.append(entry)
    except FileNotFoundError:
        return [], ""
    except DamagedBlob as e:
        last = found[-1] if found else None
        start = last.offset + RECORD.size + last.record.stored if last else 0
        whole = list(_salvaged(backend, name, size, start))
        found += whole
        return found, (
            f"Pack {name}: {e}; behind the damage, {len(whole)} more blobs were found."
        )
    return found, ""


def _read(backend: Backend, key: str, at: int, view: memoryview) -> int:
    try:
        return read_pack(backend, key, at, view)
    except DamagedBlob:
        return 0


def _salvaged(backend: Backend, name: str, size: int, at: int) -> Iterator[Entry]:
    """The whole records behind an offset, wherever they begin."""
    key = pack_key(name)
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    base = got = 0
    while at < size:
        if at < base or at + RECORD.size > base + got:
            base, got = at, _read(backend, key, at, view)
            if got < RECORD.size:
                return
        hit = buffer.find(RECORD_MAGIC, at - base, got)
        if hit < 0:
            at = base + got - len(RECORD_MAGIC) + 1
            if base + got >= size:
                return
        elif hit + RECORD.size > got:
            at = base + hit
        else:
            at = base + hit + 1
            try:
                record = Record.unpack(bytes(view[hit : hit + RECORD.size]))
            except DamagedBlob:
                continue
            end = base + hit + RECORD.size + record.stored
            if end <= size:
                yield Entry(record=record, pack=name, offset=base + hit)
                at = end
