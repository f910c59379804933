"""Read a thread's log as its client would, and tell what is in it.

The log is walked through once, record by record (`assetstore.agents.records`), and
the next request is built from it as the client builds it. Which pictures an
archiving would take, the archiver itself says, so that the numbers are its own.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from assetstore.agents.ancestors import ancestors, broken_link
from assetstore.agents.apis import FORMATS, UNKNOWN, Api
from assetstore.agents.find import Thread
from assetstore.agents.log_text import opened
from assetstore.agents.log_walk import Bases, walk
from assetstore.agents.request import Request
from assetstore.agents.sent_payloads import Content, SentPayload, content
from assetstore.agents.thread_clients import client_named
from assetstore.archiver.options import MIN_SIZE
from assetstore.archiver.payload import Payload, Wanted
from assetstore.archiver.payloads import payloads_of
from assetstore.files.source import Joined, RandomAccess
from assetstore.results import Stays
from assetstore.store.picture_headers import pixels


@dataclass(frozen=True, slots=True)
class Image:
    """One occurrence of a picture in a log.

    Attributes:
        offset: Of its text in the log.
        length: Of its text.
        blob: The picture's hash.
        size: The picture's own bytes.
        type: Its media type.
        width: In pixels; 0: not known.
        height: In pixels; 0: not known.
        line: The number of its line, from 1.
        compacted: Whether it stands in a record of a compaction.
        sent: Whether the next request carries it.
        time: When its line was written, as the line says it.
        decoded: Whether it is base64 all through.
        picture: Whether it is one, or stands where one should.
    """

    offset: int
    length: int
    blob: bytes
    size: int
    type: str
    width: int
    height: int
    line: int = 0
    compacted: bool = False
    sent: bool = False
    time: str = ""
    decoded: bool = True
    picture: bool = False


@dataclass(slots=True)
class Reading:
    """A log as it was read.

    Attributes:
        thread: The thread.
        client: Whose it is, by what is in it.
        size: Bytes of its text.
        images: Everything in it that an archiving would take out, in order.
        lines: How many lines it has; of one that is one value, how many records.
        largest: Bytes of the longest.
        request: The next request.
        stays: What an archiving would leave, and why.
        copies: How many lines are byte for byte as an earlier one.
        copied: Bytes of these lines.
        unread: How many lines hold something, and no record that can be read.
        broken: Why the client cannot load it, though each of its lines can be read.
        others: The pictures in the thread's other logs.
        other_size: Bytes of these.
    """

    thread: Thread
    client: str
    size: int
    images: list[Image]
    lines: int = 0
    largest: int = 0
    request: Request = field(default_factory=Request)
    stays: Stays = field(default_factory=Stays)
    copies: int = 0
    copied: int = 0
    unread: int = 0
    broken: str = ""
    others: list[Image] = field(default_factory=list)
    other_size: int = 0

    @property
    def api(self) -> Api:
        """The API that its requests go to."""
        client = client_named(self.client)
        return self.request.api or (client.api if client is not None else UNKNOWN)


def read_thread(thread: Thread, within: int | None = None) -> Reading:
    """Read a thread's log.

    Args:
        thread: The thread.
        within: So many bytes of it belong to the next request, if not all do: it was
            rewound to there.

    Raises:
        SourceRefused: It is no regular file, or not what its name says.
        SourceChanged: It became shorter meanwhile.
        OSError: It cannot be read.
    """
    with ExitStack() as stack:
        source = stack.enter_context(opened(thread))
        reading = _read(thread, source, _bases(stack, thread), within)
    reading.broken = broken_link(thread)
    return reading


@contextmanager
def whole_thread(thread: Thread) -> Iterator[tuple[RandomAccess, Reading]]:
    """A thread's text from its beginning, and what is in it.

    Of the logs that it goes on from, what it shares with them stands in front of its
    own, as if it were one.

    Raises:
        SourceRefused: A log is no regular file, or not what its name says.
        SourceChanged: One became shorter meanwhile.
        OSError: One cannot be read.
    """
    with ExitStack() as stack:
        own = stack.enter_context(opened(thread))
        bases = _bases(stack, thread)
        parts = [(base, min(end, base.size)) for _, base, end in bases]
        source = Joined([*parts, (own, own.size)]) if parts else own
        reading = _read(thread, source, ())
        reading.request.origins = [name for name, _, _ in bases]
        yield source, reading


def _bases(stack: ExitStack, thread: Thread) -> Bases:
    """The logs that a thread goes on from: the id, the log, and how much of it."""
    return [
        (base.id, stack.enter_context(opened(base)), end)
        for base, end in reversed(list(ancestors(thread)))
    ]


def _read(
    thread: Thread, source: RandomAccess, bases: Bases, within: int | None = None
) -> Reading:
    reading = Reading(thread, "", source.size, [])
    images, reading.stays = cut_payloads(thread, source)
    walk(reading, source, images, bases, within)
    _look_into(reading, source, [base for _, base, _ in bases])
    _mark(reading)
    for other in thread.others:
        with opened(other) as log:
            reading.others += cut_payloads(other, log)[0]
            reading.other_size += log.size
    return reading


def _look_into(
    reading: Reading, own: RandomAccess, bases: Sequence[RandomAccess]
) -> None:
    """See what the payloads of a request hold."""
    known = {image.offset + image.length: image for image in reading.images}
    blocks = reading.request.blocks
    places = _places(reading.images)
    for i, block in enumerate(blocks):
        if block.payload is not None and not block.payload.address:
            source = own if block.origin < 0 else bases[block.origin]
            image = known.get(block.payload.end) if block.origin < 0 else None
            trusted = image.blob if image is not None and image.decoded else b""
            held = content(block.payload, source, trusted)
            where = block.payload
            if where.offset < 0 and block.origin < 0:
                where = _located(where, places[block.line, held.blob])
            kind = block.kind
            if reading.request.mends and not _is_sent(held, where):
                kind = "other"
            blocks[i] = replace(block, kind=kind, payload=where, found=held)


def _is_sent(held: Content, payload: SentPayload) -> bool:
    """Tell whether a client sends a picture that leaves out what is none."""
    if not payload.length:
        return not payload.claimed  # "" is sent as it is, a data URI without data not
    return held.type in FORMATS and not held.problem


def _places(images: Sequence[Image]) -> defaultdict[tuple[int, bytes], deque[int]]:
    """Find where the text of each picture ends, in order, by its line and hash."""
    found: defaultdict[tuple[int, bytes], deque[int]] = defaultdict(deque)
    for image in images:
        found[image.line, image.blob].append(image.offset + image.length)
    return found


def _located(payload: SentPayload, ends: deque[int]) -> SentPayload:
    """A short payload with the place where an archiving found it on its line.

    Args:
        payload: The payload.
        ends: Where those that are like it end; the first is its own, and is taken.
    """
    if not ends:
        return payload
    return replace(payload, offset=ends.popleft() - payload.written)


def _mark(reading: Reading) -> None:
    """Say of each picture whether the next request carries it."""
    sent = {
        block.payload.end: block.kind
        for block in reading.request.blocks
        if block.payload is not None and block.origin < 0
    }
    for i, image in enumerate(reading.images):
        kind = sent.get(image.offset + image.length)
        reading.images[i] = replace(
            image,
            sent=kind is not None,
            picture=kind == "image" or image.type.startswith("image/"),
        )


def cut_payloads(thread: Thread, source: RandomAccess) -> tuple[list[Image], Stays]:
    """Find what an archiving would take out of a log, in order, and what it leaves."""
    path = thread.path.with_name(thread.path.name.removesuffix(".zst"))
    images: list[Image] = []
    found = payloads_of(source, path, Wanted(media="any", min_size=MIN_SIZE))
    for payload in found:
        if not isinstance(payload, Payload):
            continue
        fitted, type = payload.taken.fitted, payload.taken.mime
        start = fitted.head if fitted is not None else b""
        images.append(
            Image(
                payload.start,
                payload.end - payload.start,
                fitted.media.blob if fitted is not None else b"",
                fitted.size if fitted is not None else 0,
                type,
                *_pixels(start, type),
                decoded=fitted is not None and fitted.decoded,
            )
        )
    return images, found.stays


def _pixels(start: bytes, type: str) -> tuple[int, int]:
    return pixels(lambda at, length: start[at : at + length], type) or (0, 0)
