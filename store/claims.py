"""The manifests of a store: what its documents claim."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from assetstore.errors import DamagedManifest, ForeignManifest, StoreError
from assetstore.store.backends.base import Backend, get, put
from assetstore.store.config import enable
from assetstore.store.manifest import FEATURE, Manifest, document_prefix

_WAIT = 5.0


class Claims:
    """The part of a store that reads and writes manifests.

    Attributes:
        backend: Where its files are.
        client: Who we are among its writers.
        clock: Seconds since 1970.
    """

    backend: Backend
    client: str
    clock: Callable[[], float]
    _noted = False  # whether the store is known to name manifests with notes

    def lock(self, name: str, timeout: float = 0) -> AbstractContextManager[object]:
        """A lock that spares two processes the same work."""
        raise NotImplementedError

    def manifest(self, document: Path) -> Manifest | None:
        """This client's newest manifest of a document.

        Raises:
            DamagedManifest: It cannot be read.
        """
        prefix = document_prefix(self.client, document)
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
        """The newest manifest of every document of every client."""
        return map(self.load_manifest, self.newest_keys())

    def newest_keys(self) -> Iterator[str]:
        """The key of the newest manifest of every document of every client."""
        last = ""
        for key in self.manifest_keys():
            if last and last.rpartition("/")[0] != key.rpartition("/")[0]:
                yield last
            last = key
        if last:
            yield last

    def states(self, manifest: Manifest) -> list[str]:
        """The keys of all manifests of a manifest's document, in their order."""
        prefix = document_prefix(manifest.client, manifest.document)
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
        prefix = document_prefix(self.client, manifest.document)
        while True:
            numbers = (int(seq) for seq in self._seqs(prefix))
            seq = max(numbers, default=0) + 1
            signed = manifest.signed(self.client, seq, self.clock())
            if self.put_signed(signed):  # not so where locks do nothing
                return signed

    def put_signed(self, manifest: Manifest) -> bool:
        """Add a manifest in the place that it names, durably.

        Returns:
            False where there is one.
        """
        if manifest.version > 1 and not self._noted:
            enable(self.backend, self.lock("config", _WAIT), [FEATURE])
            self._noted = True
        try:
            put(self.backend, manifest.key, [manifest.pack()])
        except FileExistsError:
            return False
        return True

    def take_back(self, note: Manifest, own: Manifest | None) -> None:
        """Let a document's manifest be the newest again, without a later one.

        Args:
            note: What was put.
            own: What is to be the newest again; None: there was none.

        Raises:
            StoreWriteError: It cannot be put; both stay.
        """
        if own is not None:
            self.put_manifest(own)
        self.backend.delete(note.key)
        if own is not None:
            self.backend.delete(own.key)

    def retract(self, manifest: Manifest) -> None:
        """Delete all manifests of a document.

        Raises:
            ForeignManifest: Another client wrote them.
        """
        if manifest.client != self.client:
            raise ForeignManifest(
                f"{manifest.document} was archived by another user or machine",
                hint="Run 'assetstore forget' there.",
                path=manifest.document,
            )
        for key in self.states(manifest):
            self.backend.delete(key)
