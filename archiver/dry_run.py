"""For dry runs: sessions and a draft that only count what would be written."""

from collections.abc import Iterator

from assetstore.files.replace import Draft
from assetstore.store.blob_writer import BlobWriter
from assetstore.store.format.blob import BlobId, Kind, blob_id, hasher
from assetstore.store.format.pack import RECORD
from assetstore.store.session import Session


class Nowhere(Draft):
    """A draft that nobody reads."""

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Count a piece."""
        self.size += len(piece)


class DrySession(Session):
    """Takes blobs and forgets them."""

    def __init__(self, session: Session):
        super().__init__(session.store)
        self._seen: set[BlobId] = set()

    def writer(self, kind: Kind) -> "BlobWriter":
        """Count a blob that comes in pieces."""
        return _DryWriter(self, kind)

    def forgets(self, id: BlobId) -> bool:
        """Everything is forgotten."""
        return True

    def count(self, id: BlobId, size: int) -> bool:
        """Take note of a blob; whether it is new."""
        if id in self._seen or self.store.holds(id):
            return False
        self._seen.add(id)
        self.new_bytes += size + RECORD.size
        return True


class _DryWriter(BlobWriter):
    def __init__(self, session: DrySession, kind: Kind):
        self._counter = session
        self._digest = Digest(kind)

    def write(self, piece: bytes) -> None:
        self._digest.write(piece)

    def finish(self) -> tuple[BlobId, int, bool]:
        id, size, _ = self._digest.finish()
        return id, size, self._counter.count(id, size)

    def abort(self) -> None:
        pass


class Discard:
    """Takes blobs, says what they are called, and keeps nothing."""

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """The id that a blob has."""
        return blob_id(kind, raw), True

    def writer(self, kind: Kind) -> "Digest":
        """The same for a blob that comes in pieces."""
        return Digest(kind)

    def forgets(self, id: BlobId) -> bool:
        """Everything is forgotten."""
        return True

    def stream(self, kind: Kind, id: BlobId) -> Iterator[memoryview]:
        """Nothing can be read back."""
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
        """End the blob: its id and length."""
        return BlobId(self._digest.digest()), self._length, True

    def abort(self) -> None:
        """Forget the blob."""
