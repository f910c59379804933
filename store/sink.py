"""Where blobs go: what a session of a store and what only counts have in common."""

from collections.abc import Iterator
from typing import Protocol

from assetstore.store.format.blob import BlobId, Kind


class BlobSink(Protocol):
    """Takes a blob that comes in pieces."""

    def write(self, piece: bytes) -> None:
        """Take the next piece."""

    def finish(self) -> tuple[BlobId, int, bool]:
        """End the blob: its id, its length, and whether it is new."""

    def abort(self) -> None:
        """Forget the blob."""


class Sink(Protocol):
    """Takes blobs: a session of a store, a search for some of them, or nobody."""

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """Take a blob that is in memory."""

    def writer(self, kind: Kind) -> BlobSink:
        """Take a blob that comes in pieces."""

    def forgets(self, id: BlobId) -> bool:
        """Tell whether a blob that was put cannot be read back."""

    def stream(self, kind: Kind, id: BlobId) -> Iterator[memoryview]:
        """Read a blob that was put, in pieces."""


def put_whole(sink: Sink, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
    """Put a blob that is in memory, as one piece."""
    writer = sink.writer(kind)
    writer.write(raw)
    id, _, new = writer.finish()
    return id, new
