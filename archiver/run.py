"""Archive files, folders and streams: what the command line and the API call."""

import os
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.archiver.options import (
    TOO_YOUNG,
    ArchiveOptions,
    Leave,
    Sparing,
    Stop,
)
from assetstore.archiver.unchanged import Known, Seen, stamp
from assetstore.errors import SourceRefused
from assetstore.files.find import Found, StrPath, find_documents, several
from assetstore.files.ignored import Level
from assetstore.files.output import check_output
from assetstore.files.replace import absolute
from assetstore.files.source import CHUNK
from assetstore.files.spelling import as_spelled
from assetstore.files.streams import Readable, Writable
from assetstore.files.text import open_text
from assetstore.progress import SILENT, Progress
from assetstore.protected.containers import passed_over
from assetstore.results import FileResult, Report, Why, failed
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store
from assetstore.version import __version__

if TYPE_CHECKING:
    from assetstore.archiver.archive import Archiver
    from assetstore.formats.homes import Home

__all__ = [
    "ArchiveOptions",
    "archive_file",
    "archive_one",
    "archive_paths",
    "archive_stream",
]

# Files that share a commit: at most so many, and so many bytes.
_BATCH_FILES = 64
_BATCH_BYTES = 64 << 20


def archive_paths(
    store: Store,
    paths: Iterable[StrPath],
    options: ArchiveOptions | None = None,
    *,
    sparing: Sparing | None = None,
    stop: Stop | None = None,
    leave: Leave | None = None,
    progress: Progress | None = None,
) -> Report:
    """Archive files, and the documents below folders, in place.

    What goes wrong with one file is in its result and ends nothing else. What is no
    document is refused where it is named, and passed over below a folder. Of an
    agent's home only session logs are looked at.

    Args:
        store: The store.
        paths: Files and folders.
        options: How.
        sparing: Says which payloads stay; only with one process at work.
        stop: Says when to begin no more files; only with one process at work.
        leave: Says which files are to be left alone, and why.
        progress: Who is told how far it is.
    """
    options, progress = options or ArchiveOptions(), progress or SILENT
    named = several(paths)
    report = Report(dry_run=options.dry_run)
    seen = Seen(store.cache_dir, _fingerprint(options, sparing))
    try:
        known = seen.below(map(os.path.abspath, named))
        todo = _chosen(store, named, options, known, report, leave)
        progress.start(sum(size for _, size in todo), "archiving")
        done: list[tuple[str, str]] = []
        batches = list(_batches(todo))
        alone = options.jobs == 1 or len(batches) <= 1 or store.root is None
        # Processes of a dry run would count what documents have in common once each.
        if not (alone or options.dry_run):
            work = _by_processes(store, batches, options, progress)
        else:
            work = _by_one(store, batches, options, sparing, stop, report, progress)
        mine = frozenset(map(os.path.abspath, named))
        for results in work:
            told = [passed_over(r, mine) for r in results]
            report.files += told
            # What need not be opened the next time, as long as it stays as it is.
            done += [
                (os.path.abspath(r.path), r.reason if r.lasting else "")
                for r in told
                if (r.status in ("archived", "unchanged") or _by_its_bytes(r))
                and not r.left
                and not r.purged
                and (sparing is None or sparing.settled(Path(r.path)))
            ]
        if not options.dry_run:
            seen.add(done)
    finally:
        seen.close()
        progress.close()
    return report


def _fingerprint(options: ArchiveOptions, sparing: Sparing | None) -> str:
    few = f" but {sorted(options.spare)}" if options.spare else ""
    few += f" but {sparing.name}" if sparing else ""
    return f"{__version__} {options.min_size} {options.media} {options.profile}{few}"


def _home_at(folder: str, names: Collection[str] | None = None) -> "Home | None":
    """The home of a client that a folder is; only folders need the import."""
    from assetstore.formats.registry import home_at

    return home_at(folder, names)


def _chosen(
    store: Store,
    paths: Sequence[Path],
    options: ArchiveOptions,
    known: dict[bytes, Known],
    report: Report,
    leave: Leave | None,
) -> list[tuple[str, int]]:
    """The files to work on, with their sizes; the others are reported.

    As text: a `Path` takes several times the room, and there may be many.
    """
    todo: list[tuple[str, int]] = []
    youngest = None
    if options.min_age:
        youngest = time.time() - options.min_age
    root = [path for path in (store.root, store.cache_dir) if path is not None]
    here = os.getcwd()
    leave_out = Level(ignore=options.ignore, owner=_home_at)
    for file in find_documents(
        paths,
        include=options.include,
        exclude=options.exclude,
        without=root,
        leave=leave_out,
    ):
        now = file.stat
        if file.left:
            size = now.st_size if now is not None else 0
            report.files.append(_left(file, size, file.left, lasting=True))
        elif now is None or file.error is not None:
            error = file.error or SourceRefused(f"{file.path} cannot be read")
            report.files.append(failed(file.path, error))
        # Seen before, with nothing in it: not even opened. One that is refused for what
        # it is, is told so again where it is named.
        elif (old := known and known.get(_key(here, file.path))) and (
            old[:3] == stamp(now) and not (old[3] and file.named)
        ):
            if old[3]:
                report.files.append(_left(file, now.st_size, old[3], lasting=True))
            else:
                report.untouched += 1
        elif youngest is not None and now.st_mtime > youngest:
            reason = TOO_YOUNG
            report.files.append(_left(file, now.st_size, reason))
        elif leave is not None and (reason := leave(Path(file.path), now)):
            report.files.append(_left(file, now.st_size, reason))
        else:
            todo.append((file.path, now.st_size))
    return todo


