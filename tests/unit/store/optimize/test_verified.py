"""What was decoded before it was written is known again, and nothing else is."""

from collections.abc import Sequence

import pytest

from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, pack_key
from assetstore.store.optimize.verified import Proven
from support.blobs import coded_pack

NAME = "01hf7yat00000000000000test"
DATA, ENTRIES = coded_pack(NAME)
FIRST, SECOND, THIRD = ENTRIES


def stored(entry: Entry) -> list[bytes]:
    start = entry.offset + RECORD.size
    whole = DATA[start : start + entry.record.stored]
    return [whole[:3], whole[3:]]


def proven(
    added: Sequence[Entry] = ENTRIES,
    published: Sequence[Entry] = ENTRIES,
    data: bytes = DATA,
) -> Proven:
    backend = MemoryBackend()
    put(backend, pack_key(NAME), [data])
    found = Proven(backend)
    for entry in added:
        found.add(entry, stored(entry))
    found.published(published)
    return found


def held(found: Proven) -> list[bool]:
    return [found.holds(entry) for entry in ENTRIES]


def test_what_was_decoded_and_is_published_is_held() -> None:
    assert held(proven()) == [True, True, True]


def test_what_was_not_decoded_is_not() -> None:
    assert held(proven(added=[THIRD])) == [False, False, True]


def test_nor_what_needs_what_was_not() -> None:
    assert held(proven(added=[SECOND, THIRD])) == [False, False, True]


def test_nor_what_needs_what_was_not_published() -> None:
    assert held(proven(published=[SECOND, THIRD])) == [True, False, True]


def test_nor_what_two_records_may_be_what_it_needs() -> None:
    twice = Entry(record=FIRST.record, pack=NAME, offset=FIRST.offset + 1)
    assert held(proven(published=[*ENTRIES, twice]))[1] is False


def test_nor_what_stands_in_front_of_what_it_needs() -> None:
    behind = Entry(record=FIRST.record, pack=NAME, offset=len(DATA))
    assert held(proven(published=[behind, SECOND, THIRD]))[1] is False


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("at", [5, RECORD.size + 4])
def test_other_bytes_are_not_what_was_decoded(entry: Entry, at: int) -> None:
    data = bytearray(DATA)
    data[entry.offset + at] ^= 1
    found = held(proven(data=bytes(data)))
    assert found[ENTRIES.index(entry)] is False
    assert found[2] is (entry is not THIRD)


def test_a_pack_that_is_gone_or_cut_is_none() -> None:
    assert held(proven(data=DATA[:-1])) == [True, True, False]
    backend = MemoryBackend()
    found = Proven(backend)
    found.add(THIRD, stored(THIRD))
    assert not found.holds(THIRD)


def test_what_is_forgotten_is_not_held() -> None:
    found = proven()
    assert found.holds(FIRST)
    found.forget()
    assert held(found) == [False, False, False]
