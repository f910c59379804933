"""Diagnose many threads, and read none again that is as it was."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from assetstore.agents.api_limits import Over
from assetstore.agents.client_rows import ClientDatabase
from assetstore.agents.diagnose import RISKS, Diagnosis, diagnosis
from assetstore.agents.diagnose_rows import diagnose_database
from assetstore.agents.find import Thread, check_named, find_threads, log_at
from assetstore.agents.homes import Homes
from assetstore.agents.journal import Journal
from assetstore.agents.reading import read_thread
from assetstore.errors import AssetstoreError
from assetstore.files.durable import make_folder
from assetstore.files.owner import make_empty_file
from assetstore.files.replace import absolute
from assetstore.progress import SILENT, Progress
from assetstore.version import __version__

_RACY = 2_000_000_000
# Of what is remembered; another one where `Diagnosis` changes.
_FORMAT = 2


@dataclass(slots=True, kw_only=True)
class DoctorReport:
    """What was found.

    Attributes:
        threads: The diagnoses, the worst first.
        unchanged: How many of them are from an earlier run.
        errors: Threads that could not be read, with the reason.
    """

    threads: list[Diagnosis] = field(default_factory=list)
    unchanged: int = 0
    errors: list[tuple[str, Exception]] = field(default_factory=list)

    @property
    def at_risk(self) -> list[Diagnosis]:
        """Those that need something."""
        return [thread for thread in self.threads if thread.risk != "low"]


def examine(
    paths: Iterable[Path] = (),
    *,
    homes: Homes | None = None,
    databases: Sequence[ClientDatabase] = (),
    logs: bool = True,
    cache: Path | None = None,
    progress: Progress = SILENT,
) -> DoctorReport:
    """Diagnose threads.

    Args:
        paths: Files and folders; none: every thread of every client found.
        homes: Where these are (`find_threads`).
        databases: Those of clients that keep their threads in some.
        logs: Whether to look for logs at all.
        cache: A folder to remember diagnoses in.
        progress: Who is told how far it is.

    Raises:
        SourceRefused: A path is no file or folder.
    """
    report, paths = DoctorReport(), list(paths)
    named = set(map(absolute, paths))
    known_rows = {database.path: database for database in databases}
    threads = [*map(log_at, known_rows), *(find_threads(paths, homes) if logs else ())]
    progress.start(sum(map(_size, threads)), "examining")
    with contextlib.closing(_Known(cache)) as known:
        for thread in threads:
            try:
                if thread.path in named:
                    check_named(thread)
            except (AssetstoreError, OSError) as e:
                report.errors.append((str(thread.path), e))
                continue
            found = known.get(thread)
            if found is None:
                try:
                    database = known_rows.get(thread.path)
                    found = (
                        examined(thread)
                        if database is None
                        else diagnose_database(database)
                    )
                except Exception as e:  # one log ends none of the others
                    report.errors.append((str(thread.path), e))
                    continue
                finally:
                    progress.advance(_size(thread))
                known.put(thread, found)
            else:
                report.unchanged += 1
                progress.advance(_size(thread))
            report.threads.append(found)
    progress.close()
    report.threads.sort(key=lambda d: (RISKS.index(d.risk), -d.image_bytes, d.path))
    return report


def _size(thread: Thread) -> int:
    return sum(log.size for log in thread.logs)


def examined(thread: Thread) -> Diagnosis:
    """The diagnosis of a thread.

    Raises:
        AssetstoreError: It cannot be read.
        OSError: The same.
    """
    reading = read_thread(thread)
    answered = ""
    if reading.request.error is not None:
        answered = str(Journal(thread).record.get("answered", ""))
    return diagnosis(reading, answered=answered)


class _Known:
    """Diagnoses of files by their size, time and inode; can be deleted any time."""

    def __init__(self, folder: Path | None):
        self._db: sqlite3.Connection | None = None
        if folder is None:
            return
        with contextlib.suppress(sqlite3.Error, OSError):
            make_folder(folder)
            make_empty_file(folder / "threads.sqlite")
            db = sqlite3.connect(folder / "threads.sqlite", timeout=5)
            db.execute(
                "CREATE TABLE IF NOT EXISTS known(path BLOB PRIMARY KEY, "
                "stamp TEXT, diagnosis BLOB) WITHOUT ROWID"
            )
            self._db = db

    @staticmethod
    def _stamp(thread: Thread) -> str:
        stamps = (f"{log.size} {log.modified} {log.inode}" for log in thread.logs)
        return f"{__version__} {_FORMAT} {' '.join(stamps)}"

    def get(self, thread: Thread) -> Diagnosis | None:
        """Return what was found the last time, if the file is the same."""
        if self._db is None:
            return None
        with contextlib.suppress(sqlite3.Error, ValueError, TypeError, KeyError):
            row = self._db.execute(
                "SELECT diagnosis FROM known WHERE path=? AND stamp=?",
                (os.fsencode(thread.path), self._stamp(thread)),
            ).fetchone()
            if row is not None:
                found: dict[str, Any] = orjson.loads(row[0])
                found["over"] = tuple(Over(**over) for over in found["over"])
                found["helps"] = tuple(found["helps"])
                return Diagnosis(**found)
        return None

    def put(self, thread: Thread, found: Diagnosis) -> None:
        """Remember it, unless the file could change again without its time doing so."""
        if self._db is None or thread.modified > time.time_ns() - _RACY:
            return
        with contextlib.suppress(sqlite3.Error, TypeError), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO known VALUES(?,?,?)",
                (
                    os.fsencode(thread.path),
                    self._stamp(thread),
                    orjson.dumps(asdict(found)),
                ),
            )

    def close(self) -> None:
        """Close the cache."""
        if self._db is not None:
            self._db.close()
