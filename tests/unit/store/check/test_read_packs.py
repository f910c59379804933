"""Every pack read: what is whole, damaged, strange, and not as the index says."""

from assetstore.progress import SILENT
from assetstore.store.backends.base import put
from assetstore.store.check.read_packs import PackFindings, read_packs, unreadable
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import PACK_HEADER, RECORD, Record, pack_key
from assetstore.store.store import Store
from support.blobs import CODED, coded_pack, flip, media, objects, pack_of, put_pack
from support.stores import memory_store

ONE, TWO, THREE = (word * 50 for word in (b"one ", b"two ", b"three "))


class Told:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0

    def start(self, total: int | None, what: str) -> None:
        self.total = total

    def advance(self, amount: int) -> None:
        self.done += amount

    def message(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


def whole(found: PackFindings) -> set[BlobId]:
    return {entry.record.id for entry in found.whole.entries()}


def entry_of(store: Store, raw: bytes) -> Entry:
    (entry,) = store.copies(media(raw))
    return entry


def test_what_is_whole_is_found_by_the_packs_themselves() -> None:
    store = memory_store()
    pack_of(store, ONE, TWO)
    for key in [key for key in objects(store) if key.startswith("index/")]:
        store.backend.delete(key)
    store.refresh()
    name = pack_of(store, THREE)
    told = Told()
    found = read_packs(store, told)
    assert whole(found) == {media(ONE), media(TWO), media(THREE)}
    assert (found.packs, found.bytes_read) == (2, len(ONE + TWO + THREE))
    assert found.damaged == {}
    assert found.broken == set()
    assert found.stray == set(store.packs()) - {name}, "no index names it"
    assert told.total == told.done == sum(store.packs().values())
    found.close()


def test_a_blob_that_is_damaged_is_broken_and_its_pack_is_named() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO)
    flip(store, entry_of(store, ONE))
    found = read_packs(store, SILENT)
    assert whole(found) == {media(TWO)}
    assert found.broken == {media(ONE)}
    assert found.damaged == {name: f"Pack {name}: 1 of 2 blobs are damaged."}
    assert found.stray == set()


def test_a_whole_copy_beside_it_is_still_damage_of_the_pack() -> None:
    store = memory_store()
    bad = pack_of(store, ONE)
    pack_of(store, ONE, again=True)
    (entry,) = (e for e in store.copies(media(ONE)) if e.pack == bad)
    flip(store, entry)
    found = read_packs(store, SILENT)
    assert whole(found) == {media(ONE)}
    assert found.broken == set(), "it is whole elsewhere"
    assert list(found.damaged) == [bad]


def test_behind_a_damaged_header_others_are_found() -> None:
    store = memory_store()
    name = pack_of(store, ONE, TWO, THREE)
    flip(store, entry_of(store, TWO), 10)
    found = read_packs(store, SILENT)
    assert whole(found) == {media(ONE), media(THREE)}
    assert found.broken == {media(TWO)}
    assert found.stray == {name}
    assert "header is damaged" in found.damaged[name]


def test_what_another_version_wrote_is_left_to_it() -> None:
    store, name = memory_store(), new_name()
    record = Record(kind=Kind.MEDIA, id=media(ONE), codec=77, raw=9, stored=3)
    data = PACK_HEADER + record.pack() + b"xyz"
    put_pack(store, name, data, [Entry(record=record, pack=name, offset=16)])
    found = read_packs(store, SILENT)
    assert found.foreign == {name}
    assert found.damaged == {}
    assert whole(found) == {media(ONE)}, "nobody says that it is not"


def test_what_needs_others_is_read_with_them() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    put_pack(store, name, data, entries)
    assert media(CODED) in whole(read_packs(store, SILENT))
    flip(store, entries[0], RECORD.size + 40)
    found = read_packs(Store.on(store.backend, writer="another"), SILENT)
    assert {media(CODED), entries[0].record.id} <= found.broken


def test_what_is_no_pack_is_passed_over() -> None:
    store = memory_store()
    put(store.backend, "packs/xx/strange-xx", [b"x"])
    assert read_packs(store, SILENT).packs == 0


def test_a_pack_of_noise_is_damaged_and_holds_nothing() -> None:
    store, name = memory_store(), new_name()
    put(store.backend, pack_key(name), [bytes(range(256)) * 30])
    found = read_packs(store, SILENT)
    assert list(found.damaged) == [name]
    assert whole(found) == set()


def test_a_record_that_claims_more_than_its_pack_has_is_none() -> None:
    store, name = memory_store(), new_name()
    record = Record(
        kind=Kind.MEDIA, id=media(ONE), codec=0, raw=1 << 60, stored=1 << 60
    )
    put(
        store.backend,
        pack_key(name),
        [PACK_HEADER + record.pack() + bytes(RECORD.size)],
    )
    found = read_packs(store, SILENT)
    assert whole(found) == set()
    assert list(found.damaged) == [name]


def test_blobs_that_cannot_be_read_here_are_counted() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    record = Record(kind=Kind.MEDIA, id=media(ONE), codec=77, raw=9, stored=3)
    strange = Entry(record=record, pack=name, offset=len(data))
    put_pack(store, name, data + record.pack() + b"xyz", [*entries, strange])
    assert unreadable(store, entries) == 0
    assert unreadable(store, [*entries, strange]) == 1
