"""The tasks of a run: archive what a job names, collect, check a share."""

import contextlib
import glob
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.config.keys import Gc, JobSettings, Optimize, Verify
from assetstore.documents.row_names import database_of
from assetstore.errors import (
    DamagedManifest,
    LockedError,
    SourceChanged,
    SourceError,
    SourceInUse,
)
from assetstore.files.replace import absolute
from assetstore.jobs.databases import RESTORED, archive_databases, split_databases
from assetstore.jobs.limits import Bounds
from assetstore.jobs.log import TaskState
from assetstore.jobs.task_result import MOST_NAMED, TaskResult, Trouble
from assetstore.progress import Progress
from assetstore.results import FileResult, Report
from assetstore.store.codecs.table import missing_packages
from assetstore.store.store import Store

# What is due once a day or a week is imported when it is.
if TYPE_CHECKING:
    from assetstore.store.reports import Finding

# A file that one of these ended is tried again in the next run.
_LATER = (SourceInUse, SourceChanged, LockedError)
# Shares of the store that were missed and are made up for in one run.
_MOST_SHARES = 7
DAY = 86400.0


def archive(
    store: Store,
    name: str,
    job: JobSettings,
    *,
    bounds: Bounds,
    progress: Progress,
    clock: Callable[[], float],
    dry_run: bool = False,
) -> TaskResult:
    """Archive what a job names; what goes wrong is in the result."""
    task = TaskResult(name=name)
    bounds.out_of_space = False
    paths = _paths_of(job, task)
    if not paths:
        task.result = "skipped"
        task.reason = "none of its paths is there" if job.paths else "it has no paths"
        return task
    sparing = None
    if job.keep_pictures or job.older_than:
        from assetstore.agents.keep_newest import KeepNewest

        sparing = KeepNewest(
            keep_pictures=job.keep_pictures, older_than=job.older_than, clock=clock
        )

    def stop(path: Path, size: int) -> str:
        store_disk = store.root or path
        return (
            bounds.over_time()
            or bounds.short_of_space(store_disk, size)
            or bounds.short_of_space(path, size)
        )

    options = _options(job, dry_run=dry_run)
    rows, paths = split_databases(paths)
    of_rows = archive_databases(store, rows, options, stop=stop, progress=progress)
    report = archive_paths(
        store,
        paths,
        options,
        sparing=sparing,
        stop=stop,
        leave=lambda path, found: _taken_back(store, path, found),
        progress=progress,
    )
    report.files[:0] = of_rows.files
    report.stopped, report.left = (
        report.stopped or of_rows.stopped,
        report.left + of_rows.left,
    )
    _count(task, report)
    if job.keep:
        task.notes += [
            f"{each.path}: threads that are rows are not kept." for each in rows
        ]
    if job.keep and not report.stopped:
        from assetstore.jobs.keep import keep_threads

        keep_threads(
            store,
            job,
            paths,
            task,
            bounds=bounds,
            progress=progress,
            dry_run=dry_run,
        )
    if report.stopped:
        left = f"; {report.left:,} files are left for the next run"
        task.stop(report.stopped + left, failure=bounds.out_of_space)
    return task


def _taken_back(store: Store, path: Path, found: os.stat_result) -> str:
    """Say why a file stays as it is: its owner wanted it so."""
    try:
        manifest = store.manifest(absolute(path))
    except DamagedManifest:
        return ""
    if manifest is None or manifest.state != "restored":
        return ""
    if found.st_mtime > manifest.created:
        return ""
    return RESTORED


def _options(job: JobSettings, *, dry_run: bool) -> ArchiveOptions:
    settings: dict[str, Any] = {
        "min_age": job.min_age or None,
        "media": job.media,
        "profile": job.profile,
        "include": job.include,
        "exclude": job.exclude,
        "ignore": job.ignore,
        "dry_run": dry_run,
    }
    if job.min_size is not None:
        settings["min_size"] = job.min_size
    return ArchiveOptions(**settings)


def _paths_of(job: JobSettings, task: TaskResult) -> list[Path]:
    """The files and folders that a job's paths name now."""
    found: dict[Path, None] = {}
    for path in job.paths:
        here: list[str] = []
        if glob.has_magic(path):
            here = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 an absolute one
        if not here and os.path.lexists(path):
            here = [path]
        if not here:
            task.notes.append(f"{path} is not there.")
        found.update((Path(os.path.realpath(name)), None) for name in here)
    return list(found)


def _count(task: TaskResult, report: Report) -> None:
    task.files, task.untouched = len(report.files), report.untouched
    for file in report.files:
        task.left += file.stays.count
        if file.status == "archived":
            task.archived += 1
            task.payloads += file.payloads
            task.before += file.before
            task.after += file.after
        elif file.lasting:
            pass  # no document; a later run passes over it as well
        elif file.status == "skipped" or isinstance(file.error, _LATER):
            task.later += 1
            if len(task.alone) < MOST_NAMED:
                task.alone.append(f"{file.path}: {file.reason}")
            if file.reason != RESTORED:
                task.waiting.append(Path(database_of(file.path) or file.path))
        elif file.status == "failed":
            task.waiting.append(Path(database_of(file.path) or file.path))
            task.troubles.append(_trouble(file))
    task.stored = report.total("stored")
    if task.troubles:
        task.exit_code, task.result = 3, "partial"
        count = len(task.troubles)
        task.reason = f"{count:,} file{'s' if count > 1 else ''} failed"


