"""Index files are merged, and say the same afterwards."""

from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind
from assetstore.store.format.pack import pack_key
from assetstore.store.gc.merge_index import compact
from assetstore.store.store import Store
from support.stores import memory_store


def packs(store: Store, count: int) -> None:
    for number in range(count):
        with store.session() as session:
            session.put(Kind.MEDIA, f"picture {number}".encode() * 50)
            session.commit()


def indexes(store: Store) -> list[str]:
    return [key for key, _ in store.backend.list("index/")]


def test_small_ones_become_one() -> None:
    store = memory_store()
    packs(store, 8)
    before = list(store.entries())
    assert compact(store) == 8
    assert len(indexes(store)) == 1
    assert list(store.entries()) == before


def test_few_stay_as_they_are() -> None:
    store = memory_store()
    packs(store, 7)
    before = indexes(store)
    assert compact(store) == 0
    assert indexes(store) == before


def test_what_names_a_pack_that_is_gone_is_replaced() -> None:
    store = memory_store()
    packs(store, 3)
    gone = sorted(store.packs())[0]
    kept = [entry for entry in store.entries() if entry.pack != gone]
    store.backend.delete(pack_key(gone))
    assert compact(store) > 0
    fresh = Store.on(store.backend, writer="fresh")
    assert list(fresh.entries()) == kept


def test_nothing_is_left_of_an_index_of_packs_that_are_gone() -> None:
    store = memory_store()
    packs(store, 1)
    store.backend.delete(pack_key(next(iter(store.packs()))))
    assert compact(store) == 1
    assert indexes(store) == []


def test_one_that_is_damaged_is_left_alone() -> None:
    store = memory_store()
    packs(store, 9)
    assert isinstance(store.backend, MemoryBackend)
    first = indexes(store)[0]
    store.backend.objects[first] = store.backend.objects[first][:-1]
    assert compact(store) == 8
    assert first in indexes(store)
