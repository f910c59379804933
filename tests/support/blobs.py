"""Blobs put into stores in memory, and what packs hold of them spoilt."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assetstore.progress import Progress
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.codecs.dependent import PREFIX
from assetstore.store.codecs.dictionary import encode
from assetstore.store.codecs.whole import with_dictionary
from assetstore.store.format.blob import BlobId, Kind, Ref, blob_id
from assetstore.store.format.index import Entry, write_index
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.pack import PACK_HEADER, RECORD, Record, pack_key
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.store import Store

KNOWN = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"".join(
    b"<path d='M%d %dh24v24H0z'/>" % (n, 7 * n) for n in range(9)
)
# What is coded with the first as its dictionary.
CODED = KNOWN[:120] + b"<circle/>" + KNOWN[90:160]


def media(raw: bytes) -> BlobId:
    """The id of a medium."""
    return blob_id(Kind.MEDIA, raw)


def pack_of(store: Store, *blobs: bytes, again: bool = False) -> str:
    """Put media into a new pack; its name.

    Args:
        store: The store.
        blobs: The media.
        again: Write what the store holds already, too.
    """
    before = store.packs().keys()
    with store.session() as session:
        if again:
            session.distrust(map(media, blobs))
        for raw in blobs:
            session.put(Kind.MEDIA, raw)
        session.commit()
    (name,) = store.packs().keys() - before
    return name


def recipe_of(store: Store, raw: bytes) -> BlobId:
    """Put a recipe; its id."""
    with store.session() as session:
        id, _ = session.put(Kind.RECIPE, raw)
        session.commit()
    return id


def objects(store: Store) -> dict[str, bytes]:
    """What a store in memory is made of."""
    assert isinstance(store.backend, MemoryBackend)
    return store.backend.objects


def flip(store: Store, entry: Entry, at: int = RECORD.size) -> None:
    """Spoil a record: its first stored byte, or another byte from its header on."""
    key = pack_key(entry.pack)
    data = bytearray(objects(store)[key])
    data[entry.offset + at] ^= 1
    objects(store)[key] = bytes(data)


def spoil(store: Store, id: BlobId) -> None:
    """Spoil every copy of a blob."""
    for entry in store.copies(id):
        flip(store, entry)


def coded_pack(name: str, *, first: bytes = KNOWN) -> tuple[bytes, list[Entry]]:
    """A pack in which the second record needs the first, and the third none."""
    frame = encode(CODED, first)
    assert frame is not None
    stored = [first, with_dictionary(media(first)[:PREFIX], frame), b"alone"]
    raws = [first, CODED, b"alone"]
    data, entries = bytearray(PACK_HEADER), []
    for codec, raw, form in zip((0, 2, 0), raws, stored, strict=True):
        record = Record(
            kind=Kind.MEDIA,
            id=media(raw),
            codec=codec,
            raw=len(raw),
            stored=len(form),
        )
        entries.append(Entry(record=record, pack=name, offset=len(data)))
        data += record.pack() + form
    return bytes(data), entries


def put_pack(store: Store, name: str, data: bytes, entries: Iterable[Entry]) -> None:
    """Put a pack and its index into a store."""
    put(store.backend, pack_key(name), [data])
    put(store.backend, f"index/{name}", [write_index(entries)])
    store.refresh()


def manifest_of(store: Store, document: str, *ids: BlobId, **more: Any) -> Manifest:
    """Put a manifest of a document that needs media."""
    refs = tuple(sorted((Kind.MEDIA, id) for id in ids))
    found = Manifest(
        document=document,
        source_size=1000,
        slim_size=100,
        slim_hash=bytes(32),
        payloads=len(ids),
        refs=refs,
    )
    return store.put_manifest(replace(found, **more))


class Nobody:
    """Looks at no document.

    Attributes:
        asked: The documents that it was asked for.
        now: Which of its states a document's file is in, 0 for the newest.
        problem: Why that cannot be told.
        claims: What the placeholders in every file need.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now: int | None = None
        self.problem = ""
        self.claims: set[Ref] | None = None

    def state(self, states: Sequence[Manifest]) -> tuple[Manifest | None, str]:
        """Tell what was put into ``now`` and ``problem``."""
        self.asked.append(states[0].document)
        now = None if self.now is None else states[self.now]
        return now, self.problem

    def scan(
        self, store: Store, live: LiveSet, paths: Sequence[Path], progress: Progress
    ) -> int:
        """Find what was put into ``claims`` in every file."""
        live.add(self.claims or ())
        return len(paths)

    def needs(self, store: Store, path: Path, digest: str) -> set[Ref] | None:
        """Return what was put into ``claims``."""
        self.asked.append(str(path))
        return self.claims
