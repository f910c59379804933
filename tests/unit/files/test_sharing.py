"""Files that are open elsewhere, by a stand-in for Windows."""

import os
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.cli.failure import problem_of
from assetstore.documents.upkeep import collect
from assetstore.errors import HeldOpen, LockedError, SourceChanged, SourceInUse
from assetstore.files.output import write_output
from assetstore.files.replace import Draft
from assetstore.files.sharing import remove
from assetstore.files.source import Source
from assetstore.restore.run import restore_paths
from assetstore.store.backends.upload import link, write_failed
from assetstore.store.store import Store
from support.samples import picture, uri
from support.windows import OpenFiles, open_files, refused


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> OpenFiles:
    return open_files(monkeypatch)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "page.html"
    path.parent.mkdir()
    path.write_text(f"<img src='{uri(picture(40, 40, 1))}'>", "utf-8")
    return path


def names(document: Path) -> list[str]:
    return [path.name for path in document.parent.iterdir()]


@pytest.mark.parametrize("how", ["unread", "kept"])
def test_a_document_that_is_open_elsewhere_stays(
    document: Path, tmp_path: Path, files: OpenFiles, how: str
) -> None:
    before = document.read_bytes()
    getattr(files, how).add(document)
    with Store.open(tmp_path / "store", create=True) as store:
        report = archive_paths(store, [document])
        (result,) = report.files
        assert (result.status, result.code) == ("failed", 13)
        assert isinstance(result.error, SourceInUse)
        assert "open in another program" in result.reason
        assert "Close that program" in result.hint
        assert document.read_bytes() == before
        assert names(document) == ["page.html"]
        assert len(files.refusals) == 5
        assert sum(files.pauses) <= 1

        files.unread.clear()
        files.kept.clear()
        report = archive_paths(store, [document])
        assert report.files[0].status == "archived"
        small = document.read_bytes()
        files.kept.add(document)
        back = restore_paths(store, [document])
        assert back.files[0].code == 13
        assert document.read_bytes() == small
        assert names(document) == ["page.html"]
        files.kept.clear()
        restore_paths(store, [document])
        assert document.read_bytes() == before


def test_what_is_open_for_a_moment_is_waited_for(
    document: Path, tmp_path: Path, files: OpenFiles
) -> None:
    before = document.read_bytes()
    files.kept.add(document)
    files.times = 3
    with Store.open(tmp_path / "store", create=True) as store:
        report = archive_paths(store, [document])
    assert report.files[0].status == "archived"
    assert document.read_bytes() != before
    assert files.refusals == ["replace"] * 3
    assert names(document) == ["page.html"]


def test_who_writes_while_it_is_waited_for_is_noticed(
    document: Path, tmp_path: Path, files: OpenFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.kept.add(document)
    files.times = 1
    monkeypatch.setattr(
        "assetstore.files.sharing.sleep",
        lambda _: document.write_bytes(b"more of it"),
    )
    with Store.open(tmp_path / "store", create=True) as store:
        report = archive_paths(store, [document])
    assert isinstance(report.files[0].error, SourceChanged)
    assert document.read_bytes() == b"more of it"


def test_an_output_that_is_open_elsewhere_stays(
    document: Path, files: OpenFiles
) -> None:
    target = document.with_name("small.html")
    target.write_bytes(b"earlier")
    files.kept.add(target)
    with pytest.raises(SourceInUse, match=r"small\.html is open in another program"):
        write_output(target, [b"now"], sources=[document])
    assert target.read_bytes() == b"earlier"
    assert sorted(names(document)) == ["page.html", "small.html"]


def test_it_is_an_error_of_the_system_too(document: Path, files: OpenFiles) -> None:
    files.unread.add(document)
    with pytest.raises(OSError, match="open in another program") as caught:
        Source.open(document)
    assert isinstance(caught.value, HeldOpen)
    assert problem_of(caught.value).exit_code == 13


def test_a_draft_that_somebody_opens_is_removed_a_little_later(
    document: Path, files: OpenFiles
) -> None:
    files.times = 2
    with Draft(document) as draft:
        draft.write(b"of no use")
        files.kept.update(document.parent.glob(".*.tmp"))
    assert files.refusals == ["unlink"] * 2
    assert (draft.left, names(document)) == ("", ["page.html"])


def test_one_that_stays_is_told(document: Path, files: OpenFiles) -> None:
    files.kept.add(document)
    assert not remove(document)
    assert len(files.refusals) == 10
    assert sum(files.pauses) <= 2


def test_what_nobody_has_open_is_refused_as_it_is(
    document: Path, files: OpenFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object) -> int:
        raise PermissionError(13, "Permission denied", str(document))

    monkeypatch.setattr("os.open", no)
    with pytest.raises(PermissionError) as caught:
        Source.open(document)
    assert (caught.value.filename, files.pauses) == (str(document), [])


def test_a_pack_that_is_open_elsewhere_is_collected_later(
    document: Path, tmp_path: Path, files: OpenFiles
) -> None:
    with Store.open(tmp_path / "store", create=True) as store:
        archive_paths(store, [document])
        restore_paths(store, [document])
        packs = {p for p in (tmp_path / "store" / "packs").rglob("*") if p.is_file()}
        assert packs
        files.kept.update(packs)
        with pytest.raises(LockedError, match="another program has a file of the"):
            collect(store, grace=0)
        assert all(path.exists() for path in packs)
        files.kept.clear()
        collect(store, grace=0)
        assert not any(path.exists() for path in packs)


def test_the_store_s_own_files_are_placed_a_little_later(
    document: Path, tmp_path: Path, files: OpenFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetstore.store.backends.upload.sys.platform", "win32")
    real, tries = os.rename, list[object]()

    def renamed(path: Path, target: Path) -> None:
        tries.append(target)
        if len(tries) <= 2:
            raise refused(32, path)
        real(path, target)

    part, target = document.with_name("part"), document.with_name("pack")
    part.write_bytes(b"bytes")
    monkeypatch.setattr(os, "rename", renamed)
    link(part, target)
    assert (len(tries), target.read_bytes()) == (3, b"bytes")
    error = write_failed(refused(32, target), target)
    assert "Another program has the file open" in error.hint
