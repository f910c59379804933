"""What names a blob: the hash of its bytes, in the domain of its kind."""

import random

import pytest
from blake3 import blake3

from assetstore.store.format.blob import (
    Kind,
    blob_id,
    hasher,
    is_name,
    name_time,
    new_name,
)


def test_media_are_named_by_their_plain_hash() -> None:
    assert blob_id(Kind.MEDIA, b"abc") == blake3(b"abc").digest()
    assert blob_id(Kind.MEDIA, memoryview(b"abc")) == blob_id(Kind.MEDIA, b"abc")


def test_no_medium_has_the_name_of_a_recipe() -> None:
    assert blob_id(Kind.RECIPE, b"abc") != blob_id(Kind.MEDIA, b"abc")
    known = blake3(b"abc", derive_key_context="assetstore recipe v1").digest()
    assert blob_id(Kind.RECIPE, b"abc") == known


@pytest.mark.parametrize("kind", Kind)
def test_a_name_grows_with_the_pieces(kind: Kind) -> None:
    digest = hasher(kind)
    for piece in (b"one ", b"", b"two"):
        digest.update(piece)
    assert digest.digest() == blob_id(kind, b"one two")


def test_names_sort_by_time() -> None:
    times = [0.0, 1.5, 1_700_000_000.25, 4e9]
    names = [new_name(lambda t=t: t, random.randbytes) for t in times]  # type: ignore[misc]
    assert names == sorted(names)
    assert [name_time(name) for name in names] == times
    assert all(map(is_name, names))
    for wrong in ("", "x" * 26, names[0].upper(), names[0] + "0", "8" + names[0][1:]):
        assert not is_name(wrong)


def test_two_names_of_one_moment_differ() -> None:
    assert new_name(lambda: 1.0) != new_name(lambda: 1.0)


def test_a_clock_that_is_wrong_gives_a_name_all_the_same() -> None:
    for seconds in (-5.0, 1e18):
        name = new_name(lambda s=seconds: s, bytes)  # type: ignore[misc]
        assert is_name(name)
        assert name_time(name) >= 0


@pytest.mark.parametrize(
    "text", ["../../../../etc/passwd-----", "0" * 25 + "\n", "i" * 26, "0" * 25 + "é"]
)
def test_what_is_no_name_never_becomes_a_path(text: str) -> None:
    assert not is_name(text)
