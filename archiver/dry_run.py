"""Sinks for blobs that write nothing: a dry run counts them, a look hashes them."""

from collections.abc import Iterator

from assetstore.store.format.blob import BlobId, Kind, blob_id, hasher
from assetstore.store.format.pack import RECORD
from assetstore.store.sink import BlobSink, put_whole
from assetstore.store.store import Store


class DryRun:
    """Counts what a session would write; it answers as one that wrote it would.

    Attributes:
        store: The store, which is only read.
        new_bytes: By how much it would grow.
        pending: Nothing waits for `commit`.
    """

    pending = 0

    def __init__(self, store: Store):
        self.store = store
        self.new_bytes = 0
        self._seen: set[BlobId] = set()
        self._purged: set[BlobId] | None = None

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """Count a blob that is in memory."""
        return put_whole(self, kind, raw)

    def writer(self, kind: Kind) -> BlobSink:
        """Count a blob that comes in pieces."""
        return _Counted(self, kind)

    def has(self, id: BlobId) -> bool:
        """Tell whether a blob was counted, or is in the store."""
        return id in self._seen or self.store.holds(id)

    def refuses(self, id: BlobId) -> bool:
        """Tell whether a blob was purged: a session would not write it."""
        if self._purged is None:
            self._purged = self.store.purged()
        return id in self._purged

    def forgets(self, id: BlobId) -> bool:
        """Tell that no blob can be read back."""
        return True

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """Find the recipe in the store whose id starts with 20 bytes."""
        return self.store.find_recipe(prefix)

    def unnamed(self, kind: Kind, prefix: bytes) -> bool:
        """Tell whether a pack that no index names holds a blob."""
        return self.store.unnamed(kind, prefix)

    def purged(self) -> set[BlobId]:
        """List the blobs that were purged."""
        return self.store.purged()

    def read(self, kind: Kind, id: BlobId, *, limit: int = 16 << 20) -> bytes:
        """Read a small blob of the store."""
        return self.store.read(kind, id, limit=limit)

    def stream(
        self, kind: Kind, id: BlobId, *, check: bool = True
    ) -> Iterator[memoryview]:
        """Read a blob of the store, in pieces."""
        return self.store.stream(kind, id, check=check)

    def commit(self) -> None:
        """Publish nothing: nothing was written."""

    def count(self, id: BlobId, size: int) -> bool:
        """Count a blob of this size; return whether a session would write it."""
        if self.refuses(id) or self.has(id):
            return False
        self._seen.add(id)
        self.new_bytes += size + RECORD.size
        return True


class _Counted:
    """A blob on its way into a dry run."""

    def __init__(self, run: DryRun, kind: Kind):
        self._run = run
        self._digest = Digest(kind)

    def write(self, piece: bytes) -> None:
        self._digest.write(piece)

    def finish(self) -> tuple[BlobId, int, bool]:
        id, size, _ = self._digest.finish()
        return id, size, self._run.count(id, size)

    def abort(self) -> None:
        self._digest.abort()


class Discard:
    """Takes blobs, says what they are called, and keeps nothing."""

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """Return the id that a blob has."""
        return blob_id(kind, raw), True

    def writer(self, kind: Kind) -> "Digest":
        """Hash a blob that comes in pieces."""
        return Digest(kind)

    def forgets(self, id: BlobId) -> bool:
        """Tell that no blob can be read back."""
        return True

    def stream(self, kind: Kind, id: BlobId) -> Iterator[memoryview]:
        """Refuse: nothing can be read back."""
        raise KeyError(id)


class Digest:
    """Hashes a blob that comes in pieces."""

    def __init__(self, kind: Kind):
        self._digest = hasher(kind)
        self._length = 0

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self._digest.update(piece)
        self._length += len(piece)

    def finish(self) -> tuple[BlobId, int, bool]:
        """End the blob; return its id and length."""
        return BlobId(self._digest.digest()), self._length, True

    def abort(self) -> None:
        """Forget the blob."""
