"""Judge what is in a thread's log: whether, and why, it is about to break."""

from dataclasses import dataclass, replace
from typing import Literal

from assetstore.agents.api_limits import Over, refused
from assetstore.agents.apis import Api
from assetstore.agents.failures import named, short, stuck
from assetstore.agents.find import Thread
from assetstore.agents.reading import Reading
from assetstore.agents.request import Block, written
from assetstore.command_line import PROGRAM, quoted, shown_command

Risk = Literal["critical", "high", "medium", "low"]
RISKS: tuple[Risk, ...] = ("critical", "high", "medium", "low")

# So many pictures fewer than the API takes are so near that it should be said.
_NEARLY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is in a thread's log, and whether that is a danger.

    Attributes:
        path: The log.
        client: Whose it is.
        thread: The thread's id.
        archived: Whether its owner put it away.
        size: Bytes of its logs (of their text, where a file is compressed).
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
        over: Blocks of the next request that an API would refuse.
        error: What its last turn ended with, if that was an error.
        stuck: Whether that error keeps it from going on.
        documents: How many documents (PDFs) the next request carries.
        document_bytes: Bytes of their text.
        stays: How many payloads an archiving would leave in it.
        stay_bytes: Bytes of their text.
        copies: How many lines are byte for byte as an earlier one.
        copied: Bytes of these lines.
        hidden: Whether the client does not list it.
        unread: How many lines hold something, and no record that can be read.
        risk: How near it is to not answering any more.
        reason: Why, in a sentence.
        helps: The words of the command that helps; those of this program begin with
            ``assetstore``, however it is started.
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
    helps: tuple[str, ...]
    error: str = ""
    stuck: bool = False
    documents: int = 0
    document_bytes: int = 0
    stays: int = 0
    stay_bytes: int = 0
    copies: int = 0
    copied: int = 0
    hidden: bool = False
    unread: int = 0

    @property
    def command(self) -> str:
        """The command that helps, as a shell takes it now; "": there is none."""
        if self.helps[:1] == (PROGRAM,):
            return shown_command(*self.helps[1:])
        return " ".join(map(quoted, self.helps))


def diagnosis(reading: Reading, *, answered: str = "") -> Diagnosis:
    """Diagnose a thread by what is in its log.

    Args:
        reading: The log.
        answered: An error that a rescue dealt with (`failures.key`).
    """
    request, api = reading.request, reading.api
    sent, documents = request.images, request.documents
    tokens = sum(_tokens(block, api) for block in sent)
    text = request.size - sum(b.size for b in request.blocks if b.payload is not None)
    window = request.window or api.window
    total = tokens + max(0, text) // 4 + sum(map(_tokens_of_document, documents))
    pixels = _images_refused(reading)
    ends = {image.offset + image.length for image in reading.images}
    over = tuple(
        replace(over, goes=not over.thread and over.end in ends)
        for over in refused(request, api, pixels=pixels)
    )
    pictures = [image for image in reading.images if image.picture]
    pictures += [i for i in reading.others if i.type.startswith("image/")]
    image_bytes = sum(image.length for image in pictures)
    error = stuck(request, answered=answered)
    risk, reason = _judged(reading, total, window, over, image_bytes)
    if error is not None:
        risk, reason = "critical", _why_stuck(reading, short(error.text), over)
    if reading.broken:
        risk, reason = "critical", f"the client cannot load it: {reading.broken}"
    # The nearest first, as they have to be rescued: each is as its forks need it.
    carrying = {b.origin for b in request.blocks if b.origin >= 0 and b.payload}
    own = reading.thread.id  # its older logs are rescued with it
    origins = [request.origins[i] for i in sorted(carrying, reverse=True)]
    origins = [name for name in dict.fromkeys(origins) if name != own]
    names = [_name(reading.thread), *origins]
    if origins and risk != "low":
        reason += (
            f"; it goes on from {origins[0]}, and the images there go with each request"
        )
    return Diagnosis(
        path=str(reading.thread.path),
        client=reading.client,
        thread=reading.thread.id,
        archived=reading.thread.archived,
        size=reading.size + reading.other_size,
        lines=reading.lines,
        largest_line=reading.largest,
        images=len(pictures),
        distinct=len({image.blob for image in pictures}),
        image_bytes=image_bytes,
        compacted_images=sum(image.compacted for image in pictures),
        request_bytes=request.size,
        request_images=len(sent),
        image_tokens=tokens,
        request_tokens=total,
        window=window,
        over=over,
        risk=risk,
        reason=reason,
        helps=_helps(reading, risk, names),
        error=short(request.error.text, 1000) if request.error is not None else "",
        stuck=error is not None,
        documents=len(documents),
        document_bytes=sum(b.payload.length for b in documents if b.payload),
        stays=reading.stays.count,
        stay_bytes=reading.stays.size,
        copies=reading.copies,
        copied=reading.copied,
        hidden=request.hidden,
        unread=reading.unread,
    )


