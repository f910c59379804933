"""What a picture has in common with earlier ones.

A picture is cut into tiles. A tile that stands in an earlier picture too, perhaps
further up or down (pages are scrolled), is not coded again: it names the picture
whose *own* tiles it consists of, never one that only refers to it. So a picture is
put together from a few others, without any chain, whatever their history was.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Words = NDArray[np.uint64]

TILE = 8
# How many pictures, and how many shifts of them, one may be put together from.
MOST_OWNERS = 6
MOST_SOURCES = 16
_MOST_TRIED = 255
# A source of less than this share of the tiles costs more than it gives: tiles that
# are coded anew are one source for the pictures that follow.
_LEAST = 1 / 144
# Rows are compared in pieces of this many pixels, to find out how they moved.
_SEGMENT = 64
# How many bytes are hashed at a time: what a processor's cache holds.
_BAND = 128 << 10
_SKETCH = 64
_OFFSETS = 4
_VOTES = 8


@dataclass(frozen=True, slots=True)
class TileSource:
    """Where tiles come from.

    Attributes:
        owner: The picture in whose own tiles they are.
        down: How many rows further down they are than there.
    """

    owner: bytes
    down: int


@dataclass(slots=True)
class KnownPicture:
    """A picture that others may refer to.

    Attributes:
        name: What it is called.
        pixels: Height x width x channels.
        codes: For each tile 0 where it is the picture's own, else 1 + the number
            of its source.
        sources: The sources.
        hashes: Of the segments of its rows; 0: nothing is in it to be recognised.
    """

    name: bytes
    pixels: "Bytes"
    codes: "Bytes"
    sources: Sequence[TileSource]
    hashes: "Words"
    words: "Words" = field(init=False)

    def __post_init__(self) -> None:
        wide = padded(self.pixels)  # kept once, as both
        self.pixels, self.words = wide[:, : self.pixels.shape[1]], as_words(wide)


@dataclass(slots=True)
class Match:
    """What of a picture is known.

    Attributes:
        codes: As in `KnownPicture`.
        sources: As in `KnownPicture`.
    """

    codes: "Bytes"
    sources: list[TileSource] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of tiles that are known."""
        return float((self.codes != 0).mean())


