"""A file that takes another one's place is like it."""

import errno
import os
from pathlib import Path

import pytest

from assetstore.files.attributes import copy_attributes
from assetstore.files.source import Source
from support.attributes import access, setfacl


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

    def read(_: int, name: str) -> bytes:
        if name == "system.posix_acl_access":
            raise OSError(errno.ENODATA, "No data available")
        return b""

    monkeypatch.setattr(os, "setxattr", refused)
    monkeypatch.setattr(os, "getxattr", read)
    monkeypatch.setattr(os, "listxattr", lambda fd: ["security.selinux"])
    copied(tmp_path)
    monkeypatch.setattr(os, "listxattr", lambda fd: ["user.origin"])
    with pytest.raises(PermissionError):
        copied(tmp_path)


def test_a_list_of_access_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.touch()
    path.chmod(0o640)
    setfacl("-m", "u:1234:rw,g::-", path)
    old, new = copied(tmp_path)
    assert "user:1234:rw-" in access(old)
    assert access(new) == access(old)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_what_a_folder_would_add_is_not_there(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "old"
    path.touch()
    path.chmod(mode)
    was = access(path)
    setfacl("-d", "-m", "u:1234:rwx,g:1234:rwx,o::rx", tmp_path)
    old, new = copied(tmp_path)
    assert access(old) == was
    assert access(new) == was


def test_a_list_that_cannot_be_kept_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the middle of the mode would be the group's."""
    path = tmp_path / "old"
    path.touch()
    setfacl("-m", "u:1234:rw,g::-", path)

    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refused)
    with pytest.raises(OSError, match="not supported"):
        copied(tmp_path)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has none")
def test_an_attribute_that_the_other_has_not_goes(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.touch()
    with Source.open(old) as source, new.open("wb") as file:
        try:
            os.setxattr(new, "user.label", b"of the folder")
        except OSError as e:
            pytest.skip(f"the file system has none: {e}")
        copy_attributes(source, file.fileno(), new)
    assert os.listxattr(new) == os.listxattr(old)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has none")
def test_what_a_kernel_noted_of_the_bytes_is_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").touch()
    given: list[str] = []
    monkeypatch.setattr(os, "listxattr", lambda fd: ["security.ima", "security.evm"])
    monkeypatch.setattr(os, "setxattr", lambda fd, name, value: given.append(name))
    copied(tmp_path)
    assert given == []
