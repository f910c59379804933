"""Text over the items of a JSON array, put back where it is no array any more.

A notebook's text is a list of lines. A picture in several of them became one
placeholder, and what brings it back has the quotes and commas between them. A program
that saved the notebook since may have made one string of the list: in there, the same
text has line breaks alone.
"""

import re
from dataclasses import replace

from assetstore.files.source import RandomAccess
from assetstore.store.format.recipe import Part

_QUOTE = b'"'
_NEWLINE = 0x0A
# How far in front of a placeholder its string begins; farther, all is as it was.
_FRONT = 8192
_OPENING = re.compile(rb"(?<!\\)\"")


def fitting(
    parts: tuple[Part, ...], source: RandomAccess, offset: int
) -> tuple[Part, ...]:
    """Find how to spell what stood over several strings, at a place in a document.

    Args:
        parts: What stood there.
        source: The document.
        offset: Where it is to stand.

    Returns:
        The parts themselves, unless its string is the value of a member by now.
    """
    alone = tuple(map(_alone, parts))
    if alone == parts or _is_item(source, offset):
        return parts
    return alone


def _alone(part: Part) -> Part:
    """Spell it in one string."""
    if isinstance(part, bytes):
        return part
    dialect = part.dialect
    broken = dialect.sep or dict(dialect.subs).get(_NEWLINE, b"")
    if _QUOTE not in broken:
        return part
    newline = broken.partition(_QUOTE)[0]
    if dialect.sep:
        return part._replace(dialect=replace(dialect, sep=newline))
    subs = tuple((b, newline if b == _NEWLINE else text) for b, text in dialect.subs)
    dialect = replace(dialect, subs=subs)
    if part.dialect.tail == newline:  # the last line break had no other line behind it
        dialect = replace(dialect, cut=0, tail=b"")
    return part._replace(dialect=dialect)


def _is_item(source: RandomAccess, offset: int) -> bool:
    """Tell whether the string around an offset is an item of an array."""
    start = max(0, offset - _FRONT)
    front = source.read(start, offset - start)
    quotes = [found.start() for found in _OPENING.finditer(front)]
    return not (quotes and front[: quotes[-1]].rstrip().endswith(b":"))
