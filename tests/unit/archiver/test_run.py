"""Archive files, folders and streams: which are looked at, and what is reported."""

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver import run as module
from assetstore.archiver.options import ArchiveOptions
from assetstore.archiver.run import (
    archive_batch,
    archive_file,
    archive_one,
    archive_paths,
    archive_stream,
)
from assetstore.errors import ContainerRefused, SourceRefused, UsageError
from assetstore.results import Report
from assetstore.store.store import Store
from support.samples import picture, uri
from support.stores import folder_store, memory_store, restored

PAGE = f'<img src="{uri(picture(20, 16, 1))}">'.encode()
OLD = time.time() - 3600


@pytest.fixture
def store() -> Store:
    return memory_store()


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder of three pages and what is none."""
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.html", "b.md", "deep/c.html"):
        write(folder / name)
    (folder / "words.txt").write_bytes(b"nothing but words")
    (folder / "code.py").write_bytes(PAGE)
    (folder / "image.png").write_bytes(picture(9, 9, 1))
    return folder


def write(path: Path, data: bytes = PAGE) -> None:
    path.write_bytes(data)
    os.utime(path, (OLD, OLD))


def by_name(report: Report) -> dict[str, str]:
    return {Path(each.path).name: each.status for each in report.files}


def test_the_documents_below_a_folder_are_archived(store: Store, docs: Path) -> None:
    report = archive_paths(store, [docs])
    found = by_name(report)
    assert {n for n, s in found.items() if s == "archived"} == {
        "a.html",
        "b.md",
        "c.html",
    }
    assert found["words.txt"] == "unchanged"
    assert found["code.py"] == found["image.png"] == "skipped"
    assert (docs / "code.py").read_bytes() == PAGE
    assert report.exit_code == 0


def test_what_is_named_is_refused_where_it_is_no_document(
    store: Store, docs: Path
) -> None:
    report = archive_paths(store, [docs / "image.png", docs / "none", docs / "a.html"])
    assert list(by_name(report).values()) == ["failed", "failed", "archived"]
    assert report.exit_code == 3


def test_globs_choose_among_what_is_below(store: Store, docs: Path) -> None:
    options = ArchiveOptions(include=("*.html", "*.py"), exclude=("deep",))
    report = archive_paths(store, [docs], options)
    archived = {n for n, s in by_name(report).items() if s == "archived"}
    assert archived == {"a.html", "code.py"}


def test_what_was_just_written_to_can_be_left(store: Store, docs: Path) -> None:
    (docs / "new.html").write_bytes(PAGE)
    report = archive_paths(store, [docs], ArchiveOptions(min_age=600))
    new = next(each for each in report.files if each.path.endswith("new.html"))
    assert (new.status, new.code) == ("skipped", 0)
    assert "--min-age" in new.reason
    assert by_name(report)["a.html"] == "archived"


def test_whoever_calls_can_leave_files_with_a_reason(store: Store, docs: Path) -> None:
    def leave(path: Path, now: os.stat_result) -> str:
        assert now.st_size > 0
        return "of the boss" if path.name == "a.html" else ""

    report = archive_paths(store, [docs], leave=leave)
    left = next(each for each in report.files if each.path.endswith("a.html"))
    assert (left.status, left.reason) == ("skipped", "of the boss")


def test_it_can_be_stopped_between_two_batches(
    store: Store, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH_FILES", 1)
    begun: list[int] = []

    def stop(path: Path, size: int) -> str:
        begun.append(size)
        return "it is late" if len(begun) > 2 else ""

    report = archive_paths(
        store, [docs], ArchiveOptions(include=("*.html", "*.md")), stop=stop
    )
    assert report.stopped == "it is late"
    assert report.left == 1
    assert report.count("archived") == 2
    assert begun == [len(PAGE)] * 3


def test_batches_are_of_few_files_and_few_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_BATCH_FILES", 3)
    monkeypatch.setattr(module, "_BATCH_BYTES", 100)
    todo = [(str(n), size) for n, size in enumerate((1, 1, 1, 1, 60, 60, 500, 1))]
    found = [[size for _, size in batch] for batch in module._batches(todo)]
    assert found == [[1, 1, 1], [1, 60], [60], [500], [1]]
    assert list(module._batches([])) == []


def test_what_had_nothing_in_it_is_not_opened_again(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with folder_store(tmp_path) as store:
        write(docs / "words.txt", b"words")
        archive_paths(store, [docs])
        for name in ("a.html", "b.md", "deep/c.html"):
            os.utime(docs / name, (OLD, OLD))
        archive_paths(store, [docs])

        def opened(*given: Any) -> Any:
            raise AssertionError("opened")

        with monkeypatch.context() as patch:
            patch.setattr(module, "_archiver", opened)
            report = archive_paths(
                store, [docs], ArchiveOptions(include=("*.html", "*.md", "*.txt"))
            )
        assert report.untouched == 4
        assert report.count("unchanged") == 4
        write(docs / "words.txt", b"words!")
        other = archive_paths(store, [docs / "words.txt"])
        assert other.untouched == 0
        assert archive_paths(store, [docs], ArchiveOptions(media="any")).untouched == 0


def test_the_store_itself_is_not_walked(tmp_path: Path, docs: Path) -> None:
    with folder_store(docs) as store:
        report = archive_paths(store, [docs])
        assert not any("packs" in each.path for each in report.files)
        assert by_name(report)["a.html"] == "archived"
    assert tmp_path.exists()


def test_several_processes_get_a_batch_each(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetstore.store import workers

    asked: list[int] = []

    def here(store: Store, work: Any, arguments: Any, *, jobs: int) -> Any:
        asked.append(jobs)
        for number, given in enumerate(arguments):
            yield number, work(store, *given)

    monkeypatch.setattr(workers, "in_processes", here)
    monkeypatch.setattr(module, "_BATCH_FILES", 1)
    with folder_store(tmp_path) as store:
        report = archive_paths(store, [docs], ArchiveOptions(jobs=3))
    assert asked == [3]
    assert report.count("archived") == 3


def test_a_few_files_share_a_commit(store: Store, docs: Path) -> None:
    results = archive_batch(store, [docs / "a.html", docs / "b.md"], ArchiveOptions())
    assert [each.status for each in results] == ["archived"] * 2
    assert len(store.packs()) == 1


def test_one_document_raises_its_error(store: Store, docs: Path) -> None:
    assert archive_one(store, docs / "a.html").status == "archived"
    with pytest.raises(SourceRefused):
        archive_one(store, docs)
    with pytest.raises(FileNotFoundError):
        archive_one(store, docs / "none")


def test_a_file_goes_to_another_place(store: Store, docs: Path) -> None:
    result = archive_file(store, docs / "a.html", docs / "out")
    assert result.status == "archived"
    assert (docs / "a.html").read_bytes() == PAGE
    assert restored(store, (docs / "out").read_bytes()) == PAGE
    with pytest.raises(UsageError, match="the file itself"):
        archive_file(store, docs / "a.html", docs / "a.html")


def test_a_stream_is_written_once_it_is_verified(store: Store) -> None:
    target = io.BytesIO()
    result = archive_stream(store, io.BytesIO(PAGE), target)
    assert (result.path, result.status) == ("-", "archived")
    assert restored(store, target.getvalue()) == PAGE
    dry = io.BytesIO()
    archive_stream(store, io.BytesIO(PAGE), dry, ArchiveOptions(dry_run=True))
    assert dry.getvalue() == b""


def test_of_a_stream_that_is_refused_nothing_is_written(store: Store) -> None:
    target = io.BytesIO()
    with pytest.raises(ContainerRefused):
        archive_stream(store, io.BytesIO(picture(9, 9, 1)), target)
    assert target.getvalue() == b""
    assert store.packs() == {}
