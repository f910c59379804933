"""A file on its way: gathered, durable, and given its name once."""

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.errors import StoreWriteError
from assetstore.store.backends import upload as module
from assetstore.store.backends.temp import Scratch
from assetstore.store.backends.upload import (
    LocalUpload,
    link,
    read_at,
    write_at,
    write_failed,
)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    found = Scratch(tmp_path / "tmp")
    yield found
    found.close()


@pytest.fixture
def upload(scratch: Scratch, tmp_path: Path) -> Iterator[LocalUpload]:
    found = LocalUpload(tmp_path / "target", scratch)
    yield found
    found.abort()


def parts(tmp_path: Path) -> list[Path]:
    found = (tmp_path / "tmp").rglob("*")
    return [path for path in found if path.is_file() and path.name != "lock"]


def test_small_pieces_are_gathered_before_a_file_is_made(
    upload: LocalUpload, tmp_path: Path
) -> None:
    upload.write([b"abc", memoryview(b"def")])
    assert upload.size == 6
    assert parts(tmp_path) == []
    upload.write([b"x" * module._GATHER])
    (part,) = parts(tmp_path)
    assert part.stat().st_size == upload.size == 6 + module._GATHER


def test_many_pieces_are_written_too(upload: LocalUpload, tmp_path: Path) -> None:
    upload.write([b"x"] * 1500)
    (part,) = parts(tmp_path)
    assert part.read_bytes() == b"x" * 1500


def test_what_was_written_is_read_back_and_patched(upload: LocalUpload) -> None:
    view = memoryview(bytearray(4))
    assert upload.read_into(0, view) == 0
    upload.write([b"abcdef"])
    assert (upload.read_into(1, view), bytes(view)) == (4, b"bcde")
    upload.patch(2, b"XY")
    assert (upload.read_into(1, view), bytes(view)) == (4, b"bXYe")
    assert upload.read_into(4, view) == 2


def test_it_gets_its_name_once_it_is_durable(
    upload: LocalUpload, tmp_path: Path
) -> None:
    upload.write([b"abc"])
    upload.sync()
    upload.patch(0, b"A")
    upload.settle()
    assert not upload.target.exists()
    upload.place()
    upload.abort()
    assert upload.target.read_bytes() == b"Abc"
    assert parts(tmp_path) == []


def test_one_of_no_bytes_needs_no_temporary_file(
    upload: LocalUpload, tmp_path: Path
) -> None:
    upload.sync()
    upload.settle()
    upload.place()
    assert upload.target.read_bytes() == b""
    assert not (tmp_path / "tmp").exists()


@pytest.mark.parametrize("data", [[], [b"second"]])
def test_a_name_that_is_taken_stays_what_it_was(
    upload: LocalUpload, data: list[bytes]
) -> None:
    upload.target.write_bytes(b"first")
    upload.write(data)
    upload.settle()
    with pytest.raises(FileExistsError):
        upload.place()
    assert upload.target.read_bytes() == b"first"


def test_a_folder_that_is_missing_is_told(scratch: Scratch, tmp_path: Path) -> None:
    upload = LocalUpload(tmp_path / "none" / "target", scratch)
    upload.write([b"x"])
    upload.settle()
    with pytest.raises(FileNotFoundError):
        upload.place()
    upload.abort()


def test_it_takes_the_place_of_what_is_damaged(
    upload: LocalUpload, tmp_path: Path
) -> None:
    upload.target.write_bytes(b"damaged")
    upload.write([b"right"])
    upload.settle()
    upload.supersede()
    assert upload.target.read_bytes() == b"right"
    assert parts(tmp_path) == []


def test_what_is_thrown_away_leaves_nothing(
    upload: LocalUpload, tmp_path: Path
) -> None:
    upload.write([b"x" * (1 << 20)])
    upload.sync()
    upload.abort()
    upload.abort()
    assert parts(tmp_path) == []
    assert not upload.target.exists()


def test_a_sync_that_failed_is_not_tried_again(
    upload: LocalUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def failing(fd: int) -> None:
        calls.append(fd)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(module, "sync_file", failing)
    upload.write([b"x"])
    upload.sync()
    for _ in range(2):
        with pytest.raises(StoreWriteError, match="Input/output"):
            upload.settle()
    upload.sync()
    assert len(calls) == 1


def test_a_full_disk_is_a_write_error_with_advice(
    upload: LocalUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fd: int, pieces: object, offset: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "write_at", full)
    upload.write([b"x"])
    with pytest.raises(StoreWriteError, match="No space left") as caught:
        upload.sync()
    assert caught.value.path == str(upload.target)
    with pytest.raises(StoreWriteError):
        upload.settle()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EDQUOT, "Free some space"),
        (errno.EACCES, "permissions"),
        (errno.EROFS, "permissions"),
    ],
)
def test_the_advice_is_of_the_error(number: int, words: str) -> None:
    error = write_failed(OSError(number, os.strerror(number)), Path("/s/x"))
    assert words in error.hint
    assert os.strerror(number) in str(error)


@pytest.fixture(params=["vectors", "seeking"])
def fd(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[int]:
    """An open file, on systems with positioned reads and without."""
    if request.param == "seeking":
        for name in ("pwritev", "preadv"):
            monkeypatch.delattr(os, name, raising=False)
    elif not hasattr(os, "pwritev"):
        pytest.skip("there are no positioned writes here")
    found = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    yield found
    os.close(found)


def test_pieces_stand_behind_each_other(fd: int) -> None:
    pieces: list[bytes | memoryview] = [b"ab", b"", memoryview(b"cd")]
    pieces += [b"x"] * 1100
    assert write_at(fd, pieces, 3) == 3 + 4 + 1100
    view = memoryview(bytearray(2000))
    assert read_at(fd, view, 0) == 1107
    assert bytes(view[:8]) == b"\0\0\0abcdx"
    assert read_at(fd, view, 1107) == 0


@pytest.mark.skipif(not hasattr(os, "pwritev"), reason="no positioned writes")
def test_a_write_that_is_cut_short_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwritev
    monkeypatch.setattr(
        os, "pwritev", lambda fd, pieces, at: real(fd, [bytes(pieces[0])[:2]], at)
    )
    fd = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    assert write_at(fd, [b"abcde", b"f", b"ghi"], 0) == 9
    os.close(fd)
    assert (tmp_path / "file").read_bytes() == b"abcdefghi"


@pytest.mark.skipif(sys.platform == "win32", reason="it renames there")
@pytest.mark.parametrize("hard", [True, False])
def test_a_file_is_moved_to_a_name_that_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hard: bool
) -> None:
    if not hard:

        def none(*paths: object) -> None:
            raise PermissionError(errno.EPERM, "no hard links here")

        monkeypatch.setattr(os, "link", none)
    part, target = tmp_path / "part", tmp_path / "target"
    part.write_bytes(b"new")
    link(part, target)
    assert target.read_bytes() == b"new"
    assert not part.exists()
    part.write_bytes(b"newer")
    with pytest.raises(FileExistsError):
        link(part, target)
    assert target.read_bytes() == b"new"
    assert part.exists()
