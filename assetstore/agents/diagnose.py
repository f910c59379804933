"""Judge what is in a thread's log: whether, and why, it is about to break."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assetstore.agents.ancestors import with_pictures
from assetstore.agents.find import Client, Thread
from assetstore.agents.reading import Image, Reading

Risk = Literal["critical", "high", "medium", "low"]
RISKS: tuple[Risk, ...] = ("critical", "high", "medium", "low")

_TOO_MUCH = re.compile(r"(?i)context|ran out of room|too (?:large|long|many)|image")

# Codex's own default, and Claude's (a session does not say).
_WINDOWS = {"codex": 258_400, "claude-code": 200_000, "": 200_000}
# The longest request that Anthropic's API takes; of OpenAI's no small one is known.
_LONGEST_REQUEST = {"claude-code": 32 << 20}
# Anthropic's limits for pictures, in pixels of a side and in bytes.
_MOST_PIXELS, _MOST_PIXELS_OF_MANY, _MANY = 8000, 2000, 20
_MOST_BYTES = 5 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A picture beyond what an API takes.

    Attributes:
        line: The number of its line, from 1.
        what: In what it is.
        image: The beginning of its hash.
    """

    line: int
    what: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is in a thread's log, and whether that is a danger.

    Attributes:
        path: The log.
        client: Whose it is.
        thread: The thread's id.
        archived: Whether its owner put it away.
        size: Bytes of the log (of its text, where the file is compressed).
        lines: How many lines it has.
        largest_line: Bytes of the longest.
        images: Occurrences of pictures.
        distinct: Different pictures among them.
        image_bytes: Bytes of their text.
        compacted_images: Occurrences in records of compactions.
        request_bytes: About how many bytes of it the next request carries.
        request_images: How many pictures that has.
        image_tokens: What the model may count for those.
        request_tokens: What it may count in all.
        window: The model's context window in tokens.
        over: Pictures that an API would refuse.
        risk: How near it is to not answering any more.
        reason: Why, in a sentence.
        command: What to do.
    """

    path: str
    client: str
    thread: str
    archived: bool
    size: int
    lines: int
    largest_line: int
    images: int
    distinct: int
    image_bytes: int
    compacted_images: int
    request_bytes: int
    request_images: int
    image_tokens: int
    request_tokens: int
    window: int
    over: tuple[Over, ...]
    risk: Risk
    reason: str
    command: str


def diagnosis(reading: Reading) -> Diagnosis:
    """What follows from what is in a log."""
    sent = [image for image in reading.images if image.sent]
    tokens = sum(_tokens(image, reading.client) for image in sent)
    text = max(0, reading.request - sum(image.length for image in sent))
    window = reading.window or _WINDOWS[reading.client]
    total = tokens + text // 4
    over = tuple(_beyond(sent)) if _images_refused(reading) else ()
    image_bytes = sum(image.length for image in reading.images)
    risk, reason = _judged(reading, total, window, over, image_bytes)
    names = [_name(reading.thread)]
    if not sent and _TOO_MUCH.search(reading.error):
        origins = with_pictures(reading.thread)
        if origins:
            names += map(_name, origins)
            risk, reason = (
                "critical",
                (
                    f"its last turn failed ({reading.error[:90]}); it goes on from "
                    f"{origins[0].id}, and the images there go with each request"
                ),
            )
    path = str(reading.thread.path)
    return Diagnosis(
        path=path,
        client=reading.client,
        thread=reading.thread.id,
        archived=reading.thread.archived,
        size=reading.size,
        lines=reading.lines,
        largest_line=reading.largest,
        images=len(reading.images),
        distinct=len({image.blob for image in reading.images}),
        image_bytes=image_bytes,
        compacted_images=sum(image.compacted for image in reading.images),
        request_bytes=reading.request,
        request_images=len(sent),
        image_tokens=tokens,
        request_tokens=total,
        window=window,
        over=over,
        risk=risk,
        reason=reason,
        command="" if risk == "low" else f"assetstore rescue {' '.join(names)}",
    )


def _name(thread: Thread) -> str:
    return thread.id if thread.client else shlex.quote(str(thread.path))


def _images_refused(reading: Reading) -> bool:
    """Whether an API that the thread talks to has limits for pictures.

    Claude Code's has. Codex's are many: some refuse, and the last turn says so,
    or, in older versions, has no answer and no reason.
    """
    if reading.client != "codex":
        return reading.client == "claude-code"
    said = "image" in reading.error.lower()
    return said or (reading.unanswered and not reading.error)


def _tokens(image: Image, client: Client) -> int:
    """About what a model counts for a picture.

    OpenAI: 70, and 140 for each tile of 512 pixels, after the picture was made to
    fit 2048 by 2048 and its shorter side 768. Anthropic: a token for 750 pixels,
    after its longer side was made to fit 1568. Both as their documentation of
    vision says; the models differ.
    """
    width, height = image.width or 1024, image.height or 1024
    if client == "claude-code":
        scale = min(1, 1568 / max(width, height))
        return int(width * scale * height * scale / 750)
    scale = min(1, 2048 / max(width, height))
    width, height = int(width * scale), int(height * scale)
    scale = min(1, 768 / max(1, min(width, height)))
    across = -(-int(width * scale) // 512)
    return 70 + 140 * across * -(-int(height * scale) // 512)


def _beyond(sent: list[Image]) -> Iterator[Over]:
    """Pictures that Anthropic's API refuses, by its documentation."""
    many = len(sent) > _MANY
    for image in sent:
        side, name = max(image.width, image.height), image.blob.hex()[:12]
        size = f"{image.width}x{image.height}"
        if side > _MOST_PIXELS:
            what = f"{size} pixels, over {_MOST_PIXELS}"
            yield Over(line=image.line, what=what, image=name)
        elif many and side > _MOST_PIXELS_OF_MANY:
            what = f"{size} pixels, over {_MOST_PIXELS_OF_MANY} with {len(sent)} images"
            yield Over(line=image.line, what=what, image=name)
        if image.size > _MOST_BYTES:
            what = f"{image.size:,} bytes, over 5 MiB"
            yield Over(line=image.line, what=what, image=name)


