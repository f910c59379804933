"""A check: what it finds, whom it names, and that it changes nothing."""

import pytest

from assetstore.errors import UsageError
from assetstore.store.backends.base import put
from assetstore.store.check.verify import VerifyReport, verify
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import Record, pack_key
from assetstore.store.repair.accepted import accept_loss
from assetstore.store.store import Store
from support.blobs import (
    CODED,
    KNOWN,
    coded_pack,
    flip,
    manifest_of,
    media,
    objects,
    pack_of,
    put_pack,
    spoil,
)
from support.stores import memory_store

ONE, TWO = b"one " * 50, b"two " * 50


@pytest.fixture
def store() -> Store:
    """Two documents that share a blob, and one that needs another."""
    found = memory_store()
    pack_of(found, ONE, TWO)
    manifest_of(found, "/a", media(ONE))
    manifest_of(found, "/b", media(ONE), media(TWO))
    return found


def checked(store: Store, **how: object) -> VerifyReport:
    """A check by somebody without a cache, which changes nothing."""
    before = dict(objects(store))
    report = verify(Store.on(store.backend, writer="another"), **how)  # type: ignore[arg-type]
    assert objects(store) == before
    return report


def kinds(report: VerifyReport) -> list[str]:
    return [finding.kind for finding in report.findings]


def test_a_sound_store_has_no_findings(store: Store) -> None:
    report = checked(store)
    assert report.findings == ()
    assert (report.packs, report.indexes, report.manifests) == (1, 1, 2)
    assert (report.blobs, report.bytes_read, report.read_data) == (2, 0, False)
    assert (report.unclaimed, report.notes) == (0, ())
    report = checked(store, read_data=True)
    assert report.findings == ()
    assert report.bytes_read == len(ONE + TWO)


def test_a_blob_that_is_nowhere_is_named_with_its_documents(store: Store) -> None:
    (name,) = store.packs()
    store.backend.delete(pack_key(name))
    one, two = sorted(checked(store).findings, key=lambda f: len(f.documents))
    assert (one.kind, one.blob, one.documents) == (
        "blob-missing",
        media(TWO).hex(),
        ("/b",),
    )
    assert two.documents == ("/a", "/b")
    assert "--from" in one.hint


def test_damage_is_found_where_data_is_read(store: Store) -> None:
    spoil(store, media(ONE))
    assert checked(store).findings == ()
    (finding,) = checked(store, read_data=True).findings
    assert (finding.kind, finding.documents) == ("blob-damaged", ("/a", "/b"))
    pack_of(store, ONE, again=True)
    (finding,) = checked(store, read_data=True).findings
    assert finding.documents == ()
    assert "nothing is lost" in finding.hint


def test_a_damaged_header_is_found_without_reading_data(store: Store) -> None:
    (entry,) = store.copies(media(TWO))
    flip(store, entry, 10)
    report = checked(store)
    assert set(kinds(report)) == {"blob-damaged", "pack-damaged"}
    named = [f.documents for f in report.findings if f.blob == media(TWO).hex()]
    assert named == [("/b",)]


def test_what_needs_a_damaged_header_is_lost_too() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    put_pack(store, name, data, entries)
    manifest_of(store, "/c", media(CODED))
    assert checked(store, read_data=True).findings == ()
    flip(store, entries[0], 10)
    found = {f.blob: f for f in checked(store).findings if f.blob}
    assert found[media(CODED).hex()].documents == ("/c",)
    assert media(KNOWN)[:8].hex() in found[media(CODED).hex()].what


def test_a_damaged_index_is_the_reason_that_is_given(store: Store) -> None:
    (key,) = (key for key in objects(store) if key.startswith("index/"))
    objects(store)[key] = b"damaged"
    report = checked(store)
    assert kinds(report).count("index-damaged") == 1
    assert "blob-missing" not in kinds(report)
    (missing,) = (f for f in report.findings if f.kind == "index-missing")
    assert "2 blobs in it that documents need are not found" in missing.what
    assert "assetstore verify --rebuild-index" in missing.hint


