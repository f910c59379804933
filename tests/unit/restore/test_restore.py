"""Restore a document: every byte back, or the document as it was."""

import io
import os
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_one
from assetstore.errors import (
    ContainerRefused,
    DamagedBlob,
    IntegrityError,
    MissingBlob,
    PurgedBlob,
    SourceRefused,
)
from assetstore.files.source import Source
from assetstore.restore import restore as module
from assetstore.restore.options import RestoreOptions
from assetstore.restore.restore import Restorer
from assetstore.store.backends.base import put
from assetstore.store.store import Store
from support.blobs import media, objects, spoil
from support.samples import picture, uri
from support.stores import memory_store

PNG = picture(20, 16, 1)
PAGE = f'<img src="{uri(PNG)}"><img src="{uri(picture(24, 20, 2))}">'.encode()


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def page(store: Store, tmp_path: Path) -> Path:
    """An archived page."""
    path = tmp_path / "page.html"
    path.write_bytes(PAGE)
    archive_one(store, path)
    return path


def restorer(*stores: Store, **options: object) -> Restorer:
    return Restorer(stores, RestoreOptions(**options))  # type: ignore[arg-type]


def alone(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_byte_comes_back(store: Store, page: Path) -> None:
    slim = page.stat().st_size
    result = restorer(store).in_place(page)
    assert page.read_bytes() == PAGE
    assert (result.status, result.payloads) == ("restored", 2)
    assert (result.before, result.after) == (slim, len(PAGE))
    assert (result.code, result.warnings) == (0, ())
    manifest = store.manifest(page)
    assert manifest is not None
    assert (manifest.state, manifest.refs) == ("restored", ())
    assert alone(page.parent) == ["page.html"]


def test_what_was_restored_is_not_restored_again(store: Store, page: Path) -> None:
    restorer(store).in_place(page)
    before = dict(objects(store))
    assert restorer(store).in_place(page).status == "unchanged"
    assert objects(store) == before


def test_a_dry_run_says_the_same_and_changes_nothing(store: Store, page: Path) -> None:
    slim, before = page.read_bytes(), dict(objects(store))
    said = restorer(store, dry_run=True).in_place(page)
    assert page.read_bytes() == slim
    assert objects(store) == before
    done = restorer(store).in_place(page)
    assert (said.status, said.payloads, said.after) == (
        done.status,
        done.payloads,
        done.after,
    )


def test_a_damaged_blob_leaves_the_document_as_it_was(store: Store, page: Path) -> None:
    slim = page.read_bytes()
    spoil(store, media(PNG))
    with pytest.raises(DamagedBlob) as caught:
        restorer(store).in_place(page)
    assert caught.value.path
    assert page.read_bytes() == slim
    assert alone(page.parent) == ["page.html"]
    manifest = store.manifest(page)
    assert manifest is not None
    assert manifest.state == "archived"


def test_the_rest_is_restored_where_that_was_asked_for(
    store: Store, page: Path
) -> None:
    spoil(store, media(PNG))
    result = restorer(store, allow_missing=True).in_place(page)
    assert (result.status, result.payloads, result.unknown) == ("restored", 1, 1)
    assert result.code == 0, "it was asked for"
    assert page.read_bytes().endswith(PAGE[-60:])
    assert page.read_bytes().count(b"as1:") == 1
    assert any("stay" in warning for warning in result.warnings)
    manifest = store.manifest(page)
    assert manifest is not None
    assert manifest.state == "archived", "it needs what it still names"


def test_what_was_purged_says_so(store: Store, page: Path) -> None:
    put(store.backend, f"purged/{media(PNG).hex()}", [])
    spoil(store, media(PNG))
    with pytest.raises(PurgedBlob):
        restorer(store).in_place(page)


def test_a_document_of_another_store_is_told(page: Path) -> None:
    slim = page.read_bytes()
    with pytest.raises(MissingBlob, match="none of the placeholders in it") as caught:
        restorer(memory_store()).in_place(page)
    assert "--store" in caught.value.hint
    assert page.read_bytes() == slim


def test_of_several_stores_the_first_that_has_it_gives_it(
    store: Store, page: Path
) -> None:
    assert restorer(memory_store(), store).in_place(page).payloads == 2
    assert page.read_bytes() == PAGE


def test_a_document_without_placeholders_is_left(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "words.md"
    path.write_bytes(b"words")
    assert restorer(store).in_place(path).status == "unchanged"


def test_what_no_archive_takes_is_left(store: Store, page: Path) -> None:
    binary = page.with_name("a.bin")
    binary.write_bytes(b"\0\1\2\3" * 99 + page.read_bytes())
    with pytest.raises(ContainerRefused):
        restorer(store).in_place(binary)


def test_what_cannot_be_replaced_is_left(store: Store, page: Path) -> None:
    slim = page.read_bytes()
    os.link(page, page.with_name("twin"))
    with pytest.raises(SourceRefused):
        restorer(store).in_place(page)
    assert page.read_bytes() == slim


def test_a_document_that_would_become_too_long_is_left(
    store: Store, page: Path
) -> None:
    slim = page.read_bytes()
    with pytest.raises(IntegrityError, match="longer than 1,000 bytes"):
        restorer(store, limit=1000).in_place(page)
    assert page.read_bytes() == slim
    restorer(store, limit=len(PAGE)).in_place(page)
    assert page.read_bytes() == PAGE


def test_a_replacement_that_fails_is_taken_back(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slim, before = page.read_bytes(), store.manifest(page)

    def failing(*given: object) -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(module, "between", failing)
    with pytest.raises(OSError, match="the disk is away"):
        restorer(store).in_place(page)
    assert page.read_bytes() == slim
    assert store.manifest(page) == before
    assert alone(page.parent) == ["page.html"]


def test_all_that_is_needed_is_read_beforehand(store: Store, page: Path) -> None:
    with Source.open(page) as source:
        restorer(store).check(source)
    spoil(store, media(PNG))
    with Source.open(page) as source, pytest.raises(DamagedBlob):
        restorer(store).check(source)
    with Source.open(page) as source, pytest.raises(MissingBlob):
        restorer(memory_store()).check(source)


def test_bytes_and_streams_come_back_too(store: Store, page: Path) -> None:
    assert restorer(store).of_bytes(page.read_bytes(), "page") == PAGE
    target = io.BytesIO()
    with Source.open(page) as source:
        result = restorer(store).to_stream(source, "-", target)
    assert target.getvalue() == PAGE
    assert (result.path, result.payloads) == ("-", 2)
    with Source.open(page) as source:
        dry = io.BytesIO()
        restorer(store, dry_run=True).to_stream(source, "-", dry)
    assert dry.getvalue() == b""


def test_another_file_is_written_and_the_document_is_left(
    store: Store, page: Path
) -> None:
    slim, target = page.read_bytes(), page.with_name("out")
    target.write_bytes(b"old")
    result = restorer(store).to_file(page, target)
    assert (target.read_bytes(), page.read_bytes()) == (PAGE, slim)
    assert result.status == "restored"
    spoil(store, media(PNG))
    target.write_bytes(b"old")
    with pytest.raises(DamagedBlob):
        restorer(store).to_file(page, target)
    assert target.read_bytes() == b"old"


def test_whoever_replaces_it_otherwise_is_called_between(
    store: Store, page: Path
) -> None:
    states: list[str] = []

    def replace() -> None:
        manifest = store.manifest(page)
        assert manifest is not None
        states.append("begun" if manifest.begun else manifest.state)

    restorer(store).to_file(page, page.with_name("out"), page, replace)
    manifest = store.manifest(page)
    assert manifest is not None
    assert states == ["begun"]
    assert (manifest.state, manifest.begun) == ("restored", False)
