"""Read every pack of a store, and tell what is whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.progress import Progress
from assetstore.store.codecs.table import PLAIN
from assetstore.store.format.blob import BlobId, is_name
from assetstore.store.format.index import Entry
from assetstore.store.index_cache import IndexCache
from assetstore.store.repair.index import scan_pack
from assetstore.store.store import Store


@dataclass(slots=True)
class PackFindings:
    """What the packs of a store hold.

    Attributes:
        whole: Every copy of a blob whose bytes are right, by the packs themselves.
        damaged: What is wrong with packs, by name, in sentences.
        broken: Blobs of which a copy is damaged.
        foreign: Packs with records that this version cannot read.
        stray: Packs that are not as the index files say.
        packs: How many there are.
        bytes_read: Bytes of records that were read and hashed.
    """

    whole: IndexCache = field(default_factory=lambda: IndexCache(None))
    damaged: dict[str, str] = field(default_factory=dict)
    broken: set[BlobId] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    stray: set[str] = field(default_factory=set)
    packs: int = 0
    bytes_read: int = 0

    def close(self) -> None:
        """Forget everything."""
        self.whole.close()


def read_packs(store: Store, progress: Progress) -> PackFindings:
    """Read, decode and hash every record of every pack."""
    found = PackFindings()
    packs = {name: size for name, size in store.packs().items() if is_name(name)}
    progress.start(sum(packs.values()), "reading packs")
    for name, size in sorted(packs.items()):
        _look(store, found, name, size)
        progress.advance(size)
    found.packs = len(packs)
    return found


def _look(store: Store, found: PackFindings, name: str, size: int) -> None:
    """Take in one pack."""
    entries, wrong = scan_pack(store.backend, name, size)
    whole: list[Entry] = []
    bad = 0
    for entry in entries:
        try:
            for piece in store.stream_copy(entry):
                found.bytes_read += len(piece)
        except FileNotFoundError:  # a collection removed it
            return
        except UnsupportedStore:
            found.foreign.add(name)
        except DamagedBlob:
            bad += 1
            found.broken.add(entry.record.id)
            continue
        whole.append(entry)
    known = {(e.offset, e.record) for e in store.entries(name)}
    found.broken.update(record.id for _, record in known)
    if known != {(e.offset, e.record) for e in entries}:
        found.stray.add(name)
    if wrong or bad:
        lost = max(bad, len({r.id for _, r in known} - {e.record.id for e in whole}))
        found.damaged[name] = wrong or (
            f"Pack {name}: {lost} of {len(entries)} blobs are damaged."
        )
    found.broken.difference_update(e.record.id for e in whole)
    found.whole.add(name, whole)


def unreadable(store: Store, entries: Iterable[Entry]) -> int:
    """Count blobs that cannot be read here: it takes a package or a newer version.

    Raises:
        DamagedBlob: One is damaged.
        FileNotFoundError: The pack is gone.
    """
    count = 0
    for entry in entries:
        if entry.record.codec not in PLAIN:
            try:
                store.read_through(entry)
            except UnsupportedStore:
                count += 1
    return count
