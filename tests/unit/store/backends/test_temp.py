"""Temporary files: each writer's own, and what dead ones left goes."""

import os
import stat
import sys
from pathlib import Path

import pytest

from assetstore.store.backends import temp
from assetstore.store.backends.temp import Scratch, spool, sweep_spools
from assetstore.store.format.blob import is_name, new_name
from assetstore.store.locks import try_hold

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "tmp")


def dead(tmp: Path, *, size: int = 100) -> Path:
    """What a killed writer left."""
    folder = tmp / new_name()
    (folder / "deeper").mkdir(parents=True)
    (folder / "lock").touch()
    (folder / "1").write_bytes(b"x" * size)
    (folder / "deeper" / "2").write_bytes(b"y")
    return folder


def test_nothing_is_made_before_it_is_needed(scratch: Scratch, tmp_path: Path) -> None:
    scratch.close()
    assert not (tmp_path / "tmp").exists()
    assert scratch.sweep() == (0, 0)


def test_each_file_has_a_path_of_its_own_in_a_folder_of_the_writer(
    scratch: Scratch,
) -> None:
    one, two = scratch.new_file(), scratch.new_file()
    assert one != two
    assert one.parent == two.parent
    assert is_name(one.parent.name)
    assert not one.exists()
    folder = scratch.new_folder()
    assert folder.is_dir()
    assert folder.parent == one.parent
    other = Scratch(one.parent.parent)
    assert other.new_file().parent != one.parent
    other.close()
    scratch.close()
    assert not one.parent.exists()


@POSIX
def test_nobody_else_can_look_into_it(scratch: Scratch) -> None:
    folder = scratch.new_file().parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    scratch.close()


def test_what_dead_writers_left_goes_when_the_next_begins(
    scratch: Scratch, tmp_path: Path
) -> None:
    left = dead(tmp_path / "tmp")
    mine = scratch.new_file()
    assert not left.exists()
    assert mine.parent.exists()
    scratch.close()


def test_a_living_writer_s_files_stay(scratch: Scratch, tmp_path: Path) -> None:
    alive = Scratch(tmp_path / "tmp")
    file = alive.new_file()
    file.write_bytes(b"at work")
    assert scratch.sweep() == (0, 0)
    assert alive.sweep() == (0, 0), "nor one's own"
    assert file.read_bytes() == b"at work"
    alive.close()


def test_a_dry_run_counts_and_keeps(scratch: Scratch, tmp_path: Path) -> None:
    left = dead(tmp_path / "tmp", size=700)
    folders, size = scratch.sweep(dry_run=True)
    assert (folders, size >= 700) == (1, True)
    assert (left / "1").exists()
    assert scratch.sweep() == (1, 700)
    assert not left.exists()


@POSIX
def test_only_what_a_writer_can_have_left_is_touched(
    scratch: Scratch, tmp_path: Path
) -> None:
    target = dead(tmp_path / "elsewhere")
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    (tmp / new_name()).symlink_to(target)
    (tmp / "letters").mkdir()
    (tmp / "letters" / "lock").touch()
    (tmp / new_name()).write_bytes(b"a file")
    assert scratch.sweep() == (0, 0)
    assert (target / "1").exists()
    assert len(list(tmp.iterdir())) == 3


@POSIX
def test_a_link_among_the_files_is_removed_and_not_followed(
    scratch: Scratch, tmp_path: Path
) -> None:
    left = dead(tmp_path / "tmp")
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (left / "link").symlink_to(tmp_path / "precious")
    scratch.sweep()
    assert not left.exists()
    assert (tmp_path / "precious" / "file").exists()


def test_without_locks_there_is_a_folder_all_the_same(
    scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(path: Path) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr(temp, "try_hold", none)
    left = dead(tmp_path / "tmp")
    file = scratch.new_file()
    file.write_bytes(b"x")
    assert left.exists(), "nobody can tell that it is dead"
    scratch.close()
    assert not file.parent.exists()


def test_a_folder_that_is_swept_for_ever_ends_in_an_error(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temp, "try_hold", lambda path: None)
    with pytest.raises(OSError, match="temporary files"):
        scratch.new_file()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_spool_goes_with_its_block(temporary: Path) -> None:
    with spool() as folder:
        assert temporary in folder.parents
        (folder / "a").write_bytes(b"x")
    assert not folder.exists()


def test_a_spool_goes_with_an_error_too(temporary: Path) -> None:
    work = spool()
    folder = work.__enter__()
    assert folder.is_dir()
    error = ZeroDivisionError()
    assert not work.__exit__(ZeroDivisionError, error, None)
    assert not folder.exists()


@POSIX
def test_dead_spools_are_swept_and_no_strange_folder(temporary: Path) -> None:
    with spool() as folder:
        ours = folder.parent.parent
    left = dead(ours)
    sweep_spools()
    assert not left.exists()
    left = dead(ours)
    ours.chmod(0o777)
    sweep_spools()
    assert left.exists(), "others may have put it there"
    ours.chmod(0o700)


@POSIX
def test_a_link_in_the_place_of_the_spools_is_not_used(temporary: Path) -> None:
    (temporary / "elsewhere").mkdir(mode=0o700)
    (temporary / f"assetstore-{os.getuid()}").symlink_to("elsewhere")
    with spool() as folder:
        assert temporary / "elsewhere" not in folder.resolve().parents
    assert list((temporary / "elsewhere").iterdir()) == []


def test_a_lock_that_is_held_is_a_writer_that_lives(
    scratch: Scratch, tmp_path: Path
) -> None:
    left = dead(tmp_path / "tmp")
    lock = try_hold(left / "lock")
    assert lock is not None
    assert scratch.sweep() == (0, 0)
    lock.release()
    assert scratch.sweep()[0] == 1
