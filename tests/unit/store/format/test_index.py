"""Index files: every bit counts, and what lies in them is bounded."""

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob, StoreError, UnsupportedStore
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import (
    Entry,
    order,
    read_index,
    walk,
    write_index,
    write_pieces,
)
from assetstore.store.format.pack import PACK_HEADER, RECORD, Record, pack_key
from support.stored import ENTRIES, flipped

NAME = "01hf7yat00000000000000test"
ONE = Record(kind=Kind.MEDIA, id=BlobId(b"1" * 32), codec=0, raw=3, stored=3)
ENTRY = Entry(record=ONE, pack=NAME, offset=16)


@given(st.lists(ENTRIES, max_size=9))
def test_an_index_comes_back(entries: list[Entry]) -> None:
    found = list(read_index(write_index(entries), "name"))
    wanted = sorted(entries, key=lambda e: (e.record.id, e.pack, e.offset))
    assert found == wanted


@given(st.lists(ENTRIES, min_size=1, max_size=4), st.integers(0), st.integers(0, 7))
def test_every_flipped_bit_of_an_index_shows(
    entries: list[Entry], at: int, bit: int
) -> None:
    with pytest.raises(StoreError, match="damaged"):
        list(read_index(flipped(write_index(entries), at, bit), "name"))


def signed(body: bytes) -> bytes:
    return body + blake3(body).digest()


def crafted(at: int, new: bytes) -> bytes:
    body = write_index([ENTRY])[:-32]
    return signed(body[:at] + new + body[at + len(new) :])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "bytes are not what was written"),
        (signed(b""), "bytes are not what was written"),
        (crafted(0, b"ASxi"), "version"),
        (crafted(4, b"\2"), "version"),
        (crafted(8, b"\2"), "length"),
        (crafted(16, b"\2"), "length"),
        (crafted(16, b"\xff" * 8), "length"),
        (crafted(32, b"../../etc/passwd"), "no pack"),
        (crafted(32 + 26 + 32, b"\1"), "out of bounds"),
        (crafted(32 + 26 + 36, b"\2"), "out of bounds"),
        (crafted(32 + 26 + 40, b"\xff" * 8), "out of bounds"),
        (crafted(32 + 26 + 48, b"\xff" * 8), "out of bounds"),
        (crafted(32 + 26 + 56, b"\xff" * 8), "out of bounds"),
    ],
)
def test_a_crafted_index_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        list(read_index(data, "name"))


def test_a_version_to_come_is_no_damage() -> None:
    with pytest.raises(UnsupportedStore):
        list(read_index(crafted(4, b"\2"), "name"))


@given(st.binary(max_size=200))
def test_garbage_is_a_store_error(data: bytes) -> None:
    with pytest.raises(StoreError):
        list(read_index(data, "name"))


def test_an_index_is_written_in_pieces() -> None:
    entries = [
        Entry(
            record=Record(
                kind=Kind.MEDIA,
                id=BlobId(number.to_bytes(32, "big")),
                codec=0,
                raw=1,
                stored=1,
            ),
            pack=NAME,
            offset=number,
        )
        for number in range(9000)
    ]
    pieces = list(write_pieces(entries, [NAME], len(entries)))
    assert len(pieces) > 1
    assert b"".join(pieces) == write_index(reversed(entries))
    assert [order(e) for e in read_index(b"".join(pieces), "name")] == [
        order(e) for e in entries
    ]


def test_a_pack_is_walked_as_entries_up_to_damage() -> None:
    backend = MemoryBackend()
    whole = PACK_HEADER + ONE.pack() + b"abc"
    put(backend, pack_key(NAME), [whole + bytes(RECORD.size)])
    found: list[Entry] = []
    with pytest.raises(DamagedBlob):
        found.extend(walk(backend, NAME))
    assert found == [ENTRY]
    with pytest.raises(FileNotFoundError):
        next(walk(backend, new_name()))


def test_the_documented_sizes_are_the_real_ones() -> None:
    assert len(write_index([ENTRY])) == 32 + 26 + 64 + 32
