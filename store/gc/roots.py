"""What lives: the blobs that some document needs."""

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from assetstore.errors import DamagedManifest
from assetstore.progress import Progress
from assetstore.store.document_protocol import Documents
from assetstore.store.format.blob import BlobId
from assetstore.store.format.index import Entry
from assetstore.store.format.manifest import Manifest
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.retention import Gone, Retention, decide, never, spared
from assetstore.store.manifests import settled
from assetstore.store.reports import Decision
from assetstore.store.store import Store


def joined(
    entries: Iterable[Entry], live: LiveSet
) -> Iterator[tuple[BlobId, bool, list[Entry]]]:
    """Every blob that has copies or is marked.

    Args:
        entries: All copies, by id.
        live: What lives.

    Yields:
        Its id, whether it is marked, its copies.
    """
    ids = iter(live)
    wanted: BlobId | None = next(ids, None)
    for id, group in groupby(entries, key=attrgetter("record.id")):
        while wanted is not None and wanted < id:
            yield wanted, True, []
            wanted = next(ids, None)
        lives = wanted == id
        if lives:
            wanted = next(ids, None)
        yield id, lives, list(group)
    while wanted is not None:
        yield wanted, True, []
        wanted = next(ids, None)


class Living(Protocol):
    """Says what lives."""

    @property
    def live(self) -> Container[BlobId]:
        """The ids of what lives."""

    def mark_new(self) -> None:
        """Look at what came since."""


class Everything:
    """Says that all lives."""

    class _All:
        def __contains__(self, id: object) -> bool:
            return True

    live: Container[BlobId] = _All()

    def mark_new(self) -> None:
        """Nothing lives that did not before."""


def named(store: Store) -> LiveSet | None:
    """Collect what all manifests name, old ones too; None: one cannot be read."""
    live = LiveSet()
    try:
        for key in store.manifest_keys():
            with suppress(FileNotFoundError):  # retracted meanwhile
                live.add(store.load_manifest(key).refs)
    except DamagedManifest:
        live.close()
        return None
    return live


class Roots:
    """Mark what the manifests of a store name.

    Attributes:
        live: What lives.
        manifests: How many manifests were read.
        vanished: Documents whose claim is not kept since they are gone.
        superseded: The keys of manifests that are not kept.
        decisions: Why; in a dry run, what was decided on those that are, too.
    """

    def __init__(
        self,
        store: Store,
        documents: Documents,
        *,
        grace: float,
        retention: Retention | None = None,
        gone: Gone = never,
        dry_run: bool = False,
    ):
        self.live = LiveSet()
        self.manifests = 0
        self.vanished = 0
        self.superseded: list[str] = []
        self.decisions: list[Decision] = []
        self._store = store
        self._now = store.clock()
        self._grace = grace
        self._retention = retention or Retention()
        self._gone = gone
        self._dry_run = dry_run
        self._known: set[str] = set()
        self._documents = documents

    def mark(self) -> None:
        """Mark what all manifests name, but for those that are superseded.

        Raises:
            DamagedManifest: One cannot be read, so nobody knows what it needs.
        """
        group: list[str] = []
        for key in self._store.manifest_keys():
            if group and group[0].rpartition("/")[0] != key.rpartition("/")[0]:
                self._mark_document(group)
                group = []
            group.append(key)
        if group:
            self._mark_document(group)

    def mark_new(self) -> None:
        """Mark what manifests name that came since; all of them live.

        Raises:
            DamagedManifest: One cannot be read.
        """
        for key in self._store.manifest_keys():
            if key not in self._known and (manifest := self._load(key)) is not None:
                self.live.add(manifest.refs)

    def scan(self, paths: Sequence[Path], progress: Progress) -> int:
        """Mark what the placeholders in files need; as `Documents.scan`."""
        return self._documents.scan(self._store, self.live, paths, progress)

    def _load(self, key: str) -> Manifest | None:
        self._known.add(key)
        try:
            manifest = self._store.load_manifest(key)
        except FileNotFoundError:  # retracted meanwhile
            return None
        self.manifests += 1
        return manifest

    def _mark_document(self, keys: list[str]) -> None:
        """Mark what a document needs.

        An older manifest may belong to a file that was moved since (as logs are
        rotated): it goes by the rules of `decide`, unless the file is still in that
        state.
        """
        found = [
            (key, manifest)
            for key in reversed(keys)
            if (manifest := self._load(key)) is not None
        ]
        if not found:
            return
        decisions = self._decided(found)
        newest = found[0][1]
        begun = newest.begun and newest.writer == self._store.writer
        if begun or not all(decision.keep for decision in decisions):
            decisions = self._looked_at(found, decisions)
        self.vanished += not decisions[0].keep
        for (key, manifest), decision in zip(found, decisions, strict=True):
            if decision.keep:
                self.live.add(manifest.refs)
            else:
                self.superseded.append(key)
            if self._dry_run or not decision.keep:
                self.decisions.append(decision)

    def _decided(self, found: list[tuple[str, Manifest]]) -> list[Decision]:
        return decide(
            [manifest for _, manifest in found],
            writer=self._store.writer,
            retention=self._retention,
            now=self._now,
            grace=self._grace,
            gone=self._gone,
        )

    def _looked_at(
        self, found: list[tuple[str, Manifest]], decisions: list[Decision]
    ) -> list[Decision]:
        """Correct decisions by what the file is now, and note that it was restored."""
        states = [manifest for _, manifest in found]
        now, problem = self._documents.state(states)
        done = settled(self._store, states, now, dry_run=self._dry_run)
        if done is not None:
            found.insert(0, (done.key, done))
            states.insert(0, done)
            now, decisions = done, self._decided(found)
        return spared(decisions, states, now, problem)

    def close(self) -> None:
        """Forget everything."""
        self.live.close()
