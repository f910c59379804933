"""Manifests: every bit counts, and what they say belongs where they are."""

import json
from dataclasses import replace
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import DamagedManifest
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.manifest import Left, Manifest, document_prefix
from assetstore.store.format.notes import LastLine, Replaced
from support.stored import MANIFESTS, flipped

REFS = ((Kind.MEDIA, BlobId(b"1" * 32)), (Kind.RECIPE, BlobId(b"2" * 32)))
PLAIN = Manifest(
    document="/home/x/a.md",
    writer="01hf7yat00000000000000test",
    seq=7,
    created=1.5,
    source_size=900,
    slim_size=90,
    slim_hash=b"h" * 32,
    payloads=1,
    refs=REFS,
)
FULL = replace(
    PLAIN,
    last=LastLine(12, 300, b"a" * 8),
    left=Left(77, {"covered": 2, "small": 1}),
    replaced=Replaced(40, b"b" * 8),
    keeps=REFS[:1],
)


@given(MANIFESTS)
def test_a_manifest_comes_back(manifest: Manifest) -> None:
    assert Manifest.unpack(manifest.pack(), "key") == manifest


@given(MANIFESTS, st.integers(0), st.integers(0, 7))
def test_every_flipped_bit_of_a_manifest_shows(
    manifest: Manifest, at: int, bit: int
) -> None:
    with pytest.raises(DamagedManifest, match="cannot be read"):
        Manifest.unpack(flipped(manifest.pack(), at, bit), "key")


@pytest.mark.parametrize("manifest", [PLAIN, FULL])
def test_what_it_says_comes_back_at_its_key(manifest: Manifest) -> None:
    assert Manifest.unpack(manifest.pack(), manifest.key) == manifest


def test_a_version_is_written_where_it_is_needed() -> None:
    assert (PLAIN.version, FULL.version) == (1, 2)
    for field in ("last", "left", "keeps"):
        assert replace(PLAIN, **{field: getattr(FULL, field)}).version == 2


def test_one_that_belongs_elsewhere_is_damaged() -> None:
    with pytest.raises(DamagedManifest, match="another one's"):
        Manifest.unpack(PLAIN.pack(), replace(PLAIN, seq=8).key)
    with pytest.raises(DamagedManifest, match="another one's"):
        Manifest.unpack(PLAIN.pack(), replace(PLAIN, document="/b").key)


def test_the_key_is_of_the_writer_and_the_document() -> None:
    assert PLAIN.key.startswith(document_prefix(PLAIN.writer, "/home/x/a.md"))
    assert PLAIN.key.endswith("/0000000007")
    assert document_prefix("w", "/a") != document_prefix("w", "/b")
    assert document_prefix("w", "/\udcff").startswith("manifests/w/")


def test_a_restore_that_was_begun_needs_less_once_it_is_done() -> None:
    begun = replace(PLAIN, state="restored", keeps=REFS[:1])
    assert begun.begun
    assert not PLAIN.begun
    done = begun.done
    assert not done.begun
    assert (done.refs, done.keeps, done.payloads) == (REFS[:1], (), 0)
    assert done.seq == begun.seq + 1


def test_the_recipes_are_the_beginnings_of_their_ids() -> None:
    assert PLAIN.recipes == {b"2" * 20}


def test_where_it_stands_is_signed() -> None:
    signed = PLAIN.signed("another", 3, 9.0)
    assert (signed.writer, signed.seq, signed.created) == ("another", 3, 9.0)
    assert signed.refs == PLAIN.refs


def crafted(manifest: Manifest = FULL, body: bytes | None = None, **head: Any) -> bytes:
    """What a manifest's bytes would be with another head, signed anew."""
    data = manifest.pack()[:-32]
    size = int.from_bytes(data[8:12], "little")
    record = {**json.loads(data[12 : 12 + size]), **head}
    record = {name: value for name, value in record.items() if value != "gone"}
    text = json.dumps(record).encode()
    data = (
        data[:8]
        + len(text).to_bytes(4, "little")
        + text
        + (data[12 + size :] if body is None else body)
    )
    return data + blake3(data).digest()


def test_the_crafting_itself_changes_nothing() -> None:
    assert Manifest.unpack(crafted(), "key") == FULL


@pytest.mark.parametrize(
    "head",
    [
        {"refs": 1},
        {"refs": 3},
        {"refs": -1},
        {"refs": 1 << 60},
        {"refs": "2"},
        {"notes": 1},
        {"notes": -1},
        {"keeps": 2},
        {"state": "lost"},
        {"document": 7},
        {"source_size": -1},
        {"source_size": 1 << 63},
        {"source_size": 1.5},
        {"slim_size": True},
        {"created": "now"},
        {"seq": None},
        {"payloads": "gone"},
        {"client": "gone"},
        {"slim_hash": "zz"},
        {"last": [1, 2]},
        {"last": [1, 2, "00"]},
        {"last": [-1, 2, "00" * 8]},
        {"left": [1, ["covered"]]},
        {"left": [1, {"covered": -1}]},
        {"replaced": [901, "00" * 8]},
        {"replaced": [1, "00" * 9]},
        {"more": 1},
    ],
)
def test_a_crafted_head_is_damage(head: dict[str, Any]) -> None:
    with pytest.raises(DamagedManifest, match="cannot be read") as caught:
        Manifest.unpack(crafted(**head), "key")
    assert caught.value.path == "key"


def test_references_are_sorted_and_one_each() -> None:
    body = crafted(PLAIN)[-32 - 66 : -32]
    for wrong in (body[33:] + body[:33], body[:33] * 2):
        with pytest.raises(DamagedManifest, match="not sorted"):
            Manifest.unpack(crafted(PLAIN, wrong), "key")
    with pytest.raises(DamagedManifest):
        Manifest.unpack(crafted(PLAIN, b"\2" + body[1:]), "key")


def test_the_first_version_has_no_fields_of_the_second() -> None:
    with pytest.raises(DamagedManifest, match="another version"):
        Manifest.unpack(crafted(PLAIN, notes=0), "key")


@given(st.binary(max_size=200))
def test_garbage_is_a_damaged_manifest(data: bytes) -> None:
    with pytest.raises(DamagedManifest):
        Manifest.unpack(data, "key")