def _key(here: str, path: str) -> bytes:
    if not path.startswith(os.sep) or "/." in path or "//" in path:
        path = os.path.normpath(os.path.join(here, path))  # noqa: PTH118
    return os.fsencode(path)


def _left(file: Found, size: int, reason: str, *, lasting: bool = False) -> FileResult:
    return FileResult(
        path=file.path,
        status="skipped",
        reason=reason,
        before=size,
        after=size,
        lasting=lasting,
    )


def _by_its_bytes(result: FileResult) -> bool:
    """Tell whether a file was passed over for what it is, whatever lies beside it."""
    return result.lasting and not result.reason.startswith(Why.COVERED)


def _batches(todo: Iterable[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    batch: list[tuple[str, int]] = []
    total = 0
    for file in todo:
        size = file[1]
        if batch and (len(batch) == _BATCH_FILES or total + size > _BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(file)
        total += size
    if batch:
        yield batch


def _by_processes(
    store: Store,
    batches: list[list[tuple[str, int]]],
    options: ArchiveOptions,
    progress: Progress,
) -> Iterator[list[FileResult]]:
    from assetstore.store.workers import in_processes

    work = [([Path(path) for path, _ in batch], options) for batch in batches]
    sizes = [sum(size for _, size in batch) for batch in batches]
    for number, results in in_processes(store, archive_batch, work, jobs=options.jobs):
        progress.advance(sizes[number])
        yield results


def _by_one(
    store: Store,
    batches: list[list[tuple[str, int]]],
    options: ArchiveOptions,
    sparing: Sparing | None,
    stop: Stop | None,
    report: Report,
    progress: Progress,
) -> Iterator[list[FileResult]]:
    if not batches:
        return
    archiver = _archiver(store, options, progress, sparing)
    for number, batch in enumerate(batches):
        if stop is not None:
            reason = stop(Path(batch[0][0]), sum(size for _, size in batch))
            if reason:
                report.stopped = reason
                report.left = sum(map(len, batches[number:]))
                return
        yield archiver.in_place([Path(path) for path, _ in batch])


def _archiver(
    store: Store,
    options: ArchiveOptions,
    progress: Progress = SILENT,
    sparing: Sparing | None = None,
) -> "Archiver":
    """Make an `Archiver`; a run that finds nothing to do is spared the import."""
    from assetstore.archiver.archive import Archiver

    return Archiver(store, options, progress, sparing)


def archive_batch(
    store: Store, paths: list[Path], options: ArchiveOptions
) -> list[FileResult]:
    """Archive a few files in place, sharing a commit."""
    return _archiver(store, options).in_place(paths)


def archive_one(
    store: Store, path: StrPath, options: ArchiveOptions | None = None
) -> FileResult:
    """Archive one document in place.

    Raises:
        AssetstoreError: It did not work; the document is as it was.
        OSError: The same.
    """
    (path,) = as_spelled([Path(path)])
    return _archiver(store, options or ArchiveOptions()).one(path)


def archive_file(
    store: Store,
    source: StrPath,
    output: StrPath,
    options: ArchiveOptions | None = None,
) -> FileResult:
    """Archive one file to another place; the source is left alone.

    Raises:
        UsageError: ``output`` is the source, a link, or no place for a file.
        AssetstoreError: It did not work; ``output`` is as it was.
        OSError: The same.
    """
    target = absolute(Path(output))
    check_output(absolute(Path(source)), target)
    with open_text(absolute(Path(source))) as document:
        return _archiver(store, options or ArchiveOptions()).elsewhere(
            document, str(source), target, str(target)
        )


def archive_stream(
    store: Store,
    source: Readable,
    target: Writable,
    options: ArchiveOptions | None = None,
    *,
    document: str = "",
) -> FileResult:
    """Archive a stream to a stream.

    The whole input is read, archived and verified before the first byte is
    written. Temporary files take its size, and that of the output.

    Args:
        store: The store.
        source: What is read.
        target: Gets the archived form.
        options: How.
        document: What its manifest calls it; "": by its content.

    Raises:
        AssetstoreError: It did not work; nothing was written.
        OSError: The same.
    """
    import shutil

    options = options or ArchiveOptions()
    with spool() as folder:
        given, slim = folder / "in", folder / "out"
        with given.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
        with open_text(given, "-") as whole:
            result = _archiver(store, options).elsewhere(whole, "-", slim, document)
        if not options.dry_run:
            with slim.open("rb") as file:
                shutil.copyfileobj(file, target, CHUNK)
    return result
