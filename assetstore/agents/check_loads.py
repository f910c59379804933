"""Read a rescued log as its client would."""

import orjson

from assetstore.agents.find import Thread
from assetstore.agents.lines import lines_of
from assetstore.agents.log_records import is_whole, log_records
from assetstore.agents.log_text import opened
from assetstore.agents.reading import Reading
from assetstore.errors import VerifyMismatch
from assetstore.files.source import Source
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.store.format.placeholder import MARK
from assetstore.store.store import Store


def check_loads(
    store: Store, thread: Thread, was: Reading, now: Reading, kept: int
) -> int:
    """Read a rescued log as its client does, line by line.

    Lines without a placeholder are the bytes they were. Of the others, each that
    was JSON must be. Of a log that is one value, that must be read, and have as many
    records.

    Returns:
        How many lines there are, or records.

    Raises:
        VerifyMismatch: Something is not as it must be; the log can be undone.
    """
    with opened(thread) as source:
        if is_whole(thread.path):
            records = (found for _, found in log_records(source, whole=True))
            lines, problem = sum(map(bool, records)), ""
        else:
            lines, problem = _read(store, source)
    if lines < was.lines:
        problem = f"it has {lines:,} lines, it had {was.lines:,}"
    elif len(now.images) > kept:
        problem = f"{len(now.images):,} images are in it, not {kept:,}"
    if problem:
        raise VerifyMismatch(
            f"{thread.path}: {problem}",
            hint="Take it back with 'assetstore rescue --undo'. If nothing was added "
            "to the thread meanwhile, please report this.",
            path=str(thread.path),
        )
    return lines


def _read(store: Store, source: Source) -> tuple[int, str]:
    """Read a log line by line: how many it has, and what is wrong with one, or ""."""
    restorer = Restorer(store, RestoreOptions())
    problem, lines = "", 0
    for start, length in lines_of(source):
        lines += 1
        line = source.read(start, length)
        if MARK not in line or _parses(line):
            continue
        if _parses(restorer.of_bytes(line, "a line")):
            problem = f"line {lines:,} is no JSON any more"
    return lines, problem


def _parses(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except ValueError:
        return False
    return True
