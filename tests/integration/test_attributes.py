"""What a document has beside its bytes stays, and what is made is for its owner alone.

The folder has a default list of access, which is the worst that a shared one can do.
"""

import os
import stat
from pathlib import Path

import pytest

from support.attributes import access, chattr, flagged, setfacl
from support.homes import THREAD, codex_home, rollout
from support.program import Program
from support.samples import picture, uri

PAGE = f"<img src='{uri(picture(60, 40, 1))}'>"


def attributes(path: Path) -> dict[str, bytes]:
    if not hasattr(os, "listxattr"):
        return {}
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


@pytest.fixture
def shared(program: Program) -> Path:
    """A folder that lets others use whatever is made in it."""
    setfacl("-d", "-m", "u:1234:rwx,g:1234:rwx,o::rx", program.folder)
    program.environment["CODEX_HOME"] = str(program.folder / ".codex")
    return program.folder


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o666])
def test_no_folder_widens_what_is_replaced(
    program: Program, shared: Path, mode: int
) -> None:
    path = shared / "page.html"
    path.write_text(PAGE)
    os.removexattr(path, "system.posix_acl_access")
    path.chmod(mode)
    was = access(path)
    for command in ("archive", "restore"):
        ran = program(command, path)
        assert ran.code == 0, ran.err
        assert access(path) == was
    assert path.read_text() == PAGE


def test_a_list_of_access_attributes_and_flags_stay(program: Program) -> None:
    path = program.folder / "page.html"
    path.write_text(PAGE)
    path.chmod(0o640)
    setfacl("-m", "u:1234:r,g::-", path)
    os.setxattr(path, "user.origin", b"https://example.org")
    chattr("+dA", path)
    was = access(path), attributes(path), flagged(path)
    for command in ("archive", "restore"):
        assert program(command, path).code == 0
        assert (access(path), attributes(path), flagged(path)) == was
    assert path.read_text() == PAGE


def test_what_is_made_is_its_owners_alone(program: Program, shared: Path) -> None:
    path = codex_home(shared)
    copy = shared / "copy.jsonl"
    copy.write_bytes(path.read_bytes())
    before = set(shared.rglob("*"))
    for words in (
        ("handoff", path, "-o", "h.md"),
        ("show", path, "--image", "1", "-o", "1.png"),
        ("archive", copy, "-o", "small.jsonl"),
        ("restore", "small.jsonl", "-o", "whole.jsonl"),
        ("restore", "small.jsonl", "--extract", "pictures"),
        ("export", path, "b.bundle"),
        ("import", "b.bundle", "--to", "elsewhere"),
    ):
        ran = program(*words)
        assert ran.code == 0, (words, ran.err)
    mine = (shared / "xdg", shared / "home")  # caches: no bytes of documents
    made = [
        each
        for each in set(shared.rglob("*")) - before
        if not any(each.is_relative_to(folder) for folder in mine)
        and not each.is_relative_to(shared / "store" / "locks")
    ]
    assert len(made) > 20
    for each in made:
        assert not any("1234" in entry for entry in access(each)), each
        assert not stat.S_IMODE(each.stat().st_mode) & 0o077, each


@pytest.mark.parametrize("flag", ["i", "a"])
def test_what_may_not_be_changed_is_refused_at_once(
    program: Program, flag: str
) -> None:
    program.environment["CODEX_HOME"] = str(program.folder / ".codex")
    page, log = program.folder / "page.html", codex_home(program.folder)
    page.write_text(PAGE)
    for path in (page, log):
        chattr(f"+{flag}", path)
    try:
        for words in (
            ("archive", page),
            ("archive", "-n", page),
            ("rescue", THREAD, "--now"),
        ):
            ran = program(*words)
            assert ran.code != 0, words
            assert f"chattr -{flag}" in ran.err, words
    finally:
        for path in (page, log):
            chattr(f"-{flag}", path)
    assert page.read_text() == PAGE
    assert log.read_bytes() == rollout()
    assert [p for p in program.folder.rglob("*.md") if p.is_file()] == []
    assert program("archive", page).code == 0
    chattr(f"+{flag}", page)
    try:
        ran = program("restore", page)
        assert ran.code != 0
        assert f"chattr -{flag}" in ran.err
    finally:
        chattr(f"-{flag}", page)
    assert program("restore", page).code == 0
    assert page.read_text() == PAGE


@pytest.mark.parametrize("last", ["", "{}\n"])
def test_holes_stay_holes(program: Program, last: str) -> None:
    path = program.folder / "session.jsonl"
    line = f'{{"image":"{uri(picture(60, 40, 1))}"}}\n'.encode()
    with path.open("wb") as file:
        for _ in range(4):
            file.write(line * 3)
            file.truncate(file.tell() + (5 << 20))
            file.seek(0, os.SEEK_END)
        file.write(last.encode())
    data, room = path.read_bytes(), path.stat().st_blocks
    if room * 512 > len(data) // 2:
        pytest.skip("the file system has no holes")
    for command in ("archive", "restore"):
        ran = program(command, path)
        assert ran.code == 0, ran.err
        assert path.stat().st_blocks <= room + 64  # where extents are noted
    assert path.read_bytes() == data
    assert program("archive", path, "-o", "copy").code == 0
    assert program("restore", "copy", "-o", "whole").code == 0
    whole = program.folder / "whole"
    assert whole.read_bytes() == data
    assert whole.stat().st_blocks <= room + 64  # where extents are noted
