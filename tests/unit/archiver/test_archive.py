"""Archive documents: draft, verify, publish, replace; until then each is as it was."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

from assetstore.archiver import archive as module
from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions
from assetstore.errors import (
    ContainerRefused,
    LockedError,
    SourceChanged,
    SourceRefused,
    StoreWriteError,
    VerifyMismatch,
)
from assetstore.files.source import Source
from assetstore.results import FileResult
from assetstore.store.backends.base import put
from assetstore.store.format.blob import Kind
from assetstore.store.session import Session
from assetstore.store.store import Store
from support.blobs import flip, media, objects
from support.samples import picture, uri
from support.stores import memory_store, restored

PNG = picture(20, 16, 1)
PAGE = f'<img src="{uri(PNG)}">'.encode()
OTHER = f'<img src="{uri(picture(24, 20, 2))}">'.encode()


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return page_of(tmp_path, "page.html", PAGE)


def page_of(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def archived(
    store: Store, *paths: Path, options: ArchiveOptions | None = None
) -> Sequence[FileResult]:
    return Archiver(store, options or ArchiveOptions()).in_place(paths)


def alone(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_document_is_replaced_and_comes_back(store: Store, page: Path) -> None:
    (result,) = archived(store, page)
    assert (result.status, result.payloads, result.new_blobs) == ("archived", 1, 1)
    assert (result.before, result.after) == (len(PAGE), page.stat().st_size)
    assert restored(store, page.read_bytes()) == PAGE
    manifest = store.manifest(page)
    assert manifest is not None
    assert (manifest.source_size, manifest.payloads) == (len(PAGE), 1)
    assert alone(page.parent) == ["page.html"]


def test_a_second_archive_has_nothing_to_do(store: Store, page: Path) -> None:
    archived(store, page)
    slim, seen = page.read_bytes(), dict(objects(store))
    (result,) = archived(store, page)
    assert (result.status, result.payloads) == ("unchanged", 0)
    assert page.read_bytes() == slim
    assert objects(store) == seen


def test_a_batch_shares_a_commit_and_errors_are_each_one_s_own(
    store: Store, page: Path, tmp_path: Path
) -> None:
    second = page_of(tmp_path, "second.html", OTHER)
    binary = page_of(tmp_path, "a.bin", b"\0\1\2" * 99)
    results = archived(store, page, tmp_path / "none.html", binary, second)
    assert [each.status for each in results] == [
        "archived",
        "failed",
        "failed",
        "archived",
    ]
    assert isinstance(results[2].error, ContainerRefused)
    assert len(store.packs()) == 1
    assert binary.read_bytes() == b"\0\1\2" * 99


def test_a_dry_run_says_the_same_and_changes_nothing(store: Store, page: Path) -> None:
    before = dict(objects(store))
    (said,) = archived(store, page, options=ArchiveOptions(dry_run=True))
    assert page.read_bytes() == PAGE
    assert objects(store) == before
    assert alone(page.parent) == ["page.html"]
    (done,) = archived(store, page)
    assert (said.status, said.payloads, said.after, said.new_blobs) == (
        done.status,
        done.payloads,
        done.after,
        done.new_blobs,
    )


def test_one_alone_raises_its_error(store: Store, page: Path, tmp_path: Path) -> None:
    archiver = Archiver(store, ArchiveOptions())
    assert archiver.one(page).status == "archived"
    with pytest.raises(FileNotFoundError):
        archiver.one(tmp_path / "none.html")
    twin = page_of(tmp_path, "twin.html", PAGE)
    os.link(twin, tmp_path / "other")
    with pytest.raises(SourceRefused):
        archiver.one(twin)
    assert twin.read_bytes() == PAGE


def test_another_place_is_written_and_the_document_is_left(
    store: Store, page: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    archiver = Archiver(store, ArchiveOptions())
    with Source.open(page) as source:
        result = archiver.elsewhere(source, "page.html", target, str(target))
    assert result.status == "archived"
    assert page.read_bytes() == PAGE
    assert restored(store, target.read_bytes()) == PAGE
    manifest = store.manifest(target)
    assert manifest is not None
    assert store.manifest(page) is None


def test_a_document_without_payloads_is_copied_there(
    store: Store, tmp_path: Path
) -> None:
    page = page_of(tmp_path, "page.md", b"words")
    with Source.open(page) as source:
        archiver = Archiver(store, ArchiveOptions())
        result = archiver.elsewhere(source, "page.md", tmp_path / "out", "")
    assert result.status == "unchanged"
    assert (tmp_path / "out").read_bytes() == b"words"


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be restored differs from what stands in a document."""
    monkeypatch.setattr(module, "same", lambda pieces, source: [*pieces] == [])


def test_what_would_not_come_back_is_left_as_it_is(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch)
    (result,) = archived(store, page)
    assert isinstance(result.error, VerifyMismatch)
    assert page.read_bytes() == PAGE
    assert store.manifest(page) is None
    assert store.packs() == {}, "what was written is for nothing"
    assert alone(page.parent) == ["page.html"]


