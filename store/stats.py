"""What a store holds, in numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from assetstore.errors import DamagedManifest
from assetstore.store.blob_types import TypeStats, census, newest_copies
from assetstore.store.codecs.table import TABLE
from assetstore.store.format.blob import Kind
from assetstore.store.format.manifest import THREAD, Manifest
from assetstore.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobStats:
    """The blobs of one kind that are kept with one codec.

    A blob with several copies counts once.

    Attributes:
        kind: "media" or "recipe".
        codec: The codec's name.
        count: How many there are.
        raw_bytes: Their length.
        stored_bytes: What they take in packs, without headers.
    """

    kind: str
    codec: str
    count: int
    raw_bytes: int
    stored_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStats:
    """A store in numbers.

    Attributes:
        blobs: Blobs by kind and codec.
        copies: Copies of blobs beyond the first.
        packs: Pack files.
        pack_bytes: Their size.
        indexes: Index files.
        index_bytes: Their size.
        manifests: Manifest files.
        manifest_bytes: Their size.
        disk_bytes: The size of everything in the store.
        documents: Documents that are archived now.
        restored: Documents that were restored, and of which that is known.
        unreadable: Manifests that cannot be read.
        source_bytes: What the archived documents were long.
        slim_bytes: What they are long now.
        left: Payloads that stayed in archived documents, by reason.
        left_bytes: Bytes of their text.
        threads: Threads that are kept as a whole; they are no documents here.
        thread_bytes: What comes back of these.
        types: Media by type and codec; none where they were not looked at.
    """

    blobs: tuple[BlobStats, ...]
    copies: int
    packs: int
    pack_bytes: int
    indexes: int
    index_bytes: int
    manifests: int
    manifest_bytes: int
    disk_bytes: int
    documents: int
    restored: int
    unreadable: int
    source_bytes: int
    slim_bytes: int
    left: Mapping[str, int]
    left_bytes: int
    threads: int = 0
    thread_bytes: int = 0
    types: tuple[TypeStats, ...] = ()


def stats(store: Store, *, types: bool = False) -> StoreStats:
    """Count what a store holds; reads indexes and manifests.

    Args:
        store: The store.
        types: Read what media begin with, too, and some of them whole.
    """
    names = {codec.number: codec.name for codec in TABLE}
    groups: dict[tuple[Kind, int], list[int]] = {}
    copies = 0
    for entry, more in newest_copies(store):
        record = entry.record
        copies += more
        group = groups.setdefault((record.kind, record.codec), [0, 0, 0])
        for i, n in enumerate((1, record.raw, record.stored)):
            group[i] += n
    files = {
        folder: [size for _, size in store.backend.list(f"{folder}/")]
        for folder in ("packs", "index", "manifests", "tombs", "quarantine")
    }
    archived, restored, unreadable = _documents(store)
    return StoreStats(
        blobs=tuple(
            BlobStats(
                kind=kind.name.lower(),
                codec=names.get(codec, str(codec)),
                count=count,
                raw_bytes=raw,
                stored_bytes=stored,
            )
            for (kind, codec), (count, raw, stored) in sorted(groups.items())
        ),
        copies=copies,
        packs=len(files["packs"]),
        pack_bytes=sum(files["packs"]),
        indexes=len(files["index"]),
        index_bytes=sum(files["index"]),
        manifests=len(files["manifests"]),
        manifest_bytes=sum(files["manifests"]),
        disk_bytes=sum(map(sum, files.values())) + (store.backend.size("config") or 0),
        documents=archived.count,
        restored=restored,
        unreadable=unreadable,
        source_bytes=archived.source,
        slim_bytes=archived.slim,
        left=dict(archived.left),
        left_bytes=archived.left_bytes,
        threads=archived.threads,
        thread_bytes=archived.thread_bytes,
        types=census(store) if types else (),
    )


@dataclass(slots=True)
class _Archived:
    count: int = 0
    source: int = 0
    slim: int = 0
    left: Counter[str] = field(default_factory=Counter)
    left_bytes: int = 0
    threads: int = 0
    thread_bytes: int = 0


def _documents(store: Store) -> tuple[_Archived, int, int]:
    """Archived documents, how many were restored, how many cannot be read."""
    archived, restored, unreadable = _Archived(), 0, 0
    for key in store.newest_keys():
        manifest: Manifest | None = None
        try:
            manifest = store.load_manifest(key)
            if manifest.begun:
                manifest = store.before(manifest)
        except FileNotFoundError:
            continue
        except DamagedManifest:
            unreadable += 1
            continue
        if manifest.document.startswith(THREAD):
            archived.threads += 1
            archived.thread_bytes += manifest.source_size
        elif manifest.state == "restored":
            restored += 1
        else:
            archived.count += 1
            archived.source += manifest.source_size
            archived.slim += manifest.slim_size
            if manifest.left is not None:
                archived.left.update(manifest.left.reasons)
                archived.left_bytes += manifest.left.size
    return archived, restored, unreadable
