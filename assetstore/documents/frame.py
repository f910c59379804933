"""Whether what a recipe put around a placeholder still stands there.

A program that formats JSON anew changes the white space between its tokens, and may
sort the members of objects: the frame is found all the same. White space inside of
strings counts.
"""

import json
import re
from functools import lru_cache

from assetstore.store.format.notes import Peek
from assetstore.store.format.placeholder import LENGTH
from assetstore.store.format.recipe import MAX_FRAME, Recipe

_TOKEN = re.compile(rb"\"(?:[^\"\\]|\\.)*\"?|[{}\[\],:]|[^\s\"{}\[\],:]+|\s+")
# Objects become tuples of their members, so that none is lost that has a name twice.
_PAIRS = json.JSONDecoder(object_pairs_hook=tuple)
# So many braces in front of a placeholder are tried: a part of ours has one, and words
# may hold some.
_MOST_BRACES = 4
# The rest of the string that the placeholder stands in, and what is behind that.
_REST = re.compile(rb"((?:[^\"\\]|\\.)*\")(.*)", re.DOTALL)


def find_frame(
    recipe: Recipe, peek: Peek, offset: int, floor: int
) -> tuple[int, int] | None:
    """Find where the frame around a placeholder begins and ends.

    Args:
        recipe: What the placeholder names.
        peek: Reads the document: (offset, length) -> bytes.
        offset: Where the placeholder stands.
        floor: Nothing in front of this is part of the frame.

    Returns:
        The two offsets, or None where something else stands there.
    """
    before, after = recipe.before, recipe.after
    begin, behind = offset - len(before), offset + LENGTH
    if (
        begin >= floor
        and peek(begin, len(before)) == before
        and peek(behind, len(after)) == after
    ):
        return begin, behind + len(after)
    if not before.endswith(b'"') and b'"' not in before:
        return None
    start = max(floor, offset - min(MAX_FRAME, 4 * len(before) + 256))
    front = _front(before).search(peek(start, offset - start))
    back = _back(after).match(peek(behind, min(MAX_FRAME, 4 * len(after) + 256)))
    if front is None or back is None:
        return _sorted_anew(recipe, peek, offset, floor)
    return start + front.start(), behind + back.end()


def _sorted_anew(
    recipe: Recipe, peek: Peek, offset: int, floor: int
) -> tuple[int, int] | None:
    """Find a frame that is an object, whose members are in another order now."""
    members = _members(recipe.before, recipe.after)
    if len(members) < 2:
        return None
    reach = min(MAX_FRAME, 4 * (len(recipe.before) + len(recipe.after)) + 256)
    start = max(floor, offset - reach)
    text = peek(start, offset - start + LENGTH + reach).decode("latin-1")
    hit = offset - start
    here = text[hit : hit + LENGTH]
    wanted = sorted((key, value.replace("\0", here)) for key, value in members)
    brace = hit
    for _ in range(_MOST_BRACES):
        brace = text.rfind("{", 0, brace)
        if brace < 0:
            break
        try:
            found, end = _PAIRS.raw_decode(text, brace)
        except (ValueError, RecursionError):
            continue
        if end > hit and _flat(found) == wanted:
            return start + brace, start + end
    return None


@lru_cache(256)
def _members(before: bytes, after: bytes) -> list[tuple[str, str]]:
    """Read a frame that is an object of strings, a NUL in the placeholder's place."""
    text = (before + rb"\u0000" + after).decode("latin-1")
    try:
        found = _PAIRS.decode(text)
    except (ValueError, RecursionError):
        return []
    return _flat(found)


def _flat(found: object) -> list[tuple[str, str]]:
    """Sort the members of an object of strings; [] for anything else."""
    if not isinstance(found, tuple) or not all(isinstance(v, str) for _, v in found):
        return []
    return sorted(found)


@lru_cache(256)
def _front(text: bytes) -> re.Pattern[bytes]:
    """Matches the text in front of a placeholder, at the end."""
    return re.compile(_loose(text) + rb"\Z")


@lru_cache(256)
def _back(text: bytes) -> re.Pattern[bytes]:
    """Matches the text behind it, from the rest of its string on."""
    rest = _REST.fullmatch(text)
    if rest is None:
        return re.compile(re.escape(text))
    loose = _loose(rest[2])
    return re.compile(re.escape(rest[1]) + (rb"\s*" + loose if loose else b""))


def _loose(text: bytes) -> bytes:
    tokens = (token for token in _TOKEN.findall(text) if token.strip())
    return rb"\s*".join(map(re.escape, tokens))
