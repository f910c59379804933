"""Find a log's own placeholders again, after it was edited.

Of a log all placeholders are noted (`notes`), so it is known how often each is its own
and how often text.

- Its lines are where they were if the last one is, and what is noted stands in none but
  its own line: another store's placeholders were put back. Then lines tell all; what
  stands behind them was appended, and is text.
- Else one that is there as often as it was put there is its own, wherever it stands. Of
  more, those are that have in front of them what its own had, and then the first ones:
  the client appended the others. What has in front of it what only text had is text.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from assetstore.documents.placeholders import find_placeholders
from assetstore.files.source import RandomAccess
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.notes import ITS_OWN, Around, Lines, Note


class _Found(NamedTuple):
    """A placeholder of which at least one is the log's own.

    Attributes:
        offset: Where it stands.
        line: How many line feeds are in front of it.
        like: Whether its own (1) or text (-1) had in front what it has; 0: both, none.
    """

    offset: int
    line: int
    like: int


def own_places(source: RandomAccess, state: Manifest, floor: int = 0) -> set[int]:
    """Find where the placeholders stand that archives of a log put there.

    Args:
        source: The log as it is now.
        state: What is known of it as it was.
        floor: Up to here it is as an older state knows it, which judges what is there.

    Raises:
        SourceChanged: It became shorter meanwhile.
    """
    noted = _behind(source, state, floor)
    counts = Counter(note.prefix for note in noted if note.own)
    if not counts:
        return set()
    found = _found(source, noted, counts, floor)
    by_line = _by_line(found, state)
    if by_line is not None and state.last is not None and state.last.is_in(source):
        return by_line
    own: set[int] = set()
    stands = _where_they_were(source, state)
    for prefix, places in found.items():
        still = {place.offset for place in places if stands.get(place.offset)}
        moved = [place for place in places if place.offset not in stands]
        likely = [place for place in moved if place.like >= 0]
        likely.sort(key=lambda place: -place.like)
        left = max(0, counts[prefix] - len(still))
        own |= still | {place.offset for place in likely[:left]}
    return own


def _behind(source: RandomAccess, state: Manifest, floor: int) -> list[Note]:
    """The notes of a state on what stands behind a place in the log as it is now.

    Up to there it may have been archived or restored since, which moves what is behind,
    but to no other line.
    """
    if not floor:
        return list(state.notes)
    line = Lines(source).before(floor)
    begins = source.read(floor - 1, 1) == b"\n"
    return [
        note
        for note in state.notes
        if note.line > line or (note.line == line and (begins or note.offset >= floor))
    ]


def _where_they_were(source: RandomAccess, state: Manifest) -> dict[int, bool]:
    """The placeholders up to the first that is not where it was: whether it is own.

    A log that was cut off, or grew out of an older form, is as it was up to there.
    """
    stands: dict[int, bool] = {}
    for note, (offset, prefix) in zip(
        state.notes, find_placeholders(source), strict=False
    ):
        front = Around.at(source.read, offset).before
        if (note.offset, note.prefix, note.before) != (offset, prefix, front):
            break
        stands[offset] = note.own
    return stands


def _found(
    source: RandomAccess, noted: Sequence[Note], counts: Counter[bytes], floor: int
) -> dict[bytes, list[_Found]]:
    fronts: dict[tuple[bytes, bool], set[bytes]] = {}
    for note in noted:
        fronts.setdefault((note.prefix, note.own), set()).add(note.before)
    lines = Lines(source)
    found: dict[bytes, list[_Found]] = {prefix: [] for prefix in counts}
    for offset, prefix in find_placeholders(source):
        if prefix in counts and offset >= floor:
            front = Around.at(source.read, offset).before
            own = fronts.get((prefix, True), set())
            text = fronts.get((prefix, False), set())
            # Older manifests do not say what their own had in front.
            is_own = front in own or ITS_OWN.before in own
            like = is_own - (front in text)
            if floor and not is_own:  # its own behind it are known, and it is none
                like = -1
            found[prefix].append(_Found(offset, lines.before(offset), like))
    return found


def _by_line(found: dict[bytes, list[_Found]], state: Manifest) -> set[int] | None:
    """Those that stand where its own did, or None where lines were moved."""
    last = state.last.number if state.last is not None else 0
    noted: dict[tuple[int, bytes], list[bool]] = {}
    for note in state.notes:
        noted.setdefault((note.line, note.prefix), []).append(note.own)
    own: set[int] = set()
    for prefix, places in found.items():
        for place in places:
            kinds = noted.get((place.line, prefix))
            if place.line > last:
                continue
            if not kinds:
                return None
            if kinds.pop(0):
                if place.like < 0:
                    return None
                own.add(place.offset)
    return own
