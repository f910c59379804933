"""Documents and pictures are looked up."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import assetstore
from assetstore.archiver.run import archive_paths
from assetstore.documents.catalog import list_documents
from assetstore.errors import (
    AmbiguousId,
    MissingBlob,
    SourceRefused,
    StoreError,
    UsageError,
)
from assetstore.restore.run import restore_paths
from assetstore.store.store import Store as BaseStore
from support.page import JPEG, PAGE, PNG


def test_functions_take_a_store_with_verbs(store: assetstore.Store) -> None:
    assert isinstance(store, BaseStore)
    archive_paths(store, ["page.html"])
    assert [info.state for info in list_documents(store)] == ["present"]
    assert [document.state for document in store.documents()] == ["present"]
    restore_paths(store, ["page.html"])
    assert Path("page.html").read_bytes() == PAGE


def test_a_store_that_is_met_is_one_with_verbs(here: Path) -> None:
    for create in (True, False):
        with assetstore.open_store("pictures", create=create) as store:
            assert type(store) is assetstore.Store
    with assetstore.open_store("new", create=True, dry_run=True) as store:
        assert type(store) is assetstore.Store
        assert repr(store) == "<Store in memory>"


def test_documents_below_a_folder(store: assetstore.Store) -> None:
    Path("deep").mkdir()
    Path("deep/page.html").write_bytes(PAGE)
    store.archive(["."])
    assert len(list(store.documents())) == 3
    (deep,) = store.documents(["deep"])
    assert deep.path.endswith("page.html")


def test_get_by_a_hash_its_beginning_or_a_placeholder(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    text = Path("page.html").read_text()
    placeholders = re.findall(r"as1:[\w-]{27}", text)
    assert len(placeholders) == 3
    png = store.get(placeholders[0])
    assert png.read() == PNG
    assert store.get(placeholders[1]).read() == JPEG
    for name in (png.hash, png.hash[:4], png.hash[:9].upper()):
        assert store.get(name) == png
    assert hash(store.get(png.hash)) == hash(png)


def test_a_beginning_that_fits_several(
    store: assetstore.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.archive(["page.html"])
    both = [bytes.fromhex(blob.hash) for blob in store.blobs()]
    monkeypatch.setattr(store, "find_media", lambda digits: both)
    with pytest.raises(AmbiguousId, match="fits 2 blobs"):
        store.get("abcd")


def test_find_the_documents_that_hold_a_picture(store: assetstore.Store) -> None:
    store.archive(["page.html", "session.jsonl"])
    png, jpeg = store.document("page.html").images()

    def names(found: Iterator[assetstore.Document]) -> list[str]:
        return [Path(document).name for document in found]

    assert names(store.find(png.hash)) == ["page.html", "session.jsonl"]
    assert names(store.find(jpeg.hash[:12])) == ["page.html"]
    assert names(jpeg.documents()) == ["page.html"]
    store.restore(["page.html"])
    assert names(store.find(png.hash)) == ["session.jsonl"]
    assert names(store.find(jpeg.hash)) == []


def test_a_store_in_memory_is_gone_when_it_is_closed() -> None:
    with assetstore.Store.memory() as store:
        small = store.archive_bytes(PAGE)
        assert repr(store) == "<Store in memory>"
        assert store.root is None
    with assetstore.Store.memory() as other, pytest.raises(MissingBlob):
        other.restore_bytes(small)


def test_a_store_names_its_folder(store: assetstore.Store, here: Path) -> None:
    assert repr(store) == f"<Store {str(here / 'pictures')!r}>"


def test_a_writer_that_is_no_more_is_adopted_or_released(
    store: assetstore.Store, here: Path
) -> None:
    def other(number: int) -> str:
        """Archive a document as another writer; its id."""
        path = Path(f"{number}.html")
        path.write_bytes(PAGE)
        state = here / f"state {number}"
        with assetstore.Store.open("pictures", state_dir=state) as theirs:
            theirs.archive([path])
            (own,) = (one for one in theirs.writers() if one.own)
            return own.id

    first, second = other(1), other(2)
    assert {one.id for one in store.writers()} == {first, second}
    assert not any(one.own for one in store.writers())
    assert store.adopt(first[:-2].upper()) == 1
    with pytest.raises(SourceRefused):
        store.release(second)
    assert store.release(second, force=True) == 1
    (left,) = store.writers()
    assert (left.own, left.documents) == (True, 1)
    with pytest.raises(StoreError):
        store.adopt(first)
    with pytest.raises(UsageError):
        store.adopt(left.id)
