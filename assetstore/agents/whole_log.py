"""A thread's whole text in one log: its history from all of its logs, pictures back."""

from contextlib import ExitStack
from pathlib import Path

from assetstore.agents.ancestors import ancestors
from assetstore.agents.codex.one_log import one_log
from assetstore.agents.find import Thread, log_at
from assetstore.agents.lines import moved
from assetstore.agents.log_text import opened
from assetstore.agents.reading import read_thread
from assetstore.documents.placeholders import find_placeholders
from assetstore.errors import SourceRefused, VerifyMismatch
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.progress import SILENT, Progress
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.store.backends.temp import spool
from assetstore.store.store import Store


def write_whole(
    store: Store | None, thread: Thread, target: Path, progress: Progress = SILENT
) -> int:
    """Write a thread as one log, with all that is its own back in it.

    Args:
        store: Where pictures are that were archived from it, if any were.
        thread: The thread.
        target: The file to write, in a folder with room for more.
        progress: Who is told how far it is.

    Returns:
        How many placeholders stay, since nothing says that they are its own.

    Raises:
        MissingBlob: A picture is not in the store.
        SourceRefused: A log that the thread goes on from is not there, or not whole.
        VerifyMismatch: The model would not be sent the same.
        OSError: Something cannot be read or written.
    """
    quoted = 0
    with spool() as folder, ExitStack() as stack:
        parts: list[tuple[Source, int]] = []
        own = [(thread, None), *ancestors(thread)]
        for number, (log, end) in enumerate(reversed(own)):
            name = folder / f"log-{number}.jsonl"
            source = stack.enter_context(opened(log))
            if store is not None:
                restorer = Restorer(store, RestoreOptions(owned=True), progress)
                done = restorer.to_file(Path(source.name), name, log.path)
                quoted += done.quoted + done.unknown
                now = stack.enter_context(Source.open(name))
            else:
                now = source
                quoted += sum(1 for _ in find_placeholders(source))
            at = now.size if end is None else moved(source, now, [end])[0]
            if at is None:
                raise SourceRefused(
                    f"{own[0][0].path} goes on from {log.path}, where no line of that "
                    "ends",
                    hint="Codex cannot load it either.",
                    path=str(log.path),
                )
            parts.append((now, at))
        with Draft(target) as draft:
            for piece in one_log(parts):
                draft.write(piece)
            draft.publish()
    if _messages(log_at(target)) != _messages(thread):
        raise VerifyMismatch(
            f"the model would not be sent the same of {thread.id} as one log",
            hint="Nothing was written. Please report this.",
            path=str(thread.path),
        )
    return quoted


def _messages(thread: Thread) -> int:
    return read_thread(thread).request.messages
