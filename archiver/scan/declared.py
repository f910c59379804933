"""Find base64 text by the media type that stands beside it.

JSON, YAML, XML and mail all say in one way or another what a text is, before it or
behind it. Their grammars are not needed: near such a type, what begins with the
bytes of a picture is meant.
"""

import itertools
import re
import string
import struct
from functools import lru_cache

from assetstore.archiver.scan import grammar
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.whole import decoded, first_letters
from assetstore.files.source import Window
from assetstore.patterns import later
from assetstore.store.format.placeholder import MARK
from assetstore.store.media import sniff

# Where a media type is seen, and what of it stands in front of that.
NEEDLES: dict[str, dict[bytes, bytes]] = {"image": {b"mage/": b"i"}}
NEEDLES["any"] = NEEDLES["image"] | {
    b"udio/": b"a",
    b"ideo/": b"v",
    b"font/": b"",
    b"odel/": b"m",
    b"cation/": b"appli",
}

# A string that a media type in front of it announces, in notebooks and HAR files.
_BEHIND_TYPE = (
    rb"\\*\"\s*"
    rb"(?:,\s*\"(?:size|compression|encoding|type|comment|status)\"\s*:\s*"
    rb"(?:\"[^\"\\]{0,200}\"|-?\d{1,20}|null|true|false)\s*)*"
    rb"(?:,\s*\"(?:text|data|base64|body)\"\s*)?:\s*(?:\[\s*)?\""
)
TYPED_VALUE = {
    "image": later(
        rb"\"(?P<mime>image\\*/[a-z0-9.+\-]{1,60})" + _BEHIND_TYPE, re.IGNORECASE
    ),
    "any": later(
        rb"\"(?P<mime>(?:image|audio|video|font|model|application)\\*/[a-z0-9.+\-]{1,60})"
        + _BEHIND_TYPE,
        re.IGNORECASE,
    ),
}


@lru_cache(maxsize=8)
def mime(needle: bytes) -> re.Pattern[bytes]:
    """Return a pattern for a media type from its needle on, up to where it ends."""
    return later(
        needle[:-1] + rb"\\*/[A-Za-z0-9.+*\-]{1,60}(?![A-Za-z0-9/_]"
        rb"|:(?![A-Za-z0-9+/]{16}|[A-Za-z0-9+/]{1,15}\r?\n[ \t])[^\s\"'\\])"
    )


# How far from the type the text begins, or ends.
BESIDE = 700
_TRIES = 6  # words that are looked at there
_WORD = re.compile(
    rb"(?<![A-Za-z0-9+/=_\-])(?:[A-Za-z0-9+/]{16}"
    rb"|(?<=:)[A-Za-z0-9+/]{2,15}\r?\n[ \t][A-Za-z0-9+/]{16})"  # folded
)
_WORD_END = re.compile(
    rb"[A-Za-z0-9+/]{16}={0,2}(?=\\*[\"'<\s])"
    rb"|\n[ \t]*[A-Za-z0-9+/]{2,15}={0,2}(?=\s*<)"
)
_ALPHABET = (string.ascii_letters + string.digits + "+/").encode()


def text_beside(
    window: Window, at: int, needle: bytes, low: int, *, media: str
) -> int | None:
    """Find where the text of a medium begins that a media type is beside.

    Args:
        window: A part of the document.
        at: Where one of `NEEDLES` stands.
        needle: Which.
        media: "image" or "any".
        low: The offset in front of which nothing is looked at.

    Returns:
        The offset, or None where there is no such text.
    """
    text = window.bytes(at, at + BESIDE)
    type = mime(needle).match(text)
    if type is None:
        return None
    words = _WORD.finditer(text, type.end())
    for word in itertools.islice(words, _TRIES):
        if needle in text[type.end() : word.start()]:
            break  # that type is nearer
        if is_media(window, at + word.start(), media):
            return at + word.start()
    return _in_front(window, at, max(low, window.base), media)


def typed_value(window: Window, at: int, media: str) -> Hit | None:
    """Find a string that a media type in front of it announces as media.

    It is base64 text, or the text of a drawing; or the first line of one of them.

    Args:
        window: A part of the document.
        at: Where the quote stands in front of the type.
        media: "image" or "any".
    """
    text = window.bytes(at, at + grammar.HEAD_MAX)
    match = TYPED_VALUE[media].match(text)
    if match is None or text.startswith(MARK, match.end()):
        return None
    body = at + match.end()
    mime = match["mime"].lower().replace(b"\\", b"").decode("ascii", "replace")
    drawn = "svg" in mime and grammar.DRAWING_START.match(text, match.end())
    return Hit(Form.URI_TEXT if drawn else Form.BARE, body, body, b'"', 0, mime)


def _in_front(window: Window, at: int, low: int, media: str) -> int | None:
    base = max(low, at - BESIDE)
    ends = [word.end() for word in _WORD_END.finditer(window.bytes(base, at))]
    if not ends:
        return None
    run = window.bytes(low, base + ends[-1]).rstrip(b"=")
    start = low + len(run.rstrip(_ALPHABET))
    if start > low and is_media(window, start, media):
        return start
    lines = run[len(run.rstrip(_ALPHABET + b" \t\r\n")) :].lstrip()
    start = low + len(run) - len(lines)
    return start if start > low and is_media(window, start, media) else None


def has_type(text: bytes, media: str) -> bool:
    """Tell whether a media type of what is looked for stands in a text."""
    return any(
        first + needle in text and mime(needle).search(text)
        for needle, first in NEEDLES[media].items()
    )


def is_media(window: Window, at: int, media: str = "image") -> bool:
    """Tell whether the letters at an offset spell the beginning of media."""
    found = kind_of(window.bytes(at, at + 4096), grammar.BREAK)
    return found.startswith("image/") or (media == "any" and bool(found))


def has_preamble(head: bytes) -> bool:
    """Tell whether more than the first bytes may be needed to say what some are."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or head[:2] == b"\x1f\x8b"


def is_sure(text: bytes, breaks: re.Pattern[bytes]) -> bool:
    """Tell whether base64 text of media begins as hardly anything else does."""
    head = decoded(first_letters(text, breaks, 64))
    if head[:4] in (b"\0\0\1\0", b"\0\0\2\0"):  # an icon's first picture is near
        count, reserved, start = struct.unpack_from("<4xHxxxB8xI", head.ljust(22))
        return bool(reserved == 0 and start == 6 + 16 * count)
    sound = head[:1] == b"\xff" and head[1:2] >= b"\xe0"
    return not sound and head[:4] != b"\0\1\0\0"  # as a font, and much else


def kind_of(text: bytes, breaks: re.Pattern[bytes]) -> str:
    """Tell what base64 text is by its first letters; "": nobody knows."""
    head = decoded(first_letters(text, breaks, 64))
    if has_preamble(head):
        head = decoded(first_letters(text, breaks, 2048))
    return sniff(head)
