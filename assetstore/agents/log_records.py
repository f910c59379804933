"""The records of a log, a line each, or all in one value of JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from assetstore.agents.records import BLANK, Line, lines, values
from assetstore.agents.request import dict_of, string_of
from assetstore.agents.thread_clients import THREAD_CLIENTS
from assetstore.files.source import RandomAccess


def is_whole(path: Path) -> bool:
    """Tell whether a log is one value of JSON, by its name."""
    return path.name.removesuffix(".zst").endswith(".json")


def log_records(
    source: RandomAccess, *, whole: bool
) -> Iterator[tuple[Line, Sequence[dict[str, Any]]]]:
    """The lines of a log, and the records in each.

    Args:
        source: The log.
        whole: It is one value of JSON. Each of its records is as a line then, and the
            number of that is the record's, from 1; what cannot be read is one without.
    """
    for line in lines(source, whole=whole):
        if not whole:
            yield line, list(values(line))
            continue
        records = _split(line)
        if not records:
            yield line, ()
        for number, record in enumerate(records, 1):
            yield replace(line, number=number), (record,)


def time_of(record: dict[str, Any]) -> str:
    """Tell when a record was written, as it says itself; "": it does not."""
    written = string_of(record.get("timestamp"))
    if not written:  # of a client that sets what it keeps anew
        written = string_of(dict_of(record.get("$set")).get("lastUpdated"))
    return written[:40]


def _split(line: Line) -> Sequence[dict[str, Any]]:
    try:
        value = orjson.loads(bytes(line.words.strip(BLANK)))
    except ValueError:
        return ()
    for client in THREAD_CLIENTS:
        found = client.split(value) if client.split is not None else None
        if found is not None:
            return found
    return ()
