"""The seam for clients whose threads can be read, rescued and handed on.

A client is described by one `ThreadClient`; its format (`assetstore.formats.base`), of
the same name, says how its logs are told and what may stand in a picture's place, and
where its home is. The table is `assetstore.agents.thread_clients`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from assetstore.agents.apis import Api
from assetstore.agents.conversation import Event, Gallery
from assetstore.agents.named_parts import NamedValue
from assetstore.agents.records import LogRecord
from assetstore.agents.request import Request

Record = dict[str, Any]
# Gives the values of a record that a block of the request is made of: the record, which
# of its shares it is in, the number of the block, and of one in that.
NamedValues = Callable[[Record, int, int, int | None], Iterable[NamedValue]]
# What a record tells of; its pictures are in the gallery.
Events = Callable[[Record, Gallery], Iterator[Event]]


class RequestBuilder(Protocol):
    """Builds the next request of a thread from its log, as the client does."""

    def take(self, record: LogRecord) -> None:
        """Take a record in."""
        ...

    def finish(self) -> Request:
        """The next request."""
        ...


def alone(path: Path) -> Sequence[Path]:
    """Say that a log is all that its thread has."""
    return (path,)


def not_locked(path: Path) -> None:
    """Say nothing of a client that leaves no lock beside its logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadClient:
    """How threads of a client are found, read, and left alone while it is at work.

    Attributes:
        name: Its name, which is that of its format, too.
        api: What it talks to, where a log does not say so (`Request.api`).
        thread_id: The id of the thread that a path is a log of; "": it is no log of
            this client, as far as its place and its name tell. A log may be opened.
        is_ours: Tells whether a record is one of this client.
        builder: Makes what builds a request.
        events: Makes what says of each record of a thread, in order, what it tells of.
        places: Where in its home it has logs. Whoever made a bundle names such a
            place, so nothing else must fit.
        named: For ``rescue --message``; None: it cannot be said what an error names.
        split: The records of a log that is one value of JSON; None: that is no log of
            this client. None for a client that writes a record a line.
        check_free: Refuses a log whose client holds it now (`SourceInUse`), by what
            it leaves beside its logs.
        logs: The logs of the thread that a path is one of, the one that its client
            goes on with first.
        forks: Whether a copy with another id, in the log and in its name, is a thread.
        resume: The command line that goes on with a thread, before its id.
    """

    name: str
    api: Api
    thread_id: Callable[[Path], str]
    is_ours: Callable[[Record], bool]
    builder: Callable[[], RequestBuilder]
    events: Callable[[], Events]
    places: re.Pattern[str]
    named: NamedValues | None = None
    split: Callable[[object], Sequence[Record] | None] | None = None
    check_free: Callable[[Path], None] = not_locked
    logs: Callable[[Path], Sequence[Path]] = alone
    forks: bool = False
    resume: tuple[str, ...] = ()
