"""Packs: immutable files of records. Layout in docs/format.md."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from assetstore.errors import DamagedBlob
from assetstore.store.backends.base import Backend
from assetstore.store.format.blob import KINDS, BlobId, Kind

PACK_HEADER = b"ASPK" + bytes((1,)) + bytes(11)
MAX_EFFORT = 9
RECORD = struct.Struct("<4sBBBxQQ32s4xI")
RECORD_MAGIC = b"ASrc"
TARGET = 32 << 20
# A blob of this size gets a pack of its own.
LARGE = 4 << 20


class Record(NamedTuple):
    """A record's header. A tuple, since a store has millions of them.

    Attributes:
        kind: What the blob is.
        id: Its hash.
        codec: The codec's number; may be one that this version does not know.
        raw: The blob's length in bytes.
        stored: How many bytes the pack holds for it, header not counted.
    """

    kind: Kind
    id: BlobId
    codec: int
    raw: int
    stored: int

    def pack(self) -> bytes:
        """The header's 64 bytes."""
        head = RECORD.pack(
            RECORD_MAGIC, 1, self.codec, self.kind, self.raw, self.stored, self.id, 0
        )
        return head[:60] + zlib.crc32(head[:60]).to_bytes(4, "little")

    @classmethod
    def unpack(cls, head: bytes) -> "Record":
        """Parse a header.

        Raises:
            DamagedBlob: These are not the bytes of a header.
        """
        if len(head) != RECORD.size:
            raise DamagedBlob("a record's header is cut short")
        magic, version, codec, kind, raw, stored, id, crc = RECORD.unpack(head)
        if magic != RECORD_MAGIC or crc != zlib.crc32(head[:60]):
            raise DamagedBlob("a record's header is damaged")
        if version != 1 or kind not in KINDS or head[7] or any(head[56:60]):
            raise DamagedBlob("a record's header has fields of another version")
        return cls(KINDS[kind], BlobId(id), codec, raw, stored)


def pack_key(name: str) -> str:
    """The key of a pack."""
    return f"packs/{name[-2:]}/{name}"


def pack_name(key: str) -> str:
    """The name in a pack's key."""
    return key.rpartition("/")[2]


def pack_header(effort: int) -> bytes:
    """Return how a pack begins.

    Args:
        effort: The effort that its records were coded with, 0 to 9.
    """
    return PACK_HEADER[:5] + bytes((effort,)) + PACK_HEADER[6:]


def pack_effort(backend: Backend, name: str) -> int:
    """The effort that a pack's records were coded with.

    Raises:
        FileNotFoundError: There is no such pack.
        DamagedBlob: It does not begin like a pack.
    """
    head = bytearray(len(PACK_HEADER))
    got = read_pack(backend, pack_key(name), 0, memoryview(head))
    effort = head[5]
    if got != len(head) or effort > MAX_EFFORT or head != pack_header(effort):
        raise DamagedBlob(f"pack {name} does not begin like a pack")
    return effort


def read_pack(backend: Backend, key: str, offset: int, view: memoryview) -> int:
    """Read from a pack; what the medium refuses counts as damaged.

    Raises:
        FileNotFoundError: There is no such pack.
        DamagedBlob: It cannot be read.
    """
    try:
        return backend.read_into(key, offset, view)
    except FileNotFoundError:
        raise
    except OSError as e:
        raise DamagedBlob(f"pack {pack_name(key)} cannot be read: {e.strerror}") from e


def records(backend: Backend, name: str) -> Iterator[tuple[int, Record]]:
    """Walk through a pack's records, with their offsets.

    Raises:
        DamagedBlob: A header is damaged; what stands behind it is not reached.
    """
    key = pack_key(name)
    size = backend.size(key) or 0
    head = bytearray(RECORD.size)
    pack_effort(backend, name)
    offset = len(PACK_HEADER)
    while offset < size:
        got = read_pack(backend, key, offset, memoryview(head))
        record = Record.unpack(bytes(head[:got]))
        if offset + RECORD.size + record.stored > size:
            raise DamagedBlob(f"pack {name} is cut short")
        yield offset, record
        offset += RECORD.size + record.stored
