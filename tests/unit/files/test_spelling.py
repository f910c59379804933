"""Documents by names of another case, on a stand-in for a system that finds them."""

import os
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_one, archive_paths
from assetstore.documents.catalog import forget, list_documents
from assetstore.documents.upkeep import collect
from assetstore.errors import SourceRefused, StoreError
from assetstore.files.find import find_documents
from assetstore.files.spelling import as_spelled
from assetstore.restore.run import restore_paths
from assetstore.store.store import Store
from support.caseless import caseless
from support.samples import picture, uri


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "Docs" / "Page.html"
    path.parent.mkdir()
    path.write_text(f"<img src='{uri(picture(40, 40, 1))}'>", "utf-8")
    return path


@pytest.fixture
def other(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The document's name in another case."""
    caseless(monkeypatch, tmp_path)
    return tmp_path / "docs" / "page.HTML"


def known(store: Store) -> list[tuple[str, str]]:
    return [(info.path, info.state) for info in list_documents(store)]


def test_a_path_is_as_its_folders_have_it(
    document: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = as_spelled([other, Path("docs/page.html"), tmp_path / "DOCS" / "none.html"])
    assert found == [
        document,
        Path("Docs/Page.html"),
        tmp_path / "Docs" / "none.html",
    ]


def test_what_has_a_case_stays(document: Path) -> None:
    paths = [
        document,
        document.with_name("page.html"),
        Path("../Docs"),
        Path("/"),
        Path(),
    ]
    assert as_spelled(paths) == paths
    os.link(document, document.with_name("pAGE.HTML"))  # two names of one file
    assert as_spelled(paths) == paths


def test_accents_may_be_written_in_two_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart, joined = tmp_path / "Cafe\u0301.html", tmp_path / "Caf\u00e9.html"
    apart.write_bytes(b"")
    real = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path: real(apart))
    assert as_spelled([joined]) == [apart]


def test_one_file_by_several_names_is_one_document(
    document: Path, other: Path, tmp_path: Path
) -> None:
    before = document.read_bytes()
    with Store.open(tmp_path / "store", create=True) as store:
        report = archive_paths(store, [document, other, tmp_path / "DOCS"])
        assert [(file.path, file.status) for file in report.files] == [
            (str(document), "archived")
        ]
        assert known(store) == [(str(document), "present")]
        collect(store, grace=0)
        with pytest.raises(SourceRefused, match="still holds 1 placeholder"):
            forget(store, other)
        assert restore_paths(store, [other]).files[0].status == "restored"
        assert document.read_bytes() == before
        assert os.listdir(document.parent) == ["Page.html"]
        assert known(store) == [(str(document), "restored")]
        forget(store, other)
        assert known(store) == []
        with pytest.raises(StoreError, match="knows no document"):
            forget(store, other)
        assert archive_one(store, other).status == "archived"
        assert os.listdir(document.parent) == ["Page.html"]


def test_a_document_that_gets_another_case_is_restored(
    document: Path, other: Path, tmp_path: Path
) -> None:
    before, new = document.read_bytes(), document.with_name("PAGE.html")
    with Store.open(tmp_path / "store", create=True) as store:
        archive_paths(store, [document])
        document.rename(new)
        collect(store, grace=0)
        assert known(store) == [(str(document), "present")]
        assert restore_paths(store, [new]).files[0].status == "restored"
        assert new.read_bytes() == before
        collect(store, grace=0)
        assert known(store) == [(str(document), "changed")]
        forget(store, document)
        assert known(store) == []


def test_a_store_is_left_out_by_any_name(
    document: Path, other: Path, tmp_path: Path
) -> None:
    Store.open(tmp_path / "store", create=True).close()
    found = find_documents([tmp_path], without=[tmp_path / "STORE"])
    assert [file.path for file in found] == [str(document)]
