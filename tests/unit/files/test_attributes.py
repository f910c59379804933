"""A file that takes another one's place is like it."""

import os
from pathlib import Path

import pytest

from assetstore.files.attributes import copy_attributes
from assetstore.files.source import Source


def copied(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old", tmp_path / "new"
    with Source.open(old) as source, new.open("wb") as file:
        copy_attributes(source, file.fileno(), new)
    return old, new


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o4755])
def test_mode_and_times_are_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "old"
    path.touch()
    path.chmod(mode)
    os.utime(path, ns=(1_500_000_000_123_456_789, 1_600_000_000_987_654_321))
    old, new = (each.stat() for each in copied(tmp_path))
    assert new.st_mode == old.st_mode
    assert new.st_mtime_ns == old.st_mtime_ns


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has none")
def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.touch()
    try:
        os.setxattr(path, "user.origin", b"https://example.org")
    except OSError as e:
        pytest.skip(f"the file system has none: {e}")
    _, new = copied(tmp_path)
    assert os.getxattr(new, "user.origin") == b"https://example.org"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has none")
def test_one_that_only_the_administrator_may_set_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").touch()

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "setxattr", refused)
    monkeypatch.setattr(os, "getxattr", lambda *_: b"")
    monkeypatch.setattr(os, "listxattr", lambda fd: ["security.selinux"])
    copied(tmp_path)
    monkeypatch.setattr(os, "listxattr", lambda fd: ["user.origin"])
    with pytest.raises(PermissionError):
        copied(tmp_path)
