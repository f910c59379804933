"""The rows of Codex's ``thread_history_1.sqlite`` that count bytes of logs.

The client's view of a log: its turns, with places in the log. A log has rows of its
own, by its id, whatever thread it is of. Measured on 0.169 and 0.171 (docs/codex.md).
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assetstore.agents.codex.rollout import WAIT, Rollout
from assetstore.agents.lines import moved, numbered
from assetstore.errors import SourceRefused
from assetstore.files.source import RandomAccess

# Every column of the history that counts bytes of a rollout, and the one that counts
# its lines for the same place, which is so many lines further.
_OFFSETS = {
    ("thread_turns", "rollout_byte_offset"): ("rollout_ordinal", 0),
    ("thread_turns", "rollout_end_byte_offset"): ("rollout_end_ordinal", 1),
    ("thread_history_projection_state", "next_rollout_byte_offset"): (
        "next_rollout_ordinal",
        0,
    ),
}
_OF_THREAD = ("thread_turns", "thread_items", "thread_history_projection_state")


@dataclass(frozen=True, slots=True)
class Move:
    """An offset that changes."""

    table: str
    column: str
    row: int
    old: int
    new: int


@contextlib.contextmanager
def opened(rollout: Rollout) -> Iterator[sqlite3.Connection]:
    """The history in a transaction that ends with the block, undone."""
    db = sqlite3.connect(rollout.history, timeout=WAIT, isolation_level=None)
    try:
        # A commit is durable before the note of it goes, in every journal mode.
        db.execute("PRAGMA synchronous=EXTRA")
        db.execute("BEGIN IMMEDIATE")
        yield db
    except sqlite3.Error as e:
        raise SourceRefused(
            f"Codex's {rollout.history} cannot be brought along: {e}",
            hint="Close Codex and try again. The file was left alone.",
            path=str(rollout.path),
        ) from e
    finally:
        db.close()


def moves_of(
    db: sqlite3.Connection, rollout: Rollout, source: RandomAccess, slim: RandomAccess
) -> list[Move]:
    """Find out how the offsets of a log's rows change with its text.

    Rows that do not fit it as it is are mended by the numbers of lines, or removed.

    Args:
        db: The history.
        rollout: The log.
        source: Its text as it is.
        slim: Its text as it will be.

    Raises:
        SourceRefused: The history is of a kind that is not known.
    """
    _check_known(db, rollout)
    rows = [
        (table, column, row, offset)
        for table, column in _OFFSETS
        for row, offset in db.execute(
            f'SELECT rowid, "{column}" FROM "{table}" WHERE thread_id=?',  # noqa: S608 names that are constants here
            (rollout.id,),
        )
        if offset
    ]
    offsets = sorted({offset for *_, offset in rows})
    places = dict(zip(offsets, moved(source, slim, offsets), strict=True))
    if None in places.values():
        # It does not fit the file now: somebody changed that without it.
        mended = _by_number(db, rollout, slim)
        if mended is None:
            forget(db, rollout.id)
        return mended or []
    return [
        Move(table, column, row, offset, new)
        for table, column, row, offset in rows
        if (new := places[offset]) is not None and new != offset
    ]


def _by_number(
    db: sqlite3.Connection, rollout: Rollout, slim: RandomAccess
) -> list[Move] | None:
    """The offsets of a log's rows by the numbers of lines; None where these fail.

    Codex writes the rows of a log anew that it loads, but not those of a log that it
    goes on from: without them, the first turns of a thread that was rewound are not
    shown any more.
    """
    rows: list[tuple[str, str, int, int, int]] = []
    for (table, column), (number, further) in _OFFSETS.items():
        columns = {row[1] for row in db.execute(f'PRAGMA table_info("{table}")')}
        if number not in columns:  # a version that does not count lines
            return None
        rows += [
            (table, column, row, offset, ordinal + further)
            for row, offset, ordinal in db.execute(
                f'SELECT rowid, "{column}", "{number}" FROM "{table}" '  # noqa: S608 names that are constants here
                "WHERE thread_id=?",
                (rollout.id,),
            )
            if offset and isinstance(ordinal, int)
        ]
    places = numbered(slim, {ordinal for *_, ordinal in rows})
    if any(ordinal not in places for *_, ordinal in rows):
        return None
    return [
        Move(table, column, row, offset, places[ordinal])
        for table, column, row, offset, ordinal in rows
        if offset != places[ordinal]
    ]


def forget(db: sqlite3.Connection, id: str) -> None:
    """Remove a log's rows; Codex writes them anew from it when it loads it."""
    for table in _OF_THREAD:
        db.execute(f'DELETE FROM "{table}" WHERE thread_id=?', (id,))  # noqa: S608 names that are constants here


def _is_place(column: str) -> bool:
    """Tell whether a column counts bytes of a rollout, by its name."""
    counts = "offset" in column or "byte" in column
    return "byte_offset" in column or ("rollout" in column and counts)


def _check_known(db: sqlite3.Connection, rollout: Rollout) -> None:
    """Refuse a database with other places in a rollout than those that are known.

    Whatever else a newer client keeps there does not matter.
    """
    found = {
        (table, column)
        for (table,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type='table'"
        ).fetchall()
        for _, column, *_ in db.execute(f'PRAGMA table_info("{table}")')
        if _is_place(column)
    }
    if found != set(_OFFSETS):
        raise SourceRefused(
            f"{rollout.history} is of a version of Codex that is not known",
            hint="Update assetstore. The file was left alone.",
            path=str(rollout.path),
        )


def apply(db: sqlite3.Connection, moves: Sequence[Move]) -> None:
    """Write offsets that change."""
    for m in moves:
        db.execute(
            f'UPDATE "{m.table}" SET "{m.column}"=? WHERE rowid=? AND "{m.column}"=?',  # noqa: S608 names that are constants here
            (m.new, m.row, m.old),
        )
