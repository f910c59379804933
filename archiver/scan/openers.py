"""Find what opens the string that a payload stands in, and so what closes it."""

import re

from assetstore.archiver.scan import grammar
from assetstore.archiver.scan.hit import Form, Hit
from assetstore.archiver.scan.whole import Peek
from assetstore.files.source import Window

_IMAGE = re.compile(
    rb"(?:\A|\n)IMAGE;[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*:(?:\r?\n[ \t])?\Z", re.I
)
_LINE = 1024
_QUOTED = re.compile(rb"(\\*)([\"'`])$")


def of_text(front: bytes) -> tuple[bytes, int] | None:
    """Find what closes bare base64 text behind ``front``, and its backslashes.

    Returns:
        None where the text is a part of a longer word.
    """
    if quote := _QUOTED.search(front):
        return quote[2], len(quote[1])
    if spelt := grammar.SPELT_QUOTE.search(front):
        return spelt[0], 0
    return (b"", 0) if grammar.OPENS.search(front) else None


def is_property(peek: Peek, hit: Hit) -> bool:
    """Tell whether base64 text is the value of a calendar's or card's property."""
    if hit.form is not Form.BARE or hit.closer or not hit.start:
        return False
    return peek(hit.start - 1, 1) == b":"


def is_unannounced(peek: Peek, hit: Hit) -> bool:
    """Tell whether bare base64 text may be decoded by whoever reads its document.

    Nothing says what it is, or what says so is a property.
    """
    return hit.form is Form.BARE and (hit.whole or is_property(peek, hit))


def is_refused_elsewhere(peek: Peek, hit: Hit) -> bool:
    """Tell whether a reader refuses all of a calendar if this is not base64 text.

    Python's icalendar passes over an ATTACH that it cannot decode, and over no IMAGE.
    """
    if not is_property(peek, hit):
        return False
    start = max(0, hit.start - _LINE)
    return _IMAGE.search(peek(start, hit.start - start)) is not None


def of_uri(window: Window, start: int) -> tuple[bytes, int]:
    """Find what closes the string of a URI at ``start``, and its backslashes."""
    front = window.bytes(max(window.base, start - 80), start)
    if quote := _QUOTED.search(front):
        return quote[2], len(quote[1])
    if spelt := grammar.SPELT_QUOTE.search(front):
        return spelt[0], 0
    return (b")", 0) if front[-1:] == b"(" else (b"", 0)
