"""Index files: which pack holds which blob. Immutable; layout in docs/format.md."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from blake3 import blake3

from assetstore.errors import StoreError
from assetstore.store.blob import BlobId, Kind
from assetstore.store.pack import Record

_HEAD = struct.Struct("<4sIIIQ8x")
_ENTRY = struct.Struct("<32sIBBxxQQQ")
_MAGIC = b"ASix"
_NAME = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where one copy of a blob is.

    Attributes:
        record: Its header.
        pack: The pack's name.
        offset: Where in the pack the header stands.
    """

    record: Record
    pack: str
    offset: int


def write_index(entries: Iterable[Entry]) -> bytes:
    """The bytes of an index file with these entries."""
    ordered = sorted(entries, key=lambda e: (e.record.id, e.pack))
    packs = sorted({e.pack for e in ordered})
    number = {name: i for i, name in enumerate(packs)}
    parts = [_HEAD.pack(_MAGIC, 1, len(packs), 0, len(ordered))]
    parts += [name.encode("ascii").ljust(_NAME, b"\0")[:_NAME] for name in packs]
    for entry in ordered:
        r = entry.record
        parts.append(
            _ENTRY.pack(
                r.id,
                number[entry.pack],
                r.kind,
                r.codec,
                entry.offset,
                r.stored,
                r.raw,
            )
        )
    data = b"".join(parts)
    return data + blake3(data).digest()


def read_index(data: bytes, name: str) -> Iterator[Entry]:
    """The entries of an index file.

    Raises:
        StoreError: The file is damaged, or of another version.
    """
    body = data[:-32]
    if len(data) < _HEAD.size + 32 or blake3(body).digest() != data[-32:]:
        raise StoreError(
            f"index {name} is damaged",
            hint="Rebuild it from the packs: assetstore verify --rebuild-index",
        )
    magic, version, packs, _, count = _HEAD.unpack_from(body)
    if magic != _MAGIC or version != 1:
        raise StoreError(f"index {name} is of a version this program does not know")
    at = _HEAD.size
    names = [
        body[at + i * _NAME : at + (i + 1) * _NAME].rstrip(b"\0").decode("ascii")
        for i in range(packs)
    ]
    at += packs * _NAME
    if len(body) != at + count * _ENTRY.size:
        raise StoreError(f"index {name} has a wrong length")
    for id, pack, kind, codec, offset, stored, raw in _ENTRY.iter_unpack(body[at:]):
        record = Record(
            kind=Kind(kind), id=BlobId(id), codec=codec, raw=raw, stored=stored
        )
        yield Entry(record=record, pack=names[pack], offset=offset)
