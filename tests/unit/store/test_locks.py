"""Locks: of one holder at a time, and never in the way of who comes later."""

import errno
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions
from assetstore.documents.upkeep import collect
from assetstore.errors import LockedError
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.store import locks
from assetstore.store.locks import hold, try_hold
from assetstore.store.store import Store
from support.samples import picture, uri


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "gc.lock"
    with hold(path, 0):
        assert try_hold(path) is None
        with pytest.raises(LockedError, match="at work here") as caught:
            hold(path, 0.05)
        assert caught.value.path == str(path)
    second = try_hold(path)
    assert second is not None
    second.release()


def test_the_file_is_nobody_else_s(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "gc.lock"
    hold(path, 0).release()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_others_are_free(tmp_path: Path) -> None:
    with hold(tmp_path / "a.lock", 0), hold(tmp_path / "b.lock", 0):
        assert try_hold(tmp_path / "a.lock") is None


@pytest.mark.skipif(os.name == "nt", reason="an open file stays there")
def test_a_lock_whose_file_was_removed_keeps_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    gone = hold(path, 0)
    path.unlink()
    with hold(path, 0):  # of another file than the one that is gone
        gone.release()
        assert try_hold(path) is None


@pytest.mark.skipif(os.name == "nt", reason="a file is opened by its name there")
def test_who_waited_for_a_file_that_went_has_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    path, real = tmp_path / "a.lock", fcntl.flock

    def removed_meanwhile(fd: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", real)
        real(fd, how)
        path.unlink()

    monkeypatch.setattr(fcntl, "flock", removed_meanwhile)
    assert try_hold(path) is None
    with hold(path, 0):
        assert path.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_does_not_release_what_is_its_parent_s(tmp_path: Path) -> None:
    held = hold(tmp_path / "a.lock", 0)
    child = os.fork()
    if child == 0:
        held.release()
        os._exit(0)
    os.waitpid(child, 0)
    assert try_hold(tmp_path / "a.lock") is None
    held.release()


@pytest.mark.skipif(os.name == "nt", reason="flock")
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_all_goes_on_where_the_file_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    import fcntl

    def none(fd: int, how: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", none)
    page = tmp_path / "page.html"
    text = f"<img src='{uri(picture(60, 40, 1))}'>"
    page.write_text(text)
    with Store.open(tmp_path / "store", create=True) as store:
        Archiver(store, ArchiveOptions()).one(page)
        assert "data:" not in page.read_text()
        assert Restorer(store, RestoreOptions()).in_place(page).warnings == ()
        assert page.read_text() == text
        collect(store)


def test_a_lock_on_windows_is_of_one_holder_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.spec_from_file_location("locks_there", locks.__file__)
    assert found is not None
    assert found.loader is not None
    there = importlib.util.module_from_spec(found)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        found.loader.exec_module(there)
    assert not hasattr(there, "fcntl")
    path = tmp_path / "locks" / "gc.lock"
    with there.hold(path, 0):
        assert there.try_hold(path) is None
        with pytest.raises(LockedError, match="at work here"):
            there.hold(path, 0.05)
    there.hold(path, 0).release()
