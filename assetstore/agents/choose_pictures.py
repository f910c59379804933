"""Which pictures of a thread a rescue takes, and which stay."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assetstore.agents.reading import Image, Reading

if TYPE_CHECKING:
    from assetstore.agents.rescue_options import RescueOptions


def chosen(
    reading: Reading, options: "RescueOptions", within: int | None = None
) -> tuple[list[Image], list[Image]]:
    """Choose which pictures of a log go, and which stay.

    Args:
        reading: The log.
        options: What the caller wants.
        within: So many bytes of it the model still sees; None: all.
    """
    stay: set[int] = set()
    newest: dict[bytes, Image] = {}
    pictures = [image for image in reading.images if image.picture]
    for image in pictures:
        if within is not None and image.offset >= within:
            break
        if image.sent or image.blob not in newest or not newest[image.blob].sent:
            newest.pop(image.blob, None)
            newest[image.blob] = image
    if options.keep_pictures:
        stay |= {
            image.offset for image in list(newest.values())[-options.keep_pictures :]
        }
    if options.media == "image":
        shown = {image.offset for image in pictures}
        stay |= {i.offset for i in reading.images if i.offset not in shown}
    named = _named(reading, options)
    for image in reading.images:
        young = options.older_than is not None and _age(image) < options.older_than
        if (
            young
            or (options.only == "compacted" and not image.compacted)
            or not image.blob.hex().startswith(options.image.lower())
            or (named is not None and image.offset + image.length not in named)
        ):
            stay.add(image.offset)
    taken = [image for image in reading.images if image.offset not in stay]
    return taken, [image for image in reading.images if image.offset in stay]


def _named(reading: Reading, options: "RescueOptions") -> set[int] | None:
    """Find the ends of payloads that were named by their message; None: all may go.

    There is none where that is all words (`assetstore.agents.named_blocks`).
    """
    if options.message is None:
        return None
    message, content, inner = options.message
    found = {
        block.payload.end
        for block in reading.request.blocks
        if block.payload is not None
        and block.origin < 0
        and block.message == message
        and content in (None, block.content)
        and inner in (None, block.inner)
    }
    return found & {image.offset + image.length for image in reading.images}


def _age(image: Image) -> float:
    """Seconds since a picture's line was written; without a time, none."""
    try:
        written = datetime.fromisoformat(image.time)
    except ValueError:
        return 0.0
    if written.tzinfo is None:
        written = written.replace(tzinfo=UTC)
    return (datetime.now(UTC) - written).total_seconds()
