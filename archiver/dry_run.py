"""Sinks for blobs that write nothing: a dry run counts them, a look hashes them."""

from collections.abc import Iterator, Sequence

from assetstore.store.blob_writer import BlobWriter
from assetstore.store.codecs import known_codecs
from assetstore.store.format.blob import BlobId, Kind, blob_id, hasher
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD
from assetstore.store.sink import BlobSink, put_whole
from assetstore.store.store import Store


class DryRun:
    """Counts what a session would write; it answers as one that wrote it would.

    What would be written is coded as a session codes it, so that its size is exact.

    Attributes:
        store: The store, which is only read.
        pending: Nothing waits for `commit`.
    """

    pending = 0

    def __init__(self, store: Store):
        self.store = store
        self._writing = _Counting()
        self._seen: set[BlobId] = set()
        self._purged: set[BlobId] | None = None

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """Count a blob that is in memory."""
        return put_whole(self, kind, raw)

    @property
    def new_bytes(self) -> int:
        """By how much the store would grow."""
        return self._writing.new_bytes

    def writer(self, kind: Kind) -> BlobSink:
        """Count a blob that comes in pieces."""
        return BlobWriter(self._writing, kind, self._lacks)

    def _lacks(self, id: BlobId) -> bool:
        """Return whether a session would write a blob."""
        if self.refuses(id) or self.has(id):
            return False
        self._seen.add(id)
        return True

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


class _Counting:
    """The packs of a dry run: they take everything and keep nothing."""

    def __init__(self) -> None:
        self.new_bytes = 0
        self.codecs = known_codecs()

    def begin(self, *, alone: bool) -> "_NoPack":
        """A pack for the next record."""
        return _NoPack()

    def added(self, pack: "_NoPack", entry: Entry) -> None:
        """Count a record."""
        self.new_bytes += entry.record.stored + RECORD.size

    def drop(self, pack: "_NoPack") -> None:
        """Throw away nothing."""


class _NoPack:
    """A pack of which nothing is kept."""

    def __init__(self) -> None:
        self.name = ""
        self.upload = _Nowhere()


class _Nowhere:
    """An upload that throws away what it is given."""

    size = 0

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Take bytes."""

    def patch(self, offset: int, data: bytes) -> None:
        """Change some."""

    def read_into(self, offset: int, view: memoryview) -> int:
        """Give none back."""
        return 0

    def sync(self) -> None:
        """There is nothing to be made durable."""

    def abort(self) -> None:
        """There is nothing to be thrown away."""


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
