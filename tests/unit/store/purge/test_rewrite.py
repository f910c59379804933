"""Packs without what was purged: the rest is carried on, or coded anew."""

import pytest

from assetstore.errors import DamagedBlob, MissingBlob, PurgedBlob
from assetstore.store.backends.base import put
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import (
    PACK_HEADER,
    pack_effort,
    pack_header,
    pack_key,
)
from assetstore.store.purge.rewrite import Aside, Purger, aside_with, split, sweep
from assetstore.store.repair.quarantine import preserve
from assetstore.store.store import Store
from support.blobs import (
    CODED,
    KNOWN,
    coded_pack,
    flip,
    media,
    objects,
    pack_of,
    put_pack,
)
from support.stores import memory_store

ONE, TWO = b"one " * 50, b"two " * 50


def purged(store: Store, *blobs: bytes) -> None:
    for raw in blobs:
        put(store.backend, f"purged/{media(raw).hex()}", [])


def coded_store() -> tuple[Store, str]:
    store, name = memory_store(), new_name(lambda: 1_600_000_000.0)
    data, entries = coded_pack(name)
    put_pack(store, name, pack_header(3) + data[len(PACK_HEADER) :], entries)
    return store, name


def codecs(store: Store, raw: bytes) -> list[int]:
    """How a blob is kept in the packs that there are."""
    copies, packs = store.copies(media(raw)), store.packs()
    return [entry.record.codec for entry in copies if entry.pack in packs]


def ids(entries: list[Entry]) -> list[BlobId]:
    return [entry.record.id for entry in entries]


def test_where_nothing_was_purged_nothing_is_done() -> None:
    store = memory_store()
    pack_of(store, ONE)
    before = dict(objects(store))
    assert sweep(store) == []
    assert objects(store) == before


def test_it_goes_and_its_neighbours_stay() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO)
    untouched = pack_of(store, b"else")
    purged(store, ONE)
    assert sweep(store) == []
    assert name not in store.packs()
    assert untouched in store.packs()
    assert not any(ONE in data for data in objects(store).values())
    assert store.read(Kind.MEDIA, media(TWO)) == TWO
    with pytest.raises(PurgedBlob):
        store.read(Kind.MEDIA, media(ONE))


def test_a_pack_that_no_index_names_is_searched_too() -> None:
    store = memory_store()
    name = pack_of(store, ONE)
    for key in [key for key in objects(store) if key.startswith("index/")]:
        store.backend.delete(key)
    purged(store, ONE)
    fresh = Store.on(store.backend, writer="another")
    sweep(fresh)
    assert name not in fresh.packs()


def test_only_the_packs_that_are_named_are_written_anew() -> None:
    store = memory_store()
    first = pack_of(store, ONE, TWO)
    second = pack_of(store, ONE, b"else", again=True)
    purged(store, ONE)
    sweep(store, [second])
    assert first in store.packs()
    assert second not in store.packs()


def test_what_lies_in_the_quarantine_goes_too() -> None:
    store = memory_store()
    name = pack_of(store, ONE)
    other = pack_of(store, TWO)
    for pack in (name, other):
        preserve(store.backend, pack_key(pack))
    purged(store, ONE)
    sweep(store)
    aside = [key for key in objects(store) if key.startswith("quarantine/")]
    assert aside == [f"quarantine/{pack_key(other)}"]


def test_what_was_coded_from_it_is_coded_anew() -> None:
    store, name = coded_store()
    purged(store, KNOWN)
    purger = Purger(store)
    purger.run([name])
    assert (purger.removed, purger.recoded, purger.stuck) == (1, 1, {})
    assert purger.done == {name}
    assert store.read(Kind.MEDIA, media(CODED)) == CODED
    assert store.read(Kind.MEDIA, media(b"alone")) == b"alone"
    (codec,) = codecs(store, CODED)
    assert codec in (0, 1)


def test_what_is_carried_on_keeps_its_age_and_its_effort() -> None:
    store, name = coded_store()
    purged(store, b"alone")
    purger = Purger(store)
    purger.run([name])
    (new,) = store.packs()
    assert new[:10] == name[:10]
    assert pack_effort(store.backend, new) == 3
    assert codecs(store, CODED) == [2], "it was carried on as it is"
    assert store.read(Kind.MEDIA, media(CODED)) == CODED


def test_a_pack_that_cannot_be_read_stays_and_is_told() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO)
    (entry,) = store.copies(media(TWO))
    flip(store, entry, 9)
    purged(store, ONE)
    (why,) = sweep(store)
    assert name in why
    assert "repair" in why
    assert name in store.packs()


def test_a_pack_that_is_gone_is_no_error() -> None:
    store = memory_store()
    purger = Purger(store)
    purger.run([new_name()])
    assert (purger.removed, purger.stuck) == (0, {})


def test_what_is_damaged_and_needs_what_goes_is_lost_and_told() -> None:
    store, name = coded_store()
    _, second, _ = coded_pack(name)[1]
    flip(store, second, 64 + 20)
    purged(store, KNOWN)
    purger = Purger(store)
    purger.run([name])
    (lost,) = purger.lost
    assert media(CODED).hex() in lost
    with pytest.raises(MissingBlob):
        store.read(Kind.MEDIA, media(CODED))
    assert store.read(Kind.MEDIA, media(b"alone")) == b"alone"


def test_a_pack_is_parted_by_what_relies_on_what_goes() -> None:
    store, name = coded_store()
    backend = store.backend

    def parted(*gone: bytes) -> tuple[list[BlobId], list[BlobId]]:
        kept, coded = split(backend, name, set(map(media, gone)))
        return ids(kept), ids(coded)

    first, second, third = media(KNOWN), media(CODED), media(b"alone")
    assert parted() == ([first, second, third], [])
    assert parted(KNOWN) == ([third], [second])
    assert parted(CODED) == ([first, third], [])
    assert parted(KNOWN, CODED, b"alone") == ([], [])
    with pytest.raises(FileNotFoundError):
        split(backend, new_name(), set())
    objects(store)[pack_key(name)] = b"damaged"
    with pytest.raises(DamagedBlob):
        split(backend, name, set())


def test_packs_in_the_quarantine_are_told_by_what_is_in_them() -> None:
    store = memory_store()
    name = pack_of(store, ONE)
    key = preserve(store.backend, pack_key(name))
    backend = store.backend
    assert aside_with(backend, {media(ONE)}) == [key]
    assert aside_with(backend, {media(TWO)}, unclear=True) == []
    objects(store)[key] = b"nobody can tell"
    assert aside_with(backend, {media(ONE)}) == []
    assert aside_with(backend, {media(ONE)}, unclear=True) == [key]


def test_one_object_has_the_place_of_all() -> None:
    store = memory_store()
    put(store.backend, "quarantine/x", [b"aside"])
    view = Aside.at(store.backend, "quarantine/x")
    found = memoryview(bytearray(5))
    assert view.read_into("packs/aa/anything", 0, found) == 5
    assert bytes(found) == b"aside"
    assert view.size("whatever") == 5
