"""Make few index files out of many, without what they say of packs that went."""

from dataclasses import dataclass, field

from assetstore.errors import StoreError
from assetstore.store.backends.base import get, put
from assetstore.store.blob import new_name
from assetstore.store.index import Entry, read_index, write_index
from assetstore.store.pack import pack_key
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
        entries: What it will hold.
        names: The index files that it replaces.
    """

    entries: list[Entry] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def compact(store: Store) -> int:
    """Replace index files that name packs which are gone, and small ones.

    The new file is written before the old ones go, so that a reader finds
    everything at any moment, in one of them at least.

    Returns:
        How many index files were replaced.

    Raises:
        StoreWriteError: There is no room for the new file.
    """
    names = [key[6:] for key, _ in store.backend.list("index/")]
    there: dict[str, bool] = {}
    small: list[str] = []
    merged = _Merged()
    replaced = 0
    for name in names:
        entries = _entries(store, name)
        if entries is None:
            continue
        # The packs are looked up after the index was read: one that it names was
        # there before it, so it is gone for good if it is not there now.
        for pack in {entry.pack for entry in entries}:
            if pack not in there:
                there[pack] = store.backend.size(pack_key(pack)) is not None
        kept = [entry for entry in entries if there[entry.pack]]
        if len(kept) < len(entries):
            merged.entries += kept
            merged.names.append(name)
        elif len(entries) < _SMALL:
            small.append(name)
        if len(merged.entries) >= _MOST:
            replaced += _replace(store, merged)
            merged = _Merged()
    if len(small) >= _MANY or merged.entries:
        for name in small:
            entries = _entries(store, name)
            if entries is not None and len(merged.entries) < _MOST:
                merged.entries += entries
                merged.names.append(name)
    replaced += _replace(store, merged)
    if replaced:
        store.refresh()
    return replaced


def _entries(store: Store, name: str) -> list[Entry] | None:
    try:
        return list(read_index(get(store.backend, f"index/{name}"), name))
    except (StoreError, FileNotFoundError):
        return None


def _replace(store: Store, merged: _Merged) -> int:
    if not merged.names:
        return 0
    if merged.entries:
        name = new_name(store.clock, store.random)
        put(store.backend, f"index/{name}", [write_index(merged.entries)])
    for old in merged.names:
        store.backend.delete(f"index/{old}")
    return len(merged.names)
