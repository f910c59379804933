"""What every backend has to do."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.errors import StoreError
from assetstore.store.backends.base import Backend, get, is_key, put
from assetstore.store.backends.local import LocalBackend
from assetstore.store.backends.memory import MemoryBackend

KEY = "packs/aa/one"


@pytest.fixture(params=["memory", "local"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    if request.param == "memory":
        yield MemoryBackend()
        return
    root = tmp_path / "store"
    root.mkdir()
    local = LocalBackend(root)
    yield local
    local.close()


def test_what_is_put_is_read(backend: Backend) -> None:
    put(backend, KEY, [b"abc", memoryview(b"def"), memoryview(bytearray(b"ghi"))])
    assert get(backend, KEY) == b"abcdefghi"
    assert backend.size(KEY) == 9
    view = memoryview(bytearray(4))
    assert (backend.read_into(KEY, 2, view), bytes(view)) == (4, b"cdef")
    assert (backend.read_into(KEY, 7, view), bytes(view[:2])) == (2, b"hi")
    assert backend.read_into(KEY, 9, view) == backend.read_into(KEY, 99, view) == 0


def test_an_empty_object_is_one(backend: Backend) -> None:
    put(backend, "tombs/x", [])
    assert backend.size("tombs/x") == 0
    assert list(backend.list("tombs/")) == [("tombs/x", 0)]


def test_what_is_not_there(backend: Backend) -> None:
    assert backend.size(KEY) is None
    assert list(backend.list("packs/")) == []
    with pytest.raises(FileNotFoundError):
        backend.read_into(KEY, 0, memoryview(bytearray(1)))
    with pytest.raises(FileNotFoundError):
        get(backend, KEY)
    backend.delete(KEY)


def test_an_upload_is_invisible_until_it_is_published(backend: Backend) -> None:
    upload = backend.create(KEY)
    upload.write([b"x" * 5000])
    upload.patch(1, b"yz")
    view = memoryview(bytearray(4))
    assert (upload.read_into(0, view), bytes(view)) == (4, b"xyzx")
    upload.sync()
    assert upload.size == 5000
    assert backend.size(KEY) is None
    assert list(backend.list("packs/")) == []
    backend.publish([upload])
    upload.abort()
    assert get(backend, KEY) == b"xyz" + b"x" * 4997


def test_an_aborted_upload_leaves_nothing(backend: Backend) -> None:
    upload = backend.create(KEY)
    upload.write([b"x" * (3 << 20)])
    upload.abort()
    upload.abort()
    assert backend.size(KEY) is None
    put(backend, KEY, [b"other"])
    assert get(backend, KEY) == b"other"


def test_an_object_is_never_replaced(backend: Backend) -> None:
    put(backend, KEY, [b"first"])
    with pytest.raises(FileExistsError):
        put(backend, KEY, [b"second"])
    assert get(backend, KEY) == b"first"


def test_several_are_published_at_once(backend: Backend) -> None:
    uploads = [backend.create(f"packs/a{i}/p{i}") for i in range(5)]
    for i, upload in enumerate(uploads):
        upload.write([b"%d" % i] * (i + 1))
    backend.publish(uploads)
    found = [(f"packs/a{i}/p{i}", i + 1) for i in range(5)]
    assert list(backend.list("packs/")) == found


def test_a_listing_is_sorted_and_below_its_prefix(backend: Backend) -> None:
    keys = ["packs/bb/z", "packs/aa/y", "packs/aa/x", "index/q", "tombs/x"]
    for key in keys:
        put(backend, key, [key.encode()])
    assert [k for k, _ in backend.list("packs/")] == sorted(keys[:3])
    assert [k for k, _ in backend.list("packs/aa/")] == ["packs/aa/x", "packs/aa/y"]
    assert [k for k, _ in backend.list("manifests/")] == []


def test_a_deleted_object_is_gone(backend: Backend) -> None:
    put(backend, KEY, [b"x"])
    backend.delete(KEY)
    backend.delete(KEY)
    assert backend.size(KEY) is None
    put(backend, KEY, [b"again"])
    assert get(backend, KEY) == b"again"


def test_small_reads_have_a_limit(backend: Backend) -> None:
    put(backend, "config", [b"x" * 100])
    with pytest.raises(StoreError, match="more than 99"):
        get(backend, "config", limit=99)


@pytest.mark.parametrize("data", [b"longer than before", b"less"])
def test_what_another_replaces_is_read_whole(
    backend: Backend, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where that happens between asking for its size and reading it."""
    put(backend, "config", [b"as it was"])
    assert get(backend, "config") == b"as it was"
    other: Backend
    if isinstance(backend, LocalBackend):
        other = LocalBackend(backend.root)
    else:
        assert isinstance(backend, MemoryBackend)
        other = MemoryBackend()
        other.objects = backend.objects
    ask = backend.size

    def size(key: str) -> int | None:
        found = ask(key)
        other.mend("config", data)
        return found

    monkeypatch.setattr(backend, "size", size)
    assert get(backend, "config") == data


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "packs/../../x",
        "packs/..",
        "packs//x",
        "packs/a\0b",
        "packs/A",
        "packs/a/",
        "packs/.hidden",
        "packs/a b",
        "packs\\a",
        "packs/" + "a" * 200,
    ],
)
def test_only_keys_become_places(backend: Backend, key: str) -> None:
    assert not is_key(key)
    for use in (
        lambda: backend.create(key),
        lambda: backend.size(key),
        lambda: backend.delete(key),
        lambda: backend.read_into(key, 0, memoryview(bytearray(1))),
    ):
        with pytest.raises(StoreError, match="not a key"):
            use()


def test_writers_beside_each_other_do_not_mix(backend: Backend) -> None:
    def write(number: int) -> None:
        mine = (
            LocalBackend(backend.root) if isinstance(backend, LocalBackend) else backend
        )
        for i in range(20):
            put(mine, f"packs/a{number}/p{i}", [b"%d" % number] * 1000)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(backend.list("packs/"))) == 80
    for number in range(4):
        assert get(backend, f"packs/a{number}/p7") == b"%d" % number * 1000
