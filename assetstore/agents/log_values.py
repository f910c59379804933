"""Tell whether a log that its client writes whole still holds what it held."""

import re

from blake3 import blake3

from assetstore.agents.log_records import log_records
from assetstore.agents.records import Line
from assetstore.agents.request_json import compact
from assetstore.files.source import RandomAccess


def values_of(source: RandomAccess, most: int | None = None) -> tuple[int, str]:
    """Count the records of a log that is one value of JSON, and hash them.

    How they are laid out does not count, nor what is said of the whole in front of
    them, which changes with each turn.

    Args:
        source: The log.
        most: So many records from the first one on; None: all.
    """
    digest = blake3()
    count = 0
    for number, (line, found) in enumerate(log_records(source, whole=True)):
        if number == 0:
            continue
        if most is not None and count >= most:
            break
        for record in found:
            _put(digest, compact(record), line, source)
        count += 1
    return count, digest.hexdigest()


def _put(digest: blake3, text: bytes, line: Line, source: RandomAccess) -> None:
    """Hash a record, with what was cut out of it."""
    at = 0
    for mark in re.finditer(line.mark.pattern.encode(), text):
        digest.update(text[at : mark.start()])
        cut = line.cuts[int(mark[1])]
        for piece in source.pieces(cut.offset, cut.offset + cut.length):
            digest.update(piece)
        at = mark.end()
    digest.update(text[at:] + b"\n")
