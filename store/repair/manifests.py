"""Put damaged manifests right, where that can be proven.

A manifest says what a document needs; a wrong one would let a collection remove
it. So only these are put right: one with a single flipped bit (its hash says which),
one whose bytes are found whole under another's key or in a copy of the store, and
one whose document is still the file that it speaks of, and names as much as it did.
"""

import contextlib
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from assetstore.errors import AssetstoreError, DamagedManifest, StoreError
from assetstore.store.backends.base import Backend, Mender, get
from assetstore.store.document_protocol import Documents
from assetstore.store.format.manifest import Manifest, document_prefix
from assetstore.store.repair.quarantine import preserve
from assetstore.store.reports import Mended
from assetstore.store.store import Store

# Flipped bits are looked for in manifests up to this many bytes: some seconds.
_LONGEST = 1 << 14
_HASH = 32
# Of a hash's bytes: that so many agree by chance is one case in 10^12.
_AGREED = 8


@dataclass(slots=True)
class Damaged:
    """A manifest that cannot be read.

    Attributes:
        key: Where it is.
        data: Its bytes.
        document: What it speaks of, or "" where that cannot be told.
    """

    key: str
    data: bytes
    document: str = ""


def damaged_manifests(store: Store) -> list[Damaged]:
    """The manifests of a store that cannot be read, or are in another's place."""
    found: list[Damaged] = []
    names: dict[str, str] = {}
    for key in store.manifest_keys():
        try:
            names[key.rpartition("/")[0] + "/"] = store.load_manifest(key).document
        except FileNotFoundError:
            continue
        except DamagedManifest:
            data = b""
            with contextlib.suppress(StoreError, FileNotFoundError):
                data = get(store.backend, key)
            found.append(Damaged(key, data, _document(key, data)))
    for damaged in found:
        prefix = damaged.key.rpartition("/")[0] + "/"
        damaged.document = damaged.document or names.get(prefix, "")
    return found


def mend(
    store: Store,
    damaged: Sequence[Damaged],
    documents: Documents,
    backups: Iterable[Backend] = (),
    *,
    dry_run: bool = False,
) -> list[Mended]:
    """Put right what can be.

    Args:
        store: The store.
        damaged: What cannot be read.
        documents: Looks at their documents.
        backups: Copies of the store.
        dry_run: Change nothing.

    Returns:
        What was put right. The damaged bytes are in the quarantine.

    Raises:
        StoreWriteError: The store cannot be written.
    """
    if not isinstance(store.backend, Mender):
        return []
    displaced = _displaced(damaged)
    others = list(backups)
    mended: list[Mended] = []
    for item in damaged:
        right, how = _right(store, item, documents, displaced, others)
        if right is None:
            continue
        if not dry_run:
            preserve(store.backend, item.key)
            store.backend.mend(item.key, right)
        document = Manifest.unpack(right, item.key).document
        mended.append(Mended(key=item.key, document=document, how=how))
    for key, right in displaced.items():
        if store.backend.size(key) is None:
            document = Manifest.unpack(right, key).document
            if not dry_run:
                store.backend.mend(key, right)
            mended.append(Mended(key=key, document=document, how="misplaced"))
    return mended


def _right(
    store: Store,
    item: Damaged,
    documents: Documents,
    displaced: dict[str, bytes],
    backups: list[Backend],
) -> tuple[bytes | None, str]:
    """A manifest's own bytes, and where they come from."""
    if item.key in displaced:
        return displaced[item.key], "misplaced"
    if (data := _unflipped(item)) is not None:
        return data, "bit"
    for backup in backups:
        try:
            data = get(backup, item.key)
            Manifest.unpack(data, item.key)
        except (AssetstoreError, OSError):
            continue
        return data, "backup"
    return _rederived(store, item, documents), "document"


def _displaced(damaged: Iterable[Damaged]) -> dict[str, bytes]:
    """Whole manifests that are in another one's place, by their own keys."""
    found: dict[str, bytes] = {}
    for item in damaged:
        try:
            key = Manifest.unpack(item.data, "").key
        except DamagedManifest:
            continue
        found[key] = item.data
    return found


def _unflipped(item: Damaged) -> bytes | None:
    """The bytes with the one bit turned back that is wrong, if it is one."""
    size = len(item.data) - _HASH
    if not 0 < size <= _LONGEST:
        return None
    body, wanted = bytearray(item.data[:size]), item.data[size:]
    found = blake3(body).digest()
    differing = int.from_bytes(found, "big") ^ int.from_bytes(wanted, "big")
    if differing.bit_count() == 1:
        return _if_right(bytes(body) + found, item.key)
    for at in range(size):
        for bit in range(8):
            body[at] ^= 1 << bit
            if blake3(body).digest() == wanted:
                return _if_right(bytes(body) + wanted, item.key)
            body[at] ^= 1 << bit
    return None


def _rehashed(item: Damaged) -> bytes | None:
    """The bytes with the right hash, if nothing else is damaged."""
    body = item.data[:-_HASH]
    return _proven(body + blake3(body).digest(), item)


def _proven(data: bytes, item: Damaged) -> bytes | None:
    """Bytes that are a damaged manifest's own, by what is left of its hash.

    Hashes of other bytes do not agree in a quarter of theirs.
    """
    pairs = zip(data[-_HASH:], item.data[-_HASH:], strict=False)
    agreed = sum(a == b for a, b in pairs)
    return _if_right(data, item.key) if agreed >= _AGREED else None


def _if_right(data: bytes, key: str) -> bytes | None:
    try:
        Manifest.unpack(data, key)
    except DamagedManifest:
        return None
    return data


def _head(data: bytes) -> dict[str, object]:
    """The head of a damaged manifest, as far as it can be read."""
    try:
        size = int.from_bytes(data[8:12], "little")
        head = json.loads(data[12 : 12 + size])
    except (ValueError, RecursionError):
        return {}
    return head if isinstance(head, dict) else {}


def _document(key: str, data: bytes) -> str:
    """The document that a damaged manifest names, if its key agrees."""
    head = _head(data)
    document, writer = head.get("document"), head.get("client")
    if not isinstance(document, str) or not isinstance(writer, str):
        return ""
    try:
        prefix = document_prefix(writer, document)
    except UnicodeEncodeError:
        return ""
    return document if key.startswith(prefix) else ""


def _rederived(store: Store, item: Damaged, documents: Documents) -> bytes | None:
    """A manifest made from its document, if that is what was archived."""
    head = _head(item.data)
    if not item.document or head.get("state") != "archived":
        return None
    try:
        refs = documents.needs(store, Path(item.document), str(head.get("slim_hash")))
        if refs is None or len(refs) != head.pop("refs"):
            return None
        if "notes" in head:
            # A document does not tell what of it is text: its notes must be whole.
            return _rehashed(item)
        head["slim_hash"] = bytes.fromhex(str(head["slim_hash"]))
        head["writer"] = head.pop("client")
        manifest = Manifest(**head, refs=tuple(sorted(refs)))  # type: ignore[arg-type]
        return _proven(manifest.pack(), item)
    except (AssetstoreError, OSError, ValueError, TypeError, KeyError, struct.error):
        return None
