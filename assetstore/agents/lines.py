"""Line boundaries of a log, before and after a replacement."""

import re
from collections.abc import Collection, Iterator, Sequence

from assetstore.files.source import CHUNK, RandomAccess

# A line's number stands near its beginning, in front of anything that is nested.
_HEAD = 4096
_ORDINAL = re.compile(rb'\s*\{[^{}\[\]]*?"ordinal"\s*:\s*(\d{1,18})\s*[,}]')


def moved(
    source: RandomAccess, slim: RandomAccess, offsets: Sequence[int]
) -> list[int | None]:
    """Find where line boundaries of one file are in another with as many lines.

    Args:
        source: The one file.
        slim: The other.
        offsets: Places in ``source``, sorted: beginnings of lines, or its end.

    Returns:
        Their places in ``slim``; None for one that is no boundary.
    """
    numbers: list[int | None] = []
    at = count = 0
    for offset in offsets:
        last = b"\n"
        for piece in source.pieces(at, min(offset, source.size)):
            count += piece.count(b"\n")
            last = piece[-1:]
        at = offset
        fits = last == b"\n" and offset < source.size
        numbers.append(count if fits else -1 if offset == source.size else None)
    places = _behind(slim, [n for n in numbers if n is not None and n >= 0])
    return [
        None if n is None else slim.size if n < 0 else places.get(n) for n in numbers
    ]


def _behind(source: RandomAccess, numbers: Sequence[int]) -> dict[int, int]:
    """Offsets behind the n-th newlines, for sorted numbers."""
    found = {0: 0}
    wanted = iter(sorted({n for n in numbers if n}))
    want = next(wanted, None)
    base = count = 0
    for piece in source.pieces(0, source.size):
        if want is None:
            break
        here = piece.count(b"\n")
        at = 0
        while want is not None and want <= count + here:
            at = piece.index(b"\n", at) + 1
            count, here = count + 1, here - 1
            if count == want:
                found[want] = base + at
                want = next(wanted, None)
        count += here
        base += len(piece)
    return found


def numbered(source: RandomAccess, ordinals: Collection[int]) -> dict[int, int]:
    """Find where the lines with some numbers begin, as Codex numbers them.

    Args:
        source: The log.
        ordinals: The numbers. The one behind the last line's is the log's end.

    Returns:
        The places of those that were found; none where a line has no number.
    """
    found: dict[int, int] = {}
    last = -1
    for at, _ in lines_of(source):
        said = _ORDINAL.match(source.read(at, _HEAD))
        if said is None:
            return {}
        last = int(said[1])
        if last in ordinals:
            found[last] = at
    if last + 1 in ordinals and last >= 0:
        found.setdefault(last + 1, source.size)
    return found


def begins_line(source: RandomAccess, offset: int) -> bool:
    """Tell whether a line begins at a place in a log, or ends the log there."""
    if offset > source.size:
        return False
    return not offset or source.read(offset - 1, 1) == b"\n"


def lines_of(source: RandomAccess) -> Iterator[tuple[int, int]]:
    """Yield where each line begins, and its length with its newline."""
    start = base = 0
    while base < source.size:
        piece = source.read(base, CHUNK)
        at = piece.find(b"\n")
        while at >= 0:
            yield start, base + at + 1 - start
            start = base + at + 1
            at = piece.find(b"\n", at + 1)
        base += len(piece)
    if start < source.size:
        yield start, source.size - start
