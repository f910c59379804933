"""Keep the threads of a job in the store, before their clients delete them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assetstore.agents.kept.groups import ThreadFiles, threads_in
from assetstore.agents.kept.keeper import Keeper, KeptThread
from assetstore.archiver.options import MIN_SIZE
from assetstore.config.keys import JobSettings
from assetstore.errors import (
    AssetstoreError,
    LockedError,
    PurgedBlob,
    SourceChanged,
    SourceRefused,
)
from assetstore.jobs.limits import Bounds
from assetstore.jobs.task_result import TaskResult, Trouble
from assetstore.progress import Progress
from assetstore.quantities import many
from assetstore.store.store import Store

# What ended one of these is tried again in the next run.
_LATER = (LockedError, SourceChanged, FileNotFoundError)


def keep_threads(
    store: Store,
    job: JobSettings,
    paths: Sequence[Path],
    task: TaskResult,
    *,
    bounds: Bounds,
    progress: Progress,
    dry_run: bool = False,
) -> None:
    """Keep what is new of the threads that a job names.

    Args:
        store: The store.
        job: The job.
        paths: What its paths name now.
        task: Takes what was done, and what went wrong.
        bounds: What it may take.
        progress: Told how far it is.
        dry_run: Keep nothing; say how many threads have something new.
    """
    min_size = MIN_SIZE if job.min_size is None else job.min_size
    progress.start(None, "keeping")
    keeper = Keeper(store, min_size=min_size, progress=progress.advance)
    without = [path for path in (store.root, store.cache_dir) if path is not None]
    found = threads_in(paths, include=job.include, exclude=job.exclude, without=without)
    try:
        if dry_run:
            if count := keeper.news(found):
                task.notes.append(f"{many(count, 'thread')} would be kept.")
            return
        for thread in keeper.keep(_bounded(found, store, bounds, task)):
            _count(task, thread)
    except SourceRefused as e:  # a path that went just now
        task.notes.append(f"{e}.")
    finally:
        progress.close()


def _bounded(
    threads: Iterable[ThreadFiles], store: Store, bounds: Bounds, task: TaskResult
) -> Iterator[ThreadFiles]:
    """The threads for which there is time, and room in the store."""
    for thread in threads:
        size = sum(path.stat().st_size for path in thread.files if path.exists())
        disk = store.root or thread.home
        if reason := bounds.over_time() or bounds.short_of_space(disk, size):
            left = "; threads are left for the next run to keep"
            task.stop(reason + left, failure=bounds.out_of_space)
            return
        yield thread


def _count(task: TaskResult, thread: KeptThread) -> None:
    error = thread.error
    task.kept += thread.kept
    task.stored += thread.stored
    if error is None:
        return
    if isinstance(error, PurgedBlob):
        task.notes.append(
            f"{thread.path} is not kept: what was kept of it was purged. 'assetstore "
            "threads forget' ends that."
        )
    elif not isinstance(error, _LATER):
        task.troubles.append(
            Trouble(
                type=type(error).__name__,
                message=f"the thread is not kept: {error}",
                hint=getattr(error, "hint", ""),
                path=str(thread.path),
                exit_code=error.exit_code if isinstance(error, AssetstoreError) else 1,
            )
        )
        task.exit_code, task.result = 3, "partial"
        task.reason = task.reason or "not all threads are kept"
