"""Restore files, folders and streams: what the command line and the API call."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assetstore.errors import AssetstoreError, SourceRefused
from assetstore.files.find import StrPath, find_documents, several
from assetstore.files.output import check_output
from assetstore.files.replace import absolute
from assetstore.files.source import CHUNK
from assetstore.files.spelling import as_spelled
from assetstore.files.streams import Readable, Writable
from assetstore.files.text import open_text
from assetstore.progress import SILENT, Progress
from assetstore.protected.containers import passed_over
from assetstore.restore.extract import extract
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.restore.work import several_stores
from assetstore.results import FileResult, Report, failed
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store

__all__ = [
    "RestoreOptions",
    "extract",
    "restore_file",
    "restore_paths",
    "restore_stream",
]


def restore_paths(
    store: Store | Sequence[Store],
    paths: Iterable[StrPath],
    options: RestoreOptions | None = None,
    *,
    progress: Progress | None = None,
) -> Report:
    """Restore files, and all files below folders, in place.

    What goes wrong with one file is in its result and ends nothing else.

    Args:
        store: The store; or several, each of which is asked for what those before it
            do not know.
        paths: Files and folders.
        options: How.
        progress: Who is told how far it is.
    """
    options, progress = options or RestoreOptions(), progress or SILENT
    named = several(paths)
    report = Report(dry_run=options.dry_run)
    todo: list[tuple[Path, int]] = []
    stores = several_stores(store)
    root = [
        path
        for each in stores
        for path in (each.root, each.cache_dir)
        if path is not None
    ]
    for file in find_documents(
        named, include=options.include, exclude=options.exclude, without=root
    ):
        if file.stat is None or file.error is not None:
            error = file.error or SourceRefused(f"{file.path} cannot be read")
            report.files.append(failed(file.path, error))
        else:
            todo.append((Path(file.path), file.stat.st_size))
    progress.start(sum(size for _, size in todo), "restoring")
    mine = frozenset(os.path.abspath(path) for path in named)
    try:
        results = _restored(stores, todo, options, progress)
        report.files += (passed_over(result, mine) for result in results)
    finally:
        progress.close()
    return report


def _restored(
    stores: Sequence[Store],
    todo: list[tuple[Path, int]],
    options: RestoreOptions,
    progress: Progress,
) -> Iterator[FileResult]:
    one = stores[0]
    alone = len(stores) == 1 and one.root is not None
    if options.jobs > 1 and len(todo) > 1 and alone:
        from assetstore.store.workers import in_processes

        work = [(path, options) for path, _ in todo]
        for number, result in in_processes(one, restore_one, work, jobs=options.jobs):
            progress.advance(todo[number][1])
            yield result
        return
    restorer = Restorer(stores, options, progress)
    for path, size in todo:
        yield _tried(restorer, path, size)


def _tried(restorer: Restorer, path: Path, size: int) -> FileResult:
    try:
        return restorer.in_place(path)
    except (AssetstoreError, OSError) as e:
        return failed(str(path), e, size)


def restore_one(store: Store, path: Path, options: RestoreOptions) -> FileResult:
    """Restore a file in place; an error becomes its result."""
    (path,) = as_spelled([path])
    return _tried(Restorer(store, options), path, 0)


def restore_file(
    store: Store | Sequence[Store],
    source: StrPath,
    output: StrPath,
    options: RestoreOptions | None = None,
) -> FileResult:
    """Restore one file to another place; the source is left alone.

    Raises:
        UsageError: ``output`` is the source, a link, or no place for a file.
        AssetstoreError: It did not work; ``output`` is as it was.
        OSError: The same.
    """
    check_output(absolute(Path(source)), absolute(Path(output)))
    restorer = Restorer(store, options or RestoreOptions())
    return restorer.to_file(Path(source), Path(output))


def restore_stream(
    store: Store | Sequence[Store],
    source: Readable,
    target: Writable,
    options: RestoreOptions | None = None,
) -> FileResult:
    """Restore a stream to a stream.

    All blobs are read twice: nothing is written until each was found to be right.

    Raises:
        AssetstoreError: It did not work; nothing was written, unless the store
            became damaged in between.
        OSError: The same.
    """
    with spool() as folder:
        given = folder / "in"
        with given.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
        with open_text(given, "-") as document:
            restorer = Restorer(store, options or RestoreOptions())
            restorer.check(document)
            return restorer.to_stream(document, "-", target)
