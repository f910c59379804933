"""Collect what no document needs, beside any number of writers.

Packs go as `assetstore.store.gc.remove` says; what lives is what manifests name.
"""

import errno
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from assetstore.errors import (
    CollectionRefused,
    DamagedBlob,
    IntegrityError,
    StoreWriteError,
)
from assetstore.progress import SILENT, Progress
from assetstore.store.backends.base import SweepingBackend
from assetstore.store.backends.temp import sweep_spools
from assetstore.store.dependencies import closure
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import pack_effort
from assetstore.store.gc.merge_index import compact
from assetstore.store.gc.plan import Plan, make_plan
from assetstore.store.gc.remove import Remover, carry
from assetstore.store.gc.residue import Residue
from assetstore.store.gc.roots import Roots, joined, named
from assetstore.store.purge.rewrite import sweep
from assetstore.store.repair.accepted import accepted_losses, end_losses
from assetstore.store.reports import GcReport as GcReport
from assetstore.store.reports import Share
from assetstore.store.session import Pack, Session
from assetstore.store.store import Store

GRACE = 14 * 86400.0
# How many bytes are copied before the packs that they come from are removed.
_ROUND = 256 << 20
# How many blobs wait in memory for a commit meanwhile.
_MOST_PENDING = 20_000


class Collector(Remover):
    """One collection."""

    def __init__(
        self,
        store: Store,
        roots: Roots,
        *,
        grace: float,
        max_unused: float | None = None,
        progress: Progress = SILENT,
    ):
        self._roots = roots
        super().__init__(store, self._roots)
        self._progress = progress
        self._grace = grace
        self._max_unused = max_unused
        self._residue = Residue(store, roots.live) if max_unused == 0 else None
        self._recoded = 0
        self._scanned = False
        self._groups: dict[int, Pack] = {}

    def run(
        self,
        paths: Sequence[Path] = (),
        *,
        dry_run: bool = False,
        force: bool = False,
    ) -> GcReport:
        """Mark and sweep; as `upkeep.collect`, without its lock."""
        try:
            return self._run(paths, dry_run, force)
        finally:
            self._roots.close()
            self._progress.close()

    def _run(self, paths: Sequence[Path], dry_run: bool, force: bool) -> GcReport:
        store = self._store
        store.renew()  # what is to go is not decided by a cache
        store.refresh()
        for error in store.damaged_indexes.values():
            raise IntegrityError(str(error), hint=error.hint)
        self._roots.mark()
        self._progress.start(None, "searching")
        self._scanned = bool(paths)
        scanned = self._roots.scan(paths, self._progress) if paths else 0
        plan = make_plan(
            store,
            self._roots.live,
            grace=self._grace,
            max_unused=self._max_unused,
            residue=self._residue,
        )
        missing = max(0, plan.missing - self._accepted(dry_run=dry_run))
        if not force:
            self._check_evidence(plan)
        temporary = Share()
        if isinstance(store.backend, SweepingBackend):
            writers, size = store.backend.sweep(dry_run=dry_run)
            if not dry_run:
                sweep_spools()
            temporary = Share(packs=writers, bytes=size)
        if dry_run:
            going = ("dropped", "rewritten", "unindexed")
            self.freed = sum(plan.shares.get(n, Share()).bytes for n in going)
        else:
            self._sweep(plan, force=force)
        if self._residue is not None:
            self._clear_quarantine(self._residue, missing, dry_run=dry_run)
        return GcReport(
            dry_run=dry_run,
            temporary=temporary,
            manifests=self._roots.manifests,
            superseded=len(self._roots.superseded),
            scanned=scanned,
            missing=missing,
            unreadable=len(self.unreadable),
            freed=self.freed + temporary.bytes,
            decisions=tuple(self._roots.decisions),
            notes=(*plan.notes, *self.notes),
            **plan.shares,
        )

    def _accepted(self, *, dry_run: bool) -> int:
        """Count lost blobs that were accepted as such; end acceptances of others."""
        store, accepted = self._store, accepted_losses(self._store.backend)
        needed = {id for id in accepted if id in self._roots.live}
        if not dry_run:
            end_losses(store.backend, accepted - needed)
        packs = store.packs() if needed else {}
        return sum(
            not any(entry.pack in packs for entry in store.copies(id)) for id in needed
        )

    def _check_evidence(self, plan: Plan) -> None:
        """Refuse to take what nobody said is not needed any more.

        Raises:
            CollectionRefused: It would.
        """
        store, roots = self._store, self._roots
        packs = store.packs().keys() - store.condemned()
        if store.manifests_lost() or (
            store.lost_before and (plan.unindexed or self._is_any_unclaimed(packs))
        ):
            raise CollectionRefused(
                "the store's manifests were lost; nobody knows what documents need",
                hint="Put the folder 'manifests' back from a copy of the store, or "
                "archive the documents again. To remove everything: gc --force.",
            )
        if not packs or plan.shares.get("live", Share()).blobs:
            return
        if roots.vanished and next(iter(roots.live), None) is None:
            raise CollectionRefused(
                f"everything would go: all documents are gone, {roots.vanished:,} of "
                "them without having been restored or forgotten",
                hint="If they were moved, archive them where they are now. To remove "
                "everything: gc --force.",
            )

    def _is_any_unclaimed(self, packs: Container[str]) -> bool:
        """Tell whether there are blobs that no manifest names, or ever named."""
        store, roots = self._store, self._roots
        claimed = named(store)
        if claimed is None:
            return True
        try:
            return any(
                not lives
                and id not in roots.live
                and any(entry.pack in packs for entry in copies)
                for id, lives, copies in joined(store.entries(), claimed)
            )
        finally:
            claimed.close()

    def _sweep(self, plan: Plan, *, force: bool) -> None:
        """Do what was planned; what needs no room comes first."""
        store = self._store
        for key in self._roots.superseded:
            store.backend.delete(key)
        if self._roots.manifests:
            store.note_claimed()
            store.note_released()
        if force or not self._scanned:  # nothing was there without a claim
            store.note_found()
        self.remove([*plan.condemned, *plan.dead, *plan.unindexed])
        todo = [*plan.rewrite, *plan.merge]
        self._progress.start(sum(live for _, live in todo), "rewriting")
        try:
            for batch in _rounds(todo):
                self._rewrite(batch)
            self.notes += sweep(store)
            compact(store)
        except StoreWriteError as e:
            if not _is_full(e):
                raise
            self.notes.append(
                f"There was no room to rewrite packs or indexes ({e}); "
                "what is dead as a whole was removed."
            )
            undone = plan.shares.pop("rewritten", Share())
            plan.shares["kept"] = plan.shares.get("kept", Share()) + undone
            plan.shares.pop("merged", None)

    def _rewrite(self, names: Sequence[str]) -> None:
        """Copy what lives in packs to new ones, then remove them."""
        copied: list[str] = []
        with self._store.session() as session:
            for name in names:
                contents = self._contents(name)
                live = [e for e in contents or () if self._lives(e)]
                if contents is not None and self._moved(session, name, live):
                    copied.append(name)
                else:
                    self._keep(name)
                if session.pending > _MOST_PENDING:
                    self._commit(session)
                    self._groups = {}
                self._progress.advance(sum(e.record.stored for e in live))
            self._commit(session)
            self._groups = {}
        self.remove(copied)

    def _moved(self, session: Session, name: str, live: list[Entry]) -> bool:
        """Copy what lives in a pack; False if a part of it is not whole."""
        try:
            effort = pack_effort(self._store.backend, name)
            if not effort:
                return all(self._copied(session, entry) for entry in live)
            wanted = {entry.offset for entry in live}
            coded: list[Entry] = []
            if self._residue is not None:
                kept, coded = self._residue.split(name)
            else:
                kept = closure(
                    self._store.backend,
                    self._contents(name) or (),
                    lambda entry: entry.offset in wanted,
                )
            if not all(self._is_whole(entry) for entry in kept):
                return False
            if not all(self._copied(session, entry) for entry in coded):
                return False
            self._recoded += len(coded)
            group = self._groups.get(effort)
            if kept:
                self._groups[effort] = carry(self._store, session, group, effort, kept)
        except (DamagedBlob, FileNotFoundError):
            return False
        return True

    def _clear_quarantine(
        self, residue: Residue, missing: int, *, dry_run: bool
    ) -> None:
        """Remove what a repair put aside, if something dead is in it, or may be.

        What lives of it must be whole elsewhere. Where nobody can tell what is in it,
        it may hold what the store lacks.
        """
        store = self._store
        packs = store.packs().keys() - store.condemned()
        gone = 0
        for key, live, known in list(residue.aside()):
            whole = all(self._is_kept(entry, packs) for entry in live)
            if not whole or (missing and not known):
                self.notes.append(
                    f"{key} stays: what nothing needs is in it, or may be, and what "
                    "the store lacks. Run 'assetstore repair', or remove it by hand."
                )
                continue
            size = store.backend.size(key) or 0
            gone, self.freed = gone + 1, self.freed + size
            if not dry_run:
                store.backend.delete(key)
        if gone:
            self.notes.append(
                f"{gone:,} packs in the quarantine "
                + ("would be removed." if dry_run else "were removed.")
            )
        if self._recoded:
            self.notes.append(
                f"{self._recoded:,} blobs were coded from what went, and are kept as "
                "an archive keeps them until the next 'assetstore optimize'."
            )


def _is_full(error: StoreWriteError) -> bool:
    """Tell whether a disk that is full, and none that fails, is the reason."""
    cause = error.__cause__
    return not isinstance(cause, OSError) or cause.errno in (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
    )


def _rounds(todo: Sequence[tuple[str, int]]) -> Iterable[list[str]]:
    """Packs in groups in which about as much lives as is copied at a time."""
    group: list[str] = []
    size = 0
    for name, live in todo:
        group.append(name)
        size += live
        if size >= _ROUND:
            yield group
            group, size = [], 0
    if group:
        yield group
