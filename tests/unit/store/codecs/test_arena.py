"""Memory is given back by glibc, and nothing happens where there is none."""

import ctypes
import sys
from collections.abc import Iterator

import pytest

from assetstore.store.codecs import arena


class Library:
    """A C library that only remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[int, ...]]] = []

    def mallopt(self, *words: int) -> None:
        self.asked.append(("mallopt", words))

    def malloc_trim(self, *words: int) -> None:
        self.asked.append(("malloc_trim", words))


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    for function in (arena.return_large_blocks, arena._glibc):
        function.cache_clear()
    yield
    for function in (arena.return_large_blocks, arena._glibc):
        function.cache_clear()


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    found = Library()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: found)
    return found


def test_the_limit_of_large_blocks_is_set_once(library: Library) -> None:
    arena.return_large_blocks()
    arena.return_large_blocks()
    assert library.asked == [("mallopt", (-3, 1 << 20))]


def test_small_blocks_go_each_time(library: Library) -> None:
    arena.return_small_blocks()
    arena.return_small_blocks()
    assert library.asked == [("malloc_trim", (0,))] * 2


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_no_library_is_looked_for_elsewhere(
    platform: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    arena.return_large_blocks()
    arena.return_small_blocks()
    assert library.asked == []


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """musl has no malloc_trim; a static program has no library at all."""
    asked: list[str] = []

    class Musl:
        def mallopt(self, *words: int) -> None:
            asked.append("mallopt")

    def none(name: object) -> object:
        asked.append("loaded")
        raise OSError("Dynamic loading not supported")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Musl())
    arena.return_large_blocks()
    arena.return_small_blocks()
    assert asked == []
    arena._glibc.cache_clear()
    arena.return_large_blocks.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", none)
    arena.return_large_blocks()
    arena.return_small_blocks()
    assert asked == ["loaded"]
