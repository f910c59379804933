"""Archive and restore the values of columns, a database at once."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from assetstore.archiver.archive import Archiver
from assetstore.archiver.dry_run import DryRun
from assetstore.archiver.options import TOO_YOUNG, ArchiveOptions
from assetstore.documents.ownership import Lineage
from assetstore.documents.placeholders import find_placeholders
from assetstore.errors import AssetstoreError, SourceRefused
from assetstore.progress import SILENT, Progress
from assetstore.quantities import many
from assetstore.restore.options import RestoreOptions
from assetstore.restore.restore import Restorer
from assetstore.results import FileResult, Report, failed
from assetstore.rows.check import check
from assetstore.rows.client_lock import client_lock
from assetstore.rows.column import (
    LINES,
    Column,
    as_it_is_called,
    count_raw_pictures,
    opened,
    parse_column,
)
from assetstore.rows.lines import ColumnLines, written_down
from assetstore.rows.triggers import put_aside
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store

_WAIT = 5.0

# What became of columns, by their documents' names.
_Results = dict[str, FileResult]
# Is shown the values of columns as they are without placeholders, a line each, before
# anything is changed.
Seen = Callable[[Column, Path], None]


def _by_nobody(column: Column, values: Path) -> None:
    """Nobody looks at them."""


def archive_columns(
    store: Store,
    columns: Sequence[str | Column],
    options: ArchiveOptions | None = None,
    *,
    seen: Seen = _by_nobody,
    progress: Progress = SILENT,
) -> Report:
    """Take the pictures out of columns of databases.

    The values that may hold some are archived like a log, a line each: blobs and
    manifests first, then all values of a database change in one transaction. A column
    on whose values something depends is left, and told; whatever else goes wrong with
    one leaves its whole database as it was.

    Args:
        store: The store.
        columns: The columns, each as ``app.db#table.column`` or with its format.
        options: How; the format is a column's own, or JSON Lines, unless they name one.
        seen: Is shown the values that go through it, as they are.
        progress: Who is told how far it is.

    Raises:
        UsageError: A name is none of a column.
    """
    options = options or ArchiveOptions()
    counts = DryRun(store)

    def work(database: Path, named: Sequence[Column], results: _Results) -> None:
        _archive(store, database, named, options, results, seen, progress, counts)

    return Report(files=_each(columns, work), dry_run=options.dry_run)


def restore_columns(
    stores: Store | Sequence[Store],
    columns: Sequence[str | Column],
    options: RestoreOptions | None = None,
    *,
    seen: Seen = _by_nobody,
    progress: Progress = SILENT,
) -> Report:
    """Put the pictures back into columns of databases, each value byte for byte.

    What goes wrong with one column leaves its whole database as it was.

    Args:
        stores: The store, or the stores, in the order in which they are asked.
        columns: The columns, each as ``app.db#table.column`` or as it was archived.
        options: How.
        seen: Is shown the values that go through it, as they will be.
        progress: Who is told how far it is.

    Raises:
        UsageError: A name is none of a column.
    """
    options = options or RestoreOptions()
    several = [stores] if isinstance(stores, Store) else list(stores)

    def work(database: Path, named: Sequence[Column], results: _Results) -> None:
        _restore(several, database, named, options, results, seen, progress)

    return Report(files=_each(columns, work), dry_run=options.dry_run)


def _each(
    named: Sequence[str | Column],
    work: Callable[[Path, Sequence[Column], _Results], None],
) -> list[FileResult]:
    """Work on columns, a database at once; what goes wrong is in their results."""
    columns = [parse_column(c) if isinstance(c, str) else c for c in named]
    results: _Results = {}
    databases: dict[Path, dict[str, Column]] = {}
    spelt: dict[str, str] = {}
    for column in columns:
        try:
            found = as_it_is_called(column)
        except (AssetstoreError, OSError) as e:
            results[column.document] = _failed(column, e)
        else:
            spelt[column.document] = found.document
            databases.setdefault(found.database, {})[found.document] = found
    for database, each in databases.items():
        try:
            work(database, list(each.values()), results)
        except (AssetstoreError, OSError) as e:
            for name, column in each.items():
                if name not in results or results[name].status != "failed":
                    results[name] = _failed(column, e)
    names = dict.fromkeys(spelt.get(c.document, c.document) for c in columns)
    return [results[name] for name in names]


def _failed(column: Column, error: AssetstoreError | OSError) -> FileResult:
    """Say what went wrong with a column; the system's errors name its database."""
    if isinstance(error, OSError):
        error.filename = str(column.database)
        return replace(failed(str(column.database), error), path=column.document)
    return failed(column.document, error)


