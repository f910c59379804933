"""Find placeholders, and what looks like them: the one search for all."""

from collections.abc import Iterator

from assetstore.files.source import RandomAccess, Window
from assetstore.store.format.placeholder import (
    LENGTH,
    LOOKALIKE,
    MARK,
    RecipePrefix,
    parse_placeholder,
)

# In UTF-16 of either order: the NULs stand between.
_WIDE_MARK = b"\0".join(MARK[i : i + 1] for i in range(len(MARK)))
_MARKS = ((MARK, 1), (_WIDE_MARK, 2))


def find_placeholders(source: RandomAccess) -> Iterator[tuple[int, RecipePrefix]]:
    """Everything in a document that has the form of a placeholder, by offset."""
    for offset, text in find_marked(source):
        prefix = parse_placeholder(text)
        if prefix is not None:
            yield offset, prefix


def find_lookalikes(source: RandomAccess) -> Iterator[tuple[int, bytes]]:
    """Find what earlier versions took for text that looks like a placeholder."""
    for offset, text in find_marked(source):
        match = LOOKALIKE.match(text)
        if match is not None:
            yield offset, match[0]


def find_named(
    source: RandomAccess, *, wide_alone: bool = False
) -> Iterator[RecipePrefix]:
    """Find what placeholders in any bytes name, whatever these are.

    Those in UTF-16 count as well, of either order, in a file that is none as a whole:
    who asks what is needed, or held, may miss none.

    Args:
        source: The bytes.
        wide_alone: Whether to look for these alone.
    """
    window = Window(source)
    at = 0
    while True:
        end = window.end if window.at_eof else window.end - 2 * LENGTH
        for mark, width in _MARKS[wide_alone:]:
            hit = window.find(mark, at)
            while 0 <= hit < end:
                text = window.bytes(hit, hit + width * LENGTH - width + 1)
                prefix = parse_placeholder(text[::width])
                if prefix is not None and (width == 1 or not any(text[1::width])):
                    yield prefix
                hit = window.find(mark, hit + len(mark))
        if window.at_eof:
            return
        at = end
        window.slide(at)


def find_marked(source: RandomAccess) -> Iterator[tuple[int, bytes]]:
    """Find the marks of placeholders, each with the bytes of one from there on."""
    window = Window(source)
    at = 0
    while True:
        hit = window.find(MARK, at)
        if hit >= 0 and (hit + LENGTH <= window.end or window.at_eof):
            at = hit + len(MARK)
            yield hit, window.bytes(hit, hit + LENGTH)
        elif window.at_eof:
            return
        else:
            at = hit if hit >= 0 else max(at, window.end - len(MARK) + 1)
            window.slide(at)


def first_mark(source: RandomAccess, start: int, end: int) -> int:
    """Find the first mark of a placeholder between two offsets; -1: there is none.

    It is asked for each payload, of a few bytes mostly: no window is filled for it.
    """
    front = b""
    for piece in source.pieces(start, end):
        found = (front + piece).find(MARK)
        if found >= 0:
            return start - len(front) + found
        start += len(piece)
        front = piece[1 - len(MARK) :]
    return -1
