"""Rescue all threads of a client's database at once: its rows, in one transaction."""

from pathlib import Path

from blake3 import blake3

from assetstore.agents.client_rows import ClientDatabase
from assetstore.agents.diagnose_rows import largest_thread
from assetstore.agents.find import log_at
from assetstore.agents.journal import Journal
from assetstore.agents.rescue_options import RescueOptions, RescueReport
from assetstore.archiver.options import ArchiveOptions
from assetstore.command_line import shown_command
from assetstore.files.replace import absolute
from assetstore.files.source import Source
from assetstore.progress import SILENT, Progress
from assetstore.results import Report
from assetstore.rows.archive import archive_columns, restore_columns
from assetstore.rows.column import Column
from assetstore.rows.vacuum import vacuumed
from assetstore.store.format.placeholder import MARK
from assetstore.store.store import Store

_PIECE = 1 << 20


def journal_at(path: Path) -> Journal:
    """Read what is known of a database's rescue.

    Raises:
        OSError: The database is not there.
    """
    return Journal(log_at(path))


def rescue_database(
    store: Store,
    database: ClientDatabase,
    options: RescueOptions,
    *,
    progress: Progress = SILENT,
) -> RescueReport:
    """Take the pictures out of a client's database, so that its threads live on.

    Run again after it was killed, it does what is left to do.

    Args:
        store: Where they go.
        database: The database.
        options: How; what they say of single pictures, and of logs, is not for these.
        progress: Who is told how far it is.

    Raises:
        SourceInUse: The client is at work.
        AssetstoreError: It did not work; the database is as it was.
        OSError: The same.
    """
    journal, before = journal_at(database.path), database.path.stat().st_size
    request = largest_thread(database).size

    def seen(column: Column, values: Path) -> None:
        known = dict(journal.record.get("columns", {}))
        if column.document not in known:
            known[column.document] = _what_it_was(values)
            place = str(store.root and absolute(store.root))
            journal.note(path=str(database.path), store=place, columns=known)

    how = ArchiveOptions(media=options.media, dry_run=options.dry_run)
    columns = database.columns
    report = archive_columns(store, columns, how, seen=seen, progress=progress)
    problem = _problem(report)
    left = _left(database, report)
    gone = report.total("before") - report.total("after")
    if options.vacuum and not options.dry_run:
        given = vacuumed(database.path)
        problem = problem or given.problem
    after = database.path.stat().st_size
    return RescueReport(
        path=str(database.path),
        thread=database.path.name,
        before=before,
        # Room in a database goes back to the disk by a vacuum alone; how much, about.
        after=max(0, before - gone) if options.dry_run and options.vacuum else after,
        images=report.total("payloads"),
        kept=left,
        stored=report.total("stored"),
        request_before=request,
        request_after=0 if options.dry_run else largest_thread(database).size,
        needed=2 * report.total("before"),
        columns=tuple(file.path.rpartition("#")[2] for file in report.files),
        free=0 if options.vacuum else max(0, gone),
        dry_run=options.dry_run,
        risk="critical" if problem else "low",
        reason=problem,
        undo=shown_command("rescue", "--undo", database.path),
    )


def undo_database(
    store: Store, database: ClientDatabase, *, progress: Progress = SILENT
) -> RescueReport:
    """Put all pictures back into a client's database; what came since stays.

    Raises:
        SourceInUse: The client is at work.
        AssetstoreError: It did not work; the database is as it was.
        OSError: The same.
    """
    journal, before = journal_at(database.path), database.path.stat().st_size
    known = journal.record.get("columns", {})
    others: list[str] = []

    def seen(column: Column, values: Path) -> None:
        if column.document in known and not _begins(values, known[column.document]):
            others.append(f"{column.table}.{column.name}")

    report = restore_columns(store, database.columns, seen=seen, progress=progress)
    problem = _problem(report)
    # It is exact only where the journal says what the values were: without one, what
    # was deleted since leaves no trace.
    words = [word for file in report.files for word in file.warnings]
    words += [f.reason for f in report.files if f.status != "failed" and f.reason]
    if others:
        words.append(f"rows of {' and '.join(others)} were changed or deleted since")
    done = RescueReport(
        path=str(database.path),
        thread=database.path.name,
        before=before,
        after=database.path.stat().st_size,
        images=report.total("payloads"),
        columns=tuple(file.path.rpartition("#")[2] for file in report.files),
        undone=True,
        exact=bool(known) and not words and all(known.values()),
        differs="; ".join(words),
        risk="critical" if problem else "low",
        reason=problem,
    )
    if not problem:
        journal.forget()
    return done


def _problem(report: Report) -> str:
    """Say what keeps a column as it is.

    Raises:
        AssetstoreError: All of the database is as it was.
        OSError: The same.
    """
    failed = [file for file in report.files if file.status == "failed"]
    done = [file for file in report.files if file.status != "failed"]
    for file in failed:
        if not done and file.error is not None:
            raise file.error
    return "; ".join(file.reason for file in failed)


def _left(database: ClientDatabase, report: Report) -> int:
    """Count the pictures that stay where the model is sent them."""
    sent = {
        column.document
        for column, entry in zip(database.columns, database.entries, strict=True)
        if entry.sent
    }
    return sum(file.stays.count for file in report.files if file.path in sent)


def _what_it_was(values: Path) -> list[object] | None:
    """Size and hash of a column's values; None: some were taken out before."""
    with Source.open(values) as source:
        digest, tail = blake3(), b""
        for piece in source.pieces(0, source.size):
            if MARK in tail + piece[: len(MARK)] or MARK in piece:
                return None
            digest.update(piece)
            tail = bytes(piece[-len(MARK) :])
        return [source.size, digest.hexdigest()]


def _begins(values: Path, was: object) -> bool:
    """Tell whether a column's values begin as they were."""
    match was:
        case [int(size), str(digest)]:
            pass
        case _:
            return True
    with Source.open(values) as source:
        if source.size < size:
            return False
        found = blake3()
        for piece in source.pieces(0, size):
            found.update(piece)
        return found.hexdigest() == digest
