"""What a rescue would make of a log: drafted beside nothing, and read as its client."""

from dataclasses import replace
from typing import IO

from assetstore.agents.ancestors import ancestors
from assetstore.agents.find import Thread
from assetstore.agents.reading import Reading, read_thread
from assetstore.archiver.archive import Archiver
from assetstore.archiver.draft import DraftOutput
from assetstore.archiver.job import Job
from assetstore.archiver.options import ArchiveOptions
from assetstore.progress import Progress
from assetstore.results import FileResult
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store


def foresee(
    store: Store, thread: Thread, how: ArchiveOptions, within: int | None, p: Progress
) -> tuple[FileResult, Reading] | None:
    """Archive a log to a temporary file, and read that; nothing goes to the store.

    Args:
        store: Where its pictures would go.
        thread: The thread, by that log.
        how: How it would be archived.
        within: So many bytes of the log the model still sees; None: all.
        p: Who is told how far it is.

    Returns:
        What would be done, and the log as its client would read it then; None for a
        log that its client compressed, or that goes on from others, which read it
        only in its place.
    """
    if thread.compressed or within is not None or next(ancestors(thread), None):
        return None
    with spool() as folder:
        place = folder / thread.path.name
        with place.open("wb") as file:
            archiver = _Preview(store, replace(how, dry_run=True), p)
            archiver.file = file
            (done,) = archiver.in_place([thread.path])
        if done.status == "failed" and done.error is not None:
            raise done.error
        if done.status != "archived":
            return done, read_thread(thread, within)
        return done, read_thread(replace(thread, path=place), within)


class _Preview(Archiver):
    """Archives nothing, but writes the form that a document would have.

    Attributes:
        file: Where that goes.
    """

    file: IO[bytes]

    def _output(self, job: Job) -> DraftOutput:
        return _Written(self.file)


class _Written:
    """Takes an archived form into a file that is read once.

    Attributes:
        size: How many bytes were written.
    """

    def __init__(self, file: IO[bytes]):
        self._file = file
        self.size = 0

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Append a piece."""
        self._file.write(piece)
        self.size += len(piece)
