"""Go through a log once: whose it is, its next request, where its pictures are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assetstore.agents.codex.client import CODEX
from assetstore.agents.log_records import is_whole, log_records, time_of
from assetstore.agents.records import (
    Line,
    LogRecord,
    cuts_of,
    lines,
    looks_like_record,
    values,
)
from assetstore.agents.thread_clients import THREAD_CLIENTS
from assetstore.files.source import RandomAccess, Source

if TYPE_CHECKING:
    from assetstore.agents.reading import Image, Reading

# The logs that a thread goes on from: its id, its log, and how much of that counts.
Bases = Sequence[tuple[str, Source, int]]

# So many bytes at both ends of a line tell whether it may be a copy.
_ENDS = 256


def walk(
    reading: "Reading",
    source: RandomAccess,
    images: "Sequence[Image]",
    bases: Bases,
    within: int | None,
) -> None:
    """Go through the lines; say of each picture where it stands, build the request.

    Args:
        reading: What is found.
        source: The log.
        images: What an archiving would take, in order.
        bases: The logs that it goes on from: the thread's id, its log, and how many
            bytes of it count, the oldest first.
        within: So many bytes of the log are in the request; None: all.
    """
    builders = [client.builder() for client in THREAD_CLIENTS]
    counts = [0] * len(builders)
    seen: dict[int, int] = {}
    at = order = 0
    # Of the logs that it goes on from, only what the request needs: a fork counts the
    # bytes of its origin, and what was written there since is not its own.
    for origin, (_, base, end) in enumerate(bases):
        for line in lines(base):
            if line.offset + line.length > end:
                break
            line.order, line.origin = order, origin
            order += 1
            for value in values(line):
                if CODEX.is_ours(value):
                    builders[0].take(LogRecord(line, value))
    whole = is_whole(reading.thread.path)
    places: dict[int, tuple[int, str]] = {}
    for line, found in log_records(source, whole=whole):
        line.order = order
        order += 1
        reading.lines += 1
        reading.largest = max(reading.largest, line.length)
        time, compacted = "", False
        if not whole and _is_copy(line, source, seen):
            line.copy = True
            reading.copies += 1
            reading.copied += line.length
        told = within is None or line.offset + line.length <= within
        # A log of any client: whose has most records is it.
        for value in found:
            number = _whose(value)
            if number is not None:
                counts[number] += 1
                if told or number:
                    builders[number].take(LogRecord(line, value))
                compacted = compacted or value.get("type") == "compacted"
            time = time or time_of(value)
            if whole:
                here = (line.number, time)
                places |= {c.offset + c.length: here for c in cuts_of(value, line)}
        reading.unread += not found and looks_like_record(line)
        while not whole and (
            at < len(images) and images[at].offset < line.offset + line.length
        ):
            image = images[at]
            at += 1
            reading.images.append(
                replace(image, line=line.number, compacted=compacted, time=time)
            )
    if whole:
        reading.images += _placed(images, places)
    if any(counts):
        ours = counts.index(max(counts))
        reading.client = THREAD_CLIENTS[ours].name
        reading.request = builders[ours].finish()
        reading.request.origins = [name for name, _, _ in bases]


def _whose(record: dict[str, Any]) -> int | None:
    """The number of the client that wrote a record; None: nobody known."""
    for number, client in enumerate(THREAD_CLIENTS):
        if client.is_ours(record):
            return number
    return None


def _placed(
    images: "Sequence[Image]", places: Mapping[int, tuple[int, str]]
) -> "Iterator[Image]":
    """Say of pictures in one value which record they are in, by where they end.

    A short one, whose end is not known, is where the one in front of it is.
    """
    line, time = 1, ""
    for image in images:
        line, time = places.get(image.offset + image.length, (line, time))
        yield replace(image, line=line, time=time)


def _is_copy(line: Line, source: RandomAccess, seen: dict[int, int]) -> bool:
    """Tell whether a line is byte for byte as an earlier one.

    Args:
        line: The line.
        source: The log.
        seen: Where lines of some length and ends stand, by a hash of these.
    """
    words = line.words
    if len(words) <= len(b"\r\n"):
        return False
    ends = [bytes(words[:_ENDS]), bytes(words[-_ENDS:])]
    ends += [source.read(c.offset + c.length - 64, 64) for c in line.cuts[:4]]
    key = hash((line.length, *ends))
    first = seen.setdefault(key, line.offset)
    if first == line.offset:
        return False
    pairs = zip(
        source.pieces(first, first + line.length),
        source.pieces(line.offset, line.offset + line.length),
        strict=True,
    )
    return all(one == other for one, other in pairs)
