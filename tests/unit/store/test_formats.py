"""Packs, indexes, manifests, recipes, placeholders: their bytes, and wrong bytes."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.errors import (
    DamagedBlob,
    DamagedManifest,
    IntegrityError,
    StoreError,
    UnsupportedStore,
)
from assetstore.store.config import checked_config, new_config
from assetstore.store.format.blob import (
    BlobId,
    Kind,
    blob_id,
    is_name,
    name_time,
    new_name,
)
from assetstore.store.format.dialect import Dialect
from assetstore.store.format.index import Entry, read_index, write_index
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.pack import RECORD, Record
from assetstore.store.format.placeholder import (
    LENGTH,
    format_placeholder,
    parse_placeholder,
)
from assetstore.store.format.recipe import MAX_FRAME, Media, Recipe

IDS = st.binary(min_size=32, max_size=32).map(BlobId)
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(Kind),
    id=IDS,
    codec=st.integers(0, 255),
    raw=st.integers(0, (1 << 62)),
    stored=st.integers(0, (1 << 62)),
)
NAMES = st.builds(
    lambda t, r: new_name(lambda: t, lambda n: r),
    st.floats(0, 4e9),
    st.binary(min_size=10, max_size=10),
)
ENTRIES = st.builds(Entry, record=RECORDS, pack=NAMES, offset=st.integers(0, (1 << 62)))
MANIFESTS = st.builds(
    Manifest,
    document=st.text(st.characters(codec="utf-8"), max_size=30),
    writer=NAMES,
    seq=st.integers(0, 10**9),
    created=st.floats(0, 1e10),
    state=st.sampled_from(["archived", "restored"]),
    source_size=st.integers(0, 1 << 60),
    slim_size=st.integers(0, 1 << 60),
    slim_hash=st.binary(min_size=32, max_size=32),
    payloads=st.integers(0, 1 << 40),
    refs=st.lists(st.tuples(st.sampled_from(Kind), IDS), max_size=9, unique=True).map(
        lambda refs: tuple(sorted(refs))
    ),
)


def flipped(data: bytes, at: int, bit: int) -> bytes:
    """The bytes with one bit turned over."""
    changed = bytearray(data)
    changed[at % len(data)] ^= 1 << bit
    return bytes(changed)


@given(RECORDS)
def test_a_header_comes_back(record: Record) -> None:
    assert len(record.pack()) == RECORD.size == 64
    assert Record.unpack(record.pack()) == record


@given(RECORDS, st.integers(0, 63), st.integers(0, 7))
def test_every_flipped_bit_of_a_header_shows(record: Record, at: int, bit: int) -> None:
    with pytest.raises(DamagedBlob):
        Record.unpack(flipped(record.pack(), at, bit))


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


@given(MANIFESTS)
def test_a_manifest_comes_back(manifest: Manifest) -> None:
    assert Manifest.unpack(manifest.pack(), "key") == manifest


@given(MANIFESTS, st.integers(0), st.integers(0, 7))
def test_every_flipped_bit_of_a_manifest_shows(
    manifest: Manifest, at: int, bit: int
) -> None:
    with pytest.raises(DamagedManifest, match="cannot be read"):
        Manifest.unpack(flipped(manifest.pack(), at, bit), "key")


@given(st.binary(max_size=200))
def test_garbage_is_a_typed_error(data: bytes) -> None:
    with pytest.raises(DamagedManifest):
        Manifest.unpack(data, "key")
    with pytest.raises(StoreError):
        list(read_index(data, "name"))
    with pytest.raises(DamagedBlob):
        Record.unpack(data)
    with pytest.raises(IntegrityError):
        Recipe.parse(data)


@given(IDS)
def test_a_placeholder_spells_its_recipe(id: BlobId) -> None:
    text = format_placeholder(id)
    assert len(text) == LENGTH == 31
    assert parse_placeholder(text) == id[:20]


@pytest.mark.parametrize(
    "text",
    [
        b"as1:" + b"A" * 26,
        b"as1:" + b"A" * 28,
        b"as2:" + b"A" * 27,
        b"AS1:" + b"A" * 27,
        b"as1:" + b"A" * 26 + b"+",
        b"as1:" + b"A" * 26 + b"B",  # unused bits that are not zero
        b"as1:" + b"A" * 26 + b"\n",
    ],
)
def test_what_is_no_placeholder(text: bytes) -> None:
    assert parse_placeholder(text) is None


@given(
    st.lists(
        st.binary(max_size=9) | st.builds(Media, IDS, st.just(Dialect())), max_size=4
    ),
    st.binary(max_size=99),
    st.binary(max_size=99),
)
def test_a_recipe_comes_back(
    was: list[bytes | Media], before: bytes, after: bytes
) -> None:
    recipe = Recipe(was=tuple(was), before=before, after=after)
    parsed = Recipe.parse(recipe.raw)
    assert (parsed, parsed.id) == (recipe, recipe.id)


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[]",
        b"1",
        b'{"v":1}',
        b'{"now":["",""],"v":2,"was":[]}',
        b'{"now":["\xc4\x80",""],"v":1,"was":[]}',
        b'{"now":[""],"v":1,"was":[]}',
        b'{"now":["",""],"v":1,"was":[1]}',
        b'{"now":["",""],"v":1,"was":[{"as":"base64","blob":"00"}]}',
        b'{"now":["",""],"v":1,"was":[{"as":"rot13","blob":"%b"}]}' % (b"00" * 32),
        b'{"now":["%b",""],"v":1,"was":[]}' % (b"x" * (MAX_FRAME + 1)),
        b"[" * 100_000,
    ],
)
def test_a_crafted_recipe_is_refused(raw: bytes) -> None:
    with pytest.raises(IntegrityError):
        Recipe.parse(raw)


def test_media_and_recipes_have_names_of_their_own() -> None:
    recipe = Recipe(was=(b"text",))
    assert blob_id(Kind.RECIPE, recipe.raw) == recipe.id
    assert blob_id(Kind.MEDIA, recipe.raw) != recipe.id


def test_names_sort_by_time() -> None:
    times = [0.0, 1.5, 1_700_000_000.25, 4e9]
    names = [new_name(lambda t=t: t, random.randbytes) for t in times]  # type: ignore[misc]
    assert names == sorted(names)
    assert [name_time(name) for name in names] == times
    assert all(map(is_name, names))
    for wrong in ("", "x" * 26, names[0].upper(), names[0] + "0", "8" + names[0][1:]):
        assert not is_name(wrong)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": 2}, UnsupportedStore),
        ({"features": {"read": ["lasers"], "write": []}}, UnsupportedStore),
        ({"features": {"read": [], "write": ["lasers"]}}, UnsupportedStore),
        ({"features": None}, StoreError),
        ({"id": "../../etc"}, StoreError),
        ({"id": 7}, StoreError),
    ],
)
def test_a_config_that_asks_for_more_is_refused(
    change: dict[str, object], error: type[StoreError]
) -> None:
    import json

    config = json.loads(new_config(lambda: 0.0, random.randbytes))
    assert checked_config(json.dumps(config).encode()) == config["id"]
    with pytest.raises(error):
        checked_config(json.dumps({**config, **change}).encode())


def test_a_config_of_garbage_is_refused() -> None:
    for garbage in (b"", b"{", b"[]", b"null", b"\xff"):
        with pytest.raises(StoreError):
            checked_config(garbage)


def test_the_documented_sizes_are_the_real_ones() -> None:
    text = (Path(__file__).parents[3] / "docs" / "format.md").read_text("utf-8")
    assert "| 60 | 4 | CRC-32 (zlib's) of bytes 0 to 59 |" in text
    entry = Entry(
        record=Record(kind=Kind.MEDIA, id=BlobId(bytes(32)), codec=0, raw=1, stored=1),
        pack=new_name(),
        offset=16,
    )
    assert len(write_index([entry])) == 32 + 26 + 64 + 32
