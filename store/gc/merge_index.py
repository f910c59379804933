"""Make few index files out of many, without what they say of packs that went."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from assetstore.errors import StoreError, StoreWriteError
from assetstore.store.backends.base import get, put
from assetstore.store.format.blob import new_name
from assetstore.store.format.index import Entry, order, read_index, write_pieces
from assetstore.store.format.pack import pack_key
from assetstore.store.store import Store

# An index file with fewer entries is worth merging; a merged one has at most
# this many, or as many as one that went into it.
_SMALL = 10_000
_MOST = 200_000
_MANY = 8


@dataclass(slots=True)
class _Merged:
    """An index on its way.

    Attributes:
        count: How many entries it will hold.
        packs: What they name.
        names: The index files that it replaces.
    """

    count: int = 0
    packs: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)


def compact(store: Store) -> int:
    """Replace index files that name packs which are gone, and small ones.

    The new file is written before the old ones go, so that a reader finds
    everything at any moment, in one of them at least. Index files are sorted, so
    that they are merged as they are read, an entry at a time.

    Returns:
        How many index files were replaced.

    Raises:
        StoreWriteError: There is no room for the new file.
    """
    names = [key[6:] for key, _ in store.backend.list("index/")]
    there: dict[str, bool] = {}
    small: list[tuple[str, int, set[str]]] = []
    merged = _Merged()
    replaced = 0
    for name in names:
        found = _counted(store, name)
        if found is None:
            continue
        # The packs are looked up after the index was read: one that it names was
        # there before it, so it is gone for good if it is not there now.
        for pack in found:
            if pack not in there:
                there[pack] = store.backend.size(pack_key(pack)) is not None
        kept = {pack for pack in found if there[pack]}
        count = sum(found[pack] for pack in kept)
        if len(kept) < len(found):
            _join(merged, name, count, kept)
        elif count < _SMALL:
            small.append((name, count, kept))
        if merged.count >= _MOST:
            replaced += _replace(store, merged, there)
            merged = _Merged()
    if len(small) >= _MANY or merged.count:
        for name, count, kept in small:
            if merged.count < _MOST:
                _join(merged, name, count, kept)
    replaced += _replace(store, merged, there)
    if replaced:
        store.refresh()
    return replaced


def _counted(store: Store, name: str) -> dict[str, int] | None:
    """Count an index file's entries by pack; None: it is damaged."""
    counts: dict[str, int] = {}
    try:
        for entry in _entries(store, name):
            counts[entry.pack] = counts.get(entry.pack, 0) + 1
    except (StoreError, FileNotFoundError):
        return None
    return counts


def _entries(store: Store, name: str) -> Iterator[Entry]:
    return read_index(get(store.backend, f"index/{name}"), name)


def _join(merged: _Merged, name: str, count: int, packs: Iterable[str]) -> None:
    merged.names.append(name)
    merged.count += count
    merged.packs.update(packs)


def _replace(store: Store, merged: _Merged, there: dict[str, bool]) -> int:
    if not merged.names:
        return 0
    if merged.count:
        name = new_name(store.clock, store.random)
        try:
            files = [_entries(store, name) for name in merged.names]
            kept = (e for e in heapq.merge(*files, key=order) if there[e.pack])
            put(
                store.backend,
                f"index/{name}",
                list(write_pieces(kept, merged.packs, merged.count)),
            )
        except (StoreError, FileNotFoundError) as e:
            if isinstance(e, StoreWriteError):
                raise
            return 0  # somebody else replaced one of them meanwhile
    for old in merged.names:
        store.backend.delete(f"index/{old}")
    return len(merged.names)
