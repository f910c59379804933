"""Reading blobs: the newest whole copy, and the error that says most."""

import pickle
from collections.abc import Iterator

import pytest

from assetstore.errors import DamagedBlob, MissingBlob, PurgedBlob, UnsupportedStore
from assetstore.store.backends.base import put
from assetstore.store.codecs.base import PIECE
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, Record, pack_key
from assetstore.store.reader import PackGone
from assetstore.store.store import Store
from support.blobs import (
    CODED,
    coded_pack,
    flip,
    media,
    objects,
    pack_of,
    put_pack,
    recipe_of,
    spoil,
)
from support.stores import memory_store

RAW = b"a picture, say " * 100
ID = media(RAW)
# More than two pieces that do not shrink.
LONG = b"".join(BlobId(media(bytes([n, m]))) for n in range(128) for m in range(256))
LONG_ID = media(LONG)


def gone(store: Store, pack: str) -> None:
    """Remove a pack behind the back of whoever reads it."""
    store.backend.delete(pack_key(pack))


def test_a_blob_is_read_whole_or_in_pieces() -> None:
    store = memory_store()
    pack_of(store, RAW, LONG)
    assert store.read(Kind.MEDIA, ID) == RAW
    sizes = [len(piece) for piece in store.stream(Kind.MEDIA, LONG_ID)]
    assert sizes == [PIECE, PIECE, len(LONG) - 2 * PIECE]


def test_a_blob_longer_than_was_expected_is_damage() -> None:
    store = memory_store()
    pack_of(store, LONG)
    with pytest.raises(DamagedBlob, match="longer than 9 bytes"):
        store.read(Kind.MEDIA, LONG_ID, limit=9)


def test_two_are_read_at_once() -> None:
    store = memory_store()
    pack_of(store, RAW, LONG)
    read = bytearray()
    for piece in store.stream(Kind.MEDIA, LONG_ID):
        assert store.read(Kind.MEDIA, ID) == RAW
        read += piece
    assert read == LONG


def test_what_is_not_there_is_missing() -> None:
    store = memory_store()
    with pytest.raises(MissingBlob, match="not in the store"):
        store.read(Kind.MEDIA, ID)


def test_a_medium_is_never_read_as_a_recipe() -> None:
    store = memory_store()
    pack_of(store, RAW)
    with pytest.raises(MissingBlob):
        store.read(Kind.RECIPE, ID)
    recipe = recipe_of(store, b"{}")
    with pytest.raises(MissingBlob):
        store.read(Kind.MEDIA, recipe)


def test_a_damaged_copy_is_passed_over() -> None:
    store = memory_store()
    pack_of(store, RAW)
    new = pack_of(store, RAW, again=True)
    for entry in store.copies(ID):
        if entry.pack == new:
            flip(store, entry)
    assert store.read(Kind.MEDIA, ID) == RAW


@pytest.mark.parametrize("at", [8, 40, RECORD.size, RECORD.size + 9])
def test_damage_anywhere_in_the_only_copy_is_damage(at: int) -> None:
    store = memory_store()
    pack_of(store, RAW)
    (entry,) = store.copies(ID)
    flip(store, entry, at)
    with pytest.raises(DamagedBlob, match=ID.hex()) as caught:
        store.read(Kind.MEDIA, ID)
    assert "verify --read-data" in caught.value.hint


def test_the_last_piece_is_given_out_once_the_hash_is_right() -> None:
    store = memory_store()
    pack_of(store, LONG)
    (entry,) = store.copies(LONG_ID)
    flip(store, entry, RECORD.size + 5)
    given: list[int] = []
    with pytest.raises(DamagedBlob):
        given.extend(map(len, store.stream(Kind.MEDIA, LONG_ID)))
    assert given == [PIECE, PIECE]
    spoilt = b"".join(map(bytes, store.stream(Kind.MEDIA, LONG_ID, check=False)))
    assert len(spoilt) == len(LONG)
    assert spoilt != LONG


