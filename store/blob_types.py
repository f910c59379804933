"""What a store's blobs are, how they are kept, and how long reading them takes."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from assetstore.errors import AssetstoreError
from assetstore.store.codecs.table import TABLE
from assetstore.store.format.blob import Kind
from assetstore.store.format.index import Entry
from assetstore.store.media import sniff
from assetstore.store.store import Store

_TIMED = 16


@dataclass(slots=True, kw_only=True)
class TypeStats:
    """The media of one type that are kept with one codec.

    Attributes:
        mime: Their media type, "" where their first bytes do not show it.
        codec: The codec's name.
        count: How many there are.
        raw_bytes: Their length.
        stored_bytes: What they take in packs, without headers.
        timed: How many of them were read for their time.
        timed_bytes: Their length.
        seconds: How long that took in all.
    """

    mime: str
    codec: str
    count: int = 0
    raw_bytes: int = 0
    stored_bytes: int = 0
    timed: int = 0
    timed_bytes: int = 0
    seconds: float = 0.0


def newest_copies(store: Store) -> Iterator[tuple[Entry, int]]:
    """Each blob's newest copy in a pack that exists, and how many more there are."""
    packs = store.packs()
    for _, copies in groupby(store.entries(), key=lambda entry: entry.record.id):
        there = [entry for entry in copies if entry.pack in packs]
        if there:
            newest = max(there, key=lambda entry: (entry.pack, entry.offset))
            yield newest, len(there) - 1


def census(
    store: Store, clock: Callable[[], float] = time.perf_counter
) -> tuple[TypeStats, ...]:
    """Count media by type and codec; reads the beginning of each, and some whole.

    A blob that cannot be read counts as of no known type.
    """
    found: dict[tuple[str, str], TypeStats] = {}
    by_number = {codec.number: codec for codec in TABLE}
    for entry, _ in newest_copies(store):
        record = entry.record
        if record.kind is not Kind.MEDIA:
            continue
        facts = by_number.get(record.codec)
        codec = facts.name if facts is not None else str(record.codec)
        mime = (facts.mime if facts is not None else "") or _mime(store, entry)
        stats = found.setdefault((mime, codec), TypeStats(mime=mime, codec=codec))
        stats.count += 1
        stats.raw_bytes += record.raw
        stats.stored_bytes += record.stored
        # The first of them, and then ever rarer ones.
        if stats.timed < _TIMED and stats.count & (stats.count - 1) == 0:
            began = clock()
            if _read(store, entry):
                stats.seconds += clock() - began
                stats.timed += 1
                stats.timed_bytes += record.raw
    return tuple(found[key] for key in sorted(found))


def _mime(store: Store, entry: Entry) -> str:
    try:
        for piece in store.stream_copy(entry, check=False):
            return sniff(bytes(piece[:1024]))
    except (AssetstoreError, FileNotFoundError):
        pass
    return ""


def _read(store: Store, entry: Entry) -> bool:
    try:
        store.read_through(entry)
    except (AssetstoreError, FileNotFoundError):
        return False
    return True
