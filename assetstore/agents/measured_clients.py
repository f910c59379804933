"""How much of clients' files is pictures."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assetstore.agents.client_rows import database_at
from assetstore.agents.found_clients import FoundClient, size_of
from assetstore.archiver.options import ArchiveOptions
from assetstore.archiver.run import archive_paths
from assetstore.errors import AssetstoreError
from assetstore.files.databases import (
    columns_of,
    opened_to_read,
    quoted_name,
    with_any,
)
from assetstore.progress import SILENT, Progress
from assetstore.rows.column import PICTURES, Column
from assetstore.rows.weigh import weigh
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.store import Store

# Types of columns without text.
_NUMBERS = frozenset(("INTEGER", "REAL", "BOOLEAN"))


def measured(found: FoundClient, progress: Progress = SILENT) -> FoundClient:
    """Look how much of a client's files is pictures; nothing is written.

    Args:
        found: What is here.
        progress: Who is told how far it is.
    """
    if found.client.kept == "text":
        return _of_text(found, progress)
    progress.start(found.size, "looking")
    pictures = taken = left = 0
    for path in found.files:
        with suppress(sqlite3.Error, AssetstoreError, OSError):
            # At work, damaged, or no database.
            known = database_at(path, alone=True)
            columns = known.columns if known is not None else []
            weight = weigh(path, columns)
            others, size = _other_rows(path, columns)
            pictures += weight.pictures + others
            taken += weight.taken
            left += weight.left + size
        progress.advance(size_of(path))
    progress.close()
    return replace(found, looked=True, pictures=pictures, taken=taken, left=left)


def _of_text(found: FoundClient, progress: Progress) -> FoundClient:
    options = ArchiveOptions(dry_run=True)
    with Store.on(MemoryBackend(), create=True, writer="nobody") as store:
        report = archive_paths(store, found.files, options, progress=progress)
    stays = [file.stays for file in report.files]
    return replace(
        found,
        looked=True,
        taken=sum(file.before - file.after for file in report.files),
        pictures=report.total("payloads") + sum(stay.count for stay in stays),
        left=sum(stay.size for stay in stays),
    )


def _other_rows(path: Path, known: Sequence[Column]) -> tuple[int, int]:
    """Count the rows with pictures in columns that are not known, and their bytes.

    Nothing is made beside the file.
    """
    count = size = 0
    names = {(column.table, column.name) for column in known}
    with opened_to_read(path, timeout=1, alone=True) as db:
        for table, column, type in columns_of(db):
            if type.upper() in _NUMBERS or table.startswith("sqlite_"):
                continue
            if (table, column) in names:
                continue
            value, among = with_any(column, PICTURES)
            query = (
                f"SELECT count(*), total(length({value})) "  # noqa: S608 quoted names
                f"FROM {quoted_name(table)} WHERE {among}"
            )
            rows, total = db.execute(query, PICTURES).fetchone()
            count, size = count + rows, size + int(total)
    return count, size
