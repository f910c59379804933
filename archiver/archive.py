"""Archive documents: draft, store, verify, publish, replace, in this order.

A batch of documents shares one commit. At every step what went before is
durable: the blobs before the manifest that needs them, both before the document
that names them. Until the last step each document is as it was.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from assetstore.archiver.draft import Drafter, DraftOutput, Nowhere
from assetstore.archiver.dry_run import DryRun
from assetstore.archiver.job import Job
from assetstore.archiver.options import ArchiveOptions, Sparing
from assetstore.archiver.payload import Wanted
from assetstore.archiver.place import prepare, put_in_place
from assetstore.documents.ownership import Ancestry, Lineage
from assetstore.documents.rebuild import StoreKnowledge, rebuild
from assetstore.documents.recipes import Recipes
from assetstore.errors import (
    AssetstoreError,
    DamagedBlob,
    DamagedManifest,
    LockedError,
    MissingBlob,
    StoreWriteError,
    VerifyMismatch,
)
from assetstore.files.in_use import called, in_use, written_by_others
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import (
    absolute,
    check_replaceable,
    check_unchanged,
    check_untouched,
)
from assetstore.files.source import Source, same
from assetstore.files.text import as_written, open_text
from assetstore.formats.beside import NOTHING
from assetstore.formats.registry import HEAD, beside, choose, is_undecided
from assetstore.formats.text import is_json
from assetstore.progress import SILENT, Progress
from assetstore.protected.containers import refuse, refuse_signed
from assetstore.results import FileResult, failed
from assetstore.store.format.blob import Ref
from assetstore.store.format.manifest import Manifest
from assetstore.store.session import Session
from assetstore.store.store import Store

_ATTEMPTS = 4
_WAIT = 5.0


class Archiver:
    """Archives into one store.

    Args:
        store: The store.
        options: How.
        progress: Who is told how far it is.
        sparing: Says which payloads stay; None: those of the options.
        counts: What a dry run has counted already, and does not count again.
    """

    def __init__(
        self,
        store: Store,
        options: ArchiveOptions,
        progress: Progress = SILENT,
        sparing: Sparing | None = None,
        counts: DryRun | None = None,
    ):
        self._store = store
        self._options = options
        self._progress = progress
        self._sparing = sparing
        self._lineage = Lineage(store)
        self._sweeper = Sweeper()
        self._counts = counts or DryRun(store)

    def in_place(self, paths: Sequence[Path]) -> list[FileResult]:
        """Archive a batch of files, in their order; errors become results."""
        problems = self._mended(paths)
        with ExitStack() as stack:
            locked = {**self._locked(stack, paths), **problems}
            jobs: list[Job | FileResult] = []
            for path in paths:
                try:
                    if (error := locked.get(path)) is not None:
                        raise error
                    jobs.append(self._opened(stack, path))
                except (AssetstoreError, OSError) as e:
                    jobs.append(failed(str(path), e))
            self._archive([job for job in jobs if isinstance(job, Job)])
            return [job.result() if isinstance(job, Job) else job for job in jobs]

    def _mended(self, paths: Iterable[Path]) -> dict[Path, Exception]:
        """Let earlier archives' forms be put right, before documents are locked."""
        problems: dict[Path, Exception] = {}
        # What is to stay is named by its place in the document as it is.
        leave = self._options.dry_run or self._options.spare
        for path in () if leave else paths:
            document = absolute(path)
            try:
                if self._store.manifest(document) is not None:
                    beside(document).mend(document, self._store)
            except (AssetstoreError, OSError) as e:
                problems[path] = e
        return problems

    def one(self, path: Path) -> FileResult:
        """Archive one document in place.

        Raises:
            AssetstoreError: It did not work; the document is as it was.
            OSError: The same.
        """
        for problem in self._mended([path]).values():
            raise problem
        with ExitStack() as stack:
            for error in self._locked(stack, [path]).values():
                raise error
            job = self._opened(stack, path)
            self._archive([job])
            if job.error is not None:
                raise job.error
            return job.result()

    def elsewhere(
        self,
        source: Source,
        name: str,
        target: Path,
        document: str,
        *,
        again: bool = False,
    ) -> FileResult:
        """Archive one document to another place.

        Args:
            source: The document.
            name: What the user calls it.
            target: The file to write, over what is there.
            document: What its manifest calls it; "": by its content.
            again: Whether that name is the document's own, so that a manifest of it
                tells what was archived before.

        Raises:
            AssetstoreError: It did not work; ``target`` is as it was.
            OSError: The same.
        """
        if not self._options.binary:
            refuse(source, name)
        job = Job(name, document, source, target, in_place=False)
        job.again = again
        with ExitStack() as stack:
            stack.callback(job.close)
            self._archive([job])
        if job.error is not None:
            raise job.error
        return job.result()

    def _locked(
        self, stack: ExitStack, paths: Iterable[Path]
    ) -> dict[Path, LockedError]:
        """Lock documents, in an order in which no two processes block each other."""
        stripes: dict[str, list[Path]] = {}
        for path in paths:
            stripes.setdefault(self._store.doc_stripe(absolute(path)), []).append(path)
        held: dict[Path, LockedError] = {}
        reads = self._options.dry_run
        for stripe in sorted(stripes):
            try:
                stack.enter_context(self._store.lock(stripe, _WAIT, reads=reads))
            except LockedError as e:
                held |= dict.fromkeys(stripes[stripe], e)
        return held

    def _opened(self, stack: ExitStack, path: Path) -> Job:
        document = absolute(path)
        if not self._options.dry_run:
            self._sweeper.sweep(document)
        beside(document).recover(document)
        source = stack.enter_context(open_text(document))
        source.settle()
        if source.encoding and self._counts_bytes(document):
            source = source.raw
        refuse(source, str(path))
        check_replaceable(source, path)
        job = Job(str(path), str(document), source, document, in_place=True)
        stack.callback(job.close)
        return job

    def _archive(self, jobs: list[Job]) -> None:
        if self._options.dry_run:
            self._refuse_used(jobs)
            for job in [job for job in jobs if not job.over]:
                with job.trying():
                    self._draft(self._counts, job)
            return
        with self._store.session() as session:
            try:
                self._refuse_used(jobs)
                self._attempts(session, jobs)
            except StoreWriteError as e:
                for job in jobs:
                    if not job.over:
                        job.fail(e)

    def _attempts(self, session: Session, jobs: list[Job]) -> None:
        with ExitStack() as stack:
            for attempt in range(1, _ATTEMPTS + 1):
                todo = [job for job in jobs if not job.over]
                if not todo:
                    return
                if attempt == _ATTEMPTS - 1:  # a collector at work again and again
                    with suppress(LockedError):
                        stack.enter_context(self._store.lock("gc", _WAIT))
                self._attempt(session, todo, last=attempt == _ATTEMPTS)

    def _attempt(self, session: Session, jobs: list[Job], *, last: bool) -> None:
        """One pass; what the store turned out not to hold is written in the next."""
        for job in jobs:
            with job.trying():
                self._draft(session, job)
        session.seal()
        ready: list[Job] = []
        doubted: set[Ref] = set()
        for job in jobs:
            if not job.over:
                with job.trying():
                    if self._verified(session, job, last=last):
                        ready.append(job)
                    else:
                        doubted |= job.drafted.refs
        if all(isinstance(job.error, VerifyMismatch) for job in jobs):
            session.abort()  # what was written is for nothing
            return
        session.commit()
        self._describe(ready)
        needed = {r for job in ready for r in job.drafted.refs - job.drafted.gone}
        absent = set(session.absent(needed))
        session.distrust(id for _, id in absent | doubted)
        if absent and last:
            raise StoreWriteError(
                "the store loses what is written to it",
                hint="Is another garbage collector deleting it?",
            )
        ready = [j for j in ready if not j.over and not absent & j.drafted.refs]
        # A thread's replacement changes its forks, which are younger: forks first.
        ready.sort(key=lambda job: job.target.name, reverse=True)
        prepare(ready)
        self._refuse_used([job for job in ready if job.drafted.changed])
        put_in_place(ready)

    def _describe(self, jobs: list[Job]) -> None:
        """Put the manifests of a batch."""
        manifests: list[Manifest] = []
        told: list[Job] = []
        for job in jobs:
            with job.trying():
                if job.drafted.changed or job.claims:
                    if job.in_place or job.again:
                        self._lineage.settle(Path(job.document), job.source)
                    manifests.append(job.described())
                    told.append(job)
        try:
            self._store.put_manifests(manifests)
        except StoreWriteError:
            raise
        except (AssetstoreError, OSError) as e:
            for job in told:
                job.fail(e)

    def _output(self, job: Job) -> DraftOutput:
        """Begin a draft; a dry run writes nothing beside the document either."""
        return Nowhere(job.source.encoding) if self._options.dry_run else job.begin()

    def _draft(self, session: Session | DryRun, job: Job) -> None:
        options, source = self._options, job.source
        job.close()
        head = source.read(0, HEAD)
        job.format = choose(options.profile, Path(job.document or job.name), head)
        draft = self._output(job)
        before = session.new_bytes

        def ancestry() -> Ancestry:
            # What goes elsewhere has no path of its own that a manifest could name.
            if job.in_place or job.again:
                job.own = self._manifest(Path(job.document))
            earlier = beside(Path(job.document)).earlier_forms(
                Path(job.document), source
            )
            known = self._lineage.of(source, job.own, earlier)
            job.plain = known.plain
            return known

        drafter = Drafter(
            source,
            session,
            draft,
            format=job.format,
            undecided=is_undecided(job.format),
            json=is_json(head),
            wanted=Wanted(
                media=options.media,
                min_size=options.min_size,
                spare=self._spared(job),
                spans=options.spans,
            ),
            ancestry=ancestry,
            progress=self._progress.advance,
            known=job.known,
        )
        job.drafted = drafter.run()
        job.written = draft.size
        # What is signed breaks by any change. It is found last, since it takes reading
        # all of the document, and matters only where something would change. Whoever
        # asks for a copy of anything (--binary) gets one that only restore can read.
        if job.drafted.payloads and not (options.binary and not job.in_place):
            refuse_signed(source, job.name)
        job.format = drafter.payloads.format
        job.stored += session.new_bytes - before
        if job.drafted.changed:
            return  # the batch goes on with it: verify, publish, replace
        job.claims = not options.dry_run and job.has_news
        if job.claims:
            # The manifest is of the document as it is; nobody has hashed that yet.
            job.drafted.digest = source.blake3()
        elif job.in_place:
            # Nothing to say of it, nothing to write: its file need not stay open for
            # the rest of the batch. What goes elsewhere is copied there all the same.
            job.over = True
            job.close()

    def _counts_bytes(self, document: Path) -> bool:
        """Tell whether somebody names places in a file by its own bytes."""
        named = self._sparing is not None or self._options.spare or self._options.spans
        return bool(named) or beside(document) is not NOTHING

    def _spared(self, job: Job) -> frozenset[int]:
        if self._sparing is not None:
            return self._sparing.offsets(job.target)
        return self._options.spare

    def _manifest(self, document: Path) -> Manifest | None:
        try:
            return self._store.manifest(document)
        except DamagedManifest:
            return None  # the one that is written now takes its place

    def _verified(self, session: Session, job: Job, *, last: bool) -> bool:
        """Restore the draft and compare it with the document.

        Returns:
            False where a damaged blob of the store got in the way.

        Raises:
            VerifyMismatch: The bytes differ, and no blob is damaged or missing.
            SourceChanged: Because the document changed meanwhile.
        """
        if not job.drafted.changed:
            return True
        assert job.draft is not None  # noqa: S101 for the type checker
        problem: AssetstoreError
        with job.draft.reopened() as slim:
            known = StoreKnowledge(Recipes(session), job.drafted.judge)
            try:
                # Where it differs, each hash tells whether the store is why.
                for check in (False, True):
                    whole = rebuild(slim, [known], check=check)
                    if same(as_written(whole, job.source), job.source.raw):
                        return True
                last = True  # it is not: another attempt would end the same way
                problem = VerifyMismatch(
                    f"{job.name}: what would be restored differs from the file",
                    hint="The file was left alone. Please report this.",
                    path=job.name,
                )
            except (DamagedBlob, MissingBlob) as e:
                problem = e
        if job.in_place:
            check_unchanged(job.source, job.target)
        else:
            check_untouched(job.source, Path(job.name))
        if last:
            raise problem
        return False

    def _refuse_used(self, jobs: list[Job]) -> None:
        files = {
            (job.source.stat.st_dev, job.source.stat.st_ino): job
            for job in jobs
            if job.in_place
        }
        for file, process in written_by_others(files).items():
            files[file].fail(in_use(files[file].name, called(process)))
