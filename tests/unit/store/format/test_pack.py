"""Packs: headers that say when they are damaged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.pack import (
    PACK_HEADER,
    RECORD,
    Record,
    pack_effort,
    pack_header,
    pack_key,
    pack_name,
    records,
)
from support.stored import RECORDS

NAME = "01hf7yat00000000000000test"
ONE = Record(kind=Kind.MEDIA, id=BlobId(b"1" * 32), codec=0, raw=3, stored=3)
TWO = Record(kind=Kind.RECIPE, id=BlobId(b"2" * 32), codec=200, raw=9, stored=4)


def packed(data: bytes) -> MemoryBackend:
    backend = MemoryBackend()
    put(backend, pack_key(NAME), [data])
    return backend


WHOLE = PACK_HEADER + ONE.pack() + b"abc" + TWO.pack() + b"defg"


def test_a_pack_is_walked_from_header_to_header() -> None:
    first, second = len(PACK_HEADER), len(PACK_HEADER) + RECORD.size + 3
    assert list(records(packed(WHOLE), NAME)) == [(first, ONE), (second, TWO)]
    assert pack_name(pack_key(NAME)) == NAME


@pytest.mark.parametrize("bit", range(8 * RECORD.size))
def test_every_bit_of_a_header_is_checked(bit: int) -> None:
    head = bytearray(ONE.pack())
    head[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedBlob):
        Record.unpack(bytes(head))


@pytest.mark.parametrize("size", range(len(PACK_HEADER) + 1, len(WHOLE)))
def test_a_pack_that_is_cut_short_says_so(size: int) -> None:
    whole = len(PACK_HEADER) + RECORD.size + 3
    found: list[Record] = []
    if size == whole:  # as if it had one record
        assert [record for _, record in records(packed(WHOLE[:size]), NAME)] == [ONE]
        return
    with pytest.raises(DamagedBlob):
        found.extend(record for _, record in records(packed(WHOLE[:size]), NAME))
    assert found == ([ONE] if size > whole else [])


def test_the_effort_is_in_the_header() -> None:
    for effort in range(10):
        assert pack_effort(packed(pack_header(effort)), NAME) == effort
    for wrong in (pack_header(10), b"ASPX" + PACK_HEADER[4:], PACK_HEADER[:-1]):
        with pytest.raises(DamagedBlob, match="begin like a pack"):
            pack_effort(packed(wrong), NAME)


def test_a_pack_that_is_not_there_is_no_damage() -> None:
    with pytest.raises(FileNotFoundError):
        pack_effort(MemoryBackend(), NAME)


@given(RECORDS)
def test_a_header_comes_back(record: Record) -> None:
    assert len(record.pack()) == RECORD.size == 64
    assert Record.unpack(record.pack()) == record


@given(st.binary(max_size=90))
def test_garbage_is_no_header(data: bytes) -> None:
    with pytest.raises(DamagedBlob):
        Record.unpack(data)


def test_the_documented_place_of_the_checksum_is_the_real_one() -> None:
    text = (Path(__file__).parents[4] / "docs" / "format.md").read_text("utf-8")
    assert "| 60 | 4 | CRC-32 (zlib's) of bytes 0 to 59 |" in text
