"""Collect garbage and repair, with what the documents on this machine say."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from assetstore.documents.recipes import Recipes, recipes_in
from assetstore.documents.scan import scan as scan_files
from assetstore.documents.state import file_state
from assetstore.files.find import StrPath, several
from assetstore.files.leftovers import Sweeper
from assetstore.files.text import open_text
from assetstore.progress import SILENT, Progress
from assetstore.store.backends.base import Backend
from assetstore.store.format.blob import Ref
from assetstore.store.format.manifest import Manifest
from assetstore.store.gc.collect import GRACE, Collector
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.retention import Gone, Retention, never
from assetstore.store.gc.roots import Roots
from assetstore.store.repair.lost_blobs import LostBlobFinder
from assetstore.store.repair.repair import Repair
from assetstore.store.reports import GcReport, RepairReport
from assetstore.store.store import Store

_WAIT = 1.0


class LocalDocuments:
    """The documents on this machine, for a store (`document_protocol`)."""

    def __init__(self) -> None:
        self._sweeper = Sweeper()

    def state(self, states: Sequence[Manifest]) -> tuple[Manifest | None, str]:
        """Tell which state a document's file is in; as `file_state`."""
        return file_state(states, self._sweeper)

    def scan(
        self, store: Store, live: LiveSet, paths: Sequence[Path], progress: Progress
    ) -> int:
        """Add what the placeholders in files need; as `scan.scan`."""
        return scan_files(store, live, paths, progress)

    def needs(self, store: Store, path: Path, digest: str) -> set[Ref] | None:
        """List what a document needs; None where it is another file by now."""
        with open_text(path) as source:
            if source.blake3().hex() != digest:
                return None
            found = recipes_in(source, Recipes(store))
            return {ref for recipe in found for ref in recipe.refs}


def collect(
    store: Store,
    *,
    grace: float = GRACE,
    dry_run: bool = False,
    scan: Iterable[StrPath] = (),
    retention: Retention | None = None,
    gone: Gone = never,
    max_unused: float | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> GcReport:
    """Remove what no document needs.

    Args:
        store: The store.
        grace: Packs younger than this (seconds), and manifests that were
            superseded more recently, are left alone.
        dry_run: Change nothing.
        scan: Files and folders; what placeholders in them name lives, too.
        retention: Which older states of documents are kept.
        gone: Says which documents are gone for good.
        max_unused: The share of what lives that may be dead beside it in packs that
            are older; None: 30 % of each pack.
        force: Collect also where that is refused otherwise.
        progress: Told how far it is.

    Raises:
        CollectionRefused: All manifests are lost, or everything would go without
            a document having been restored or forgotten; nothing was collected.
        IntegrityError: A manifest or an index cannot be read; nothing was collected.
        UsageError: Something to be scanned is not there; nothing was collected.
        SourceError: The same, of what cannot be read.
        LockedError: Another collection is running.
        StoreWriteError: The store cannot be written.
    """
    with store.lock("gc", _WAIT, reads=dry_run):
        roots = Roots(
            store,
            LocalDocuments(),
            grace=grace,
            retention=retention,
            gone=gone,
            dry_run=dry_run,
        )
        collector = Collector(
            store,
            roots,
            grace=grace,
            max_unused=max_unused,
            progress=progress or SILENT,
        )
        paths = several(scan)
        return collector.run(paths, dry_run=dry_run, force=force)


def repair(
    store: Store,
    *,
    healers: Callable[[], Iterable[LostBlobFinder]] = tuple,
    backups: Sequence[Backend] = (),
    set_aside_manifests: bool = False,
    accept: Sequence[str] | None = None,
    dry_run: bool = False,
    config: bool = False,
    progress: Progress | None = None,
) -> RepairReport:
    """Put right what is wrong with a store, as far as that is possible.

    Args:
        store: The store.
        healers: Where lost blobs may be found; asked only if there are any.
        backups: Copies of the store, for manifests.
        set_aside_manifests: Move manifests that stay damaged to the quarantine,
            so that collections run again; what only they name goes with the next.
        accept: Blobs that are lost for good, by the first digits of their ids in
            hexadecimal; none of them: all that is lost. From then on nothing warns
            of them, until they are found. None: nothing is accepted.
        dry_run: Change nothing.
        config: Whether the store's config was written anew (`mend_config`).
        progress: Told how far it is.

    Raises:
        UsageError: What is to be accepted is not lost; all else was done.
        LockedError: A collection is running.
        StoreWriteError: The store cannot be written; what was done stays done.
    """
    with store.lock("gc", _WAIT, reads=dry_run):
        work = Repair(store, LocalDocuments(), progress or SILENT, dry_run=dry_run)
        try:
            report = work.run(healers, backups, set_aside_manifests, accept)
            return replace(report, config=config)
        finally:
            work.close()
