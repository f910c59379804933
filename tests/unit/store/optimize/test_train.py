"""A dictionary is made of what is small, lives, and is no picture."""

import random
from collections.abc import Callable

import pytest

from assetstore.store.backends.base import put
from assetstore.store.codecs import dictionary
from assetstore.store.format.index import Entry
from assetstore.store.optimize import train
from assetstore.store.optimize.train import trained
from assetstore.store.store import Store
from support.blobs import flip, media, pack_of, recipe_of
from support.samples import picture, svg
from support.stores import memory_store

DRAWINGS = [(svg(seed) * 3).encode() for seed in range(40)]


def every(entry: Entry) -> bool:
    return True


def of(store: Store, lives: Callable[[Entry], bool] = every) -> bytes:
    return trained(store, sorted(store.packs()), lives)


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What a dictionary was to be made of."""
    found: list[bytes] = []

    def remember(given: list[bytes]) -> bytes:
        found.extend(given)
        return b""

    monkeypatch.setattr(dictionary, "train", remember)
    return found


def test_drawings_have_a_dictionary() -> None:
    store = memory_store()
    pack_of(store, *DRAWINGS)
    known = of(store)
    assert known
    frame = dictionary.encode((svg(99) * 3).encode(), known)
    alone = dictionary.encode((svg(99) * 3).encode(), b"")
    assert frame is not None
    assert alone is not None
    assert len(frame) < len(alone)


def test_a_few_have_none() -> None:
    store = memory_store()
    pack_of(store, *DRAWINGS[:5])
    assert of(store) == b""
    assert of(memory_store()) == b""


def test_only_what_is_small_lives_and_is_no_picture_is_taken(
    samples: list[bytes],
) -> None:
    store = memory_store()
    tiny = b"<svg/>"
    noise = random.Random(1).randbytes(9000)
    long = b"long " * 20_000
    pack_of(store, *DRAWINGS[:3], tiny, picture(9, 9, 1), noise, long)
    recipe_of(store, b'{"a":"recipe"}' * 20)
    of(store, lambda entry: entry.record.id != media(DRAWINGS[1]))
    assert sorted(samples) == sorted([DRAWINGS[0], DRAWINGS[2], tiny])


def test_only_the_packs_that_are_named_are_read(samples: list[bytes]) -> None:
    store = memory_store()
    name = pack_of(store, DRAWINGS[0])
    pack_of(store, DRAWINGS[1])
    trained(store, [name], every)
    assert samples == [DRAWINGS[0]]


def test_what_is_damaged_is_passed_over(samples: list[bytes]) -> None:
    store = memory_store()
    pack_of(store, *DRAWINGS[:3])
    (entry,) = store.copies(media(DRAWINGS[1]))
    flip(store, entry)
    of(store)
    assert sorted(samples) == sorted([DRAWINGS[0], DRAWINGS[2]])


@pytest.mark.parametrize(
    ("limit", "value"), [("_SAMPLES", 4), ("_SAMPLED", sum(map(len, DRAWINGS[:5])) - 1)]
)
def test_a_large_store_is_not_read_whole(
    samples: list[bytes], monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(train, limit, value)
    store = memory_store()
    pack_of(store, *DRAWINGS)
    of(store)
    assert samples == DRAWINGS[:5]


def test_a_dictionary_that_was_purged_does_not_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dictionary, "train", lambda samples: b"known")
    store = memory_store()
    pack_of(store, *DRAWINGS)
    assert of(store) == b"known"
    put(store.backend, f"purged/{media(b'known').hex()}", [])
    assert of(store) == b""
