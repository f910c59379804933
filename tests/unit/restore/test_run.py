"""Restore files, folders and streams; what goes wrong with one ends nothing else."""

import io
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.errors import DamagedBlob, MissingBlob, UsageError
from assetstore.restore.options import RestoreOptions
from assetstore.restore.run import (
    restore_file,
    restore_one,
    restore_paths,
    restore_stream,
)
from assetstore.store.store import Store
from support.blobs import media, spoil
from support.samples import picture, uri
from support.stores import folder_store, memory_store

NAMES = ("a.html", "b.md", "deep/c.html")


def page(number: int) -> bytes:
    return f'<img src="{uri(picture(20, 16, number))}">'.encode()


@pytest.fixture
def store() -> Store:
    return memory_store()


def made(store: Store, folder: Path) -> Path:
    """A folder of archived documents, and of words."""
    (folder / "deep").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        (folder / name).write_bytes(page(number))
    (folder / "words.txt").write_bytes(b"words")
    assert archive_paths(store, [folder]).count("archived") == 3
    return folder


@pytest.fixture
def docs(store: Store, tmp_path: Path) -> Path:
    return made(store, tmp_path / "docs")


def whole(folder: Path) -> list[bool]:
    return [(folder / name).read_bytes() == page(n) for n, name in enumerate(NAMES)]


def test_all_below_a_folder_comes_back(store: Store, docs: Path) -> None:
    report = restore_paths(store, [docs])
    assert whole(docs) == [True] * 3
    assert report.count("restored") == 3
    assert (report.exit_code, report.dry_run) == (0, False)


def test_one_that_fails_ends_nothing_else(store: Store, docs: Path) -> None:
    spoil(store, media(picture(20, 16, 1)))
    report = restore_paths(store, [docs, docs / "none"])
    assert whole(docs) == [True, False, True]
    statuses = {Path(each.path).name: each.status for each in report.files}
    assert (statuses["b.md"], statuses["none"]) == ("failed", "failed")
    failed = next(each for each in report.files if each.path.endswith("b.md"))
    assert isinstance(failed.error, DamagedBlob)


def test_globs_choose_and_ignore_files_do_not(store: Store, docs: Path) -> None:
    (docs / ".gitignore").write_text("*\n")
    options = RestoreOptions(include=("*.html",), exclude=("deep",))
    restore_paths(store, [docs], options)
    assert whole(docs) == [True, False, False]
    restore_paths(store, [docs])
    assert whole(docs) == [True] * 3, "no rule of another program keeps a picture away"


def test_a_dry_run_changes_nothing(store: Store, docs: Path) -> None:
    report = restore_paths(store, [docs], RestoreOptions(dry_run=True))
    assert report.dry_run
    assert report.count("restored") == 3
    assert whole(docs) == [False] * 3


def test_of_several_stores_each_is_asked(store: Store, docs: Path) -> None:
    report = restore_paths([memory_store(), store], [docs])
    assert report.count("restored") == 3
    assert whole(docs) == [True] * 3


def test_several_processes_get_a_document_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetstore.store import workers

    asked: list[int] = []

    def here(store: Store, work: Any, arguments: Any, *, jobs: int) -> Any:
        asked.append(jobs)
        for number, given in enumerate(arguments):
            yield number, work(store, *given)

    monkeypatch.setattr(workers, "in_processes", here)
    with folder_store(tmp_path) as store:
        docs = made(store, tmp_path / "docs")
        report = restore_paths(store, [docs], RestoreOptions(jobs=2))
        assert asked == [2]
        assert report.count("restored") == 3
        assert whole(docs) == [True] * 3
        assert restore_paths(store, [docs], RestoreOptions(jobs=2)).exit_code == 0


def test_an_error_of_one_becomes_its_result(store: Store, docs: Path) -> None:
    assert restore_one(store, docs / "a.html", RestoreOptions()).status == "restored"
    result = restore_one(store, docs / "none", RestoreOptions())
    assert (result.status, result.path) == ("failed", str(docs / "none"))


def test_one_file_goes_to_another_place(store: Store, docs: Path) -> None:
    slim = (docs / "a.html").read_bytes()
    result = restore_file(store, docs / "a.html", docs / "out")
    assert result.status == "restored"
    assert (docs / "out").read_bytes() == page(0)
    assert (docs / "a.html").read_bytes() == slim
    with pytest.raises(UsageError):
        restore_file(store, docs / "a.html", docs / "a.html")
    with pytest.raises(UsageError):
        restore_file(store, docs / "a.html", docs)


def test_a_stream_is_written_once_all_was_found_right(store: Store, docs: Path) -> None:
    slim, target = (docs / "b.md").read_bytes(), io.BytesIO()
    result = restore_stream(store, io.BytesIO(slim), target)
    assert (result.path, target.getvalue()) == ("-", page(1))
    spoil(store, media(picture(20, 16, 1)))
    both, target = (docs / "a.html").read_bytes() + slim, io.BytesIO()
    with pytest.raises(DamagedBlob):
        restore_stream(store, io.BytesIO(both), target)
    assert target.getvalue() == b""
    with pytest.raises(MissingBlob):
        restore_stream(memory_store(), io.BytesIO(slim), io.BytesIO())
