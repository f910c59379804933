"""One document of a store, and the media that it needs, in their order."""

from pathlib import Path

import pytest

from assetstore.archiver.run import archive_one
from assetstore.documents.lookup import document_info, needed_media
from assetstore.errors import DamagedManifest, StoreError
from assetstore.store.store import Store
from support.blobs import manifest_of, media, objects
from support.samples import picture, uri
from support.stores import memory_store

PICTURES = [picture(20, 16, n) for n in range(4)]


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def page(store: Store, tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("".join(f'<img src="{uri(raw)}">' for raw in PICTURES))
    archive_one(store, path)
    return path


def test_a_document_is_told(store: Store, page: Path) -> None:
    found = document_info(store, page)
    assert (found.path, found.state, found.payloads) == (str(page), "present", 4)
    assert found == document_info(store, str(page), store.writer)


def test_one_that_the_store_does_not_know_is_told(store: Store, page: Path) -> None:
    with pytest.raises(StoreError, match="knows no document"):
        document_info(store, page.with_name("other"))
    with pytest.raises(StoreError):
        document_info(store, page, "somebody")


def test_another_s_is_found_where_we_have_none(store: Store, page: Path) -> None:
    another = Store.on(store.backend, writer="another")
    assert not document_info(another, page).own
    manifest_of(another, str(page))
    assert document_info(another, page).own
    assert document_info(store, page, "another").client == "another"


def test_one_that_cannot_be_read_is_told(store: Store, page: Path) -> None:
    for key in list(store.manifest_keys()):
        objects(store)[key] = b"damaged"
    with pytest.raises(DamagedManifest):
        document_info(store, page)


def test_media_come_in_the_order_of_the_document(store: Store, page: Path) -> None:
    ids = [media(raw) for raw in PICTURES]
    assert needed_media(store, document_info(store, page)) == ids
    parts = page.read_bytes().split(b">")
    page.write_bytes(b">".join([*reversed(parts[:4]), b""]))
    assert needed_media(store, document_info(store, page)) == ids[::-1]


def test_what_is_not_found_in_it_comes_last(store: Store, page: Path) -> None:
    ids = [media(raw) for raw in PICTURES]
    parts = page.read_bytes().split(b">")
    page.write_bytes(parts[2] + b">")
    found = needed_media(store, document_info(store, page))
    assert found[0] == ids[2]
    assert sorted(found) == sorted(ids)
    page.unlink()
    found = needed_media(store, document_info(store, page))
    assert sorted(found) == sorted(ids)


def test_what_it_only_quotes_it_does_not_need(
    store: Store, page: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.html"
    other.write_text(f'<img src="{uri(picture(9, 9, 9))}">')
    archive_one(store, other)
    page.write_bytes(other.read_bytes() + page.read_bytes())
    found = needed_media(store, document_info(store, page))
    assert found == [media(raw) for raw in PICTURES]