def _trouble(file: FileResult) -> Trouble:
    return Trouble(
        type=file.error_type or SourceError.__name__,
        message=file.reason,
        hint=file.hint,
        path=file.path,
        exit_code=file.code or 1,
    )


def collect_garbage(
    store: Store,
    name: str,
    settings: Gc,
    *,
    waiting: Sequence[Path],
    keep_missing: str,
    state: Path,
    progress: Progress,
    now: float,
    dry_run: bool = False,
) -> TaskResult:
    """Collect by the configured rules.

    Args:
        store: The store.
        name: The task's name.
        settings: The rules.
        waiting: Files that may hold placeholders for which no manifest speaks yet.
        keep_missing: Why documents that vanished are not forgotten this time, or "".
        state: Where it is remembered what documents were seen.
        progress: Told how far it is.
        now: Seconds since 1970.
        dry_run: Change nothing.
    """
    from assetstore.documents.missing import Missing, missing_file
    from assetstore.documents.upkeep import collect
    from assetstore.store.gc.retention import Retention, never

    task = TaskResult(name=name)
    missing_for = settings.missing_for
    if missing_for is not None and keep_missing:
        task.notes.append(f"No missing document is forgotten: {keep_missing}.")
        missing_for = None
    with contextlib.ExitStack() as stack:
        gone = never
        if missing_for is not None:
            path = missing_file(state, store)
            missing = Missing(path, missing_for, now=now, dry_run=dry_run)
            gone = stack.enter_context(missing)
        report = collect(
            store,
            grace=settings.grace,
            dry_run=dry_run,
            scan=() if gone is never else [p for p in waiting if p.is_file()],
            retention=Retention(
                keep_last=settings.keep_last, keep_within=settings.keep_within
            ),
            gone=gone,
            progress=progress,
        )
    task.freed = report.freed
    task.notes += report.notes
    dropped = [d for d in report.decisions if not d.keep]
    task.notes += [f"{d.document}: {d.reason}." for d in dropped[:20]]
    return task


def optimize_every(settings: Optimize) -> float:
    """Return how often to code what is new, in seconds; 0: never."""
    if settings.every is None:
        return 0.0 if missing_packages() else DAY
    return settings.every


def code_smaller(
    store: Store, name: str, settings: Optimize, *, bounds: Bounds, progress: Progress
) -> TaskResult:
    """Code the pictures in a store smaller, for as long as is allowed."""
    from assetstore.store.optimize.optimize import optimize

    task = TaskResult(name=name)
    report = optimize(
        store,
        effort=settings.max_effort,
        time_limit=bounds.left(settings.time_limit),
        progress=progress,
    )
    task.freed = report.before_bytes - report.after_bytes
    task.notes += report.notes
    if report.left:
        task.notes.append(f"{report.left:,} packs are left for the next run.")
    return task


def check_share(
    store: Store,
    name: str,
    settings: Verify,
    *,
    state: TaskState,
    bounds: Bounds,
    progress: Progress,
    now: float,
) -> TaskResult:
    """Check the store, and read the shares that are due by the date.

    A share in which something was found is read every time, until all is well.
    """
    from assetstore.store.check.verify import verify

    task = TaskResult(name=name, day=state.day, bad_shares=state.bad_shares)
    for share, day in _shares(settings.cycle, int(now // DAY), state):
        if task.read and (reason := bounds.over_time()):
            task.stop(reason, failure=False)
            break
        report = verify(store, subset=f"{share}/{settings.cycle}", progress=progress)
        task.read += report.bytes_read
        task.day = task.day if day is None else day
        task.notes += [note for note in report.notes if note not in task.notes]
        bad = {*task.bad_shares} - {share} | ({share} if report.findings else set())
        task.bad_shares = tuple(sorted(bad))
        for finding in report.findings:
            if (trouble := _found(finding)) not in task.troubles:
                task.troubles.append(trouble)
    if task.troubles:
        task.result, task.exit_code = "failed", 4
        task.reason = f"{len(task.troubles):,} findings"
    return task


def _shares(
    cycle: int, today: int, state: TaskState
) -> Iterator[tuple[int, int | None]]:
    """The shares to read, each with its day; those that were bad without one."""
    last = state.day
    since = today if last is None or last >= today else last + 1
    days = range(max(since, today - cycle + 1), today + 1)[:_MOST_SHARES]
    due = {day % cycle + 1: day for day in days}
    for share in state.bad_shares:
        if share not in due and share <= cycle:
            yield share, None
    yield from due.items()


def _found(finding: "Finding") -> Trouble:
    needed = "; needed by " + ", ".join(finding.documents)
    return Trouble(
        type=finding.kind,
        message=finding.what + (needed if finding.documents else ""),
        hint=finding.hint,
        exit_code=4,
    )
