"""A thread's conversation, in one form for all clients."""

from collections.abc import Iterator

from assetstore.agents.claude_code import transcript as claude_code
from assetstore.agents.codex import transcript as codex
from assetstore.agents.conversation import Event, Gallery
from assetstore.agents.reading import Reading
from assetstore.agents.records import lines, values
from assetstore.agents.request import string_of
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
    understood = claude_code.events if reading.client == "claude-code" else codex.events
    for line in lines(source):
        gallery.turn_to(line)
        for record in values(line):
            for event in understood(record, gallery):
                event.line = line.number
                event.time = string_of(record.get("timestamp"))
                event.text = gallery.restored(event.text)
                event.facts = {k: _whole(v, gallery) for k, v in event.facts.items()}
                yield event


def _whole(value: object, gallery: Gallery) -> object:
    if isinstance(value, list | tuple):
        return type(value)(_whole(each, gallery) for each in value)
    return gallery.restored(value) if isinstance(value, str) else value
