"""What a thread was asked first, and when: what people know it by."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from assetstore.agents.conversation import Gallery
from assetstore.agents.find import log_at
from assetstore.agents.log_text import opened
from assetstore.agents.reading import Reading
from assetstore.agents.request import dict_of, list_of, string_of
from assetstore.agents.thread_clients import client_named
from assetstore.agents.transcript import events
from assetstore.errors import AssetstoreError
from assetstore.files.source import RandomAccess

_MOST_EVENTS = 2000
_MOST_LINES = 200
_LONGEST = 16 << 20
_MOST_WORDS = 200


def first_words(path: Path, client: str) -> tuple[str, str]:
    """Find a thread's first request, and when it began.

    Args:
        path: The log that its client goes on with.
        client: Whose it is.

    Returns:
        The request's beginning on one line, and the time as the log says it; "" for
        what is not found.
    """
    words = began = ""
    with suppress(AssetstoreError, OSError, ValueError):
        log = log_at(path)
        with opened(log) as source:
            if client_named(client) is not None:
                reading = Reading(log, client, source.size, [])
                gallery = Gallery(reading, source)
                for event in islice(events(source, reading, gallery), _MOST_EVENTS):
                    began = began or event.time
                    if event.kind == "user" and (words := _line(event.text)):
                        return words, began
            for record in _records(source):  # of another client, or in another form
                began = began or _time(record)
                if words := _line(_request(record)):
                    break
    return words, began


def _line(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * _MOST_WORDS].split())
    return line if len(line) <= _MOST_WORDS else line[: _MOST_WORDS - 1] + "…"


def _records(source: RandomAccess) -> Iterator[dict[str, Any]]:
    """The records of a log, or the messages of a document, of any client."""
    data = source.read(0, _LONGEST)
    whole: object = None
    with suppress(ValueError):
        whole = orjson.loads(data)
    if whole is None:
        for line in data.split(b"\n", _MOST_LINES)[:_MOST_LINES]:
            with suppress(ValueError):
                yield dict_of(orjson.loads(line))
        return
    found = dict_of(whole)
    yield found
    for name in ("messages", "history", "requests"):
        for message in list_of(found.get(name)):
            yield dict_of(message)
    for message in list_of(whole):
        yield dict_of(message)


def _time(record: dict[str, Any]) -> str:
    for name in ("startTime", "timestamp", "dateCreated", "created_at"):
        if found := string_of(record.get(name)):
            return found
    return ""


def _request(record: dict[str, Any]) -> str:
    """Find what a user says in a record; "": it is none of a user's."""
    message = dict_of(record.get("message")) or record
    said = message.get("role") or message.get("type") or record.get("type")
    if said != "user":
        return ""
    for name in ("content", "parts", "text"):
        value = message.get(name)
        if isinstance(value, str):
            return value
        texts = [string_of(dict_of(part).get("text")) for part in list_of(value)]
        if found := " ".join(filter(None, texts)):
            return found
    return ""
