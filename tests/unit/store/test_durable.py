"""What is durable when, and what killed processes leave."""

import errno
import os
import sys
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_paths
from assetstore.documents.catalog import forget
from assetstore.documents.upkeep import collect
from assetstore.errors import StoreWriteError
from assetstore.files.durable import sync_folder
from assetstore.store.backends import local, temp
from assetstore.store.backends.base import put
from assetstore.store.backends.local import LocalBackend
from assetstore.store.backends.temp import spool, sweep_spools
from assetstore.store.locks import HeldLock, try_hold
from support.samples import picture, uri
from support.stores import folder_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX folders, fork")

NAME = "01m86s62xd2h0d5y4qw9y0wd1a"
OTHER = "01m86s62xd2h0d5y4qw9y0wd1b"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that a local backend syncs, in this order."""
    found: list[Path] = []

    def sync(folder: Path) -> None:
        found.append(folder)
        sync_folder(folder)

    monkeypatch.setattr(local, "sync_folder", sync)
    return found


def test_a_folder_whose_maker_was_killed_is_made_durable(
    tmp_path: Path, synced: list[Path]
) -> None:
    """Behind its mkdir, before it synced the folder above."""
    folder = tmp_path / "packs" / "1a"
    folder.mkdir(parents=True)
    backend = LocalBackend(tmp_path)
    put(backend, f"packs/1a/{NAME}", [b"x"])
    assert synced == [folder, folder.parent, tmp_path]
    synced.clear()
    put(backend, f"packs/1a/{OTHER}", [b"x"])
    assert synced == [folder]
    backend.close()


def test_a_deleted_manifest_stays_deleted_once_something_is_written(
    tmp_path: Path, synced: list[Path]
) -> None:
    backend = LocalBackend(tmp_path)
    document = tmp_path / "manifests" / "c" / "d"
    for number in (1, 2):
        put(backend, f"manifests/c/d/000000000{number}", [b"x"])
    synced.clear()
    backend.delete("manifests/c/d/0000000001")
    assert synced == []
    put(backend, f"tombs/{NAME}", [])
    assert synced[0] == document
    synced.clear()
    backend.delete("manifests/c/d/0000000002")
    backend.close()
    assert not document.exists()
    assert document.parent in synced


def _killed_in(folder: Path) -> None:
    """A process that is killed while it has temporary files."""
    process = os.fork()
    if process == 0:
        with spool() as mine:
            (mine / "a").write_bytes(b"x")
            (mine / "b").mkdir()
            (mine / "b" / "c").write_bytes(b"x")
            os._exit(0)
    os.waitpid(process, 0)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def _files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def test_what_a_killed_process_spooled_goes_with_the_next(temporary: Path) -> None:
    _killed_in(temporary)
    assert _files(temporary) == ["a", "c", "lock"]
    with spool() as mine:
        (mine / "d").write_bytes(b"x")
        sweep_spools()
        assert _files(temporary) == ["d", "lock"]
    assert _files(temporary) == []


def test_what_a_killed_process_spooled_goes_with_a_collection(temporary: Path) -> None:
    _killed_in(temporary)
    with folder_store(temporary / "here") as store:
        collect(store)
    assert not {"a", "c"} & set(_files(temporary))


@pytest.mark.parametrize("error", [FileExistsError, FileNotFoundError])
def test_a_spool_that_is_swept_while_it_is_made_is_made_again(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    swept: list[Path] = []

    def hold(path: Path) -> HeldLock | None:
        if not swept:
            swept.append(path.parent)
            path.parent.rmdir()
            raise error(str(path.parent))
        return try_hold(path)

    monkeypatch.setattr(temp, "try_hold", hold)
    with spool() as mine:
        assert swept[0] != mine.parent
        (mine / "a").write_bytes(b"x")
    assert _files(temporary) == []


def test_a_folder_that_others_can_write_to_is_not_used(temporary: Path) -> None:
    shared = temporary / f"assetstore-{os.getuid()}"
    shared.mkdir()
    shared.chmod(0o777)
    with spool() as mine:
        assert shared not in mine.parents
        assert mine.stat().st_mode & 0o077 == 0
    assert _files(temporary) == []


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_gc_goes_on_with_a_full_disk_and_not_with_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with folder_store(tmp_path) as store:
        page = tmp_path / "page.html"
        for seeds in ((1, 2, 3, 4), (1, 5)):
            uris = [uri(picture(30, 30, seed)) for seed in seeds]
            page.write_text("".join(f"<img src={each}>" for each in uris))
            archive_paths(store, [page])
            if len(seeds) > 2:
                forget(store, str(page), force=True)

        def failing(folder: Path) -> None:
            if folder.parent.name == "packs":
                raise OSError(number, os.strerror(number))
            sync_folder(folder)

        monkeypatch.setattr(local, "sync_folder", failing)
        if number == errno.EIO:
            with pytest.raises(StoreWriteError, match="Input/output"):
                collect(store, grace=0)
        else:
            report = collect(store, grace=0)
            assert any("no room" in note for note in report.notes)
