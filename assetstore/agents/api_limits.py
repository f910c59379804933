"""What APIs refuse, by their documentation and their own errors."""

from collections.abc import Iterator
from dataclasses import dataclass

from assetstore.agents.apis import (
    MANY,
    MOST_BYTES,
    MOST_PIXELS,
    MOST_PIXELS_OF_MANY,
    Api,
)
from assetstore.agents.request import Block, Request, is_placeholder


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A block that an API refuses.

    Attributes:
        line: The number of its line, from 1.
        what: In what it is beyond what the API takes.
        image: The beginning of the hash of what it holds, or "".
        block: What the API calls it: ``messages.3.content.1``.
        kind: "image", "document".
        offset: Of its payload in the log; -1: it is a short one.
        end: The offset behind it; -1: the same.
        thread: The thread that has it; "": the one that sends it.
        goes: Whether an archiving would take out what it holds.
    """

    line: int
    what: str
    image: str
    block: str = ""
    kind: str = "image"
    offset: int = -1
    end: int = -1
    thread: str = ""
    goes: bool = False


def name_of(block: Block, api: Api) -> str:
    """Name a block as an API does in its errors."""
    words = api.block + (api.inner if block.inner >= 0 else "")
    return words.format(message=block.message, content=block.content, inner=block.inner)


def refused(request: Request, api: Api, *, pixels: bool) -> Iterator[Over]:
    """The blocks of a request that the API refuses.

    Args:
        request: The request.
        api: The API.
        pixels: Whether the API has limits for pictures of a known format.
    """
    images = [block for block in request.blocks if block.kind == "image"]
    for block in request.blocks:
        whats: list[str] = []
        # A client that mends leaves out what is no picture, but sends an empty one.
        if block.kind == "image" and request.mends:
            if block.payload is not None and not block.payload.length:
                whats.append("an image without data")
            elif pixels and not any(_unreadable(block, api)):
                whats += _beyond(block, len(images), mends=True)
        elif block.kind == "image":
            whats += _unreadable(block, api)
            if pixels and not whats:
                whats += _beyond(block, len(images), mends=False)
        elif block.kind == "document":
            whats += _no_document(block)
        for what in whats:
            found, payload = block.found, block.payload
            yield Over(
                line=block.line,
                what=what,
                image=found.blob.hex()[:12] if found is not None else "",
                block=name_of(block, api),
                kind=block.kind,
                offset=payload.offset if payload is not None else -1,
                end=payload.end if payload is not None else -1,
                thread=request.origins[block.origin] if block.origin >= 0 else "",
            )


def _unreadable(block: Block, api: Api) -> Iterator[str]:
    """Say why a block that should be a picture is none for any API."""
    payload, found = block.payload, block.found
    # The first that is true says it: the others follow from that.
    if payload is None or found is None or found.problem == "empty":
        yield "an image without data"
    elif is_placeholder(payload.text):
        yield "a placeholder where an image should be"
    elif found.problem == "no base64":
        yield "an image whose data is no base64"
    elif found.type not in api.formats:
        type = found.type or "no image"
        yield f"{type} where an image should be"
    elif payload.claimed not in (*api.formats, *api.also):
        yield f"an image that is called {payload.claimed or 'nothing'}"
    elif api.strict and payload.claimed != found.type:
        yield f"{found.type} that is called {payload.claimed}"
    elif found.problem == "cut off":
        yield f"{found.type} whose end is missing"


def _beyond(block: Block, images: int, *, mends: bool) -> Iterator[str]:
    """In what a picture is beyond the limits.

    Args:
        block: The picture's block.
        images: How many there are in the request.
        mends: Whether the client makes the largest ones smaller.
    """
    found, payload = block.found, block.payload
    if found is None or payload is None:
        return
    side, size = max(found.width, found.height), f"{found.width}x{found.height}"
    if side > MOST_PIXELS:
        if not mends:
            yield f"{size} pixels, over {MOST_PIXELS}"
    elif images > MANY and side > MOST_PIXELS_OF_MANY:
        yield f"{size} pixels, over {MOST_PIXELS_OF_MANY} with {images} images"
    if payload.length > MOST_BYTES:
        yield f"{payload.length:,} bytes as base64, over 5 MiB"


def _no_document(block: Block) -> Iterator[str]:
    found = block.found
    if found is None or found.problem == "empty":
        yield "a document without data"
    elif found.problem == "no base64":
        yield "a document whose data is no base64"
    elif block.payload is not None and (
        block.payload.claimed == "application/pdf" and found.type != "application/pdf"
    ):
        yield f"{found.type or 'no PDF'} where a PDF should be"