def tiles_of(height: int, width: int) -> tuple[int, int]:
    """Count a picture's tiles, down and across."""
    return -(-height // TILE), -(-width // TILE)


def canvas(height: int, width: int, channels: int) -> "Bytes":
    """A black picture, wide enough for whole tiles."""
    across = tiles_of(height, width)[1] * TILE
    return np.zeros((height, across, channels), np.uint8)


def padded(pixels: "Bytes") -> "Bytes":
    """A picture on a canvas; itself, where it fits."""
    height, width, channels = pixels.shape
    if not width % TILE and pixels.flags.c_contiguous:
        return pixels
    wide = canvas(height, width, channels)
    wide[:, :width] = pixels
    return wide


def as_words(wide: "Bytes") -> "Words":
    """A canvas as height x tiles across x channels words of eight bytes.

    A row of a tile, eight pixels, is a word for each channel, as bytes go.
    """
    height, width, channels = wide.shape
    words: Words = wide.reshape(height, width // TILE, TILE * channels).view(np.uint64)
    return words


def hash_segments(pixels: "Bytes") -> "Words":
    """A hash for each piece of 64 pixels of each row; 0 where it is of one colour."""
    height, width, channels = pixels.shape
    across = width // _SEGMENT
    if not across:
        return np.zeros((height, 0), np.uint64)
    factors = np.random.default_rng(1).integers(  # any odd numbers will do
        1, 2**63, size=_SEGMENT * channels // 8, dtype=np.uint64
    ) | np.uint64(1)
    hashes: Words = np.empty((height, across), np.uint64)
    band = max(1, _BAND // (width * channels))
    for first in range(0, height, band):
        part = pixels[first : first + band, : across * _SEGMENT]
        hashes[first : first + band] = _hashed(np.ascontiguousarray(part), factors)
    return hashes


def _hashed(cut: "Bytes", factors: "Words") -> "Words":
    """The hashes of some rows that end with a piece."""
    height, width, channels = cut.shape
    words = cut.reshape(height, width // _SEGMENT, len(factors) * 8).view(np.uint64)
    mixed = (words * factors) ^ (words >> np.uint64(29))
    hashes: Words = mixed.sum(axis=2, dtype=np.uint64)
    hashes ^= hashes >> np.uint64(32)
    hashes *= np.uint64(0x9E3779B97F4A7C15)
    tiles = words.reshape(height, width // _SEGMENT, _SEGMENT // TILE, channels)
    flat = (tiles[:, :, 1:] == tiles[:, :, :1]).all(axis=(2, 3))
    first = cut.reshape(height, width // _SEGMENT, _SEGMENT, channels)[:, :, :TILE]
    hashes[flat & (first == first[:, :, :1]).all(axis=(2, 3))] = 0
    return hashes


def sketch(hashes: "Words") -> "Words":
    """A few hashes by which similar pictures are recognised: the smallest ones.

    Min-wise sketches: A. Broder, "On the resemblance and containment of
    documents", 1997.
    """
    found: Words = np.unique(hashes)[: _SKETCH + 1]
    small: Words = found[found != 0][:_SKETCH]
    return small


def match(
    pixels: "Bytes",
    hashes: "Words",
    known: Sequence[KnownPicture],
    find: Callable[[bytes], KnownPicture | None],
) -> Match:
    """Find what of a picture stands in others.

    Args:
        pixels: The picture.
        hashes: Its segments.
        known: The others, the most similar first.
        find: Finds those whose tiles they consist of.
    """
    height, width, _ = pixels.shape
    found = Match(np.zeros(tiles_of(height, width), np.uint8))
    words = as_words(padded(pixels))
    flat = _flat(pixels, words)
    for other in known:
        if other.pixels.shape[2] != pixels.shape[2]:
            continue
        for down in _offsets(hashes, other.hashes):
            _take(found, words, width, flat, other, down)
    return _smooth(_pruned(found, flat), words, width, find)


def _smooth(
    found: Match,
    words: "Words",
    width: int,
    find: Callable[[bytes], KnownPicture | None],
) -> Match:
    """Take each tile from the first source that has it: fewer borders between them."""
    codes = np.zeros_like(found.codes)
    for number, source in enumerate(found.sources, 1):
        owner = find(source.owner)
        if owner is None:
            continue
        first, equal = _equal(words, width, owner, source.down)
        if not equal.size:
            continue
        above, below = _under(owner, first, equal, source.down, words.shape[0])
        here = codes[first : first + equal.shape[0], : equal.shape[1]]
        here[equal & (above == 0) & (below == 0) & (here == 0)] = number
    codes[codes == 0] = found.codes[codes == 0]
    return Match(codes, found.sources)


def _offsets(hashes: "Words", others: "Words") -> list[int]:
    """By how many rows parts of a picture moved; no movement is always tried."""
    votes: Counter[int] = Counter()
    for column in range(min(hashes.shape[1], others.shape[1])):
        here, there = hashes[:, column], others[:, column]
        at, to = np.flatnonzero(here), np.flatnonzero(there)
        if not len(at) or not len(to):
            continue
        order = np.argsort(there[to], kind="stable")
        values, to = there[to][order], to[order]
        place = np.searchsorted(values, here[at])
        place[place == len(values)] = 0
        same = values[place] == here[at]
        moved, counts = np.unique(at[same] - to[place[same]], return_counts=True)
        for down, count in zip(moved.tolist(), counts.tolist(), strict=True):
            votes[down] += count
    best = [d for d, n in votes.most_common(_OFFSETS) if n > _VOTES and d]
    return [0, *best]


def _flat(pixels: "Bytes", words: "Words") -> "NDArray[np.bool_]":
    """Find the tiles that are of one colour; partial ones are not."""
    height, width, channels = pixels.shape
    rows, columns = height // TILE, width // TILE
    flat = np.zeros(tiles_of(height, width), bool)
    parts = words[: rows * TILE, :columns].reshape(rows, TILE, columns, channels)
    first = np.ascontiguousarray(pixels[: rows * TILE : TILE, : columns * TILE])
    first = first.reshape(rows, columns, TILE, channels)
    flat[:rows, :columns] = (parts == parts[:, :1]).all(axis=(1, 3)) & (
        first == first[:, :, :1]
    ).all(axis=(2, 3))
    return flat


def _take(
    found: Match,
    words: "Words",
    width: int,
    flat: "NDArray[np.bool_]",
    other: KnownPicture,
    down: int,
) -> None:
    """Name the source of tiles that stand in another picture, moved.

    One of a single colour stands in many places; it never makes a new source.
    """
    first, equal = _equal(words, width, other, down)
    codes = found.codes
    height = words.shape[0]
    columns = equal.shape[1]
    if equal.size:
        count = equal.shape[0]
        above, below = _under(other, first, equal, down, height)
        here = codes[first : first + count, :columns]
        usable = equal & (above == below) & (here == 0)
        telling = usable & ~flat[first : first + count, :columns]
        for code in np.unique(above[usable]).tolist():
            source = _source(other, code, down)
            there = above == code
            if source not in found.sources:
                if len(found.sources) == _MOST_TRIED or not (telling & there).any():
                    continue
                found.sources.append(source)
            here[usable & there] = found.sources.index(source) + 1


def _under(
    other: KnownPicture, first: int, equal: "NDArray[np.bool_]", down: int, height: int
) -> "tuple[Bytes, Bytes]":
    """The codes of the two rows of tiles in another picture that tiles lie over."""
    count, columns = equal.shape
    top = np.arange(first, first + count) * TILE - down
    bottom = np.minimum(top + TILE, height - down) - 1
    return other.codes[top // TILE, :columns], other.codes[bottom // TILE, :columns]


def _source(other: KnownPicture, code: int, down: int) -> TileSource:
    if code == 0:
        return TileSource(other.name, down)
    source = other.sources[code - 1]
    return TileSource(source.owner, source.down + down)


def _equal(
    words: "Words", width: int, other: KnownPicture, down: int
) -> "tuple[int, NDArray[np.bool_]]":
    """Find tiles that are equal to what stands ``down`` rows further up in another.

    Returns:
        The first row of tiles that was compared, and for each tile whether it is.
    """
    height, columns, channels = words.shape
    if width != (theirs := other.pixels.shape[1]):
        columns = min(width, theirs) // TILE
    first = -(-max(0, down) // TILE)
    end = min(height, other.pixels.shape[0] + down)
    last = tiles_of(height, 1)[0] if end == height else max(end, 0) // TILE
    if last <= first or not columns:
        return first, np.zeros((0, columns), bool)
    y0, y1 = first * TILE, min(last * TILE, height)
    here = words[y0:y1, :columns]
    there = other.words[y0 - down : y1 - down, :columns]
    differ = np.zeros(((last - first) * TILE, columns), np.uint64)
    for channel in range(channels):
        differ[: y1 - y0] |= here[:, :, channel] ^ there[:, :, channel]
    parts = differ.reshape(last - first, TILE, columns)
    return first, np.bitwise_or.reduce(parts, axis=1) == 0


def _pruned(found: Match, flat: "NDArray[np.bool_]") -> Match:
    """Keep the owners, and of them the sources, that give most."""
    total = len(found.sources) + 1
    least = max(1.0, found.codes.size * _LEAST)
    counts = np.bincount(found.codes[~flat], minlength=total)[1:].tolist()
    by_owner: Counter[bytes] = Counter()
    for source, count in zip(found.sources, counts, strict=True):
        by_owner[source.owner] += count
    owners = {owner for owner, n in by_owner.most_common(MOST_OWNERS) if n}
    ranked = sorted(range(total - 1), key=lambda at: counts[at], reverse=True)
    best = [
        at for at in ranked if found.sources[at].owner in owners and counts[at] >= least
    ]
    table = np.zeros(total, np.uint8)
    kept: list[TileSource] = []
    for at in best[:MOST_SOURCES]:
        kept.append(found.sources[at])
        table[at + 1] = len(kept)
    return Match(table[found.codes], kept)


def copy_tiles(
    words: "Words", codes: "Bytes", number: int, theirs: "Words", down: int
) -> None:
    """Copy tiles from another picture.

    Args:
        words: Where to.
        codes: Each tile's code.
        number: The code of those to copy.
        theirs: The other picture.
        down: How many rows further down they are than there.
    """
    rows, across = np.nonzero(codes == number)
    if not len(rows):
        return
    top = max(int(rows.min()) * TILE, down)
    end = (int(rows.max()) + 1) * TILE
    bottom = min(end, words.shape[0], theirs.shape[0] + down)
    left = int(across.min())
    right = min(int(across.max()) + 1, theirs.shape[1])
    if bottom <= top or right <= left:
        return
    here = spread(codes)[top:bottom, left:right] == number
    there = theirs[top - down : bottom - down, left:right]
    np.copyto(words[top:bottom, left:right], there, where=here[:, :, None])


def spread(codes: "Bytes") -> "Bytes":
    """The codes of the tiles, for each row of pixels."""
    return np.repeat(codes, TILE, 0)
