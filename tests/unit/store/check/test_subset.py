"""Parts of a store: of n parts each pack is in one, and a share is no more."""

import pytest

from assetstore.errors import UsageError
from assetstore.store.check.subset import choice_of

PACKS = {f"{n:02}": 1000 for n in range(50)}


def fixed(n: int) -> bytes:
    return bytes(n)


def test_each_pack_is_in_one_of_n_parts() -> None:
    parts = [choice_of(f"{n}/7", fixed)(PACKS) for n in range(1, 8)]
    assert sorted(name for part in parts for name in part) == sorted(PACKS)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize(
    ("text", "count"), [("10%", 5), ("100%", 50), ("5k", 6), ("1kB", 1), ("1GiB", 50)]
)
def test_packs_are_chosen_until_it_is_enough(text: str, count: int) -> None:
    chosen = choice_of(text, fixed)(PACKS)
    assert len(chosen) == count
    assert chosen <= PACKS.keys()


def test_the_choice_is_by_chance() -> None:
    first = choice_of("10%", fixed)(PACKS)
    assert choice_of("10%", fixed)(PACKS) == first
    assert choice_of("10%", lambda n: b"\1" * n)(PACKS) != first


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "110%", "-5%", "half"])
def test_what_names_no_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        choice_of(text, fixed)
