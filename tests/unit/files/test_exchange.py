"""Two names are exchanged in one step, or nothing is done."""

import ctypes
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.files import exchange as module
from assetstore.files.exchange import can_exchange, exchange


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    module._renameat2.cache_clear()
    yield
    module._renameat2.cache_clear()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "one", tmp_path / "öther \udcff"
    one.write_bytes(b"1")
    try:
        other.write_bytes(b"2")
    except OSError:
        other = tmp_path / "other"
        other.write_bytes(b"2")
    return one, other


def test_each_gets_the_other_s_name(files: tuple[Path, Path]) -> None:
    one, other = files
    if not exchange(one, other):
        pytest.skip("this file system cannot")
    assert can_exchange()
    assert (one.read_bytes(), other.read_bytes()) == (b"2", b"1")
    assert exchange(one, other)
    assert (one.read_bytes(), other.read_bytes()) == (b"1", b"2")


def test_one_that_is_missing_is_an_error_and_nothing_was_done(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    one, other = files
    if not exchange(one, other):
        pytest.skip("this file system cannot")
    exchange(one, other)
    with pytest.raises(FileNotFoundError) as caught:
        exchange(one, tmp_path / "none")
    assert caught.value.filename == str(one)
    assert one.read_bytes() == b"1"


def failing(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setattr(module, "_renameat2", lambda: lambda one, other: code)


@pytest.mark.parametrize(
    "code", [errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM]
)
def test_who_does_not_know_it_says_so(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, code)
        assert not exchange(*files)
    assert files[0].read_bytes() == b"1"


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ENOSPC])
def test_any_other_failure_is_an_error(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, code)
        with pytest.raises(OSError, match=os.strerror(code)) as caught:
            exchange(*files)
    assert caught.value.errno == code


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_it_is_not_to_be_had(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", platform)
        assert not can_exchange()
        assert not exchange(*files)


def test_a_c_library_without_it_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: object, use_errno: bool) -> object:
        raise OSError("a static program")

    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "linux")
        patch.setattr(ctypes, "CDLL", none)
        assert not can_exchange()
    module._renameat2.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "linux")
        patch.setattr(ctypes, "CDLL", lambda name, use_errno: object())
        assert not can_exchange()
