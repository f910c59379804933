"""Losses that somebody accepted: blobs that documents need and that are nowhere.

Each has an object of its own in the store, ``losses/<id>``. That it exists is what
counts; what is in it is for people. It goes as soon as the blob is written again.
"""

import contextlib
import json
from collections.abc import Iterable, Sequence

from assetstore.store.backends.base import Backend, put
from assetstore.store.format.blob import BlobId

_FOLDER = "losses/"


def accepted_losses(backend: Backend) -> set[BlobId]:
    """The blobs whose loss was accepted, whether or not they are back."""
    return {
        BlobId(bytes.fromhex(name))
        for key, _ in backend.list(_FOLDER)
        if _is_id(name := key.removeprefix(_FOLDER))
    }


def _is_id(name: str) -> bool:
    return len(name) == 64 and not set(name) - set("0123456789abcdef")


def accept_loss(
    backend: Backend, blob: str, kind: str, documents: Sequence[str], now: float
) -> None:
    """Note, durably, that a blob is lost for good.

    Args:
        backend: Where the store is.
        blob: Its id in hexadecimal.
        kind: "media" or "recipe".
        documents: The documents that need it.
        now: Seconds since 1970.

    Raises:
        StoreWriteError: It cannot be noted.
    """
    record = {
        "accepted": round(now),
        "blob": blob,
        "documents": list(documents),
        "kind": kind,
        "v": 1,
    }
    text = json.dumps(record, sort_keys=True).encode() + b"\n"
    with contextlib.suppress(FileExistsError):
        put(backend, f"{_FOLDER}{blob}", [text])


def end_losses(backend: Backend, blobs: Iterable[BlobId]) -> None:
    """Take it back of blobs that are in the store again, or that nobody needs."""
    for id in accepted_losses(backend).intersection(blobs):
        backend.delete(f"{_FOLDER}{id.hex()}")