def _archive(
    store: Store,
    database: Path,
    columns: Sequence[Column],
    options: ArchiveOptions,
    results: _Results,
    seen: Seen,
    progress: Progress,
    counts: DryRun,
) -> None:
    young = options.min_age or 0
    until = time.time() - young if young else None
    undated = not all(column.changed for column in columns)
    if until is not None and undated and database.stat().st_mtime > until:
        for column in columns:
            name = column.document
            results[name] = FileResult(path=name, status="skipped", reason=TOO_YOUNG)
        return
    with _opened(store, database, columns, results, until) as (db, opened_lines):
        put: list[tuple[ColumnLines, Path]] = []
        for lines in opened_lines:
            name, slim = lines.column.document, lines.slim
            progress.start(lines.source.size, "archiving")
            if not options.dry_run:
                seen(lines.column, lines.path)
            how = options
            if how.profile == "auto":
                how = replace(how, profile=lines.column.format or LINES)
            archiver = Archiver(store, how, progress, counts=counts)
            done = archiver.elsewhere(lines.source, name, slim, name, again=True)
            if done.status == "archived" and not options.dry_run:
                put.append((lines, slim))
            results[name] = replace(done, warnings=(*done.warnings, *_stays(lines)))
        _put(db, database, put)


def _stays(lines: ColumnLines) -> Iterator[str]:
    """Say which values of a column stay as they are."""
    if lines.left:
        yield f"{many(lines.left, 'value')} over several lines: left"
    if lines.odd:
        why = "that would not be compressed to the same bytes again: left"
        yield f"{many(lines.odd, 'value')} {why}"
    if lines.binary:
        yield f"{many(lines.binary, 'value')} with zero bytes: left"
    if raw := count_raw_pictures(lines.db, lines.column):
        yield f"{many(raw, 'raw picture')}, for which no text can stand: left"


def _restore(
    stores: list[Store],
    database: Path,
    columns: Sequence[Column],
    options: RestoreOptions,
    results: _Results,
    seen: Seen,
    progress: Progress,
) -> None:
    with _opened(stores[0], database, columns, results) as (db, opened_lines):
        todo: list[ColumnLines] = []
        for lines in opened_lines:
            if next(find_placeholders(lines.source), None) is None:
                results[lines.column.document] = _as_it_is(stores, lines)
            else:
                todo.append(lines)

        def restored(number: int) -> None:
            """Restore the columns from one on, each between its manifests."""
            if number == len(todo):
                for lines in opened_lines:
                    seen(lines.column, lines.whole if lines in todo else lines.path)
                _put(db, database, [(lines, lines.whole) for lines in todo])
                return
            lines = todo[number]
            progress.start(lines.source.size, "restoring")
            done = Restorer(stores, options, progress).to_file(
                lines.path,
                lines.whole,
                Path(lines.column.document),
                None if options.dry_run else lambda: restored(number + 1),
            )
            name = lines.column.document
            results[name] = replace(done, path=name)
            if options.dry_run and number + 1 < len(todo):
                restored(number + 1)

        if todo or not options.dry_run:
            restored(0)


def _as_it_is(stores: Sequence[Store], lines: ColumnLines) -> FileResult:
    """Say of a column without placeholders that nothing is to be done."""
    for store in stores:  # of one that was killed it can be told now
        Lineage(store).settle(Path(lines.column.document), lines.source)
    return FileResult(
        path=lines.column.document,
        status="unchanged",
        before=lines.source.size,
        after=lines.source.size,
    )


def _put(
    db: sqlite3.Connection, database: Path, changed: Sequence[tuple[ColumnLines, Path]]
) -> None:
    """Give the rows of several columns their new values, and commit.

    Raises:
        VerifyMismatch: A file is not what it should be.
        SourceRefused: SQLite refuses a value.
    """
    try:
        with put_aside(db, [lines.column for lines, _ in changed]):
            for lines, path in changed:
                lines.put(path)
        db.execute("COMMIT")
    except sqlite3.Error as e:
        raise SourceRefused(
            f"{database}: {e}",
            hint="Nothing of it was changed.",
            path=str(database),
        ) from e


@contextmanager
def _opened(
    store: Store,
    database: Path,
    columns: Sequence[Column],
    results: _Results,
    until: float | None = None,
) -> Iterator[tuple[sqlite3.Connection, list[ColumnLines]]]:
    """Open a database, and write the values of columns down.

    A column that cannot be changed is in the results, and not among them.
    """
    with ExitStack() as stack:
        # In an order in which no two processes block each other, and each once.
        for stripe in sorted({store.doc_stripe(Path(c.document)) for c in columns}):
            stack.enter_context(store.lock(stripe, _WAIT))
        for name in sorted({column.lock for column in columns}):
            stack.enter_context(client_lock(database, name))
        folder = stack.enter_context(spool())
        db = stack.enter_context(opened(database))
        found: list[ColumnLines] = []
        for number, column in enumerate(columns):
            try:
                check(db, column)
            except AssetstoreError as e:
                results[column.document] = _failed(column, e)
                continue
            place = folder / f"values{number}"
            found.append(stack.enter_context(written_down(db, column, place, until)))
        yield db, found
