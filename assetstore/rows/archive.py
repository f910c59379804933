"""Archive and restore the values of columns."""

import shutil
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import TOO_YOUNG, ArchiveOptions
from assetstore.documents.ownership import Lineage
from assetstore.documents.placeholders import find_placeholders
from assetstore.errors import AssetstoreError, SourceRefused, VerifyMismatch
from assetstore.files.source import Source
from assetstore.progress import SILENT, Progress
from assetstore.quantities import many
from assetstore.restore.options import RestoreOptions
from assetstore.restore.restore import Restorer
from assetstore.results import FileResult, Report, failed
from assetstore.rows.column import (
    CellValue,
    Column,
    as_it_is_called,
    opened,
    parse_column,
    update,
    values,
)
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store

_WAIT = 5.0
_LINES = "json-lines"


def archive_columns(
    store: Store,
    names: Sequence[str],
    options: ArchiveOptions | None = None,
    *,
    progress: Progress = SILENT,
) -> Report:
    """Take the pictures out of columns of databases.

    The values that may hold some are archived like a log, a line each: blobs and
    manifest first, then all values change in one transaction. What goes wrong with one
    column is in its result, and the column is as it was.

    Args:
        store: The store.
        names: The columns, each as ``app.db#table.column``.
        options: How; the format is JSON Lines unless they name one.
        progress: Who is told how far it is.

    Raises:
        UsageError: A name is none of a column.
    """
    options = options or ArchiveOptions()
    if options.profile == "auto":
        options = replace(options, profile=_LINES)
    return Report(
        files=_each(names, lambda one: _archived(store, one, options, progress)),
        dry_run=options.dry_run,
    )


def _each(
    names: Sequence[str], work: Callable[[Column], FileResult]
) -> list[FileResult]:
    """Work on columns by their names; what goes wrong with one is in its result."""
    results = []
    for column in [parse_column(name) for name in names]:
        try:
            results.append(work(as_it_is_called(column)))
        except (AssetstoreError, OSError) as e:
            results.append(_failed(column, e))
    return results


def _archived(
    store: Store, column: Column, options: ArchiveOptions, progress: Progress
) -> FileResult:
    young = options.min_age or 0
    if young and column.database.stat().st_mtime > time.time() - young:
        return FileResult(path=column.document, status="skipped", reason=TOO_YOUNG)
    with _lines(store, column) as lines:
        progress.start(lines.source.size, "archiving")
        name, slim = column.document, lines.folder / "slim"
        archiver = Archiver(store, options, progress)
        done = archiver.elsewhere(lines.source, name, slim, name, again=True)
        if done.status == "archived" and not options.dry_run:
            lines.put(slim)
        if not lines.left:
            return done
        told = f"{many(lines.left, 'value')} over several lines: left"
        return replace(done, warnings=(*done.warnings, told))


def _failed(column: Column, error: AssetstoreError | OSError) -> FileResult:
    """Say what went wrong with a column; the system's errors name its database."""
    if isinstance(error, OSError):
        error.filename = str(column.database)
        return replace(failed(str(column.database), error), path=column.document)
    return failed(column.document, error)


def restore_columns(
    stores: Store | Sequence[Store],
    names: Sequence[str],
    options: RestoreOptions | None = None,
    *,
    progress: Progress = SILENT,
) -> Report:
    """Put the pictures back into columns of databases, each value byte for byte.

    Args:
        stores: The store, or the stores, in the order in which they are asked.
        names: The columns, each as ``app.db#table.column``.
        options: How.
        progress: Who is told how far it is.

    Raises:
        UsageError: A name is none of a column.
    """
    options = options or RestoreOptions()
    several = [stores] if isinstance(stores, Store) else list(stores)
    return Report(
        files=_each(
            names, lambda column: _restored(several, column, options, progress)
        ),
        dry_run=options.dry_run,
    )