def _helps(reading: Reading, risk: Risk, names: list[str]) -> tuple[str, ...]:
    """Name the command that helps a thread."""
    if risk == "low":
        return ()
    pictures = reading.images or reading.others
    if risk == "medium" and reading.request.hidden and not pictures:
        return ("claude", "--resume", reading.thread.id)
    return (PROGRAM, "rescue", *names)


def _name(thread: Thread) -> str:
    return thread.id if thread.client else str(thread.path)


def _images_refused(reading: Reading) -> bool:
    """Tell whether an API that the thread talks to has limits for pictures.

    Anthropic's has. Of OpenAI's there are many: some refuse, and the last turn says
    so, or, in older versions of clients, has no answer and no reason.
    """
    if reading.api.limits != "when it says so":
        return reading.api.limits == "always"
    error = reading.request.error
    if error is not None:
        return "image" in error.text.lower()
    return reading.request.unanswered


def _tokens(block: Block, api: Api) -> int:
    """About what a model counts for a picture; of an unknown size, for a usual one."""
    found = block.found
    if found is not None and found.width and found.height:
        return api.tokens(found.width, found.height)
    return api.tokens(1024, 1024)


def _tokens_of_document(block: Block) -> int:
    """About what a model counts for a PDF whose pages are unknown.

    Anthropic's documentation says 1,500 to 3,000 for a page, which it sees as text
    and as a picture; a page has about 100 kB.
    """
    size = block.found.size if block.found is not None else 0
    return 2000 * max(1, size // 100_000)


def _why_stuck(reading: Reading, error: str, over: tuple[Over, ...]) -> str:
    """In a sentence, what a thread ends with, and what that may be about."""
    text = f"its last turn failed ({error})"
    request = reading.request
    # What the error names itself comes first, then what the API is known to refuse, and
    # only then what may be too much.
    place = named(request.error) if request.error is not None else None
    for part in request.numbered if place is not None and not over else ():
        if place is not None and part.holds(place[0], place[1]):
            return (
                f"{text}; rescue --message {written(place)} takes out only what it "
                f"names (line {part.line})"
            )
    if over:
        first = over[0]
        return (
            f"{text}; the API refuses {first.block} (line {first.line}: {first.what})"
        )
    carried = []
    if request.images:
        carried.append(f"{len(request.images):,} images")
    if request.documents:
        carried.append(f"{len(request.documents):,} documents")
    if carried:
        return f"{text}, and {' and '.join(carried)} go with each request"
    return text


def _judged(
    reading: Reading,
    tokens: int,
    window: int,
    over: tuple[Over, ...],
    image_bytes: int,
) -> tuple[Risk, str]:
    # From what ends a thread to what only slows it: the first that fits is told.
    request, api = reading.request.size, reading.api
    if request > api.longest:
        return "critical", (
            f"the next request would have {request >> 20} MiB; the API takes "
            f"{api.longest >> 20}"
        )
    if over:
        first = over[0]
        return "critical", (
            f"the API refuses {first.block} of the next request "
            f"(line {first.line}: {first.what})"
        )
    if tokens > window:
        return "critical", (
            f"the next request has about {tokens:,} tokens; the model takes {window:,}"
        )
    if tokens > window * 0.7:
        return "high", (f"the next request has about {tokens:,} of {window:,} tokens")
    if request > 20 << 20:
        return "high", f"each request carries {request >> 20} MiB"
    sent = len(reading.request.images)
    if api.most_images and sent >= api.most_images - _NEARLY:
        words = f"each request carries {sent} images; the API takes {api.most_images}"
        if reading.request.drops_oldest:
            words += ", and the client leaves out the oldest beyond that"
        return "high", words
    size = reading.size + reading.other_size
    if image_bytes > max(10 << 20, size // 2):
        return "medium", (
            f"{100 * image_bytes // max(1, size)} % of the log is images, most of "
            "them sent or loaded again with each turn"
        )
    if reading.request.hidden:
        return "medium", (
            "the client does not list it: its first message is longer than what the "
            "client looks at"
        )
    if size > 200 << 20:
        return "medium", f"the log has {size >> 20} MiB to load"
    return "low", "nothing to worry about"
