"""Index files: which pack holds which blob. Immutable; layout in docs/format.md."""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from blake3 import blake3

from assetstore.errors import StoreError, UnsupportedStore
from assetstore.store.backends.base import Backend
from assetstore.store.format.blob import KINDS, BlobId, is_name
from assetstore.store.format.pack import Record, records

_HEAD = struct.Struct("<4sIIIQ8x")
_ENTRY = struct.Struct("<32sIBBxxQQQ")
_MAGIC = b"ASix"
_NAME = 26
_PIECE = 1 << 18
_END = 1 << 63  # more than any file holds, and than SQLite can count


class Entry(NamedTuple):
    """Where one copy of a blob is. A tuple, since a store has millions of them.

    Attributes:
        record: Its header.
        pack: The pack's name.
        offset: Where in the pack the header stands.
    """

    record: Record
    pack: str
    offset: int


def walk(backend: Backend, name: str) -> Iterator[Entry]:
    """List what a pack holds, by its own headers.

    Raises:
        FileNotFoundError: There is no such pack.
        DamagedBlob: A header is damaged; what stands before it was given out.
    """
    for offset, record in records(backend, name):
        yield Entry(record=record, pack=name, offset=offset)


def order(entry: Entry) -> tuple[bytes, str, int]:
    """Return what entries of an index file are sorted by."""
    return entry.record.id, entry.pack, entry.offset


def write_index(entries: Iterable[Entry]) -> bytes:
    """The bytes of an index file with these entries."""
    ordered = sorted(entries, key=order)
    packs = {e.pack for e in ordered}
    return b"".join(write_pieces(ordered, packs, len(ordered)))


def write_pieces(
    entries: Iterable[Entry], packs: Iterable[str], count: int
) -> Iterator[bytes]:
    """The bytes of an index file, piece by piece.

    Args:
        entries: What it holds, in `order`.
        packs: All packs that they name.
        count: How many they are.
    """
    names = sorted(packs)
    number = {name: i for i, name in enumerate(names)}
    digest = blake3()
    piece = bytearray(_HEAD.pack(_MAGIC, 1, len(names), 0, count))
    piece += b"".join(name.encode("ascii") for name in names)
    for entry in entries:
        r = entry.record
        fields = (r.id, number[entry.pack], r.kind, r.codec)
        piece += _ENTRY.pack(*fields, entry.offset, r.stored, r.raw)
        if len(piece) >= _PIECE:
            digest.update(piece)
            yield bytes(piece)
            piece.clear()
    digest.update(piece)
    yield bytes(piece) + digest.digest()


def read_index(data: bytes, name: str) -> Iterator[Entry]:
    """The entries of an index file.

    Raises:
        StoreError: The file is damaged, or of another version.
    """
    body = data[:-32]
    if len(data) < _HEAD.size + 32 or blake3(body).digest() != data[-32:]:
        raise _damaged(name, "its bytes are not what was written")
    magic, version, packs, _, count = _HEAD.unpack_from(body)
    if magic != _MAGIC or version != 1:
        raise UnsupportedStore(
            f"index {name} is of a version this program does not know",
            hint="Update assetstore.",
        )
    first = _HEAD.size + packs * _NAME
    if len(body) != first + count * _ENTRY.size:
        raise _damaged(name, "its length is wrong")
    names = [
        body[at : at + _NAME].decode("latin-1")
        for at in range(_HEAD.size, first, _NAME)
    ]
    if not all(map(is_name, names)):
        raise _damaged(name, "it names something that is no pack")
    for fields in _ENTRY.iter_unpack(memoryview(body)[first:]):
        id, pack, kind, codec, offset, stored, raw = fields
        if pack >= packs or kind not in KINDS or max(offset, stored, raw) >= _END:
            raise _damaged(name, "an entry is out of bounds")
        record = Record(KINDS[kind], BlobId(id), codec, raw, stored)
        yield Entry(record, names[pack], offset)


def _damaged(name: str, why: str) -> StoreError:
    return StoreError(
        f"index {name} is damaged: {why}",
        hint="Rebuild it from the packs: assetstore repair",
    )
