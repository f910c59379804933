"""What a collection does with each pack, by its age and by what lives in it."""

import pytest

from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.gc.live_set import LiveSet
from assetstore.store.gc.plan import Plan, make_plan
from assetstore.store.store import Store
from support.stores import memory_store

DAY = 86400.0
LIVES = [f"lives {n} ".encode() * 100 for n in range(10)]
DEAD = [f"dead {n} ".encode() * 100 for n in range(10)]


def pack_of(store: Store, *blobs: bytes) -> str:
    before = store.packs().keys()
    with store.session() as session:
        for raw in blobs:
            session.put(Kind.MEDIA, raw)
        session.commit()
    (name,) = store.packs().keys() - before
    return name


def planned(store: Store, *, days: float = 30, max_unused: float | None = None) -> Plan:
    """A plan after some days, with a grace period of fourteen."""
    now = store.clock()
    later = Store(
        store.backend,
        id=store.id,
        writer="gc",
        cache=None,
        clock=lambda: now + days * DAY,
        random=store.random,
    )
    live = LiveSet()
    live.add((Kind.MEDIA, blob_id(Kind.MEDIA, raw)) for raw in LIVES)
    try:
        return make_plan(later, live, grace=14 * DAY, max_unused=max_unused)
    finally:
        live.close()


def test_what_is_dead_goes_once_it_is_old() -> None:
    store = memory_store()
    name = pack_of(store, *DEAD)
    assert planned(store).dead == [name]
    young = planned(store, days=1)
    assert young.dead == []
    assert young.shares["young"].packs == 1


def test_what_lives_stays() -> None:
    store = memory_store()
    pack_of(store, *LIVES)
    plan = planned(store)
    assert (plan.dead, plan.rewrite, plan.unindexed) == ([], [], [])
    assert plan.shares["live"].blobs == len(LIVES)


def test_a_pack_is_rewritten_when_enough_of_it_is_dead() -> None:
    store = memory_store()
    much = pack_of(store, *LIVES[:3], *DEAD[:3])
    little = pack_of(store, *LIVES[3:], DEAD[3])
    plan = planned(store)
    assert [name for name, _ in plan.rewrite] == [much]
    assert plan.shares["kept"].packs == 1
    both = planned(store, max_unused=0.0)
    assert [name for name, _ in both.rewrite] == sorted([much, little])
    neither = planned(store, max_unused=2.0)
    assert neither.rewrite == []


def test_of_two_copies_the_newer_one_lives() -> None:
    store = memory_store()
    old = pack_of(store, LIVES[0])
    with store.session() as session:
        session.distrust([blob_id(Kind.MEDIA, LIVES[0])])
        session.put(Kind.MEDIA, LIVES[0])
        session.commit()
    assert planned(store).dead == [old]


def test_what_a_collection_before_did_not_remove_is_removed() -> None:
    store = memory_store()
    name = pack_of(store, *LIVES)
    put(store.backend, f"tombs/{name}", [])
    plan = planned(store)
    assert plan.condemned == [name]
    assert plan.missing == 0  # whoever removes the pack copies what lives


def test_what_has_no_copy_is_missing() -> None:
    store = memory_store()
    pack_of(store, *LIVES[:4])
    assert planned(store).missing == len(LIVES) - 4


@pytest.mark.parametrize(
    ("blobs", "goes"), [(DEAD, True), (LIVES, False), ([*DEAD, LIVES[0]], False)]
)
def test_a_pack_that_no_index_names(blobs: list[bytes], goes: bool) -> None:
    store = memory_store()
    name = pack_of(store, *blobs)
    for key, _ in list(store.backend.list("index/")):
        store.backend.delete(key)
    store.renew()
    store.refresh()
    plan = planned(store)
    assert (plan.unindexed == [name]) is goes
    assert any("assetstore repair" in note for note in plan.notes) is not goes


def test_a_file_with_another_name_is_left_alone() -> None:
    store = memory_store()
    assert isinstance(store.backend, MemoryBackend)
    store.backend.objects["packs/ck/half-a-pack"] = b"?"
    plan = planned(store)
    assert plan.dead == []
    assert [note for note in plan.notes if "left alone" in note]


def test_a_share_is_counted_once() -> None:
    plan = Plan()
    for _ in range(3):
        plan.count("dropped", packs=1, blobs=2, bytes=5)
    share = plan.shares["dropped"]
    assert (share.packs, share.blobs, share.bytes) == (3, 6, 15)
