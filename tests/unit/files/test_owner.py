"""What root makes belongs to the owner of the folder that it is in."""

import os
from pathlib import Path

import pytest

from assetstore.files.durable import make_folder
from assetstore.files.owner import give, make_empty_file, make_one_folder
from assetstore.files.replace import Draft

USER = 65534
root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, USER, USER)
    return folder


def owners(folder: Path) -> set[int]:
    return {path.lstat().st_uid for path in folder.rglob("*")}


@root
def test_files_and_folders_of_another_user(theirs: Path) -> None:
    make_folder(theirs / "a" / "b")
    make_one_folder(theirs / "c")
    make_empty_file(theirs / "c" / "file")
    with Draft(theirs / "published") as draft:
        draft.write(b"x")
        draft.publish()
    assert owners(theirs) == {USER}
    assert (theirs / "c" / "file").stat().st_mode & 0o777 == 0o600


@root
def test_what_is_there_keeps_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_bytes(b"old")
    os.chown(file, USER, USER)
    with Draft(file) as draft:
        draft.write(b"new")
        draft.publish()
    assert (file.read_bytes(), file.stat().st_uid) == (b"new", USER)


@root
def test_in_its_own_folders_it_stays_roots(tmp_path: Path) -> None:
    make_folder(tmp_path / "a")
    make_empty_file(tmp_path / "a" / "file")
    assert owners(tmp_path) == {0}


def test_nothing_is_left_that_cannot_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(fd: int, like: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("assetstore.files.owner.give", refused)
    monkeypatch.setattr("assetstore.files.owner._other_than_root", Path.stat)
    with pytest.raises(PermissionError):
        make_empty_file(tmp_path / "file")
    with pytest.raises(PermissionError):
        make_one_folder(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


def test_who_is_not_root_gives_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(os, "fchown", lambda *_: pytest.fail("given"), raising=False)
    file = tmp_path / "file"
    file.write_bytes(b"")
    with file.open() as opened:
        give(opened.fileno(), tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links are for administrators there")
def test_a_link_is_no_empty_file(tmp_path: Path) -> None:
    """Its target would be made, or written, by whoever opens the file next."""
    for target in (tmp_path / "none", tmp_path / "other"):
        (tmp_path / "other").write_bytes(b"x")
        link = tmp_path / f"link-{target.name}"
        link.symlink_to(target)
        with pytest.raises(OSError, match="symbolic links"):
            make_empty_file(link)
    assert not (tmp_path / "none").exists()
    assert (tmp_path / "other").read_bytes() == b"x"
