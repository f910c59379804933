"""Databases among what a command is given: of known clients, or by their columns."""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.cli.invocation import Run
from assetstore.cli.output import printable, size
from assetstore.errors import SourceError, SourceInUse, SourceRefused, UsageError
from assetstore.files.databases import is_database
from assetstore.files.in_use import opened_by_others
from assetstore.files.plain import open_plain
from assetstore.results import FileResult, failed

if TYPE_CHECKING:
    from assetstore.agents.client_rows import ClientDatabase
    from assetstore.agents.find import Thread
    from assetstore.agents.homes import Homes
    from assetstore.results import Report
    from assetstore.rows.column import Column

# A thread's id is named by as many characters, or more.
_SHORTEST_ID = 4


def split_databases(
    paths: Sequence[str],
) -> "tuple[list[Column], tuple[str, ...], list[FileResult]]":
    """The columns of clients' databases among some paths, and the other paths.

    Returns:
        The columns; the other paths; and what is told of databases that cannot be
        read, which end nothing of the others.
    """
    columns: list[Column] = []
    others: list[str] = []
    unread: list[FileResult] = []
    for path in paths:
        try:
            found = _columns_at(Path(path))
        except SourceError as e:
            unread.append(failed(path, e))
            continue
        columns += found
        if not found:
            others.append(path)
    return columns, tuple(others), unread


def named_columns(names: Sequence[str]) -> "list[Column]":
    """Columns as they are named; those of clients' databases as their clients want it.

    Raises:
        UsageError: A name is none of a column.
    """
    from assetstore.rows.column import parse_column

    columns = []
    for column in map(parse_column, names):
        known = {each.document.lower(): each for each in _columns_at(column.database)}
        columns.append(known.get(column.document.lower(), column))
    return columns


def client_databases(
    paths: Sequence[Path],
) -> "tuple[list[ClientDatabase], list[Path], list[tuple[str, SourceError]]]":
    """The databases of clients among some paths, and the other paths.

    Returns:
        The databases; the other paths; and why databases cannot be read.

    Raises:
        SourceError: The only one cannot be read.
    """
    databases: dict[Path, ClientDatabase] = {}
    others: list[Path] = []
    unread: list[tuple[str, SourceError]] = []
    for path in paths:
        try:
            found = _database_at(path)
        except SourceError as e:
            if len(paths) == 1:
                raise
            unread.append((str(path), e))
            continue
        if found is None:
            others.append(path)
        else:
            databases[path] = found
    return list(databases.values()), others, unread


def refuse_databases(chosen: "Sequence[Thread | ClientDatabase]") -> None:
    """Refuse databases where an option is for logs.

    Raises:
        UsageError: There is one.
    """
    from assetstore.agents.client_rows import ClientDatabase

    for one in chosen:
        if isinstance(one, ClientDatabase):
            raise UsageError(
                f"{one.path} is a database: with one go --media, --vacuum, --wait, "
                "--undo and --dry-run",
                hint="All of its pictures are taken out, and can be put back.",
            )


def refuse_row(name: str, databases: "Iterable[ClientDatabase]") -> None:
    """Refuse the id of a thread that is rows of a database.

    Raises:
        UsageError: It is one.
    """
    from assetstore.agents.client_rows import has_thread

    if len(name) < _SHORTEST_ID or Path(name).exists():
        return
    for database in databases:
        if has_thread(database, name):
            raise UsageError(
                f"{name} is a thread in {database.path}",
                hint="Name the database: what is in it is rescued at once.",
            )


def thread_of_text(name: str, homes: "Homes") -> "Thread":
    """The thread that a user names, for a command that reads logs.

    Args:
        name: Its file, or the beginning of its id.
        homes: Where agents keep threads.

    Raises:
        UsageError: There is none, or several, or it is rows of a database.
    """
    from assetstore.agents.client_rows import find_databases, has_thread
    from assetstore.agents.find import the_thread

    try:
        return the_thread(name, homes)
    except UsageError:
        if len(name) >= _SHORTEST_ID and not Path(name).exists():
            for database in find_databases(os.environ):
                if has_thread(database, name):
                    raise UsageError(
                        f"{name} is a thread in {database.path}, which is not read",
                        hint="'assetstore clients' lists what works with those of "
                        "other clients.",
                    ) from None
        raise


def _columns_at(path: Path) -> "list[Column]":
    found = _database_at(path)
    return found.columns if found is not None else []


def _database_at(path: Path) -> "ClientDatabase | None":
    try:
        with open_plain(path) as file:
            if not is_database(file.read(16)):
                return None
    except OSError:
        return None
    from assetstore.agents.client_rows import database_at

    try:
        return database_at(path)
    except sqlite3.Error as e:
        busy = getattr(e, "sqlite_errorname", "") == "SQLITE_BUSY"
        who = opened_by_others(path) if busy else ""
        raise (SourceInUse if busy else SourceRefused)(
            f"{path}: {e}" + (f" ({who})" if who else ""),
            hint="Close its client, and try again." if busy else "",
            path=str(path),
        ) from e


def refuse_vacuum(paths: Sequence[str], *, is_asked: bool) -> None:
    """Refuse ``--vacuum`` where there is no database.

    Raises:
        UsageError: There is none.
    """

    def is_database_of_client(path: str) -> bool:
        try:
            return bool(_columns_at(Path(path)))
        except SourceError:  # told when it is its turn
            return True

    if is_asked and not any(map(is_database_of_client, paths)):
        raise UsageError("--vacuum goes only with --sqlite, or a client's database")


def vacuum(run: Run, report: "Report", *, is_asked: bool) -> None:
    """Give the room in databases back if that is asked for, and say what came of it."""
    from assetstore.rows.vacuum import vacuum_databases

    if report.dry_run:
        return
    for one in vacuum_databases(report) if is_asked else ():
        place = printable(str(one.database))
        if one.problem:
            text = f"{place} was not vacuumed: {one.problem}"
        else:
            text = f"{place}: {size(one.before)} -> {size(one.after)}"
        run.remarks.append(("warning" if one.problem else "note", text))
    if report.count("archived") and not is_asked:
        text = "a database keeps its size until it is vacuumed (--vacuum)"
        run.remarks.append(("note", text))
