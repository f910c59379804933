"""Give the room that an archive made in databases back to the disk."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from assetstore.results import Report
from assetstore.rows.column import parse_column

_WAIT = 5.0


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

    Args:
        report: What was archived, now or before.
    """
    done = [file.path for file in report.files if file.status != "failed"]
    for path in dict.fromkeys(parse_column(name).database for name in done):
        yield vacuumed(path)


def vacuumed(path: Path) -> Vacuumed:
    """Give the free room in a database back to the disk.

    SQLite writes all that lives anew, beside the database, and copies it back.
    """
    before = path.stat().st_size
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT)) as db:
            db.isolation_level = None
            room, needed = shutil.disk_usage(path.parent).free, _needed(db)
            if room < needed:
                why = f"that takes {needed:,} bytes, and {room:,} are free"
                return Vacuumed(path, before, before, why)
            db.execute("PRAGMA synchronous=EXTRA")
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as e:
        return Vacuumed(path, before, path.stat().st_size, str(e))
    return Vacuumed(path, before, path.stat().st_size)


def _needed(db: sqlite3.Connection) -> int:
    """Count the bytes that a vacuum writes before it gives any back.

    What lives is written anew into a temporary file, and from there into a journal: a
    write-ahead log takes that alone, a rollback journal all that the file was
    (sqlite.org, "VACUUM": "as much as twice the size of the original").
    """
    pages, unused, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    wal = db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    lives = pages - unused
    return int(size * (lives + (lives if wal else pages)))