def _judged(
    reading: Reading,
    tokens: int,
    window: int,
    over: tuple[Over, ...],
    image_bytes: int,
) -> tuple[Risk, str]:
    request, client = reading.request, reading.client
    longest = _LONGEST_REQUEST.get(client, 1 << 62)
    if request > longest:
        return "critical", (
            f"the next request would have {request >> 20} MiB; the API takes "
            f"{longest >> 20}"
        )
    if over:
        more = f" ({reading.error[:90]})" if reading.error else ""
        failed = f"its last turn failed{more}, and " if client == "codex" else ""
        return "critical", (
            f"{failed}the API refuses an image of the next request "
            f"(line {over[0].line}: {over[0].what})"
        )
    sent = sum(image.sent for image in reading.images)
    if sent and _TOO_MUCH.search(reading.error):
        return "critical", (
            f"its last turn failed ({reading.error[:90]}), and {sent:,} images go "
            "with each request"
        )
    if tokens > window:
        return "critical", (
            f"the next request has about {tokens:,} tokens; the model takes {window:,}"
        )
    if tokens > window * 0.7:
        return "high", (f"the next request has about {tokens:,} of {window:,} tokens")
    if request > 20 << 20:
        return "high", f"each request carries {request >> 20} MiB"
    if image_bytes > max(10 << 20, reading.size // 2):
        return "medium", (
            f"{100 * image_bytes // reading.size} % of the log is images, most of "
            "them sent or loaded again with each turn"
        )
    if reading.size > 200 << 20:
        return "medium", f"the log has {reading.size >> 20} MiB to load"
    return "low", "nothing to worry about"
