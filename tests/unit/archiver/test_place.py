"""Archived forms take their places, a batch at a time."""

import os
from pathlib import Path

import pytest

from assetstore.archiver import place
from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from support.samples import picture, uri
from support.stores import folder_store


def pages(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    made = [folder / f"{number}.html" for number in range(count)]
    for number, path in enumerate(made):
        path.write_text(f"<img src='{uri(picture(20, 20, number))}'>")
        path.chmod(0o640)
    return made


def test_a_folder_is_synced_once_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[Path, int]] = []
    made = [*pages(tmp_path / "a", 4), *pages(tmp_path / "b", 3)]

    def sync(folder: Path) -> None:
        slim = sum(b"as1:" in path.read_bytes() for path in made)
        synced.append((folder, slim))

    monkeypatch.setattr(place, "sync_folder", sync)
    with folder_store(tmp_path) as store:
        report = archive_paths(store, made, ArchiveOptions(min_size=0))
        assert report.count("archived") == 7
        assert all(store.manifest(path) is not None for path in made)
    # When all that are in it have their places.
    assert sorted(synced) == [(tmp_path / "a", 7), (tmp_path / "b", 7)]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o640}


def test_a_folder_that_cannot_be_synced_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [*pages(tmp_path / "a", 4), *pages(tmp_path / "b", 3)]

    def failing(folder: Path) -> None:
        raise OSError(5, "the medium is gone")

    monkeypatch.setattr(place, "sync_folder", failing)
    with folder_store(tmp_path) as store:
        report = archive_paths(store, made, ArchiveOptions(min_size=0))
    assert report.count("failed") == 7
    assert all("the medium is gone" in file.reason for file in report.files)


def test_one_that_was_touched_since_it_was_prepared_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pages(tmp_path / "a", 5)
    begin = Draft.begin_replacing

    def touched(draft: Draft, source: Source) -> None:
        begin(draft, source)
        if draft.target == made[1]:
            made[1].chmod(0o600)

    monkeypatch.setattr(Draft, "begin_replacing", touched)
    with folder_store(tmp_path) as store:
        report = archive_paths(store, made, ArchiveOptions(min_size=0))
    statuses = [file.status for file in report.files]
    assert statuses == ["archived", "failed", *["archived"] * 3]
    assert made[1].stat().st_mode & 0o777 == 0o600
    assert b"as1:" not in made[1].read_bytes()
    assert sorted(os.listdir(tmp_path / "a")) == [f"{n}.html" for n in range(5)]


def test_a_manifest_whose_number_is_taken_gets_the_next(tmp_path: Path) -> None:
    made = pages(tmp_path / "a", 5)
    with folder_store(tmp_path) as store:
        archive_paths(store, made, ArchiveOptions(min_size=0))
        told = [store.manifest(path) for path in made]
        again = [manifest for manifest in told if manifest is not None]
        numbers = store._seqs  # type: ignore[attr-defined,unused-ignore]
        calls = 0

        def stale(prefix: str) -> object:
            """Another process put one right after these were listed."""
            nonlocal calls
            calls += 1
            return [] if calls == 2 else numbers(prefix)

        store._seqs = stale  # type: ignore[assignment,method-assign,unused-ignore]
        store.put_manifests(again)
        now = [store.manifest(path) for path in made]
    assert [m.refs for m in now if m] == [m.refs for m in again]
    assert all(m.seq > old.seq for m, old in zip(now, again, strict=True) if m)
