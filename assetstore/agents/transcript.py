"""A thread's conversation, in one form for all clients."""

from collections.abc import Iterator

from assetstore.agents.codex.client import CODEX
from assetstore.agents.conversation import Event, Gallery
from assetstore.agents.log_records import is_whole, log_records, time_of
from assetstore.agents.reading import Reading
from assetstore.agents.thread_clients import client_named
from assetstore.files.source import RandomAccess


def events(
    source: RandomAccess, reading: Reading, gallery: Gallery | None = None
) -> Iterator[Event]:
    """Yield what happened in a thread, in order.

    Args:
        source: Its log.
        reading: What `read_thread` found in it.
        gallery: Counts the pictures.
    """
    gallery = gallery or Gallery(reading, source)
    understood = (client_named(reading.client) or CODEX).events()
    for line, records in log_records(source, whole=is_whole(reading.thread.path)):
        gallery.turn_to(line)
        for record in records:
            for event in understood(record, gallery):
                event.line = line.number
                event.time = event.time or time_of(record)
                event.text = gallery.restored(event.text)
                event.facts = {k: _whole(v, gallery) for k, v in event.facts.items()}
                yield event


def _whole(value: object, gallery: Gallery) -> object:
    if isinstance(value, list | tuple):
        return type(value)(_whole(each, gallery) for each in value)
    return gallery.restored(value) if isinstance(value, str) else value
