"""Diagnose a client's database: how much of it is pictures, and in which thread."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from assetstore.agents.client_rows import ClientDatabase
from assetstore.agents.diagnose import Diagnosis, Risk
from assetstore.agents.row_table import RowEntry
from assetstore.command_line import PROGRAM
from assetstore.documents.row_packing import PACKED, unpacked
from assetstore.errors import SourceRefused
from assetstore.files.databases import opened_to_read, quoted_name, with_any
from assetstore.quantities import size
from assetstore.rows.column import MOST, PICTURES

# So much of one thread's pictures is near to what an API takes at once.
_LARGE = 20 << 20
# And so much of a database's is worth its while.
_MUCH = 10 << 20


@dataclass(frozen=True, slots=True)
class Held:
    """What a thread holds of pictures, in one column.

    Attributes:
        thread: Its id; "": that is not known.
        values: How many values have some.
        size: Bytes of these.
        largest: Bytes of the largest.
    """

    thread: str = ""
    values: int = 0
    size: int = 0
    largest: int = 0


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a database holds: in all, of what is sent, and in the thread with most."""

    every: Held
    sent: Held
    most: Held


def largest_thread(database: ClientDatabase) -> Held:
    """The thread that sends most, by what its values with pictures take.

    Raises:
        SourceRefused: The database cannot be read.
    """
    return _added_up(database).most


def _added_up(database: ClientDatabase) -> _Sums:
    every = sent = Held()
    threads: dict[str, Held] = {}
    try:
        with opened_to_read(database.path, alone=True) as db:
            for entry in database.entries:
                for found in _held(db, entry):
                    every = _sum(every, found)
                    if entry.sent:
                        sent = _sum(sent, found)
                        known = threads.get(found.thread, Held(found.thread))
                        threads[found.thread] = _sum(known, found)
    except sqlite3.Error as e:
        path = str(database.path)
        raise SourceRefused(f"{path} cannot be read: {e}", path=path) from e
    most = max(threads.values(), key=lambda one: one.size, default=Held())
    return _Sums(every, sent, most)


def diagnose_database(database: ClientDatabase) -> Diagnosis:
    """Diagnose a database; nothing is written.

    Nothing is made beside the file.

    Raises:
        SourceRefused: It cannot be read.
        OSError: The same.
    """
    sums = _added_up(database)
    every, most = sums.every, sums.most
    length = database.path.stat().st_size
    risk, reason = _judged(every, most, length)
    helps = (PROGRAM, "rescue", str(database.path)) if risk != "low" else ()
    return Diagnosis(
        path=str(database.path),
        client=database.client.name,
        thread=most.thread or database.path.name,
        archived=False,
        size=length,
        lines=every.values,
        largest_line=every.largest,
        images=every.values,
        distinct=sums.sent.values,
        image_bytes=every.size,
        compacted_images=0,
        request_bytes=most.size,
        request_images=most.values,
        image_tokens=0,
        request_tokens=0,
        window=0,
        over=(),
        risk=risk,
        reason=reason,
        helps=helps,
    )


def _judged(every: Held, most: Held, length: int) -> tuple[Risk, str]:
    if most.size > _LARGE:
        name = most.thread or "one thread"
        return "high", (
            f"{name} has {size(most.size)} of pictures, which go with each request "
            "until it is compacted"
        )
    if every.size > max(_MUCH, length // 2):
        share = 100 * every.size // max(1, length)
        return "medium", (
            f"{share} % of the database is pictures, which are sent or loaded again "
            "with each turn"
        )
    return "low", "nothing found that keeps its threads from going on"


def _sum(one: Held, other: Held) -> Held:
    return Held(
        one.thread,
        one.values + other.values,
        one.size + other.size,
        max(one.largest, other.largest),
    )


def _held(db: sqlite3.Connection, entry: RowEntry) -> Iterator[Held]:
    """Go through what threads hold in a column."""
    if entry.encoding != "text":
        yield from _held_packed(db, entry)
        return
    thread = quoted_name(entry.thread) if entry.thread else "''"
    value, among = with_any(entry.column, PICTURES)
    # Added up here: to group them, SQLite would keep the values.
    query = (
        f"SELECT {thread}, length({value}) "  # noqa: S608 quoted names
        f"FROM {quoted_name(entry.table)} WHERE {among}"
    )
    for name, length in db.execute(query, PICTURES):
        yield Held(str(name), 1, length, length)


def _held_packed(db: sqlite3.Connection, entry: RowEntry) -> Iterator[Held]:
    thread = quoted_name(entry.thread) if entry.thread else "''"
    query = (
        f"SELECT {thread}, {quoted_name(entry.column)} FROM {quoted_name(entry.table)}"  # noqa: S608 quoted names
    )
    for name, value in db.execute(query):
        data = value if isinstance(value, bytes) else str(value).encode()
        said = unpacked(data, MOST) if data.startswith(PACKED) else data
        if said is not None and any(sign in said for sign in PICTURES):
            yield Held(str(name), 1, len(said), len(said))
