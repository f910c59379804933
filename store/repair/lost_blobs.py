"""What a store lost, and what may hold it."""

from collections.abc import Iterator
from typing import Protocol

from assetstore.store.blob_writer import BlobWriter
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.session import Pack, Session
from assetstore.store.sink import BlobSink, put_whole
from assetstore.store.store import Store


class Search:
    """Takes blobs, writes those that are looked for, and lets all others go.

    Args:
        session: Writes what was found. It may be thrown away at the end; until then
            what was found can be read back.
        wanted: The ids.

    Attributes:
        found: Those of them that were put, with their kinds.
    """

    def __init__(self, session: Session, wanted: set[BlobId]):
        self._session = session
        self._wanted = wanted
        self.found: dict[BlobId, Kind] = {}

    @property
    def store(self) -> Store:
        """The store that lacks the blobs."""
        return self._session.store

    @property
    def missing(self) -> set[BlobId]:
        """The ids that are still looked for."""
        return self._wanted - self.found.keys()

    def lacks(self, id: BlobId) -> bool:
        """Return whether a blob is looked for, even where it was purged."""
        return id in self._wanted and id not in self.found

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """Take a blob that is in memory."""
        return put_whole(self, kind, raw)

    def writer(self, kind: Kind) -> BlobSink:
        """Take a blob that comes in pieces."""
        return _Sought(BlobWriter(self._session, kind, self.lacks), self.found, kind)

    def forgets(self, id: BlobId) -> bool:
        """Return whether a blob was let go, and is nowhere else."""
        return not (self._session.has_pending(id) or self.store.holds(id))

    def stream(self, kind: Kind, id: BlobId) -> Iterator[memoryview]:
        """Read a blob that was found, or that the store has, in pieces."""
        return self._session.stream(kind, id)


class _Sought:
    """A blob on its way into a search, which is told if it is one of those."""

    def __init__(
        self, writer: "BlobWriter[Pack]", found: dict[BlobId, Kind], kind: Kind
    ):
        self._writer = writer
        self._found = found
        self._kind = kind

    def write(self, piece: bytes) -> None:
        self._writer.write(piece)

    def finish(self) -> tuple[BlobId, int, bool]:
        id, size, new = self._writer.finish()
        if new:
            self._found[id] = self._kind
        return id, size, new

    def abort(self) -> None:
        self._writer.abort()


class LostBlobFinder(Protocol):
    """Something that may hold what is lost."""

    def heal(self, search: Search, profiles: frozenset[str]) -> None:
        """Put what is looked for into a search.

        Args:
            search: Says what, and takes it.
            profiles: How the documents were read that need it.
        """

    @property
    def name(self) -> str:
        """Its name, for people."""
