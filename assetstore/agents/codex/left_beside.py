"""Pictures that Codex keeps beside the logs of a thread, and that stay there."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assetstore.agents.codex.rollout import Rollout
from assetstore.files.databases import opened_to_read

# Which files may have them, in which column of which table, and why they stay.
_PLACES = (
    (
        "queue_*.sqlite",
        "queued_items",
        "payload_json",
        "a message that waits to be sent holds a picture, and is sent as it is",
        "messages that wait to be sent hold pictures, and are sent as they are",
    ),
    (
        "state_*.sqlite",
        "thread_attachments",
        "payload",
        "an attachment of the thread holds a picture, and stays: it is the app's own",
        "attachments of the thread hold pictures, and stay: they are the app's own",
    ),
)


def left_beside(path: Path) -> Iterator[str]:
    """Say what is to be told of a log's thread, in sentences.

    Args:
        path: The log.
    """
    rollout = Rollout.at(path)
    if rollout is None:
        return
    for files, table, column, one, several in _PLACES:
        for file in sorted(rollout.home.glob(files)):
            count = _count(file, table, column, rollout.thread)
            if count:
                words = one if count == 1 else f"{count:,} {several}"
                yield f"{words[0].upper()}{words[1:]} ({file.name})."


def _count(file: Path, table: str, column: str, thread: str) -> int:
    """Count a thread's rows with data URIs of pictures; 0: nobody can tell."""
    query = (
        f'SELECT count(*) FROM "{table}" WHERE thread_id=? '  # noqa: S608 constants
        f"AND instr(CAST(\"{column}\" AS TEXT), 'data:image/')"
    )
    try:
        with opened_to_read(file, timeout=1) as db:
            count: int = db.execute(query, (thread,)).fetchone()[0]
    except sqlite3.Error:  # of another version, or in use: it stays as it is
        return 0
    return count