def test_a_blob_that_no_index_names_is_told() -> None:
    store, name = memory_store(), new_name()
    data, entries = coded_pack(name)
    put_pack(store, name, data, entries[:2])
    (finding,) = checked(store).findings
    assert (finding.kind, finding.pack) == ("index-damaged", name)


def test_a_damaged_manifest_is_told_and_the_others_are_heeded(store: Store) -> None:
    key = next(key for key in objects(store) if key.startswith("manifests/"))
    objects(store)[key] = b"damaged"
    report = checked(store)
    assert kinds(report) == ["manifest-damaged"]
    assert report.manifests == 1


def test_manifests_that_are_all_gone_are_no_order(store: Store) -> None:
    for key in list(store.manifest_keys()):
        store.backend.delete(key)
    report = checked(store)
    assert kinds(report) == ["manifests-missing"]
    assert report.unclaimed == 2


def test_what_no_document_needs_is_counted(store: Store) -> None:
    pack_of(store, b"nobody's")
    report = checked(store)
    assert (report.findings, report.unclaimed) == ((), 1)
    assert report.unclaimed_bytes == 64 + len(b"nobody's")


def test_what_was_purged_is_no_loss(store: Store) -> None:
    put(store.backend, f"purged/{media(ONE).hex()}", [])
    report = checked(store)
    assert report.findings == ()
    (note,) = report.notes
    assert "purge was interrupted" in note
    (name,) = store.packs()
    store.backend.delete(pack_key(name))
    pack_of(store, TWO, again=True)
    report = checked(store)
    assert report.findings == ()
    assert report.notes == ("1 blobs that documents need were purged, for good.",)


def test_what_was_accepted_to_be_lost_is_no_finding(store: Store) -> None:
    (name,) = store.packs()
    store.backend.delete(pack_key(name))
    accept_loss(store.backend, media(ONE).hex(), "media", ["/a"], 1.0)
    report = checked(store)
    assert [f.blob for f in report.findings] == [media(TWO).hex()]
    (loss,) = report.accepted
    assert (loss.blob, loss.kind, loss.documents) == (
        media(ONE).hex(),
        "media",
        ("/a", "/b"),
    )


def test_what_cannot_be_read_here_is_no_damage() -> None:
    store, name = memory_store(), new_name()
    record = Record(kind=Kind.MEDIA, id=media(ONE), codec=77, raw=9, stored=3)
    data, _ = coded_pack(name)
    entry = Entry(record=record, pack=name, offset=16)
    put_pack(store, name, data[:16] + record.pack() + b"xyz", [entry])
    manifest_of(store, "/a", media(ONE))
    assert kinds(checked(store, read_data=True)) == ["blob-unreadable"]


def test_what_is_in_the_way_is_noted(store: Store) -> None:
    put(store.backend, "packs/zz/stray", [b"x"])
    put(store.backend, f"tombs/{new_name()}", [])
    put(store.backend, pack_key(unnamed := new_name()), [b"x"])
    report = checked(store)
    assert report.findings == ()
    notes = "\n".join(report.notes)
    assert "packs/zz/stray is no pack's place" in notes
    assert "1 packs are condemned" in notes
    assert f"Pack {unnamed} is in no index." in notes


def test_a_part_of_the_data_is_read(store: Store) -> None:
    for number in range(5):
        pack_of(store, b"%d" % number * 100)
    read = [checked(store, subset=f"{part}/3").bytes_read for part in (1, 2, 3)]
    assert all(read)
    assert sum(read) == checked(store, read_data=True).bytes_read
    assert checked(store, subset="100%").read_data


@pytest.mark.parametrize("subset", ["", "0/3", "4/3", "x", "-1%"])
def test_a_part_that_is_none_is_a_usage_error(store: Store, subset: str) -> None:
    with pytest.raises(UsageError):
        checked(store, subset=subset)


def test_a_manifest_that_names_what_never_was_is_told() -> None:
    store = memory_store()
    manifest_of(store, "/a", BlobId(b"x" * 32))
    (finding,) = checked(store).findings
    assert (finding.kind, finding.what) == (
        "blob-missing",
        f"Blob {b'x'.hex() * 32} is not in the store.",
    )
