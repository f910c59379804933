"""Manifests: which document holds which blobs. Layout in docs/format.md."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import lt
from pathlib import Path
from typing import Any, Literal, NamedTuple

from blake3 import blake3

from assetstore.errors import DamagedManifest
from assetstore.files.source import RandomAccess
from assetstore.store.format.blob import KINDS, BlobId, Kind, Ref
from assetstore.store.format.notes import NOTE_SIZE, LastLine, Notes, Replaced
from assetstore.store.format.placeholder import PREFIX_BYTES

_HEAD = struct.Struct("<4sII")
_MAGIC = b"ASmf"
# A version is written where it is needed. The second one has notes; a store that holds
# one names this feature, so that an older program leaves it alone.
VERSION = 2
FEATURE = "notes"
_NONE = Notes()
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
# How names of documents begin that are threads, kept whole: each state of one holds all
# that the ones before held.
THREAD = "thread:"


class Left(NamedTuple):
    """The payloads that an archive left in a document.

    Attributes:
        size: Bytes of their text.
        reasons: How many for each reason.
    """

    size: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a document held when it was archived or restored.

    Attributes:
        document: Its absolute path.
        writer: Who wrote this, and alone may retract it.
        seq: Its number among the document's manifests.
        created: When, in seconds since 1970; for people, nothing depends on it.
        state: "archived": it needs ``refs``; "restored": it needs nothing, but for
            what it may need of ``refs``.
        profile: How the document was read.
        source_size: The original's size in bytes.
        slim_size: The archived document's size.
        slim_hash: BLAKE3 of the archived document.
        payloads: How many placeholders it holds that a restore puts back.
        refs: Every recipe and blob that it needs, sorted.
        notes: The placeholders in it that no archive of it put there; of a log, all.
        last: The last line of a log.
        replaced: Of a log that was changed, the form before.
        left: The payloads that stayed in it.
        keeps: Of a restore that was begun: what it needs of ``refs`` afterwards.
    """

    document: str
    writer: str = ""
    seq: int = 0
    created: float = 0.0
    state: State = "archived"
    profile: str = "generic"
    source_size: int
    slim_size: int
    slim_hash: bytes = b""
    payloads: int = 0
    refs: tuple[Ref, ...] = ()
    notes: Notes = _NONE
    last: LastLine | None = None
    replaced: Replaced | None = None
    left: Left | None = None
    keeps: tuple[Ref, ...] = ()

    def signed(self, writer: str, seq: int, created: float) -> "Manifest":
        """This manifest with its place in the store."""
        return replace(self, writer=writer, seq=seq, created=created)

    @property
    def begun(self) -> bool:
        """Tell whether it says that a restore was begun, and not that it was done.

        Its document is still in the state before, or is what it was restored to.
        """
        return self.state == "restored" and bool(self.refs) and self.payloads > 0

    @property
    def done(self) -> "Manifest":
        """The manifest to put once a restore that was begun is done."""
        return replace(self, refs=self.keeps, keeps=(), payloads=0, seq=self.seq + 1)

    def replaces(self, source: RandomAccess) -> bool:
        """Tell whether a log begins with what this was to replace, as far as is known.

        Args:
            source: The log.

        Raises:
            SourceChanged: It became shorter meanwhile.
        """
        known = self.replaced
        return known is not None and known.is_in(source, self.source_size)

    @property
    def version(self) -> int:
        """The oldest version of the format that can say this."""
        return 2 if self.notes or self.keeps or self.last or self.left else 1

    @property
    def recipes(self) -> frozenset[bytes]:
        """The prefixes of the recipes that it needs."""
        return frozenset(
            id[:PREFIX_BYTES] for kind, id in self.refs if kind is Kind.RECIPE
        )

    @property
    def key(self) -> str:
        """Its key in the store."""
        return f"{document_prefix(self.writer, self.document)}{self.seq:010d}"

    def pack(self) -> bytes:
        """Its bytes."""
        head = {
            "client": self.writer,
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
        body = _packed(self.refs)
        if self.version > 1:
            head |= {"keeps": len(self.keeps), "notes": len(self.notes)}
            if self.last is not None:
                last = self.last
                head["last"] = [last.number, last.length, last.head.hex()]
            if self.left is not None:
                head["left"] = [self.left.size, dict(self.left.reasons)]
            if self.replaced is not None:
                head["replaced"] = [self.replaced.first, self.replaced.digest.hex()]
            body += self.notes.packed + _packed(self.keeps)
        text = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
        data = _HEAD.pack(_MAGIC, self.version, len(text)) + text + body
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
        except (
            ArithmeticError,
            KeyError,
            RecursionError,
            TypeError,
            ValueError,
            struct.error,
        ) as e:
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
    if magic != _MAGIC or not 1 <= version <= VERSION:
        raise ValueError("it is of another version; update assetstore")
    head: dict[str, Any] = json.loads(body[_HEAD.size : _HEAD.size + size])
    if not isinstance(head, dict):
        raise ValueError("it has no head")
    rest = _Rest(body[_HEAD.size + size :])
    refs = rest.refs(head.pop("refs"))
    # What the head counts stands behind it; each part is taken off as it is counted.
    if version > 1:
        head["notes"] = Notes(rest.take(head["notes"] * NOTE_SIZE))
        head["keeps"] = rest.refs(head["keeps"])
        if "last" in head:
            number, length, name = head["last"]
            head["last"] = LastLine(_number(number), _number(length), _hash(name))
        if "left" in head:
            head["left"] = _left(*head["left"])
        if "replaced" in head:
            first, name = head["replaced"]
            if _number(first) > _number(head["source_size"]):  # it is read there
                raise ValueError("its document never was so long")
            head["replaced"] = Replaced(first, _hash(name))
    elif head.keys() & {"notes", "keeps", "last", "left", "replaced"}:
        raise ValueError("its head is of another version")
    if rest.data:
        raise ValueError("it has a wrong length")
    head["slim_hash"] = bytes.fromhex(head["slim_hash"])
    if head["state"] not in ("archived", "restored"):
        raise ValueError("its state is unknown")
    # The hash shows damage, not a writer's mistake: numbers are used as offsets.
    for name, kind in _FIELDS.items():
        if type(head[name]) not in kind or not 0 <= _size(head[name]) < _END:
            raise ValueError(f"its {name} is none")
    head["writer"] = head.pop("client")  # as the bytes have called it from the first
    return Manifest(**head, refs=refs)


def _left(size: object, reasons: object) -> Left:
    if not isinstance(reasons, dict):
        raise ValueError("what was left in its document has no reasons")
    return Left(_number(size), {why: _number(n) for why, n in reasons.items()})


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < _END:
        raise ValueError(f"{value!r} is no number")
    return value


def _hash(text: str) -> bytes:
    digest = bytes.fromhex(text)
    if len(digest) != 8:
        raise ValueError(f"{text!r} is no hash of 8 bytes")
    return digest


class _Rest:
    """What follows a manifest's head, taken from its beginning."""

    def __init__(self, data: bytes):
        self.data = data

    def take(self, size: int) -> bytes:
        if not 0 <= size <= len(self.data):
            raise ValueError("it has a wrong length")
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def refs(self, count: int) -> tuple[Ref, ...]:
        raw = self.take(33 * count)
        each = [raw[i : i + 33] for i in range(0, len(raw), 33)]
        if not all(map(lt, each, each[1:])):  # fails for one that is there twice, too
            raise ValueError("its references are not sorted")
        return tuple([(KINDS[ref[0]], BlobId(ref[1:])) for ref in each])


def _packed(refs: tuple[Ref, ...]) -> bytes:
    return b"".join(bytes((kind,)) + id for kind, id in sorted(refs))


def _size(value: str | float) -> float:
    return len(value) if isinstance(value, str) else value


def document_prefix(writer: str, document: str | Path) -> str:
    """Return the beginning of the keys of a writer's manifests of a document."""
    name = str(document).encode("utf-8", "surrogateescape")
    return f"manifests/{writer}/{blake3(name).digest(20).hex()}/"