def test_a_document_that_changes_meanwhile_is_left_as_it_is(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = Session.seal

    def written_to(self: Session) -> None:
        seal(self)
        with page.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(Session, "seal", written_to)
    (result,) = archived(store, page)
    assert isinstance(result.error, SourceChanged)
    assert page.read_bytes() == PAGE + b"more"
    assert alone(page.parent) == ["page.html"]


def test_a_damaged_copy_in_the_store_is_written_anew(
    store: Store, page: Path, tmp_path: Path
) -> None:
    archived(store, page)
    (entry,) = store.copies(media(PNG))
    flip(store, entry)
    again = page_of(tmp_path, "again.html", PAGE)
    (result,) = archived(store, again)
    assert result.status == "archived"
    assert len(store.copies(media(PNG))) == 2
    assert store.read(Kind.MEDIA, media(PNG)) == PNG


def test_a_condemned_pack_is_not_relied_upon(
    store: Store, page: Path, tmp_path: Path
) -> None:
    archived(store, page)
    (entry,) = store.copies(media(PNG))
    put(store.backend, f"tombs/{entry.pack}", [])
    again = page_of(tmp_path, "again.html", PAGE)
    (result,) = archived(store, again)
    assert result.status == "archived"
    assert {e.pack for e in store.copies(media(PNG))} > {entry.pack}


def test_a_store_that_loses_everything_ends_it(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "absent", lambda self, refs: list(refs))
    (result,) = archived(store, page)
    assert isinstance(result.error, StoreWriteError)
    assert "loses" in result.reason
    assert page.read_bytes() == PAGE


def test_a_store_that_cannot_be_written_ends_every_job(
    store: Store, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Session) -> None:
        raise StoreWriteError("no room")

    monkeypatch.setattr(Session, "commit", full)
    other = page_of(tmp_path, "other.html", OTHER)
    results = archived(store, page, other)
    assert [each.reason for each in results] == ["no room"] * 2
    assert (page.read_bytes(), other.read_bytes()) == (PAGE, OTHER)
    assert alone(tmp_path) == ["other.html", "page.html"]


def test_a_document_that_somebody_works_on_waits_for_another_time(
    store: Store, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = page_of(tmp_path, "other.html", OTHER)
    held = store.doc_stripe(page)
    lock = store.lock

    def busy(name: str, timeout: float = 0, *, reads: bool = False) -> object:
        if name == held:
            raise LockedError("at work")
        return lock(name, timeout, reads=reads)

    monkeypatch.setattr(store, "lock", busy)
    first, second = archived(store, page, other)
    assert isinstance(first.error, LockedError)
    assert second.status == "archived" or store.doc_stripe(other) == held
    assert page.read_bytes() == PAGE


def test_one_that_is_open_for_writing_is_left_as_it_is(
    store: Store, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        module, "written_by_others", lambda files: dict.fromkeys(files, 1)
    )
    (result,) = archived(store, page)
    assert result.status == "failed"
    assert page.read_bytes() == PAGE


class Sparing:
    """Spares the first payload of every document."""

    name = "the first"

    def offsets(self, path: Path) -> frozenset[int]:
        return frozenset((path.read_bytes().index(b"data:"),))

    def settled(self, path: Path) -> bool:
        return True


def test_what_is_spared_stays(store: Store, tmp_path: Path) -> None:
    page = page_of(tmp_path, "page.html", PAGE + OTHER)
    archiver = Archiver(store, ArchiveOptions(), sparing=Sparing())
    (result,) = archiver.in_place([page])
    assert (result.payloads, result.stays.count) == (1, 1)
    assert page.read_bytes().startswith(PAGE)
    assert restored(store, page.read_bytes()) == PAGE + OTHER


def test_a_copy_of_an_archived_document_is_claimed(
    store: Store, page: Path, tmp_path: Path
) -> None:
    archived(store, page)
    copy = page_of(tmp_path, "copy.html", page.read_bytes())
    (result,) = archived(store, copy)
    assert (result.status, result.payloads) == ("unchanged", 0)
    manifest = store.manifest(copy)
    assert manifest is not None
    assert (Kind.MEDIA, media(PNG)) in manifest.refs
    assert copy.read_bytes() == page.read_bytes()


@pytest.mark.parametrize("name", ["a.json", "a.ipynb"])
@pytest.mark.parametrize("behind", ["text/plain", "src", "a b", 'k"q'])
def test_a_line_break_in_front_of_the_next_member(
    store: Store, tmp_path: Path, name: str, behind: str
) -> None:
    """It is none between the lines of a list: the JSON would have lost a name."""
    drawing = "<svg xmlns='http://www.w3.org/2000/svg'>" + "<p/>" * 99 + "</svg>"
    uri_of = "data:image/svg+xml," + quote(drawing)
    content = {"image/svg+xml": drawing + "\n", "url": uri_of + "\n", behind: "x"}
    whole = json.dumps(content).encode()
    document = page_of(tmp_path, name, whole)
    assert archived(store, document)[0].status == "archived"
    found = json.loads(document.read_bytes())
    assert list(found) == list(content)
    assert found[behind] == "x"
    assert restored(store, document.read_bytes()) == whole


@pytest.mark.parametrize("behind", ["b64_json", "dataaaaa", "src"])
def test_a_picture_that_is_cut_takes_no_name_of_a_member(
    store: Store, tmp_path: Path, behind: str
) -> None:
    for cut in range(400, 412):
        address = uri(picture(20, 16, 1))[:cut]
        content = {
            "image/png": f"x {address}\n",
            behind: "y",
            "z": uri(picture(9, 9, 2)),
        }
        document = page_of(tmp_path, "a.json", json.dumps(content).encode())
        archived(store, document)
        assert list(json.loads(document.read_bytes())) == list(content)
