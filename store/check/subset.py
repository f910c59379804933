"""Choose a part of a store's packs."""

from collections.abc import Callable
from random import Random

from assetstore.errors import UsageError
from assetstore.quantities import parse_subset

Choice = Callable[[dict[str, int]], set[str]]


def choice_of(text: str, random: Callable[[int], bytes]) -> Choice:
    """Make what chooses the packs that a subset names."""
    try:
        wanted = parse_subset(text)
    except ValueError as e:
        raise UsageError(str(e)) from None

    def choose(packs: dict[str, int]) -> set[str]:
        names = sorted(packs)
        if wanted.part is not None:
            number, parts = wanted.part
            return set(names[number - 1 :: parts])
        most = float(wanted.size or 0)
        if wanted.share is not None:
            most = sum(packs.values()) * wanted.share
        Random(random(8)).shuffle(names)  # noqa: S311 a choice of packs, no secret
        chosen: set[str] = set()
        total = 0
        for name in names:
            if total >= most:
                break
            chosen.add(name)
            total += packs[name]
        return chosen

    return choose
