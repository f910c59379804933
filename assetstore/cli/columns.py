"""How many columns of a terminal a text takes.

Letters of East Asia and emoji take two, marks that stand above others none. Where a
terminal knows fewer emoji than Unicode has now, it draws them as two columns as well.
"""

import re
import unicodedata
from functools import lru_cache

_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_JOINER = "\u200d"
_AS_EMOJI = "\ufe0f"
_SKINS = range(0x1F3FB, 0x1F400)


def width(text: str) -> int:
    """The columns that a text takes; colors take none."""
    if text.isascii():
        return len(text if "\x1b" not in text else _COLOR.sub("", text))
    columns, last, joined = 0, 0, False
    for character in _COLOR.sub("", text):
        if character == _AS_EMOJI:
            own = 2 - last if last == 1 else 0  # what stood there becomes a picture
        elif joined or (last == 2 and ord(character) in _SKINS):
            own = 0  # a part of the picture before it
        else:
            own = _width(character)
        joined = character == _JOINER
        columns += own
        last = own if own else last
    return columns


def left(text: str, columns: int) -> str:
    """The text, with blanks behind it up to so many columns."""
    return text + " " * (columns - width(text))


def right(text: str, columns: int) -> str:
    """The text, with blanks before it."""
    return " " * (columns - width(text)) + text


@lru_cache(4096)
def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
