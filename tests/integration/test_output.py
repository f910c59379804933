"""Where ``-o`` may write: over a plain file that is another one, and nothing else."""

import os
from pathlib import Path

import pytest

from assetstore.archiver.run import archive_file
from assetstore.errors import UsageError
from assetstore.restore.run import restore_file
from support.program import Program, Ran
from support.samples import picture, uri
from support.stores import folder_store

WHOLE = f"<p>1</p><img src={uri(picture(30, 20, 1))}>\n".encode()


@pytest.fixture(params=["archive", "restore"])
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(program: Program, command: str) -> Path:
    path = program.folder / "page.html"
    path.write_bytes(WHOLE)
    if command == "restore":
        assert program("archive", path).code == 0
    else:
        assert program("init").code == 0
    return path


def refused(ran: Ran, message: str, hint: str) -> None:
    assert ran.code == 2, ran.err
    assert message in ran.err
    assert hint in ran.err
    assert ".tmp" not in ran.err


@pytest.mark.parametrize("name", ["itself", "link", "hard link", "linked folder"])
def test_the_document_itself(
    program: Program, command: str, page: Path, name: str
) -> None:
    before = page.read_bytes()
    target = page
    if name == "link":
        target = page.with_name("link.html")
        target.symlink_to(page.name)
    elif name == "hard link":
        target = page.with_name("hard.html")
        target.hardlink_to(page)
    elif name == "linked folder":
        (page.parent / "folder").symlink_to(".")
        target = page.parent / "folder" / page.name
    ran = program(command, page, "-o", target)
    refused(ran, f"{target} is the file itself", "Leave --output out")
    assert page.read_bytes() == before
    assert target.is_symlink() == (name == "link")


def test_a_link_to_another_file(program: Program, command: str, page: Path) -> None:
    real, link = page.with_name("real.html"), page.with_name("link.html")
    link.symlink_to(real)
    for there in (False, True):
        if there:
            real.write_bytes(b"as it was")
        ran = program(command, page, "-o", link)
        refused(ran, f"{link} is a symbolic link", f"that it leads to: {real}")
        assert link.is_symlink()
    assert real.read_bytes() == b"as it was"
    assert program(command, page, "-o", real).code == 0
    assert real.read_bytes() != b"as it was"


def test_a_folder(program: Program, command: str, page: Path) -> None:
    folder = page.with_name("folder")
    folder.mkdir()
    ran = program(command, page, "-o", folder)
    refused(ran, f"{folder} is a folder", f"Name a file in it: {folder / page.name}")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["nope/x.html", "page.html/x.html"])
def test_a_folder_that_is_not_there(
    program: Program, command: str, page: Path, name: str
) -> None:
    target = page.with_name("nope").parent / name
    ran = program(command, page, "-o", target)
    refused(ran, f"there is no folder {target.parent}", "Check the name")


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_no_plain_file(program: Program, command: str, page: Path) -> None:
    fifo, link = page.with_name("fifo"), page.with_name("stdout")
    os.mkfifo(fifo)
    link.symlink_to("/dev/null")
    for target in (fifo, link):
        ran = program(command, page, "-o", target)
        refused(ran, "would be replaced", "'-o -' writes to standard output")
        assert os.path.lexists(target)
    assert fifo.is_fifo()


def test_another_plain_file_is_written_over(
    program: Program, command: str, page: Path
) -> None:
    target = page.with_name("other.html")
    target.write_bytes(b"as it was")
    assert program(command, page, "-o", target).code == 0
    assert (target.read_bytes() == WHOLE) == (command == "restore")


def test_the_library_refuses_the_same(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(WHOLE)
    with folder_store(tmp_path) as store:
        with pytest.raises(UsageError, match="is the file itself"):
            archive_file(store, page, page)
        with pytest.raises(UsageError, match="is a folder"):
            restore_file(store, page, tmp_path)
    assert page.read_bytes() == WHOLE
