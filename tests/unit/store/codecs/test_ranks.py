"""Ranks of distances, compared with a search byte by byte."""

import random

import pytest

pytest.importorskip("numpy")

import numpy as np

from assetstore.store.codecs import ranks


def matches(raw: bytes, draw: random.Random) -> tuple[list[int], list[int], list[int]]:
    """Places that repeat an earlier one, each with a length and distance."""
    starts, lengths, distances = [], [], []
    for at in sorted(draw.sample(range(1, len(raw) - 40), 300)):
        source = draw.randrange(max(0, at - ranks.WINDOW), at)
        length = 0
        while length < 40 and raw[source + length] == raw[at + length]:
            length += 1
        if length >= 3:
            starts.append(at)
            lengths.append(length)
            distances.append(at - source)
    return starts, lengths, distances


def by_search(raw: bytes, start: int, length: int, distance: int) -> int:
    """How many nearer places have the same bytes."""
    wanted = raw[start : start + length]
    nearer = range(start - distance + 1, start)
    return sum(raw[at : at + length] == wanted for at in nearer)


@pytest.mark.parametrize("letters", [b"ab", b"aaaab", bytes(range(6))])
@pytest.mark.parametrize("part", [500, 1 << 17])
def test_ranks(monkeypatch: pytest.MonkeyPatch, letters: bytes, part: int) -> None:
    monkeypatch.setattr(ranks, "_PART", part)
    draw = random.Random(part)
    raw = bytes(draw.choices(letters, k=3000))
    starts, lengths, distances = map(np.array, matches(raw, draw))
    found = ranks.to_ranks(raw, starts, lengths, distances)
    again = ranks.to_distances(raw, starts, lengths, found)
    ranked = found != ranks.EXPLICIT
    assert ranked.any()
    assert (again[ranked] == distances[ranked]).all()
    assert not again[~ranked].any()
    each = zip(starts, lengths, distances, found, strict=True)
    for start, length, distance, rank in each:
        if rank != ranks.EXPLICIT:
            assert rank == by_search(raw, start, length, distance)


def test_a_near_place_has_a_rank() -> None:
    raw = bytes(range(200)) * 3
    one = np.array([400]), np.array([150])
    for distance, rank in ((200, 0), (400, 1)):
        assert ranks.to_ranks(raw, *one, np.array([distance])).tolist() == [rank]
        assert ranks.to_distances(raw, *one, np.array([rank])).tolist() == [distance]


def test_a_rank_without_a_place() -> None:
    one = np.array([400]), np.array([150])
    ranked = ranks.to_distances(bytes(range(200)) * 3, *one, np.array([2]))
    assert ranked.tolist() == [0]
