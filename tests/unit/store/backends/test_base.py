"""Keys that become places, and small objects read and written whole."""

import errno
from collections.abc import Sequence
from pathlib import Path

import pytest

from assetstore.errors import StoreError, StoreWriteError
from assetstore.store.backends.base import (
    Backend,
    Mender,
    SweepingBackend,
    Upload,
    checked,
    get,
    is_key,
    put,
)
from assetstore.store.backends.local import LocalBackend
from assetstore.store.backends.memory import MemoryBackend
from support.signatures import can_be_called

KEYS = [
    "config",
    "packs/aa/01hf7yat00000000000000test",
    "manifests/w/d/0000000001",
    "quarantine/manifests/w/d/0000000001",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_returned_as_it_is(key: str) -> None:
    assert is_key(key)
    assert checked(key) == key


NO_KEYS = [
    "",
    "Config",
    "config/",
    "packs",
    "packs/..",
    "packs/-x",
    "a/b/c/d/e/f",
    "é/x",
    "packs/x\n",
    "packs/" + "x" * 81,
    "packs/%2e%2e",
    "packs/c:x",
]


@pytest.mark.parametrize("text", NO_KEYS)
def test_anything_else_never_becomes_a_place(text: str) -> None:
    assert not is_key(text)
    with pytest.raises(StoreError, match="not a key"):
        checked(text)


def test_a_backend_can_be_called_as_one(tmp_path: Path) -> None:
    for backend in (MemoryBackend(), LocalBackend(tmp_path)):
        assert can_be_called(Backend, backend)
        assert can_be_called(Mender, backend)
        assert can_be_called(Upload, backend.create("tombs/x"))


def test_what_a_backend_can_do_beyond_is_seen() -> None:
    assert isinstance(MemoryBackend(), Mender)
    assert not isinstance(MemoryBackend(), SweepingBackend)
    assert issubclass(LocalBackend, SweepingBackend)


def test_an_object_of_no_bytes_is_one() -> None:
    backend = MemoryBackend()
    put(backend, "tombs/x", [])
    assert get(backend, "tombs/x") == b""


class Failing(MemoryBackend):
    """A place that fails when an object is published.

    Attributes:
        dropped: The uploads that were thrown away.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dropped: list[str] = []

    def publish(self, uploads: Sequence[Upload]) -> None:
        raise StoreWriteError("no room")

    def create(self, key: str):  # type: ignore[no-untyped-def]
        upload = super().create(key)
        upload.abort = lambda: self.dropped.append(key)  # type: ignore[method-assign]
        return upload


def test_what_could_not_be_published_is_thrown_away() -> None:
    backend = Failing()
    with pytest.raises(StoreWriteError, match="no room"):
        put(backend, "tombs/x", [b"x"])
    assert backend.dropped == ["tombs/x"]
    assert backend.size("tombs/x") is None


def test_an_object_may_be_as_long_as_the_limit_and_no_longer() -> None:
    backend = MemoryBackend()
    put(backend, "config", [b"x" * 10])
    assert get(backend, "config", limit=10) == b"x" * 10
    with pytest.raises(StoreError, match="10 bytes, more than 9"):
        get(backend, "config", limit=9)


class Sick(MemoryBackend):
    """A medium that does not give out what is on it."""

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_a_medium_that_fails_is_a_store_error() -> None:
    backend = Sick()
    put(backend, "config", [b"x"])
    with pytest.raises(StoreError, match="cannot be read: Input/output error"):
        get(backend, "config")
    with pytest.raises(FileNotFoundError):
        get(backend, "tombs/x")


class Changing(MemoryBackend):
    """An object that is another one each time it is read."""

    reads = 0

    def size(self, key: str) -> int | None:
        found = super().size(key)
        self.objects[key] += b"x"
        return found

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        self.reads += 1
        return super().read_into(key, offset, view)


def test_an_object_that_changes_for_ever_is_not_read_for_ever() -> None:
    backend = Changing()
    put(backend, "config", [b""])
    backend.objects["config"] = b"x"
    assert set(get(backend, "config")) == set(b"x")
    assert 1 < backend.reads < 10
