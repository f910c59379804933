"""What a store lost, and what may hold it."""

from typing import Protocol

from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.index import Entry
from assetstore.store.session import Pack, Session
from assetstore.store.store import Store


class WantedSession(Session):
    """Keeps those blobs that are wanted, and lets all others go.

    Attributes:
        wanted: The ids.
        found: Those of them that were put, with their kinds.
    """

    def __init__(self, store: Store, wanted: set[BlobId], *, dry_run: bool = False):
        super().__init__(store)
        self._dry = dry_run
        self.wanted = wanted
        self.found: dict[BlobId, Kind] = {}

    def has(self, id: BlobId) -> bool:
        """Whether there is no need to write a blob."""
        return id in self.found or id not in self.wanted

    def commit(self) -> None:
        """Publish what was found, unless this is a dry run."""
        if self._dry:
            self.abort()
        else:
            super().commit()

    def forgets(self, id: BlobId) -> bool:
        """Whether a blob was let go, and is nowhere else."""
        return id not in self._pending and not self.store.holds(id)

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """None: what placeholders name is of no interest here."""
        return None

    def added(self, pack: Pack, entry: Entry) -> None:
        """A wanted blob was put."""
        super().added(pack, entry)
        self.found[entry.record.id] = entry.record.kind

    @property
    def missing(self) -> set[BlobId]:
        """What is still wanted."""
        return self.wanted - self.found.keys()


class LostBlobFinder(Protocol):
    """Something that may hold what is lost."""

    def heal(self, session: WantedSession, profiles: frozenset[str]) -> None:
        """Put what is wanted into a session.

        Args:
            session: Says what, and takes it.
            profiles: How the documents were read that need it.
        """

    @property
    def name(self) -> str:
        """What it is called."""
