"""Put a store's indexes back together."""

from dataclasses import dataclass

from assetstore.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """What a rebuild of the index found.

    Attributes:
        packs: Packs that were scanned.
        blobs: Copies of blobs in the new index.
        replaced: Index files that the new one replaces.
        notes: Packs that could not be read to their end, in sentences.
    """

    packs: int
    blobs: int
    replaced: int
    notes: tuple[str, ...] = ()


def rebuild_index(store: Store) -> RebuildReport:
    """Write a new index from the packs (in the making)."""
    return RebuildReport(packs=0, blobs=0, replaced=0)
