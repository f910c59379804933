"""The manifests of a store: what its documents claim."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from assetstore.errors import (
    DamagedManifest,
    ForeignManifest,
    StoreError,
    StoreWriteError,
)
from assetstore.files.durable import FEW
from assetstore.store.backends.base import Backend, Upload, get, put
from assetstore.store.config import enable
from assetstore.store.format.blob import is_name, name_time
from assetstore.store.format.manifest import FEATURE, Manifest, document_prefix
from assetstore.store.format.pack import pack_name

# An empty object that says that documents have manifests here. Where there is none of
# them any more, and nobody took the last one away on purpose, they are lost.
_CLAIMED = "notes/claimed"
# An empty object that says that they were lost when a new one was put.
_LOST = "notes/lost"
_OLD = 86400.0
_WAIT = 5.0


class ManifestStore:
    """The part of a store that reads and writes manifests.

    Attributes:
        backend: Where its files are.
        writer: Who we are among its writers.
        clock: Seconds since 1970.
    """

    backend: Backend
    writer: str
    clock: Callable[[], float]
    _is_claimed = False
    _noted = False  # whether the store is known to name manifests with notes

    def lock(
        self, name: str, timeout: float = 0, *, reads: bool = False
    ) -> AbstractContextManager[object]:
        """A lock that spares two processes the same work."""
        raise NotImplementedError

    def manifest(self, document: Path) -> Manifest | None:
        """This writer's newest manifest of a document.

        Raises:
            DamagedManifest: It cannot be read.
        """
        prefix = document_prefix(self.writer, document)
        seqs = self._seqs(prefix)
        return self.load_manifest(prefix + seqs[-1]) if seqs else None

    def _seqs(self, prefix: str) -> list[str]:
        """The numbers of a document's manifests, as they are written."""
        names = (key.removeprefix(prefix) for key, _ in self.backend.list(prefix))
        return [n for n in names if len(n) == 10 and n.isdecimal() and n.isascii()]

    def load_manifest(self, key: str) -> Manifest:
        """Read a manifest.

        Raises:
            DamagedManifest: It cannot be read.
        """
        try:
            data = get(self.backend, key)
        except StoreError as e:
            hint = "Run 'assetstore repair'. Until then gc refuses to collect."
            raise DamagedManifest(str(e), hint=hint, path=key) from e
        return Manifest.unpack(data, key)

    def manifest_keys(self) -> Iterator[str]:
        """The keys of all manifests, a document's in their order."""
        for key, _ in self.backend.list("manifests/"):
            yield key

    def manifests(self) -> Iterator[Manifest]:
        """The newest manifest of every document of every writer."""
        return map(self.load_manifest, self.newest_keys())

    def newest_keys(self) -> Iterator[str]:
        """The key of the newest manifest of every document of every writer."""
        last = ""
        for key in self.manifest_keys():
            if last and last.rpartition("/")[0] != key.rpartition("/")[0]:
                yield last
            last = key
        if last:
            yield last

    def states(self, manifest: Manifest) -> list[str]:
        """The keys of all manifests of a manifest's document, in their order."""
        prefix = document_prefix(manifest.writer, manifest.document)
        return [prefix + seq for seq in self._seqs(prefix)]

    def before(self, begun: Manifest) -> Manifest:
        """The state that a restore which was begun is of (`Manifest.begun`).

        Raises:
            DamagedManifest: It cannot be read.
        """
        for key in reversed(self.states(begun)):
            with contextlib.suppress(FileNotFoundError):
                state = self.load_manifest(key)
                if state.seq < begun.seq and not state.begun:
                    return state
        return begun

    def put_manifest(self, manifest: Manifest) -> Manifest:
        """Add a document's next manifest, durably; the older ones stay."""
        prefix = document_prefix(self.writer, manifest.document)
        while True:
            numbers = (int(seq) for seq in self._seqs(prefix))
            seq = max(numbers, default=0) + 1
            signed = manifest.signed(self.writer, seq, self.clock())
            # Not so where locks do nothing.
            if self.put_signed(signed, has_others=seq > 1):
                return signed

    def put_manifests(self, manifests: Sequence[Manifest]) -> None:
        """Add the next manifest of each of some documents, durably, in one go.

        Raises:
            StoreWriteError: Some of them may be there.
        """
        if len(manifests) <= FEW:
            for manifest in manifests:
                self.put_manifest(manifest)
            return
        uploads: list[Upload] = []
        try:
            for manifest in manifests:
                prefix = document_prefix(self.writer, manifest.document)
                seq = max((int(n) for n in self._seqs(prefix)), default=0) + 1
                signed = manifest.signed(self.writer, seq, self.clock())
                self._make_ready(signed, has_others=seq > 1)
                upload = self.backend.create(signed.key)
                uploads.append(upload)
                upload.write([signed.pack()])
            self.backend.publish(uploads)
            self.note_claimed()
        except FileExistsError:  # somebody took a number: each by itself, once more
            for manifest in manifests:
                self.put_manifest(manifest)
        finally:
            for upload in uploads:
                upload.abort()

    def _make_ready(self, manifest: Manifest, *, has_others: bool) -> None:
        """Note what must be known of a store before it has such a manifest.

        Args:
            manifest: The manifest.
            has_others: Whether the store is known to have some: then none is looked
                for, which takes a look at the names of all of its documents.
        """
        if not (self._is_claimed or has_others) and self.manifests_lost():
            # From now on there is one: what the others named needs a note.
            with contextlib.suppress(FileExistsError):
                put(self.backend, _LOST, [])
        if manifest.version > 1 and not self._noted:
            enable(self.backend, self.lock("config", _WAIT), [FEATURE])
            self._noted = True

    def put_signed(self, manifest: Manifest, *, has_others: bool = False) -> bool:
        """Add a manifest in the place that it names, durably.

        Args:
            manifest: The manifest.
            has_others: Whether the store is known to have manifests.

        Returns:
            False where there is one.
        """
        self._make_ready(manifest, has_others=has_others)
        try:
            put(self.backend, manifest.key, [manifest.pack()])
        except FileExistsError:
            return False
        self.note_claimed()
        return True

    def note_claimed(self) -> None:
        """Note that the store has manifests, if it is not noted yet."""
        if not self._is_claimed and self.backend.size(_CLAIMED) is None:
            # Should it fail, the next manifest, or collection, notes it.
            with contextlib.suppress(FileExistsError, StoreWriteError):
                put(self.backend, _CLAIMED, [])
        self._is_claimed = True

    def note_released(self) -> None:
        """Note that the last manifest was taken away on purpose, if it was."""
        if next(self.manifest_keys(), None) is None:
            self.backend.delete(_CLAIMED)
            self._is_claimed = False

    @property
    def lost_before(self) -> bool:
        """Tell whether manifests were lost before the first one here was put."""
        return self.backend.size(_LOST) is not None

    def note_found(self) -> None:
        """Note that nothing is needed any more of what lost manifests named."""
        if self.lost_before:
            self.backend.delete(_LOST)

    def manifests_lost(self) -> bool:
        """Tell whether documents had manifests here, and none is left of them.

        A store whose very first archive is at work, or was killed, has packs and no
        manifest, too; one that an older version wrote does not say whether documents
        had any: then packs of more than a day are taken for a sign that they had.
        """
        if next(self.manifest_keys(), None) is not None:
            return False
        packs = (pack_name(key) for key, _ in self.backend.list("packs/"))
        oldest = min(filter(is_name, packs), default=None)
        if oldest is None:
            return False
        if self.backend.size(_CLAIMED) is not None:
            return True
        return name_time(oldest) < self.clock() - _OLD

    def take_back(self, begun: Manifest, own: Manifest | None) -> None:
        """Let a document's manifest be the newest again, without a later one.

        Args:
            begun: What was put when a restore began.
            own: What is to be the newest again; None: there was none.

        Raises:
            StoreWriteError: It cannot be put; both stay.
        """
        if own is not None:
            self.put_manifest(own)
        self.backend.delete(begun.key)
        if own is not None:
            self.backend.delete(own.key)

    def claims_on(self, document: str | Path) -> list[str]:
        """The key of every writer's newest manifest of a document."""
        name = document_prefix(self.writer, document).split("/")[2]
        return [key for key in self.newest_keys() if key.split("/")[2:3] == [name]]

    def is_own(self, key: str) -> bool:
        """Tell whether a manifest is this writer's."""
        return key.startswith(f"manifests/{self.writer}/")

    def retract(self, manifest: Manifest, *, foreign: bool = False) -> None:
        """Delete all manifests of a document.

        Args:
            manifest: One of them.
            foreign: Also those of another writer, which may have the document still.

        Raises:
            ForeignManifest: Another writer wrote them.
        """
        if manifest.writer != self.writer and not foreign:
            raise ForeignManifest(
                f"{manifest.document} was archived by another user or machine",
                hint="Run 'assetstore forget' there. If nobody has it there any more "
                "(you lost your own state folder): 'assetstore writers adopt', for all "
                "of its documents, or 'assetstore forget --foreign'.",
                path=manifest.document,
            )
        for key in self.states(manifest):
            self.backend.delete(key)
        self.note_released()


def settled(
    store: ManifestStore,
    states: Sequence[Manifest],
    now: Manifest | None,
    *,
    dry_run: bool = False,
) -> Manifest | None:
    """Note of a restore that it was done, where it was killed before it did so.

    A restore first says that it is begun, with the hash of the document as it will be
    (`Manifest.begun`); a document that begins with these bytes was restored. What is
    put comes right behind that, or not at all: who archived the document meanwhile
    was there first.

    Args:
        store: The store.
        states: All states of a document, the newest first.
        now: The one that its file is in.
        dry_run: Put nothing.

    Returns:
        What was put; None where there is nothing to say, or it cannot be told whether
        the document was restored.
    """
    own = states[0]
    if not own.begun or own.writer != store.writer or now is not own:
        return None
    done = own.done
    with contextlib.suppress(StoreWriteError):  # what it says can be said later
        if dry_run or store.put_signed(done):
            return done
    return None
