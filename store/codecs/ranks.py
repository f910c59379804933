"""Distances of matches as ranks among the places where the same bytes stand.

An encoder that looks for the longest match takes nearly always the nearest place
that has it. So a distance is kept as the number of nearer places with the same
bytes, which needs no knowledge of the encoder and is nearly always 0.

Equal places are found by hashes: powers of an odd number modulo 2**64, summed.
The rule is the format: both directions count the same places, also where two
hashes are equal by chance.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

WINDOW = 32768
EXPLICIT = 255
# All of these are the format.
_STEPS = 100
_PART = 1 << 17
_BASE = 0x9E3779B97F4A7C15
# A match is looked for by its first bytes, so many for lengths from each on.
_PREFIXES = ((3, 3, 4), (4, 4, 8), (8, 8, 16), (16, 16, 259))


def to_ranks(
    raw: bytes, starts: Numbers, lengths: Numbers, distances: Numbers
) -> Numbers:
    """The rank of each match's distance, `EXPLICIT` where it has none.

    Args:
        raw: The bytes of the stream.
        starts: Where each match begins, in rising order, within the bytes.
        lengths: How long each is; no match reaches beyond the bytes.
        distances: How far back each is.
    """
    ranks = np.full(len(starts), EXPLICIT)
    for part in _parts(raw, starts, lengths):
        part.walk(distances, ranks, forward=True)
    return ranks


def to_distances(
    raw: bytes, starts: Numbers, lengths: Numbers, ranks: Numbers
) -> Numbers:
    """The distance of each match that has a rank, 0 for the others.

    A rank that no place has gives 0, too.
    """
    distances = np.zeros(len(starts), np.int64)
    for part in _parts(raw, starts, lengths):
        part.walk(distances, ranks, forward=False)
    return distances


def _powers(count: int) -> NDArray[np.uint64]:
    powers = np.full(count, _BASE, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def _parts(raw: bytes, starts: Numbers, lengths: Numbers) -> Iterator["_Part"]:
    """The matches, by where they begin and by length."""
    powers = _powers(WINDOW + _PART + 259)
    data = np.frombuffer(raw, np.uint8)
    for first in range(0, len(raw), _PART):
        low, high = np.searchsorted(starts, (first, first + _PART))
        if low == high:
            continue
        begin = max(0, first - WINDOW)
        view = data[begin : first + _PART + 258]
        sums = np.zeros(len(view) + 1, np.uint64)
        np.cumsum(view * powers[: len(view)], out=sums[1:])
        for prefix, shortest, longer in _PREFIXES:
            here = lengths[low:high]
            chosen = low + np.flatnonzero((here >= shortest) & (here < longer))
            if len(chosen):
                yield _Part(
                    sums,
                    powers,
                    prefix,
                    chosen,
                    starts[chosen] - begin,
                    lengths[chosen],
                )


class _Part:
    """Some matches, and all places before them, sorted by the bytes there."""

    def __init__(
        self,
        sums: NDArray[np.uint64],
        powers: NDArray[np.uint64],
        prefix: int,
        chosen: Numbers,
        places: Numbers,
        lengths: Numbers,
    ):
        self._sums = sums
        self._powers = powers
        self._chosen = chosen
        self._places = places
        self._lengths = lengths
        count = len(sums) - prefix
        hashes = (sums[prefix:] - sums[:-prefix]) * powers[count - 1 :: -1]
        self._keys = (hashes >> np.uint64(48)).astype(np.uint16)
        self._order = np.argsort(self._keys, kind="stable")
        self._index = np.empty(count, np.int64)
        self._index[self._order] = np.arange(count)

    def walk(self, distances: Numbers, ranks: Numbers, *, forward: bool) -> None:
        """Fill in the ranks from the distances, or these from those."""
        left = np.arange(len(self._chosen))
        if not forward:
            left = left[ranks[self._chosen] < _STEPS]
        seen = np.zeros(len(self._chosen), np.int64)
        sums, powers = self._sums, self._powers
        for step in range(1, _STEPS + 1):
            places = self._places[left]
            at = self._index[places] - step
            candidates = self._order[np.maximum(at, 0)]
            reach = places - candidates
            near = (
                (at >= 0)
                & (self._keys[candidates] == self._keys[places])
                & (reach <= WINDOW)
            )
            left, places = left[near], places[near]
            candidates, reach = candidates[near], reach[near]
            if not len(left):
                return
            lengths = self._lengths[left]
            there = (sums[candidates + lengths] - sums[candidates]) * powers[reach]
            same = there == sums[places + lengths] - sums[places]
            chosen = self._chosen[left]
            if forward:
                hit = same & (distances[chosen] == reach)
                ranks[chosen[hit]] = seen[left[hit]]
            else:
                hit = same & (ranks[chosen] == seen[left])
                distances[chosen[hit]] = reach[hit]
            seen[left] += same
            left = left[~hit]