def test_what_was_purged_says_so() -> None:
    store = memory_store()
    put(store.backend, f"purged/{ID.hex()}", [])
    with pytest.raises(PurgedBlob):
        store.read(Kind.MEDIA, ID)


def test_a_damaged_index_is_named_as_the_reason() -> None:
    store = memory_store()
    pack_of(store, RAW)
    (name,) = [key for key in objects(store) if key.startswith("index/")]
    objects(store)[name] = b"damaged"
    another = Store.on(store.backend, writer="another")
    with pytest.raises(MissingBlob, match="an index of the store is damaged") as caught:
        another.read(Kind.MEDIA, ID)
    assert caught.value.hint.endswith("assetstore repair")


def test_a_codec_that_is_not_known_here_is_no_damage() -> None:
    store, name = memory_store(), new_name()
    record = Record(kind=Kind.MEDIA, id=ID, codec=77, raw=len(RAW), stored=len(RAW))
    entry = Entry(record=record, pack=name, offset=16)
    data, _ = coded_pack(name)
    put_pack(store, name, data[:16] + record.pack() + RAW, [entry])
    with pytest.raises(UnsupportedStore, match="codec 77"):
        store.read(Kind.MEDIA, ID)
    pack_of(store, RAW, again=True)
    assert store.read(Kind.MEDIA, ID) == RAW


def test_a_blob_that_needs_another_finds_it_in_its_pack() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    put_pack(store, name, data, entries)
    assert store.read(Kind.MEDIA, media(CODED)) == CODED
    lost = memory_store()
    put_pack(lost, name, data, entries[1:])
    assert lost.read(Kind.MEDIA, media(CODED)) == CODED, "the headers tell"


def interrupted(store: Store, then: str) -> Iterator[bytes]:
    """The pieces of the long blob; behind the first, the pack it is in goes."""
    stream = store.stream(Kind.MEDIA, LONG_ID)
    yield bytes(next(stream))
    gone(store, then)
    yield from map(bytes, stream)


def test_a_blob_that_is_moved_meanwhile_is_read_on_elsewhere() -> None:
    store = memory_store()
    pack_of(store, LONG)
    new = pack_of(store, LONG, again=True)
    assert b"".join(interrupted(store, new)) == LONG


def test_where_it_went_is_looked_up() -> None:
    store = memory_store()
    old = pack_of(store, LONG)
    stream = store.stream(Kind.MEDIA, LONG_ID)
    read = bytes(next(stream))
    pack_of(Store.on(store.backend, writer="another"), LONG, again=True)
    gone(store, old)
    assert read + b"".join(map(bytes, stream)) == LONG


def test_a_copy_that_begins_otherwise_is_not_gone_on_with() -> None:
    store = memory_store()
    old = pack_of(store, LONG)
    new = pack_of(store, LONG, again=True)
    for entry in store.copies(LONG_ID):
        if entry.pack == old:
            flip(store, entry)
    with pytest.raises(DamagedBlob):
        list(interrupted(store, new))


def test_a_pack_that_goes_takes_a_blob_with_it_that_is_nowhere_else() -> None:
    store = memory_store()
    name = pack_of(store, LONG)
    with pytest.raises(MissingBlob):
        list(interrupted(store, name))


def test_one_copy_is_read_to_its_end() -> None:
    store = memory_store()
    pack_of(store, RAW)
    (entry,) = store.copies(ID)
    store.read_through(entry)
    spoil(store, ID)
    with pytest.raises(DamagedBlob):
        store.read_through(entry)
    gone(store, entry.pack)
    with pytest.raises(FileNotFoundError):
        store.read_through(entry)


def test_what_was_given_out_crosses_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(PackGone(9, b"digest")))  # noqa: S301 our own
    assert (error.given, error.digest) == (9, b"digest")
