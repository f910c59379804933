"""Objects in a dict: a stand-in that is as strict as a folder."""

import pytest

from assetstore.errors import StoreError
from assetstore.store.backends.base import put
from assetstore.store.backends.local import LocalBackend
from assetstore.store.backends.memory import MemoryBackend

KEY = "packs/aa/one"


@pytest.fixture
def backend() -> MemoryBackend:
    found = MemoryBackend()
    put(found, KEY, [b"first"])
    return found


def test_what_is_published_does_not_change_with_its_upload(
    backend: MemoryBackend,
) -> None:
    upload = backend.create("tombs/x")
    upload.write([b"abc"])
    backend.publish([upload])
    upload.write([b"def"])
    upload.abort()
    assert backend.objects["tombs/x"] == b"abc"


def test_a_second_key_is_the_same_bytes(backend: MemoryBackend) -> None:
    backend.link(KEY, "quarantine/packs/aa/one")
    backend.delete(KEY)
    assert backend.objects == {"quarantine/packs/aa/one": b"first"}


def test_a_second_key_is_new_and_of_something(backend: MemoryBackend) -> None:
    put(backend, "tombs/x", [])
    with pytest.raises(FileExistsError):
        backend.link(KEY, "tombs/x")
    with pytest.raises(FileNotFoundError):
        backend.link("tombs/none", "tombs/y")
    assert backend.objects["tombs/x"] == b""
    with pytest.raises(StoreError, match="not a key"):
        backend.link(KEY, "../x")


def test_a_damaged_object_is_put_right(backend: MemoryBackend) -> None:
    backend.mend(KEY, b"second")
    assert backend.objects[KEY] == b"second"
    with pytest.raises(StoreError, match="not a key"):
        backend.mend("../x", b"")


def test_an_upload_of_another_backend_is_a_type_error(
    backend: MemoryBackend, tmp_path: object
) -> None:
    other = LocalBackend(tmp_path)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="another backend"):
        backend.publish([other.create("tombs/x")])


def test_an_upload_is_patched_in_place(backend: MemoryBackend) -> None:
    upload = backend.create("tombs/x")
    upload.write([b"abc", memoryview(b"def")])
    upload.patch(2, b"XY")
    upload.sync()
    view = memoryview(bytearray(9))
    assert (upload.size, upload.read_into(1, view)) == (6, 5)
    assert bytes(view[:5]) == b"bXYef"


def test_what_is_not_there_is_told(backend: MemoryBackend) -> None:
    view = memoryview(bytearray(5))
    with pytest.raises(FileNotFoundError):
        backend.read_into("packs/aa/two", 0, view)
    assert backend.size("packs/aa/two") is None
    backend.delete("packs/aa/two")
    assert backend.read_into(KEY, 3, view) == 2
