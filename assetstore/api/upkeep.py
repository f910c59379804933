"""The part of a store's verbs that keeps it whole and small."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assetstore.documents.upkeep import collect, repair
from assetstore.files.find import StrPath, several
from assetstore.progress import SILENT, Progress
from assetstore.store import store as base
from assetstore.store.gc.collect import GRACE
from assetstore.store.gc.retention import Gone, Retention, never
from assetstore.store.optimize.encode import DEFAULT_EFFORT
from assetstore.store.purge.purge import PurgeReport, purge
from assetstore.store.repair.index import RebuildReport, rebuild_index
from assetstore.store.reports import (
    GcReport,
    OptimizeReport,
    RepairReport,
    VerifyReport,
)
from assetstore.store.stats import StoreStats, stats


class UpkeepVerbs(base.Store):
    """The part of `assetstore.Store` that looks after what is in it."""

    def stats(self, *, types: bool = False) -> StoreStats:
        """Count what is in the store.

        Args:
            types: Read what pictures begin with, too, to count them by type.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> store.stats().documents
            1
        """
        return stats(self, types=types)

    def verify(
        self,
        *,
        read_data: bool = False,
        subset: str | None = None,
        progress: Progress | None = None,
    ) -> VerifyReport:
        """Check that what documents need is there, and change nothing.

        Args:
            read_data: Read every byte, too, and compare it with its hash.
            subset: Read only the data of some packs: "2/5" for the second fifth, "5%"
                or "10G" for that much, chosen at random.
            progress: Who is told how far it is.

        Raises:
            UsageError: ``subset`` is of no such form.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> store.verify(read_data=True).findings
            ()
        """
        from assetstore.store.check.verify import verify

        return verify(self, read_data=read_data, subset=subset, progress=progress)

    def repair(
        self,
        *,
        sources: Sequence[StrPath] = (),
        set_aside_manifests: bool = False,
        accept: Sequence[str] | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> RepairReport:
        """Put right what is damaged in the store, as far as that is possible.

        Args:
            sources: Files, folders and copies of the store in which to look for what is
                lost.
            set_aside_manifests: Move manifests that stay damaged to the quarantine, so
                that `collect` runs again; it removes what only they name.
            accept: What is lost for good, by the first digits of its hashes; none of
                them: all that is lost. From then on nothing warns of it. None: nothing
                is accepted.
            dry_run: Change nothing.
            progress: Who is told how far it is.

        Raises:
            TypeError: Sources are no list.
            UsageError: What is to be accepted is not lost; all else was done.
            LockedError: A collection is running.
            StoreWriteError: The store cannot be written; what was done stays done.
        """
        from assetstore.archiver.find_lost import backups, healers

        if isinstance(accept, str):
            raise TypeError(f"accept must be several, not {accept!r}: [{accept!r}]")
        places = several(sources)
        own = [path for path in (self.root, self.cache_dir) if path is not None]
        told = progress or SILENT
        try:
            with backups(places) as copies:
                return repair(
                    self,
                    healers=lambda: healers(places, without=own, progress=told),
                    backups=copies,
                    set_aside_manifests=set_aside_manifests,
                    accept=accept,
                    dry_run=dry_run,
                    progress=told,
                )
        finally:
            told.close()

    def rebuild_index(self, *, progress: Progress | None = None) -> RebuildReport:
        """Write the indexes anew from the packs, as after the loss of one.

        Args:
            progress: Who is told how far it is.

        Raises:
            LockedError: A collection is running.
            StoreWriteError: The store cannot be written.
        """
        return rebuild_index(self, progress)

    def optimize(
        self,
        *,
        effort: int = DEFAULT_EFFORT,
        dry_run: bool = False,
        time_limit: float | None = None,
        progress: Progress | None = None,
    ) -> OptimizeReport:
        """Code what the store holds smaller; every byte still comes back as it was.

        Args:
            effort: From 1, the fastest, to 9, the smallest.
            dry_run: Change nothing; code a part, and estimate.
            time_limit: Stop after so many seconds; the next call goes on.
            progress: Who is told how far it is.

        Raises:
            UsageError: There is no such effort.
            UnsupportedStore: The packages of the extra ``codecs`` are not installed.
            LockedError: Another optimization is running.
            StoreWriteError: The store cannot be written.
        """
        from assetstore.store.optimize.optimize import optimize

        return optimize(
            self,
            effort=effort,
            dry_run=dry_run,
            time_limit=time_limit,
            progress=progress,
        )

    def collect(
        self,
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
        """Remove what no document needs any more.

        Args:
            grace: What was written more recently (seconds) stays.
            dry_run: Change nothing.
            scan: Files and folders; what placeholders in them name stays, too.
            retention: Which older states of documents are kept.
            gone: Says which documents are gone for good.
            max_unused: The share of what lives that may be dead beside it; None: 30 %
                of each pack.
            force: Collect also where that is refused otherwise.
            progress: Who is told how far it is.

        Raises:
            TypeError: Paths to scan are no list.
            CollectionRefused: The store's records are lost, or everything would go.
            UsageError: A path to scan is not there.
            SourceError: A path to scan cannot be read.
            IntegrityError: A record cannot be read.
            LockedError: Another collection is running.
            StoreWriteError: The store cannot be written.

        Examples:
            >>> report = store.archive(["page.html"])
            >>> report = store.restore(["page.html"])
            >>> store.collect(grace=0).freed > 0
            True
        """
        return collect(
            self,
            grace=grace,
            dry_run=dry_run,
            scan=scan,
            retention=retention,
            gone=gone,
            max_unused=max_unused,
            force=force,
            progress=progress,
        )

    def purge(
        self,
        names: Iterable[StrPath],
        *,
        shared: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> PurgeReport:
        """Take pictures out of the store for good; nobody is asked.

        Documents keep their placeholders, and a restore says that these were purged.
        What was purged is not archived again.

        Args:
            names: For each, its hash in hexadecimal or the beginning of it, a
                placeholder, an archived document (all its pictures), or the picture's
                own file.
            shared: Of documents, take also what other documents need.
            dry_run: Change nothing.
            progress: Who is told how far it is.

        Raises:
            TypeError: Names are no list.
            UsageError: One is none of these, or two of them.
            MissingBlob: The store knows no such picture.
            AmbiguousId: The beginning of a hash fits several.
            LockedError: A collection or an optimization is running.
            StoreWriteError: The store cannot be written; run it again to finish.
        """
        from assetstore.purge_targets import choose, sweep_drafts

        if isinstance(names, str | bytes | os.PathLike):
            raise TypeError(f"names must be several, not {names!r}: write [{names!r}]")
        chosen = choose(self, [os.fspath(name) for name in names], shared=shared)
        told = progress or SILENT
        report = purge(self, chosen.ids, dry_run=dry_run, progress=told)
        notes = [
            f"{one.blob} stays, since {', '.join(one.documents)} needs it, too; "
            "shared=True purges it."
            for one in chosen.shared
        ]
        if not dry_run:
            named = {path for one in report.pictures for path in one.documents}
            notes += sweep_drafts(self, named)
        return replace(report, notes=(*report.notes, *notes))
