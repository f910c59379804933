"""For dry runs: a session and a draft that only count what would be written."""

from assetstore.files.replace import Draft
from assetstore.store.blob import BlobId, Kind, hasher
from assetstore.store.pack import RECORD
from assetstore.store.session import BlobWriter, Session


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
        self._digest = hasher(kind)
        self._length = 0

    def write(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._length += len(piece)

    def finish(self) -> tuple[BlobId, int, bool]:
        id = BlobId(self._digest.digest())
        return id, self._length, self._counter.count(id, self._length)

    def abort(self) -> None:
        pass