def _restored(
    stores: list[Store], column: Column, options: RestoreOptions, progress: Progress
) -> FileResult:
    with _lines(stores[0], column) as lines:
        source, whole = lines.source, lines.folder / "whole"
        progress.start(source.size, "restoring")
        if next(find_placeholders(source), None) is None:
            for store in stores:  # of one that was killed it can be told now
                Lineage(store).settle(Path(column.document), source)
            return FileResult(
                path=column.document,
                status="unchanged",
                before=source.size,
                after=source.size,
            )
        done = Restorer(stores, options, progress).to_file(
            lines.path,
            whole,
            Path(column.document),
            None if options.dry_run else lambda: lines.put(whole),
        )
        return replace(done, path=column.document)


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """A database that was to give room back to the disk.

    Attributes:
        database: Its file.
        before: Its bytes before.
        after: And after.
        problem: Why it is as it was, or "".
    """

    database: Path
    before: int
    after: int
    problem: str = ""


def vacuum_databases(report: Report) -> Iterator[Vacuumed]:
    """Give the room that an archive made in databases back to the disk.

    SQLite writes all that lives anew, beside the database, and copies it back.

    Args:
        report: What was archived, now or before.
    """
    done = [file.path for file in report.files if file.status != "failed"]
    for path in dict.fromkeys(parse_column(name).database for name in done):
        before = path.stat().st_size
        room, needed = shutil.disk_usage(path.parent).free, 2 * before
        if room < needed:
            why = f"that takes {needed:,} bytes, and {room:,} are free"
            yield Vacuumed(path, before, before, why)
            continue
        try:
            with closing(sqlite3.connect(path, timeout=_WAIT)) as db:
                db.isolation_level = None
                db.execute("PRAGMA synchronous=EXTRA")
                db.execute("VACUUM")
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as e:
            yield Vacuumed(path, before, path.stat().st_size, str(e))
        else:
            yield Vacuumed(path, before, path.stat().st_size)


@dataclass(slots=True)
class _Lines:
    """The values of a column, as lines of a temporary file.

    Attributes:
        db: The database, in a transaction.
        column: The column.
        source: The file, called by the column's name.
        path: Where it is.
        rows: The numbers of the values' rows.
        texts: Which values are text: a byte for each.
        left: How many values have several lines, and stay.
    """

    db: sqlite3.Connection
    column: Column
    source: Source
    path: Path
    rows: "array[int]"
    texts: bytearray
    left: int

    @property
    def folder(self) -> Path:
        """The folder of the file, for others."""
        return self.path.parent

    def put(self, path: Path) -> None:
        """Give the rows the values that a file has, a line each, and commit.

        Raises:
            VerifyMismatch: The file has not a line for each row, or a value that was
                JSON would be none.
            SourceRefused: SQLite refuses a value.
        """
        try:
            with self.path.open("rb") as old, path.open("rb") as new:
                for row, is_text in zip(self.rows, self.texts, strict=True):
                    was, line = old.readline(), new.readline()
                    if line == was:
                        continue
                    _check(was, line, self.column)
                    data = line.removesuffix(b"\n")
                    update(self.db, self.column, CellValue(row, bool(is_text), data))
                if new.read(1):
                    raise VerifyMismatch(f"{self.column.document}: too many values")
            self.db.execute("COMMIT")
        except sqlite3.Error as e:
            raise SourceRefused(
                f"{self.column.document}: {e}",
                hint="Nothing of it was changed.",
                path=str(self.column.database),
            ) from e


@contextmanager
def _lines(store: Store, column: Column) -> Iterator[_Lines]:
    """Open a column, and write its values down."""
    with (
        store.doc_lock(Path(column.document), _WAIT),
        spool() as folder,
        opened(column) as db,
    ):
        path, rows, texts, left = folder / "values", array("q"), bytearray(), 0
        with path.open("wb") as file:
            for value in values(db, column):
                if b"\n" in value.data:
                    left += 1
                    continue
                file.write(value.data + b"\n")
                rows.append(value.row)
                texts.append(value.is_text)
        with Source.open(path, column.document) as source:
            yield _Lines(db, column, source, path, rows, texts, left)


def _check(was: bytes, line: bytes, column: Column) -> None:
    """Refuse a value that is no line, or no JSON any more."""
    if not line.endswith(b"\n"):
        raise VerifyMismatch(f"{column.document}: too few values")
    try:
        orjson.loads(was)
    except ValueError:
        return
    try:
        orjson.loads(line)
    except ValueError:
        name = column.document
        raise VerifyMismatch(f"{name}: a value that was JSON would be none") from None
