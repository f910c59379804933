"""Documents that quote their own placeholders, in whatever state they are left."""

import re
from pathlib import Path

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.restore.run import restore_paths
from assetstore.store.gc import collect
from assetstore.store.retention import Retention
from assetstore.store.store import Store
from support.samples import picture, uri
from support.stores import folder_store

ALL = ArchiveOptions(min_size=0)
ONE = f'{{"image_url":"{uri(picture(40, 40, 1))}"}}\n'.encode()
TWO = f'{{"image_url":"{uri(picture(40, 40, 2))}"}}\n'.encode()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "log.jsonl"
    path.write_bytes(ONE)
    return path


def archive(store: Store, path: Path) -> None:
    report = archive_paths(store, [path], ALL)
    assert report.files[0].status == "archived", report.files


def restore(store: Store, path: Path, status: str = "restored") -> bytes:
    report = restore_paths(store, [path])
    assert [file.status for file in report.files] == [status], report.files
    return path.read_bytes()


def quote_of(path: Path) -> bytes:
    """A line that quotes the first placeholder of an archived document."""
    found = re.search(rb"as1:[\w-]{27}", path.read_bytes())
    assert found is not None
    return b'{"read":"' + found[0] + b'"}\n'


def append(path: Path, line: bytes) -> bytes:
    with path.open("ab") as file:
        file.write(line)
    return line


def superseded_in_vain(store: Store, path: Path) -> None:
    """Leave a newer manifest of a form that never takes the file's place."""
    slim = path.read_bytes()
    path.write_bytes(slim + TWO)
    archive(store, path)
    path.write_bytes(slim)


def collected(store: Store) -> int:
    return collect(store, grace=0, retention=Retention(keep_last=1)).superseded


def test_the_state_that_the_file_is_in_is_kept(tmp_path: Path, page: Path) -> None:
    with folder_store(tmp_path) as store:
        archive(store, page)
        superseded_in_vain(store, page)
        assert collected(store) == 0
        quote = append(page, quote_of(page))
        archive(store, page)
        assert collected(store) == 2
        assert restore(store, page) == ONE + quote


def test_a_state_that_the_file_grew_out_of_goes(tmp_path: Path, page: Path) -> None:
    with folder_store(tmp_path) as store:
        archive(store, page)
        append(page, TWO)
        archive(store, page)
        assert collected(store) == 1
        assert restore(store, page) == ONE + TWO


def test_a_file_that_cannot_be_read_keeps_its_states(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with folder_store(tmp_path) as store:
        archive(store, page)
        append(page, TWO)
        archive(store, page)
        monkeypatch.setattr("assetstore.store.standing.Source.open", refuse)
        assert collected(store) == 0


def test_restored_with_a_quotation_then_archived(tmp_path: Path, page: Path) -> None:
    with folder_store(tmp_path) as store:
        archive(store, page)
        quote = append(page, quote_of(page))
        assert restore(store, page) == ONE + quote
        archive(store, page)
        collected(store)
        assert restore(store, page) == ONE + quote


def test_restored_twice(tmp_path: Path, page: Path) -> None:
    with folder_store(tmp_path) as store:
        archive(store, page)
        quote = append(page, quote_of(page))
        assert restore(store, page) == ONE + quote
        assert restore(store, page, "unchanged") == ONE + quote
        more = append(page, quote)
        assert restore(store, page, "unchanged") == ONE + quote + more


def test_archived_in_vain_after_a_restore(tmp_path: Path, page: Path) -> None:
    with folder_store(tmp_path) as store:
        archive(store, page)
        quote = append(page, quote_of(page))
        plain = restore(store, page)
        archive(store, page)
        page.write_bytes(plain)
        collected(store)
        archive(store, page)
        assert restore(store, page) == ONE + quote


def test_a_restore_that_is_refused_leaves_what_was_known(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with folder_store(tmp_path) as store:
        archive(store, page)
        quote = append(page, quote_of(page))
        with monkeypatch.context() as patch:
            patch.setattr("assetstore.restore.restore.codex_state.replace", refuse)
            assert restore_paths(store, [page]).files[0].status == "failed"
        known = store.manifest(page)
        assert known is not None
        assert known.state == "archived"
        collected(store)
        assert restore(store, page) == ONE + quote


def test_killed_between_a_restore_and_its_note(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(_: None) -> None:
        raise Killed

    with folder_store(tmp_path) as store:
        archive(store, page)
        was = ONE + append(page, quote_of(page))
        archive(store, page)
        with monkeypatch.context() as patch:
            patch.setattr(
                "assetstore.restore.restore.codex_state.replace",
                lambda draft, source: killed(draft.replace(source)),
            )
            with pytest.raises(Killed):
                restore_paths(store, [page])
        assert page.read_bytes() == was
        archive(store, page)
        collected(store)
        assert restore(store, page) == was
