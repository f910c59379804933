"""Databases of clients among what a job archives."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from assetstore.agents.client_rows import ClientDatabase, database_at
from assetstore.archiver.options import ArchiveOptions
from assetstore.errors import DamagedManifest
from assetstore.progress import Progress
from assetstore.results import FileResult, Report
from assetstore.store.store import Store

# Why a document stays as it is.
RESTORED = "it was restored, and has not changed since"


def split_databases(paths: Sequence[Path]) -> tuple[list[ClientDatabase], list[Path]]:
    """The databases of clients among some paths, and the other paths."""
    found: dict[Path, ClientDatabase] = {}
    for path in paths:
        with suppress(sqlite3.Error, OSError):
            if (database := database_at(path)) is not None:
                found[path] = database
    return list(found.values()), [path for path in paths if path not in found]


def archive_databases(
    store: Store,
    databases: Sequence[ClientDatabase],
    options: ArchiveOptions,
    *,
    stop: Callable[[Path, int], str],
    progress: Progress,
) -> Report:
    """Archive databases one by one, as long as nothing speaks against it.

    Args:
        store: The store.
        databases: The databases.
        options: How; a thread that somebody was at work on since ``min_age`` waits,
            where its client says when that was.
        stop: Says why no more is begun, given what comes next and its size, or "".
        progress: Who is told how far it is.
    """
    report = Report(dry_run=options.dry_run)
    if not databases:
        return report
    from assetstore.rows.archive import archive_columns

    for number, database in enumerate(databases):
        size = database.path.stat().st_size
        report.stopped = stop(database.path, size)
        if report.stopped:
            report.left = len(databases) - number
            return report
        if _is_taken_back(store, database):
            report.files += [
                FileResult(path=column.document, status="skipped", reason=RESTORED)
                for column in database.columns
            ]
            continue
        done = archive_columns(store, database.columns, options, progress=progress)
        report.files += done.files
    return report


def _is_taken_back(store: Store, database: ClientDatabase) -> bool:
    """Tell whether its owner wanted a database as it is now."""
    changed = database.path.stat().st_mtime
    states = []
    for column in database.columns:
        with suppress(DamagedManifest):
            manifest = store.manifest(Path(column.document))
            if manifest is not None:
                states.append((manifest.state, manifest.created))
    return bool(states) and all(
        state == "restored" and changed <= created for state, created in states
    )
