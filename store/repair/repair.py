"""Repair a store: index, damaged packs, manifests, lost blobs.

Every step is safe beside running archives and collections: indexes and packs are
new ones under new names, damaged packs go by `quarantine`, and a damaged manifest only
ever becomes what it was.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assetstore.errors import (
    AssetstoreError,
    DamagedBlob,
    DamagedManifest,
    StoreError,
    StoreWriteError,
    UnsupportedStore,
    UsageError,
)
from assetstore.progress import Progress
from assetstore.store.backends.base import Backend, get
from assetstore.store.backends.local import LocalBackend
from assetstore.store.check.read_packs import PackFindings, read_packs
from assetstore.store.codecs.table import FEATURES as CODEC_FEATURES
from assetstore.store.config import (
    PURGE,
    checked_config,
    new_config,
)
from assetstore.store.document_protocol import Documents
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.manifest import FEATURE, Manifest
from assetstore.store.format.pack import PACK_HEADER, read_pack
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.roots import joined
from assetstore.store.repair.accepted import accept_loss, accepted_losses, end_losses
from assetstore.store.repair.index import rebuild_index
from assetstore.store.repair.lost_blobs import LostBlobFinder, Search
from assetstore.store.repair.manifests import (
    Damaged,
    damaged_manifests,
    mend,
)
from assetstore.store.repair.quarantine import preserve, retire
from assetstore.store.reports import Healed, Lost, Mended, RepairReport, SetAside
from assetstore.store.store import Store

_MIN_DIGITS = 4


@dataclass(slots=True)
class _Needs:
    """What documents need and have not.

    Attributes:
        wanted: Blobs without a whole copy, that a readable manifest names.
        documents: The documents that name each.
        profiles: How these were read.
    """

    wanted: set[BlobId] = field(default_factory=set)
    kinds: dict[BlobId, Kind] = field(default_factory=dict)
    documents: dict[BlobId, set[str]] = field(default_factory=dict)
    profiles: set[str] = field(default_factory=set)


def mend_config(root: Path, *, dry_run: bool = False, id: str = "") -> bool:
    """Write a store's config anew where it is lost or is no text of one.

    What a config asks for beyond the format is not known then; that the packs are
    of this version is checked, and what packs need that an optimization wrote is
    asked for.

    Args:
        root: The store's folder.
        dry_run: Change nothing.
        id: The store's id, if it is known; else it gets a new one.

    Returns:
        Whether it was written.

    Raises:
        StoreError: It is damaged, and this is a dry run; or packs are of another
            version.
        StoreWriteError: It cannot be written.
    """
    if not (root / "packs").is_dir():
        return False
    backend = LocalBackend(root)
    try:
        try:
            checked_config(get(backend, "config", 1 << 16))
            return False
        except FileNotFoundError:
            error = StoreError(f"{root} has packs and no config")
        except UnsupportedStore:
            raise
        except StoreError as e:
            error = e
        coded = False
        for key, _ in backend.list("packs/"):
            head = bytearray(len(PACK_HEADER))
            with contextlib.suppress(DamagedBlob, FileNotFoundError):
                read_pack(backend, key, 0, memoryview(head))
            if head[:4] == PACK_HEADER[:4] and head[4] != PACK_HEADER[4]:
                raise error
            coded = coded or head[5] > 0
        if dry_run:
            error.hint = "Without --dry-run, its config is written anew."
            raise error
        if backend.size("config") is not None:
            preserve(backend, "config")
        features = (CODEC_FEATURES if coded else frozenset[str]()) | set(
            _noted(backend)
        )
        if next(backend.list("purged/"), None) is not None:
            features |= PURGE
        backend.mend("config", new_config(time.time, os.urandom, features, id))
        return True
    finally:
        backend.close()


def _noted(backend: Backend) -> set[str]:
    """The feature that a store has whose manifests have notes."""
    for key, _ in backend.list("manifests/"):
        head = bytearray(8)
        with contextlib.suppress(StoreError, FileNotFoundError):
            backend.read_into(key, 0, memoryview(head))
        if int.from_bytes(head[4:], "little") > 1:
            return {FEATURE}
    return set()


class Repair:
    """One repair."""

    def __init__(
        self, store: Store, documents: Documents, progress: Progress, *, dry_run: bool
    ):
        self._store = store
        self._documents = documents
        self._progress = progress
        self._dry = dry_run
        self._aside: list[SetAside] = []
        self._healed: list[Healed] = []
        self._notes: list[str] = []
        self._searched = 0
        self._found = PackFindings()
        self._wants = _Needs()

    def close(self) -> None:
        """Forget everything."""
        self._found.close()
        self._progress.close()

    def run(
        self,
        healers: Callable[[], Iterable[LostBlobFinder]],
        backups: Sequence[Backend],
        set_aside_manifests: bool,
        accept: Sequence[str] | None,
    ) -> RepairReport:
        """Look and put right; as `upkeep.repair`, without its lock."""
        store, dry = self._store, self._dry
        store.renew(delete=not dry)
        store.refresh()
        self._found.close()
        found = self._found = read_packs(store, self._progress)
        damaged_indexes = dict(store.damaged_indexes)
        reindex = bool(damaged_indexes or found.stray)
        for name, error in damaged_indexes.items():
            if not dry:
                preserve(store.backend, f"index/{name}")
            self._aside.append(SetAside(key=f"index/{name}", reason=str(error)))
        if reindex and not dry:
            self._reindex()
        mended, broken = self._mend(backups)
        self._retire()
        self._heal(healers)
        if (found.damaged or self._healed) and not dry:
            self._reindex()  # without what went
        lost, accepted = self._accept(self._lost(), accept)
        lost += self._manifests(broken, set_aside_manifests)
        return RepairReport(
            dry_run=dry,
            packs=found.packs,
            bytes_read=found.bytes_read,
            reindexed=reindex or bool(found.damaged),
            set_aside=tuple(self._aside),
            mended=tuple(mended),
            healed=tuple(self._healed),
            lost=tuple(lost),
            accepted=tuple(accepted),
            searched=self._searched,
            notes=tuple(self._notes),
        )

    def _reindex(self) -> None:
        rebuild_index(self._store, self._progress, locked=True)

    def _mend(self, backups: Sequence[Backend]) -> tuple[list[Mended], list[Damaged]]:
        damaged = damaged_manifests(self._store)
        mended = mend(self._store, damaged, self._documents, backups, dry_run=self._dry)
        right = {item.key for item in mended}
        return mended, [item for item in damaged if item.key not in right]

    def _retire(self) -> None:
        """Put damaged packs aside."""
        found = self._found
        going = [name for name in found.damaged if name not in found.foreign]
        for name in found.damaged.keys() & found.foreign:
            self._notes.append(
                f"{found.damaged[name]} It holds blobs of a newer version, too, and "
                "was left where it is."
            )
        moved = (
            {name: sum(1 for _ in found.whole.entries(name)) for name in going}
            if self._dry
            else retire(self._store, going, found)
        )
        for name in going:
            self._aside.append(
                SetAside(
                    key=f"packs/{name[-2:]}/{name}",
                    reason=found.damaged[name],
                    moved=moved[name],
                )
            )

    def _needs(self) -> _Needs:
        """Collect what readable manifests name and no pack holds whole."""
        live, needs = LiveSet(), _Needs()
        try:
            for manifest in self._readable():
                live.add(manifest.refs)
            whole = self._found.whole.entries()
            purged = self._store.purged()
            for id, lives, copies in joined(whole, live):
                if lives and not copies and id not in purged:
                    needs.wanted.add(id)
        finally:
            live.close()
        if needs.wanted:
            for manifest in self._readable():
                for kind, id in manifest.refs:
                    if id in needs.wanted:
                        needs.kinds[id] = kind
                        needs.profiles.add(manifest.profile)
                        names = needs.documents.setdefault(id, set())
                        names.add(manifest.document)
        return needs

    def _readable(self) -> Iterator[Manifest]:
        for key in self._store.manifest_keys():
            try:
                yield self._store.load_manifest(key)
            except (DamagedManifest, FileNotFoundError):
                continue

    def _heal(self, healers: Callable[[], Iterable[LostBlobFinder]]) -> None:
        """Look for what is lost."""
        self._wants = self._needs()
        wanted = self._wants.wanted | (self._found.broken - self._have())
        if not wanted:
            return
        profiles = frozenset(self._wants.profiles)
        with self._store.session() as session:
            search = Search(session, wanted)
            for healer in healers():
                if not search.missing:
                    break
                before = set(search.found)
                try:
                    healer.heal(search, profiles)
                except (AssetstoreError, OSError) as e:
                    if isinstance(e, StoreWriteError):
                        raise
                    self._notes.append(f"{healer.name} was not searched: {e}")
                    continue
                self._searched += 1
                self._healed += [
                    Healed(
                        blob=id.hex(),
                        kind=search.found[id].name.lower(),
                        source=healer.name,
                    )
                    for id in sorted(search.found.keys() - before)
                ]
            if not self._dry:
                session.commit()

    def _have(self) -> set[BlobId]:
        """Those of the damaged blobs that have a whole copy."""
        copies = self._found.whole.copies
        purged = self._store.purged()
        return {id for id in self._found.broken if id in purged or copies(id)}

    def _lost(self) -> list[Lost]:
        healed = {item.blob for item in self._healed}
        return [
            Lost(
                blob=id.hex(),
                kind=self._wants.kinds[id].name.lower(),
                documents=tuple(sorted(self._wants.documents[id])),
            )
            for id in sorted(self._wants.wanted)
            if id.hex() not in healed
        ]

    def _accept(
        self, lost: list[Lost], accept: Sequence[str] | None
    ) -> tuple[list[Lost], list[Lost]]:
        """Part what is lost into that which is told and that which was accepted."""
        backend = self._store.backend
        names = [name.lower() for name in accept or ()]
        ids = [item.blob or "" for item in lost]
        for name in names:
            if len(name) < _MIN_DIGITS or not any(id.startswith(name) for id in ids):
                raise UsageError(
                    f"{name!r} is no blob that is lost",
                    hint="'assetstore repair -n' names those that are; give at least "
                    f"{_MIN_DIGITS} digits.",
                )
        known = accepted_losses(backend)
        if not self._dry:
            end_losses(backend, known - {BlobId(bytes.fromhex(id)) for id in ids})
        told: list[Lost] = []
        accepted: list[Lost] = []
        for item, id in zip(lost, ids, strict=True):
            chosen = accept is not None and (
                not names or any(map(id.startswith, names))
            )
            if chosen and not self._dry:
                now = self._store.clock()
                accept_loss(backend, id, item.kind, item.documents, now)
            was = BlobId(bytes.fromhex(id)) in known
            (accepted if chosen or was else told).append(item)
        return told, accepted

    def _manifests(self, broken: Sequence[Damaged], set_aside: bool) -> list[Lost]:
        """Manifests that stay damaged: put aside, or still in the way."""
        if not set_aside:
            return [
                Lost(
                    kind="manifest",
                    key=item.key,
                    documents=(item.document,) if item.document else (),
                )
                for item in broken
            ]
        for item in broken:
            if not self._dry:
                preserve(self._store.backend, item.key)
                self._store.backend.delete(item.key)
            reason = (
                f"It cannot be read; it is of {item.document or 'nobody knows what'}."
            )
            self._aside.append(SetAside(key=item.key, reason=reason))
        return []
