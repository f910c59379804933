"""Read a thread's log as its client would, and tell what is in it.

Nothing is parsed that need not be: the archiver's scanner finds the pictures (so
the numbers are those of an archiving), and of each line only the beginning is
looked at, which says what kind of record it is.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import zstandard

from assetstore.agents.find import Client, Thread
from assetstore.archiver.options import MIN_SIZE
from assetstore.archiver.payloads import Payload, Wanted, payloads_of
from assetstore.errors import SourceRefused
from assetstore.files.source import CHUNK, Source
from assetstore.store.backends.scratch import spool
from assetstore.store.media import dimensions

_HEAD = 1024
_TYPE = re.compile(rb'"type"\s*:\s*"(\w+)"')
_INNER = re.compile(rb'"payload"\s*:\s*\{\s*"type"\s*:\s*"(\w+)"')
_TIME = re.compile(rb'"timestamp"\s*:\s*"([^"]{1,40})"')
_WINDOW = re.compile(rb'"model_context_window"\s*:\s*(\d{1,9})')
_ERROR = re.compile(rb'"message"\s*:\s*"((?:[^"\\]|\\.){1,300})')
_NO_ANSWER = re.compile(rb'"last_agent_message"\s*:\s*null')
_SHOWN_ONLY = re.compile(rb'"base64"\s*:\s*"$')  # of Claude Code's toolUseResult
_CLAUDE_TYPE = re.compile(rb'"type"\s*:\s*"(user|assistant|system)"')
_CLAUDE_COMPACT = re.compile(rb'"subtype"\s*:\s*"compact_boundary"')


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


@dataclass(slots=True)
class Reading:
    """A log as it was read.

    Attributes:
        thread: The thread.
        client: Whose it is, by what is in it.
        size: Bytes of its text.
        images: Every picture, in order.
        lines: How many lines it has.
        largest: Bytes of the longest.
        window: The model's context window in tokens, as the log says; 0: unsaid.
        request: About how many bytes of it the next request carries.
        error: What the last turn ended with, if that was an error.
        unanswered: Whether the last turn ended without an answer.
    """

    thread: Thread
    client: Client
    size: int
    images: list[Image]
    lines: int = 0
    largest: int = 0
    window: int = 0
    request: int = 0
    error: str = ""
    unanswered: bool = False


@contextmanager
def opened(thread: Thread) -> Iterator[Source]:
    """A thread's text; a compressed one is unpacked to a temporary file.

    Raises:
        SourceRefused: It is no regular file, or not what its name says.
        OSError: It cannot be read.
    """
    if not thread.compressed:
        with Source.open(thread.path) as source:
            yield source
        return
    with spool() as folder:
        path = folder / thread.path.stem
        unpack(thread.path, path)
        with Source.open(path) as source:
            yield source


def unpack(path: Path, target: Path) -> None:
    """Write what a zstd file holds to another one.

    Raises:
        SourceRefused: It is none.
    """
    try:
        with path.open("rb") as file, target.open("wb") as out:
            zstandard.ZstdDecompressor().copy_stream(file, out)
    except zstandard.ZstdError as e:
        raise SourceRefused(f"{path} is no zstd file: {e}", path=str(path)) from e


def read_thread(thread: Thread) -> Reading:
    """Read a thread's log.

    Raises:
        SourceRefused: It is no regular file, or not what its name says.
        SourceChanged: It became shorter meanwhile.
        OSError: It cannot be read.
    """
    with opened(thread) as source:
        return _read(thread, source)


def _read(thread: Thread, source: Source) -> Reading:
    path = thread.path.with_name(thread.path.name.removesuffix(".zst"))
    payloads = payloads_of(source, path, Wanted(min_size=MIN_SIZE))
    images: list[Image] = []
    shown: list[bool] = []
    for payload in payloads:
        if not isinstance(payload, Payload) or payload.taken.fitted is None:
            continue
        fitted = payload.taken.fitted
        front = source.read(max(0, payload.start - 24), min(24, payload.start))
        shown.append(bool(_SHOWN_ONLY.search(front)))
        images.append(
            Image(
                payload.start,
                payload.end - payload.start,
                fitted.media.blob,
                (payload.end - payload.body) * 3 // 4,
                payload.taken.mime,
                *(dimensions(fitted.head) or (0, 0)),
            )
        )
    client: Client = "codex" if payloads.format.name == "codex" else ""
    if payloads.format.name == "claude-code":
        client = "claude-code"
    reading = Reading(thread, client, source.size, [])
    _walk(reading, source, images, shown)
    return reading


def _walk(
    reading: Reading, source: Source, images: list[Image], shown: list[bool]
) -> None:
    """Go through the lines, and say of each picture where it stands."""
    kinds: list[tuple[bool, bool]] = []  # of each picture: compacted, in a request
    at = since = 0
    claude = reading.client == "claude-code"
    for start, length in lines_of(source):
        reading.lines += 1
        reading.largest = max(reading.largest, length)
        head = source.read(start, min(length, _HEAD))
        if claude:
            kind, inner = _CLAUDE_TYPE.search(head), None
            cut = bool(_CLAUDE_COMPACT.search(head))
            carried = kind is not None and kind[1] != b"system"
        else:
            kind, inner = _TYPE.search(head), _INNER.search(head)
            cut = kind is not None and kind[1] == b"compacted"
            carried = cut or (kind is not None and kind[1] == b"response_item")
            if inner is not None and inner[1] in (b"task_complete", b"error"):
                failed = inner[1] == b"error" or b'"error"' in head
                said = _ERROR.search(head) if failed else None
                reading.error = said[1].decode("utf-8", "replace") if said else ""
                reading.unanswered = bool(_NO_ANSWER.search(head))
            if inner is not None and (window := _WINDOW.search(head)):
                reading.window = int(window[1])
        if cut:
            reading.request, since = 0, len(reading.images)
        if carried:
            reading.request += length
        time = _TIME.search(head)
        while at < len(images) and images[at].offset < start + length:
            image = images[at]
            kinds.append((cut, carried and not shown[at]))
            if shown[at]:
                reading.request -= image.length
            reading.images.append(
                replace(
                    image,
                    line=reading.lines,
                    compacted=cut and not claude,
                    time=time[1].decode("ascii", "replace") if time else "",
                )
            )
            at += 1
    for i in range(since, len(reading.images)):
        if kinds[i][1]:
            reading.images[i] = replace(reading.images[i], sent=True)


def lines_of(source: Source) -> Iterator[tuple[int, int]]:
    """Where each line begins, and its length with its newline."""
    start = base = 0
    while base < source.size:
        piece = source.read(base, CHUNK)
        at = piece.find(b"\n")
        while at >= 0:
            yield start, base + at + 1 - start
            start = base + at + 1
            at = piece.find(b"\n", at + 1)
        base += len(piece)
    if start < source.size:
        yield start, source.size - start
