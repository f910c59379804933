"""Databases of clients: told by their names and tables, with the columns to change."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assetstore.agents.client_table import CLIENTS, KnownClient
from assetstore.agents.found_clients import find_clients
from assetstore.agents.row_table import ROWS, RowEntry
from assetstore.files.databases import (
    columns_of,
    is_database,
    opened_to_read,
    quoted_name,
)
from assetstore.files.plain import open_plain
from assetstore.files.replace import absolute

if TYPE_CHECKING:
    from assetstore.rows.column import Column


@dataclass(frozen=True, slots=True)
class ClientDatabase:
    """A database in which a client keeps threads.

    Attributes:
        path: The file, absolute.
        client: The client.
        entries: What is known of its columns, of those that are there.
    """

    path: Path
    client: KnownClient
    entries: tuple[RowEntry, ...]

    @property
    def columns(self) -> "list[Column]":
        """The columns, as documents."""
        from assetstore.rows.column import Column

        return [
            Column(
                self.path,
                entry.table,
                entry.column,
                entry.format,
                entry.encoding,
                entry.triggers,
                entry.lock,
                entry.changed,
                entry.length,
            )
            for entry in self.entries
        ]


def database_at(path: Path, *, alone: bool = False) -> ClientDatabase | None:
    """The database of a client that a file is; None: it is no client's that is known.

    Args:
        path: The file, at any place, by the name that its client gives it.
        alone: Make nothing beside the file (`opened_to_read`).

    Raises:
        sqlite3.Error: It is damaged.
    """
    known = [client for client in CLIENTS if _is_called(client, path.name)]
    if not known or path.is_symlink() or not path.is_file():
        return None
    with open_plain(path) as file:
        if not is_database(file.read(16)):
            return None
    with opened_to_read(path, alone=alone) as db:
        here = {(table, column) for table, column, _ in columns_of(db)}
        for client in known:
            entries = entries_of(client)
            first = entries[0]
            if (first.table, first.column) in here:
                there = [_fitted(db, e) for e in entries if (e.table, e.column) in here]
                return ClientDatabase(absolute(path), client, tuple(there))
    return None


def _fitted(db: sqlite3.Connection, entry: RowEntry) -> RowEntry:
    """An entry without what does not fit a database, as of an earlier version."""
    if not _fits(db, entry, entry.changed):
        entry = replace(entry, changed="")
    if not _fits(db, entry, entry.length):
        entry = replace(entry, length="")
    return entry


def _fits(db: sqlite3.Connection, entry: RowEntry, asked: str) -> bool:
    query = f"SELECT {asked or 'NULL'} FROM {quoted_name(entry.table)} LIMIT 0"  # noqa: S608 our own
    try:
        db.execute(query)
    except sqlite3.OperationalError:
        return False
    return True


def entries_of(client: KnownClient) -> tuple[RowEntry, ...]:
    """The columns of a client that are known; the first is in each database of it."""
    return tuple(entry for entry in ROWS if entry.client == client.name)


def has_thread(database: ClientDatabase, begin: str) -> bool:
    """Tell whether the id of a thread in a database begins so."""
    with suppress(sqlite3.Error), opened_to_read(database.path, alone=True) as db:
        for entry in database.entries:
            if not entry.thread:
                continue
            table, thread = quoted_name(entry.table), quoted_name(entry.thread)
            query = f"SELECT 1 FROM {table} WHERE substr({thread}, 1, ?)=? LIMIT 1"  # noqa: S608 quoted names
            if db.execute(query, (len(begin), begin)).fetchone():
                return True
    return False


def find_databases(
    environ: Mapping[str, str], *, home: Path | None = None
) -> Iterator[ClientDatabase]:
    """The databases on this machine that are examined, and archived by themselves.

    They are of clients that were run. One that may not be opened is passed over. One
    that SQLite cannot read is there with all columns that its client has: what is done
    to it says why nothing can be.

    Args:
        environ: The environment, whose variables may name other folders.
        home: The user's folder; None: whoever runs this.
    """
    # Of others nothing is looked for: their logs may be many.
    clients = [each for each in CLIENTS if "rescue" in each.can and entries_of(each)]
    for found in find_clients(environ, home=home, clients=clients):
        for path in found.files:
            try:
                database = database_at(path, alone=True)
            except sqlite3.Error:
                entries = entries_of(found.client)
                database = ClientDatabase(absolute(path), found.client, entries)
            except OSError:
                continue
            if database is not None:
                yield database


def _is_called(client: KnownClient, name: str) -> bool:
    places = client.places if entries_of(client) else ()
    return any(fnmatchcase(name, PurePosixPath(place).name) for place in places)
