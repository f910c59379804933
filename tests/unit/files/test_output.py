"""A place for another form of a document: what must not be written over."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.errors import UsageError
from assetstore.files.output import check_output, write_output

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links and FIFOs of POSIX")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_bytes(b"a page")
    return path


def test_a_new_file_and_a_plain_one_are_places(page: Path) -> None:
    check_output(page, page.with_name("new"))
    (page.with_name("old")).write_bytes(b"old")
    check_output(page, page.with_name("old"))
    check_output(page.with_name("missing"), page)


def test_a_folder_that_is_missing_is_told(page: Path) -> None:
    for target in (page.parent / "none" / "a", page / "a"):
        with pytest.raises(UsageError, match="there is no folder"):
            check_output(page, target)


def test_the_document_itself_is_refused_by_whatever_name(page: Path) -> None:
    with pytest.raises(UsageError, match="the file itself"):
        check_output(page, page)
    twin = page.with_name("twin")
    os.link(page, twin)
    with pytest.raises(UsageError, match="the file itself"):
        check_output(page, twin)


@POSIX
def test_a_link_is_refused_and_where_it_leads_is_named(page: Path) -> None:
    folder = page.parent
    (folder / "there").write_bytes(b"x")
    for name, hint in (
        ("there", str(folder / "there")),
        ("nowhere", str(folder / "nowhere")),
        ("/dev/null", "-o -"),
    ):
        link = folder / f"to-{name.strip('/').replace('/', '-')}"
        link.symlink_to(name)
        with pytest.raises(UsageError, match="symbolic link") as caught:
            check_output(page, link)
        assert hint in caught.value.hint
    itself = folder / "to-itself"
    itself.symlink_to("page.md")
    with pytest.raises(UsageError, match="the file itself"):
        check_output(page, itself)


@POSIX
def test_what_is_no_plain_file_is_refused(page: Path) -> None:
    os.mkfifo(page.parent / "pipe")
    with pytest.raises(UsageError, match="not a plain file"):
        check_output(page, page.parent / "pipe")
    with pytest.raises(UsageError, match="is a folder") as caught:
        check_output(page, page.parent)
    assert str(page.parent / "page.md") in caught.value.hint


def test_pieces_are_written_for_the_owner_alone(page: Path) -> None:
    target = page.with_name("out")
    write_output(target, iter([b"one ", b"two"]), sources=[page])
    assert target.read_bytes() == b"one two"
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    write_output(target, [b"again"], sources=[page])
    assert target.read_bytes() == b"again"
    assert sorted(p.name for p in page.parent.iterdir()) == ["out", "page.md"]


def test_what_fails_half_way_leaves_what_was_there(page: Path) -> None:
    target = page.with_name("out")
    target.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise OSError("the source broke")

    with pytest.raises(OSError, match="the source broke"):
        write_output(target, pieces(), sources=[page])
    assert target.read_bytes() == b"old"
    assert sorted(p.name for p in page.parent.iterdir()) == ["out", "page.md"]


def test_no_source_is_written_over(page: Path) -> None:
    other = page.with_name("other")
    other.write_bytes(b"x")
    with pytest.raises(UsageError):
        write_output(page, [b"new"], sources=[other, page])
    assert page.read_bytes() == b"a page"


@POSIX
def test_a_link_that_was_put_there_is_not_followed(page: Path) -> None:
    victim = page.with_name("victim")
    victim.write_bytes(b"precious")
    target = page.with_name("out")
    target.symlink_to(victim)
    with pytest.raises(UsageError):
        write_output(target, [b"new"], sources=[page])
    assert victim.read_bytes() == b"precious"
