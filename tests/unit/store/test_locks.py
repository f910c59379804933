"""Locks: of one holder at a time, and never in the way of who comes later."""

from pathlib import Path

import pytest

from assetstore.errors import LockedError
from assetstore.store.locks import hold, try_hold


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
