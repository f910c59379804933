"""Manifests: which document holds which blobs. Layout in docs/format.md."""

import json
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from blake3 import blake3

from assetstore.errors import DamagedManifest
from assetstore.store.blob import BlobId, Kind, Ref

_HEAD = struct.Struct("<4sII")
_MAGIC = b"ASmf"
State = Literal["archived", "restored"]
_FIELDS: dict[str, tuple[type, ...]] = {
    "document": (str,),
    "client": (str,),
    "profile": (str,),
    "seq": (int,),
    "created": (int, float),
    "source_size": (int,),
    "slim_size": (int,),
    "payloads": (int,),
}
_END = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a document held when it was archived or restored.

    Attributes:
        document: Its absolute path.
        client: Who wrote this, and alone may retract it.
        seq: Its number among the document's manifests.
        created: When, in seconds since 1970; for people, nothing depends on it.
        state: "archived": it needs ``refs``; "restored": it needs nothing, but for
            what it may need of ``refs``.
        profile: How the document was read.
        source_size: The original's size in bytes.
        slim_size: The archived document's size.
        slim_hash: BLAKE3 of the archived document.
        payloads: How many placeholders it holds.
        refs: Every recipe and blob that it needs, sorted.
    """

    document: str
    client: str = ""
    seq: int = 0
    created: float = 0.0
    state: State = "archived"
    profile: str = "generic"
    source_size: int
    slim_size: int
    slim_hash: bytes = b""
    payloads: int = 0
    refs: tuple[Ref, ...] = ()

    def signed(self, client: str, seq: int, created: float) -> "Manifest":
        """This manifest with its place in the store."""
        return replace(self, client=client, seq=seq, created=created)

    @property
    def begun(self) -> bool:
        """Whether it says of a restore that it was begun, and not that it was done.

        Its document is still in the state before, or is what it was restored to.
        """
        return self.state == "restored" and bool(self.refs) and self.payloads > 0

    @property
    def key(self) -> str:
        """Its key in the store."""
        return f"{document_prefix(self.client, self.document)}{self.seq:010d}"

    def pack(self) -> bytes:
        """Its bytes."""
        head = {
            "client": self.client,
            "created": self.created,
            "document": self.document,
            "payloads": self.payloads,
            "profile": self.profile,
            "refs": len(self.refs),
            "seq": self.seq,
            "slim_hash": self.slim_hash.hex(),
            "slim_size": self.slim_size,
            "source_size": self.source_size,
            "state": self.state,
        }
        text = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
        body = b"".join(bytes((kind,)) + id for kind, id in sorted(self.refs))
        data = _HEAD.pack(_MAGIC, 1, len(text)) + text + body
        return data + blake3(data).digest()

    @classmethod
    def unpack(cls, data: bytes, key: str) -> "Manifest":
        """Parse `pack`'s bytes.

        Args:
            data: The bytes.
            key: Where they were; in a store, what they say must belong there.

        Raises:
            DamagedManifest: They are not that manifest's.
        """
        try:
            manifest = _parsed(data)
            if key.startswith("manifests/") and manifest.key != key:
                raise ValueError("it is another one's")
            return manifest
        except (ValueError, KeyError, TypeError, struct.error, RecursionError) as e:
            raise DamagedManifest(
                f"manifest {key} cannot be read: {e}",
                hint="Run 'assetstore repair'. Until then gc refuses to collect.",
                path=key,
            ) from e


def _parsed(data: bytes) -> Manifest:
    body = data[:-32]
    if len(data) < _HEAD.size + 32 or blake3(body).digest() != data[-32:]:
        raise ValueError("its bytes are damaged")
    magic, version, size = _HEAD.unpack_from(body)
    if magic != _MAGIC or version != 1:
        raise ValueError("it is of another version")
    head: dict[str, Any] = json.loads(body[_HEAD.size : _HEAD.size + size])
    if not isinstance(head, dict):
        raise ValueError("it has no head")
    rest = body[_HEAD.size + size :]
    if len(rest) != 33 * head.pop("refs"):
        raise ValueError("it has a wrong length")
    refs = tuple(
        (Kind(rest[i]), BlobId(rest[i + 1 : i + 33])) for i in range(0, len(rest), 33)
    )
    if list(refs) != sorted(set(refs)):
        raise ValueError("its references are not sorted")
    head["slim_hash"] = bytes.fromhex(head["slim_hash"])
    if head["state"] not in ("archived", "restored"):
        raise ValueError("its state is unknown")
    for name, kind in _FIELDS.items():
        if type(head[name]) not in kind or not 0 <= _size(head[name]) < _END:
            raise ValueError(f"its {name} is none")
    return Manifest(**head, refs=refs)


def _size(value: str | float) -> float:
    return len(value) if isinstance(value, str) else value


def document_prefix(client: str, document: str | Path) -> str:
    """Where a client keeps a document's manifests."""
    name = str(document).encode("utf-8", "surrogateescape")
    return f"manifests/{client}/{blake3(name).digest(20).hex()}/"
