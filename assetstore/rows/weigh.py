"""How much of columns an archive would take, without writing to their database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions
from assetstore.files.databases import opened_to_read
from assetstore.rows.column import LINES, Column
from assetstore.rows.lines import written_down
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store


@dataclass(frozen=True, slots=True)
class Weight:
    """What pictures there are in some columns.

    Attributes:
        pictures: How many.
        taken: Bytes that an archive would take out.
        left: Bytes of those that it would leave.
    """

    pictures: int = 0
    taken: int = 0
    left: int = 0


def weigh(path: Path, columns: Sequence[Column]) -> Weight:
    """Weigh the pictures in columns of a database.

    Nothing is made beside the file.

    Raises:
        sqlite3.Error: It cannot be read.
        AssetstoreError: The same.
        OSError: The same.
    """
    if not columns:
        return Weight()
    pictures = taken = left = 0
    with (
        spool() as folder,
        opened_to_read(path, timeout=1, alone=True) as db,
        Store.on(MemoryBackend(), create=True, writer="nobody") as store,
    ):
        for number, column in enumerate(columns):
            place = folder / f"values{number}"
            with written_down(db, column, place) as lines:
                options = ArchiveOptions(dry_run=True, profile=column.format or LINES)
                archiver = Archiver(store, options)
                name = column.document
                done = archiver.elsewhere(lines.source, name, place, name)
            place.unlink()
            pictures += done.payloads + done.stays.count
            taken += done.before - done.after
            left += done.stays.size
    return Weight(pictures, taken, left)
