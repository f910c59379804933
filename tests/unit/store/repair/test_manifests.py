"""Damaged manifests: put right where that is proven, and never guessed."""

import pytest

from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind
from assetstore.store.format.manifest import Manifest
from assetstore.store.repair import manifests
from assetstore.store.repair.manifests import damaged_manifests, mend
from assetstore.store.reports import Mended
from assetstore.store.store import Store
from support.blobs import Nobody, manifest_of, media, objects
from support.stores import memory_store

ID = media(b"one")


@pytest.fixture
def store() -> Store:
    found = memory_store()
    manifest_of(found, "/a", ID)
    manifest_of(found, "/b", ID, media(b"two"))
    return found


def of(store: Store, document: str) -> Manifest:
    return next(m for m in store.manifests() if m.document == document)


def mended(
    store: Store,
    documents: Nobody | None = None,
    *backups: MemoryBackend,
    dry_run: bool = False,
) -> list[Mended]:
    damaged = damaged_manifests(store)
    return mend(store, damaged, documents or Nobody(), backups, dry_run=dry_run)


def spoilt(store: Store, key: str, data: bytes) -> None:
    objects(store)[key] = data


def aside(store: Store) -> list[bytes]:
    return [v for k, v in objects(store).items() if k.startswith("quarantine/")]


def test_what_is_whole_is_not_damaged(store: Store) -> None:
    assert damaged_manifests(store) == []
    assert mended(store) == []


def test_a_damaged_one_is_named_with_its_document(store: Store) -> None:
    one = of(store, "/a")
    data = one.pack()
    spoilt(store, one.key, data[:-1] + bytes((data[-1] ^ 1,)))
    (found,) = damaged_manifests(store)
    assert (found.key, found.document) == (one.key, "/a")


def test_its_document_is_told_by_others_of_the_same(store: Store) -> None:
    one = of(store, "/a")
    manifest_of(store, "/a", ID)
    spoilt(store, one.key, b"nothing")
    (item,) = damaged_manifests(store)
    assert (item.data, item.document) == (b"nothing", "/a")
    other = of(store, "/b").key
    spoilt(store, other, b"nothing")
    found = {item.key: item.document for item in damaged_manifests(store)}
    assert found == {one.key: "/a", other: ""}


def test_a_document_that_its_key_does_not_agree_with_is_not_believed(
    store: Store,
) -> None:
    one, other = of(store, "/a"), of(store, "/b")
    spoilt(store, one.key, other.pack()[:-1] + b"x")
    (found,) = damaged_manifests(store)
    assert found.document == ""


@pytest.mark.parametrize("at", [0, 5, 9, 40, -1, -20, -40])
@pytest.mark.parametrize("bit", [0, 7])
def test_one_flipped_bit_is_turned_back(store: Store, at: int, bit: int) -> None:
    one = of(store, "/a")
    data = bytearray(one.pack())
    data[at] ^= 1 << bit
    spoilt(store, one.key, bytes(data))
    assert mended(store) == [Mended(key=one.key, document="/a", how="bit")]
    assert objects(store)[one.key] == one.pack()
    assert aside(store) == [bytes(data)], "what was there is kept"


def test_a_dry_run_tells_and_changes_nothing(store: Store) -> None:
    one = of(store, "/a")
    data = one.pack()
    spoilt(store, one.key, data[:-1] + bytes((data[-1] ^ 1,)))
    before = dict(objects(store))
    assert [item.how for item in mended(store, dry_run=True)] == ["bit"]
    assert objects(store) == before


def two_bits(data: bytes) -> bytes:
    out = bytearray(data)
    out[20] ^= 1
    out[30] ^= 1
    return bytes(out)


def test_two_flipped_bits_are_not_guessed(store: Store) -> None:
    one = of(store, "/a")
    spoilt(store, one.key, two_bits(one.pack()))
    before = dict(objects(store))
    assert mended(store) == []
    assert objects(store) == before


def test_a_long_one_is_not_searched_for_its_bit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = of(store, "/a")
    data = bytearray(one.pack())
    data[20] ^= 1
    spoilt(store, one.key, bytes(data))
    monkeypatch.setattr(manifests, "_LONGEST", 100)
    assert mended(store) == []


def test_a_copy_of_the_store_has_it(store: Store) -> None:
    one = of(store, "/a")
    empty, wrong, backup = MemoryBackend(), MemoryBackend(), MemoryBackend()
    put(wrong, one.key, [of(store, "/b").pack()])
    put(backup, one.key, [one.pack()])
    spoilt(store, one.key, two_bits(one.pack()))
    assert mended(store, None, empty, wrong, backup) == [
        Mended(key=one.key, document="/a", how="backup")
    ]
    assert objects(store)[one.key] == one.pack()


def test_two_that_changed_places_are_put_back(store: Store) -> None:
    one, other = of(store, "/a"), of(store, "/b")
    spoilt(store, one.key, other.pack())
    spoilt(store, other.key, one.pack())
    assert {item.how for item in mended(store)} == {"misplaced"}
    assert objects(store)[one.key] == one.pack()
    assert objects(store)[other.key] == other.pack()


def test_one_in_another_s_place_goes_back_to_its_own(store: Store) -> None:
    one, other = of(store, "/a"), of(store, "/b")
    spoilt(store, one.key, other.pack())
    store.backend.delete(other.key)
    found = mended(store)
    assert Mended(key=other.key, document="/b", how="misplaced") in found
    assert objects(store)[other.key] == other.pack()


def torn(manifest: Manifest) -> bytes:
    """Its references are overwritten; its head and hash are whole."""
    data = manifest.pack()
    return data[:-65] + bytes(33) + data[-32:]


def test_it_is_made_again_from_its_document(store: Store) -> None:
    one = of(store, "/a")
    spoilt(store, one.key, torn(one))
    documents = Nobody()
    documents.claims = {(Kind.MEDIA, ID)}
    assert mended(store, documents) == [
        Mended(key=one.key, document="/a", how="document")
    ]
    assert objects(store)[one.key] == one.pack()
    assert documents.asked == ["/a"]


@pytest.mark.parametrize(
    "claims",
    [None, set(), {(Kind.MEDIA, media(b"other"))}, {(Kind.RECIPE, ID)}],
)
def test_a_document_that_is_another_by_now_is_no_proof(
    store: Store, claims: set[tuple[Kind, object]] | None
) -> None:
    one = of(store, "/a")
    spoilt(store, one.key, torn(one))
    documents = Nobody()
    documents.claims = claims  # type: ignore[assignment]
    assert mended(store, documents) == []


def test_a_crafted_head_is_no_reason_to_fail(store: Store) -> None:
    one = of(store, "/a")
    for head in (b"{", b"[]", b"null", b'{"document":1}', b'{"document":"\\udc00"}'):
        spoilt(store, one.key, b"ASmf\1\0\0\0" + bytes((len(head), 0, 0, 0)) + head)
        assert mended(store) == []
