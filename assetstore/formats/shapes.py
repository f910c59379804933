"""The parts of public APIs that carry media, and what may stand in their places.

Nearly every program that talks to a model writes these, so what may stand for a
picture follows from the part and not from the program. An API refuses a part whose
data is no picture; each of them takes text instead. Sources: OpenAI, Responses and
Chat Completions; Anthropic, Messages; Google, Gemini ``Content``; Model Context
Protocol, content blocks; Vercel AI SDK, message parts; Continue, ``MessagePart``.
"""

from collections.abc import Callable

from assetstore.formats.base import Reader, Swap, Treatment
from assetstore.formats.json_lexer import OTHER
from assetstore.formats.json_places import Container, Place

# The members that hold a part's data.
MEMBERS = (b"data", b"blob", b"file_data", b"image", b"image_url", b"url")

_MIME = (b"mimeType", b"mediaType", b"media_type", b"mime_type", b"mime", b"format")
# The last two are not of OpenAI, but of others with the same API: Moonshot, Alibaba.
_CHAT_URLS = (b"image_url", b"video_url", b"audio_url")
TEXT = b'{"type":"text","text":"'
INPUT_TEXT = b'{"type":"input_text","text":"'
_GEMINI = b'{"text":"'
_END = b'"}'

# The part around a place, and the text that may stand for it; None: there is none.
Found = tuple[Container, bytes, bytes]


def treated(
    place: Place, *, reader: Reader = "anyone", any_size: bool = False
) -> Treatment | None:
    """Say how the part goes that a place is in; None where it is in none."""
    found = part_of(place)
    if found is None:
        return None
    part, before, after = found
    swap = text_swap(part, before, after)
    return Treatment(reader, swap, any_data=True, any_size=any_size)


def text_swap(part: Container, before: bytes, after: bytes) -> Swap:
    """The swap of a whole part for a text.

    Args:
        part: The part.
        before: JSON up to and with the quote in front of the text.
        after: JSON from the quote behind it.
    """
    if part.escapes:
        quote = b"\\" * part.escapes + b'"'
        before, after = before.replace(b'"', quote), after.replace(b'"', quote)
    return Swap(part.start, part, before + b"[", b"]" + after, worded=True)


def ended_list(place: Place, more: bytes = b"") -> Treatment:
    """End a list of pictures at one of them, and begin another that nobody reads.

    Args:
        place: The picture's, in the array of a member ``images``.
        more: What an array that would be empty holds instead.
    """
    array = place.inner
    if place.key == 0:
        start, before = array.key_start, b'"images":[' + more
    else:
        start, before = place.sign, b""
    swap = Swap(start, place, before + b'],"assetstore":["', b'"')
    return Treatment("client", swap, any_data=True, any_size=True, joins=array.start)


def part_of(place: Place) -> Found | None:
    """The part that a place is in, with what may stand for it."""
    rule = _RULES.get(place.key) if isinstance(place.key, bytes) else None
    return rule(place.inner) if rule is not None and place.inner.is_object else None


def _data(inner: Container) -> Found | None:
    kind = inner.get(b"type")
    if kind in (b"image", b"audio", b"file") and _says_mime(inner):  # MCP, Vercel
        return inner, TEXT, _END
    around = inner.parent
    if around is None or not around.is_object:
        return None
    above = around.get(b"type")
    if inner.key == b"source" and kind == b"base64":  # Messages
        return (around, TEXT, _END) if above in (b"image", b"document") else None
    if inner.key in (b"inlineData", b"inline_data"):  # Gemini
        # A part has nothing else to say; an object that has is another thing.
        said = around.get(b"text"), around.get(b"role")
        return (around, _GEMINI, _END) if said == (None, None) else None
    if inner.key == b"input_audio" and above == b"input_audio":  # Chat Completions
        return around, TEXT, _END
    return None


def _blob(inner: Container) -> Found | None:
    around = inner.parent
    if inner.key != b"resource" or around is None:  # MCP
        return None
    return (around, TEXT, _END) if around.get(b"type") == b"resource" else None


def _file_data(inner: Container) -> Found | None:
    if inner.get(b"type") == b"input_file":  # Responses
        return inner, INPUT_TEXT, _END
    around = inner.parent
    if inner.key == b"file" and around is not None:  # Chat Completions
        return (around, TEXT, _END) if around.get(b"type") == b"file" else None
    return None


def _image(inner: Container) -> Found | None:
    return (inner, TEXT, _END) if inner.get(b"type") == b"image" else None  # Vercel


def _image_url(inner: Container) -> Found | None:
    kind = inner.get(b"type")
    if kind == b"input_image":  # Responses
        return inner, INPUT_TEXT, _END
    return (inner, TEXT, _END) if kind == b"image_url" else None  # Chat Completions


def _url(inner: Container) -> Found | None:
    kind = inner.get(b"type")
    if kind == b"file" and _says_mime(inner):  # Vercel
        return inner, TEXT, _END
    around = inner.parent
    if around is None or not around.is_object:
        return None
    above = around.get(b"type")
    if inner.key in _CHAT_URLS and above == inner.key:  # Chat Completions
        return around, TEXT, _END
    if inner.key == b"imageUrl" and above == b"imageUrl":  # Continue
        return around, TEXT, _END
    if inner.key == b"source" and kind == b"url":  # Messages
        return (around, TEXT, _END) if above in (b"image", b"document") else None
    return None


def _says_mime(inner: Container) -> bool:
    return any(inner.get(name) not in (None, OTHER, b"") for name in _MIME)


_RULES: dict[bytes, Callable[[Container], Found | None]] = {
    b"data": _data,
    b"blob": _blob,
    b"file_data": _file_data,
    b"image": _image,
    b"image_url": _image_url,
    b"url": _url,
}
