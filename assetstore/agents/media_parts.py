"""Parts of public APIs as they stand in logs: which have data, and which have words.

The same parts as in `assetstore.formats.shapes`, from which their sources are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assetstore.agents import sent_payloads
from assetstore.agents.conversation import Gallery, Picture, worth_saying
from assetstore.agents.records import Line, sent_size
from assetstore.agents.request import (
    Block,
    Kind,
    Part,
    dict_of,
    is_placeholder,
    list_of,
    string_of,
)
from assetstore.agents.sent_payloads import SentPayload
from assetstore.agents.session_logs import ELSEWHERE

_URLS = ("image_url", "imageUrl", "video_url", "audio_url")
_KINDS_OF_DATA = ("image", "audio", "file", "document")


@dataclass(frozen=True, slots=True)
class PartData:
    """The data of a part.

    Attributes:
        data: Base64, a data URI, or an address.
        type: The media type that stands beside it, or "".
        uri: Whether it is a URI.
    """

    data: object
    type: object = ""
    uri: bool = False


def media_of(part: dict[str, Any]) -> PartData | None:
    """The data of a part; None: it has none."""
    for name in ("inlineData", "inline_data"):  # Gemini
        if name in part:
            held = dict_of(part[name])
            return PartData(
                held.get("data"), held.get("mimeType", held.get("mime_type"))
            )
    kind = string_of(part.get("type"))
    for name in _URLS:  # Chat Completions, Responses, Continue
        if name in part:
            held = part[name]
            return PartData(dict_of(held).get("url", held), uri=True)
    if kind not in _KINDS_OF_DATA:
        return None
    source = dict_of(part.get("source"))
    if source.get("type") == "base64":  # Messages
        return PartData(source.get("data"), source.get("media_type"))
    data = part.get("data")
    if isinstance(data, str) and data.startswith(ELSEWHERE.decode()):
        return None
    if "data" in part:  # MCP, and clients after it
        return PartData(part["data"], part.get("mimeType", part.get("mediaType")))
    return None


def words_of(part: dict[str, Any]) -> str:
    """The words of a part, and those that stand for a tool's picture."""
    name = string_of(dict_of(part.get("inlineData")).get("displayName"))
    return name if is_placeholder(name) else string_of(part.get("text"))


def parts_of(content: object) -> list[dict[str, Any]]:
    """The parts of a message, which may be words alone, or one part."""
    if isinstance(content, str):
        return [{"text": content}] if content else []
    if isinstance(content, dict):
        return [content]
    return [{"text": p} if isinstance(p, str) else dict_of(p) for p in list_of(content)]


def within(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts in a part, which is the result of a tool."""
    found = dict_of(part.get("functionResponse")).get("parts")
    return parts_of(part.get("content") if found is None else found)


def message_part(role: str, parts: Iterable[dict[str, Any]], line: Line) -> Part:
    """A message's share of a request.

    Args:
        role: Who says it.
        parts: What is in it.
        line: Where it stands.
    """
    held = list(parts)
    return Part(
        role=role,
        line=line,
        size=max(0, sent_size(held, line) - 2),
        count=len(held),
        blocks=tuple(_blocks(held, line)),
        answer=role in ("assistant", "model"),
    )


def _blocks(parts: Iterable[dict[str, Any]], line: Line) -> Iterator[Block]:
    for number, part in enumerate(parts):
        yield from _block(part, line, number, -1)
        for inner, piece in enumerate(within(part)):
            yield from _block(piece, line, number, inner)


def _block(
    part: dict[str, Any], line: Line, content: int, inner: int
) -> Iterator[Block]:
    media = media_of(part)
    payload: SentPayload | None = None
    if is_placeholder(words_of(part)):
        kind: Kind = "placeholder"
    elif media is None:
        return
    else:
        payload = _payload(media, line)
        kind = _kind(part, payload)
    yield Block(
        kind=kind,
        message=0,
        content=content,
        inner=inner,
        size=sent_size(part, line),
        payload=payload,
    )


def _payload(media: PartData, line: Line) -> SentPayload | None:
    if media.uri:
        return sent_payloads.uri(media.data, line)
    return sent_payloads.bare(media.data, line, media.type)


def _kind(part: dict[str, Any], payload: SentPayload | None) -> Kind:
    type = payload.claimed if payload is not None else ""
    if type == "application/pdf":
        return "document"
    if type.startswith("image/") or part.get("type") in ("image", "image_url"):
        return "image"
    return "other"


def look(
    parts: Iterable[dict[str, Any]], gallery: Gallery
) -> tuple[list[str], list[Picture]]:
    """Collect the words and the pictures of parts, and of the parts in them."""
    words: list[str] = []
    pictures: list[Picture] = []
    for part in parts:
        text = words_of(part)
        media = media_of(part)
        found = gallery.words(text)
        if not found and media is not None:
            found = (
                gallery.uri(media.data)
                if media.uri
                else gallery.bare(media.data, media.type)
            )
        pictures += found
        if worth_saying(text, found):
            words.append(text)
        more = look(within(part), gallery)
        words += more[0]
        pictures += more[1]
    return words, pictures
