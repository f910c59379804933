"""Find base64 text by the media type that stands beside it.

JSON, YAML, XML and mail all say in one way or another what a text is, before it or
behind it. Their grammars are not needed: near such a type, what begins with the
bytes of a picture is meant.
"""

import itertools
import re
import string

from assetstore.archiver.scan import grammar
from assetstore.archiver.scan.whole import decoded, first_letters
from assetstore.files.source import Window
from assetstore.store.media import sniff

NEEDLE = b"mage/"
# The type of a picture, up to where it ends.
MIME = re.compile(
    NEEDLE[:-1] + rb"\\*/[A-Za-z0-9.+*\-]{1,60}(?![A-Za-z0-9/_]|:[^\s\"'\\])"
)
# How far from the type the text begins, or ends.
_BESIDE = 700
_TRIES = 6  # words that are looked at there
_WORD = re.compile(rb"(?<![A-Za-z0-9+/=_\-])[A-Za-z0-9+/]{16}")
_WORD_END = re.compile(
    rb"[A-Za-z0-9+/]{16}={0,2}(?=\\*[\"'<\s])"
    rb"|\n[ \t]*[A-Za-z0-9+/]{2,15}={0,2}(?=\s*<)"
)
_ALPHABET = (string.ascii_letters + string.digits + "+/").encode()


def picture_beside(window: Window, at: int, low: int) -> int | None:
    """Find where the text of a picture begins that a media type is beside.

    Args:
        window: A part of the document.
        at: Where `NEEDLE` stands.
        low: The offset in front of which nothing is looked at.

    Returns:
        The offset, or None where there is no such text.
    """
    text = window.bytes(at, at + _BESIDE)
    mime = MIME.match(text)
    if mime is None:
        return None
    words = _WORD.finditer(text, mime.end())
    for word in itertools.islice(words, _TRIES):
        if NEEDLE in text[mime.end() : word.start()]:
            break  # that type is nearer
        if is_picture(window, at + word.start()):
            return at + word.start()
    return _in_front(window, at, max(low, window.base))


def _in_front(window: Window, at: int, low: int) -> int | None:
    base = max(low, at - _BESIDE)
    ends = [word.end() for word in _WORD_END.finditer(window.bytes(base, at))]
    if not ends:
        return None
    run = window.bytes(low, base + ends[-1]).rstrip(b"=")
    start = low + len(run.rstrip(_ALPHABET))
    if start > low and is_picture(window, start):
        return start
    lines = run[len(run.rstrip(_ALPHABET + b" \t\r\n")) :].lstrip()
    start = low + len(run) - len(lines)
    return start if start > low and is_picture(window, start) else None


def is_picture(window: Window, at: int) -> bool:
    """Tell whether the letters at an offset spell the beginning of a picture."""
    text = window.bytes(at, at + 2048)
    head = decoded(text[:64])
    if head.lstrip()[:1] == b"<":  # it may have a preamble
        head = decoded(first_letters(text, grammar.BREAK, len(text)))
    return sniff(head).startswith("image/")
