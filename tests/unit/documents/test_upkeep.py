"""Collect garbage and repair, with what the documents on this machine say."""

from pathlib import Path

import pytest

from assetstore.archiver.find_lost import FileHealer
from assetstore.archiver.run import archive_one
from assetstore.documents import upkeep as module
from assetstore.documents.catalog import forget
from assetstore.documents.upkeep import LocalDocuments, collect, repair
from assetstore.errors import LockedError, MissingBlob, UsageError
from assetstore.restore.options import RestoreOptions
from assetstore.restore.run import restore_one
from assetstore.store.format.blob import Kind
from assetstore.store.format.pack import pack_key
from assetstore.store.gc.retention import Retention
from assetstore.store.store import Store
from support.blobs import media, objects
from support.samples import picture, uri
from support.stores import folder_store, memory_store

PNG = picture(20, 16, 1)
PAGE = f'<img src="{uri(PNG)}">'.encode()


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def page(store: Store, tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE)
    archive_one(store, path)
    return path


def holds(store: Store) -> bool:
    try:
        return Store.on(store.backend, writer="x").read(Kind.MEDIA, media(PNG)) == PNG
    except MissingBlob:
        return False


def test_what_a_document_needs_stays(store: Store, page: Path) -> None:
    collect(store, grace=0)
    assert holds(store)


def test_what_no_document_needs_any_more_goes(store: Store, page: Path) -> None:
    restore_one(store, page, RestoreOptions())
    collect(store, grace=0, retention=Retention(keep_last=1))
    assert not holds(store)
    assert page.read_bytes() == PAGE


def test_a_file_that_still_holds_placeholders_keeps_them(
    store: Store, page: Path, tmp_path: Path
) -> None:
    forget(store, page, force=True)
    report = collect(store, grace=0, scan=[tmp_path])
    assert report.scanned >= 1
    assert holds(store)
    collect(store, grace=0, force=True)
    assert not holds(store)


def test_the_state_that_a_file_is_in_is_kept_whatever_came_later(
    store: Store, page: Path
) -> None:
    slim = page.read_bytes()
    page.write_bytes(f'<img src="{uri(picture(24, 20, 2))}">'.encode())
    archive_one(store, page)
    page.write_bytes(slim)
    report = collect(store, grace=0, retention=Retention(keep_last=1), dry_run=True)
    assert report.superseded == 0
    collect(store, grace=0, retention=Retention(keep_last=1))
    assert holds(store)
    page.unlink()
    collect(store, grace=0, retention=Retention(keep_last=1))
    assert not holds(store)


def test_a_dry_run_changes_nothing(store: Store, page: Path) -> None:
    forget(store, page, force=True)
    before = dict(objects(store))
    report = collect(store, grace=0, dry_run=True, force=True)
    assert objects(store) == before
    assert report.dropped.packs == 1


def test_a_path_that_cannot_be_searched_ends_it(
    store: Store, page: Path, tmp_path: Path
) -> None:
    before = dict(objects(store))
    with pytest.raises(UsageError):
        collect(store, grace=0, scan=[tmp_path / "none"], force=True)
    assert objects(store) == before
    with pytest.raises(TypeError):
        collect(store, scan="a text is many paths")


def test_two_of_them_do_not_run_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAIT", 0)
    with (
        folder_store(tmp_path) as store,
        folder_store(tmp_path) as other,
        other.lock("gc"),
    ):
        for work in (collect, repair):
            with pytest.raises(LockedError):
                work(store)


def test_what_was_lost_is_found_in_a_document_that_still_has_it(
    store: Store, page: Path, tmp_path: Path
) -> None:
    original = tmp_path / "original.html"
    original.write_bytes(PAGE)
    (name,) = store.packs()
    store.backend.delete(pack_key(name))
    report = repair(store, dry_run=True)
    assert len(report.lost) == 2
    report = repair(store, healers=lambda: [FileHealer(original)], config=True)
    assert (report.lost, report.config) == ((), True)
    assert holds(store)


def test_a_manifest_is_made_again_from_its_document(store: Store, page: Path) -> None:
    (key,) = store.manifest_keys()
    data = objects(store)[key]
    objects(store)[key] = data[:-65] + bytes(33) + data[-32:]
    (mended,) = repair(store).mended
    assert (mended.how, mended.document) == ("document", str(page))
    assert objects(store)[key] == data


def test_documents_of_this_machine_say_what_they_need(store: Store, page: Path) -> None:
    documents = LocalDocuments()
    own = store.manifest(page)
    assert own is not None
    assert documents.state([own]) == (own, "")
    digest = own.slim_hash.hex()
    assert documents.needs(store, page, digest) == set(own.refs)
    page.write_bytes(PAGE)
    assert documents.needs(store, page, digest) is None
    assert documents.state([own]) == (None, "")
