"""Records that need others: how they name them, and what is no such name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.dependent import (
    HEAD,
    MOST,
    PREFIX,
    read_all,
    read_related,
    related_size,
    write_related,
)
from support.shelf import filler

PREFIXES = st.lists(st.binary(min_size=PREFIX, max_size=PREFIX), max_size=MOST)


@given(PREFIXES, st.binary(max_size=30))
def test_names_come_back(prefixes: list[bytes], rest: bytes) -> None:
    stored = write_related(prefixes) + rest
    assert read_related(stored) == prefixes
    assert stored[related_size(stored) :] == rest
    assert related_size(stored) <= HEAD


@pytest.mark.parametrize("stored", [b"", b"\1", b"\0\0", b"\2\0", b"\1\x09", b"\1\xff"])
def test_what_begins_otherwise_is_damage(stored: bytes) -> None:
    for read in (related_size, read_related):
        with pytest.raises(DamagedBlob, match="no known version"):
            read(stored)


def test_a_name_that_is_cut_is_damage() -> None:
    stored = write_related([b"12345678", b"abcdefgh"])
    assert related_size(stored) == len(stored)
    with pytest.raises(DamagedBlob, match="cut short"):
        read_related(stored[:-1])


def test_a_stored_form_is_read_whole_or_not_at_all() -> None:
    assert read_all(filler(b"stored"), 6, 6) == b"stored"
    assert read_all(filler(b""), 0, 0) == b""
    with pytest.raises(DamagedBlob, match="more than 5"):
        read_all(filler(b"stored"), 6, 5)
    with pytest.raises(DamagedBlob, match="cut short"):
        read_all(filler(b"stored"), 7, 9)


def test_a_length_that_is_a_lie_takes_no_memory() -> None:
    with pytest.raises(DamagedBlob, match="more than 100"):
        read_all(filler(b"stored"), 1 << 60, 100)
