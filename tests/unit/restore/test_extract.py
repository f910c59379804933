"""Media written out as files, under names by their hashes; no document changes."""

from pathlib import Path

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.errors import MissingBlob, SourceRefused
from assetstore.restore.extract import extract
from assetstore.restore.options import RestoreOptions
from assetstore.store.store import Store
from support.blobs import media, spoil
from support.samples import picture, uri
from support.stores import memory_store

PNG, GIF = picture(20, 16, 1), picture(24, 20, 2, "GIF")
STRANGE = b"as1:" + b"A" * 27


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def page(store: Store, tmp_path: Path) -> Path:
    path = tmp_path / "docs" / "page.html"
    path.parent.mkdir()
    one, two = uri(PNG), uri(GIF, "image/gif")
    path.write_bytes(f'<img src="{one}"><img src="{two}"><img src="{one}">'.encode())
    archive_paths(store, [path])
    return path


def name(raw: bytes, ending: str) -> str:
    return f"{media(raw).hex()[:16]}.{ending}"


def test_each_medium_is_a_file_of_its_own(
    store: Store, page: Path, tmp_path: Path
) -> None:
    slim, out = page.read_bytes(), tmp_path / "a" / "out"
    report = extract(store, [page.parent], out)
    (result,) = report.files
    assert (result.status, result.payloads) == ("extracted", 2)
    found = {path.name: path.read_bytes() for path in out.iterdir()}
    assert found == {name(PNG, "png"): PNG, name(GIF, "gif"): GIF}
    assert page.read_bytes() == slim


def test_what_is_there_is_left(store: Store, page: Path, tmp_path: Path) -> None:
    (tmp_path / name(PNG, "png")).write_bytes(b"touched up")
    extract(store, [page], tmp_path)
    assert (tmp_path / name(PNG, "png")).read_bytes() == b"touched up"
    assert (tmp_path / name(GIF, "gif")).read_bytes() == GIF


def test_what_is_no_file_is_not_followed(
    store: Store, page: Path, tmp_path: Path
) -> None:
    (tmp_path / name(PNG, "png")).symlink_to(tmp_path / "elsewhere")
    (result,) = extract(store, [page], tmp_path).files
    assert isinstance(result.error, SourceRefused)
    assert not (tmp_path / "elsewhere").exists()


def test_a_dry_run_writes_nothing(store: Store, page: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = extract(store, [page], out, RestoreOptions(dry_run=True))
    assert (report.dry_run, report.files[0].payloads) == (True, 2)
    assert not out.exists()


def test_of_several_stores_each_is_asked(
    store: Store, page: Path, tmp_path: Path
) -> None:
    (result,) = extract([memory_store(), store], [page], tmp_path / "out").files
    assert result.payloads == 2


def test_a_document_of_another_store_is_told(page: Path, tmp_path: Path) -> None:
    (result,) = extract(memory_store(), [page], tmp_path / "out").files
    assert isinstance(result.error, MissingBlob)
    options = RestoreOptions(allow_missing=True)
    (result,) = extract(memory_store(), [page], tmp_path / "out", options).files
    assert (result.status, result.unknown) == ("unchanged", 3)
    assert len(result.warnings) == 1


def test_a_placeholder_that_names_nothing_is_counted(
    store: Store, page: Path, tmp_path: Path
) -> None:
    page.write_bytes(page.read_bytes() + STRANGE)
    (result,) = extract(store, [page], tmp_path / "out").files
    assert (result.status, result.payloads, result.unknown) == ("extracted", 2, 1)


def test_what_is_damaged_is_not_written(
    store: Store, page: Path, tmp_path: Path
) -> None:
    spoil(store, media(PNG))
    out = tmp_path / "out"
    (result,) = extract(store, [page], out).files
    assert result.status == "failed"
    assert not (out / name(PNG, "png")).exists()
    options = RestoreOptions(allow_missing=True)
    (result,) = extract(store, [page], out, options).files
    assert (result.payloads, result.unknown) == (1, 2)
    assert [path.name for path in out.iterdir()] == [name(GIF, "gif")]


def test_one_that_cannot_be_read_ends_nothing_else(
    store: Store, page: Path, tmp_path: Path
) -> None:
    report = extract(store, [tmp_path / "none", page], tmp_path / "out")
    assert [each.status for each in report.files] == ["failed", "extracted"]


def test_its_own_folder_is_not_searched(
    store: Store, page: Path, tmp_path: Path
) -> None:
    out = page.parent / "out"
    extract(store, [page.parent], out)
    report = extract(store, [page.parent], out)
    assert [Path(each.path).name for each in report.files] == ["page.html"]
