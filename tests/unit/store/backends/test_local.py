"""A store in a folder: nothing is followed out of it, and nothing is half there."""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.errors import StoreError, StoreWriteError
from assetstore.store.backends import local
from assetstore.store.backends.base import get, put
from assetstore.store.backends.local import LocalBackend
from assetstore.store.backends.memory import MemoryBackend

KEY = "packs/aa/one"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="files of POSIX")


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[LocalBackend]:
    found = LocalBackend(tmp_path)
    yield found
    found.close()


def files(root: Path) -> list[str]:
    return sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] != "tmp"
    )


@POSIX
def test_objects_are_for_their_owner_alone(
    backend: LocalBackend, tmp_path: Path
) -> None:
    put(backend, KEY, [b"x"])
    put(backend, "tombs/x", [])
    for path in (tmp_path / KEY, tmp_path / "tombs" / "x"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@POSIX
def test_a_folder_that_is_a_link_is_not_followed(
    backend: LocalBackend, tmp_path: Path
) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "packs").symlink_to("else")
    with pytest.raises(StoreError, match="symbolic link"):
        put(backend, KEY, [b"x"])
    with pytest.raises(StoreError, match="symbolic link"):
        backend.size(KEY)
    with pytest.raises(StoreError, match="symbolic link"):
        backend.delete(KEY)
    assert list((tmp_path / "else").iterdir()) == []


@POSIX
def test_an_object_that_is_a_link_or_no_file_is_none(
    backend: LocalBackend, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "tombs").mkdir()
    (tmp_path / "tombs" / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "tombs" / "pipe")
    (tmp_path / "tombs" / "folder").mkdir()
    for name in ("link", "pipe", "folder"):
        key = f"tombs/{name}"
        assert backend.size(key) is None
        with pytest.raises((FileNotFoundError, OSError)):
            backend.read_into(key, 0, memoryview(bytearray(6)))
    assert list(backend.list("tombs/")) == []


def test_what_is_no_key_is_not_listed(backend: LocalBackend, tmp_path: Path) -> None:
    put(backend, KEY, [b"xyz"])
    for name in ("packs/README", "packs/aa/.hidden", "packs/aa/a b"):
        (tmp_path / name).write_bytes(b"x")
    assert list(backend.list("packs/")) == [(KEY, 3)]
    assert list(backend.list("none/")) == []


def test_a_file_where_a_folder_should_be_is_no_object(
    backend: LocalBackend, tmp_path: Path
) -> None:
    (tmp_path / "packs").write_bytes(b"x")
    assert backend.size(KEY) is None
    with pytest.raises(FileNotFoundError):
        backend.read_into(KEY, 0, memoryview(bytearray(1)))
    with pytest.raises(StoreWriteError):
        put(backend, KEY, [b"x"])


def test_a_pack_stays_readable_while_it_is_open(
    backend: LocalBackend, tmp_path: Path
) -> None:
    put(backend, KEY, [b"first"])
    assert get(backend, KEY) == b"first"
    if sys.platform != "win32":
        (tmp_path / KEY).unlink()  # another process removes it
        view = memoryview(bytearray(5))
        assert backend.read_into(KEY, 0, view) == 5
    backend.delete(KEY)
    with pytest.raises(FileNotFoundError):
        backend.read_into(KEY, 0, memoryview(bytearray(5)))


def test_few_packs_are_kept_open(backend: LocalBackend) -> None:
    keys = [f"packs/aa/p{n:02}" for n in range(40)]
    for key in keys:
        put(backend, key, [key.encode()])
    for key in keys * 2:
        assert get(backend, key) == key.encode()
    assert len(backend._open) == local._OPEN_FILES
    backend.close()
    assert not backend._open


def test_an_upload_of_another_backend_is_a_type_error(backend: LocalBackend) -> None:
    with pytest.raises(TypeError, match="another backend"):
        backend.publish([MemoryBackend().create(KEY)])


def test_a_folder_that_went_meanwhile_is_made_again(
    backend: LocalBackend, tmp_path: Path
) -> None:
    put(backend, "manifests/w/d/0000000001", [b"x"])
    backend.delete("manifests/w/d/0000000001")
    assert not (tmp_path / "manifests" / "w" / "d").exists()
    put(backend, "manifests/w/d/0000000002", [b"x"])
    assert files(tmp_path) == ["manifests/w/d/0000000002"]


def test_a_document_s_folder_stays_while_something_is_in_it(
    backend: LocalBackend, tmp_path: Path
) -> None:
    for number in (1, 2):
        put(backend, f"manifests/w/d/000000000{number}", [b"x"])
    backend.delete("manifests/w/d/0000000001")
    assert files(tmp_path) == ["manifests/w/d/0000000002"]
    put(backend, "tombs/x", [])
    backend.delete("tombs/x")
    assert (tmp_path / "tombs").is_dir()


@POSIX
def test_a_second_key_is_the_same_file(backend: LocalBackend, tmp_path: Path) -> None:
    put(backend, KEY, [b"x"])
    backend.link(KEY, "quarantine/packs/aa/one")
    aside = tmp_path / "quarantine" / KEY
    assert aside.stat().st_ino == (tmp_path / KEY).stat().st_ino
    with pytest.raises(FileExistsError):
        backend.link(KEY, "quarantine/packs/aa/one")
    with pytest.raises(FileNotFoundError):
        backend.link("packs/aa/two", "quarantine/packs/aa/two")


def test_a_damaged_object_is_put_right_in_its_place(
    backend: LocalBackend, tmp_path: Path
) -> None:
    put(backend, KEY, [b"damaged, and longer"])
    assert get(backend, KEY)
    backend.mend(KEY, b"right")
    assert get(backend, KEY) == b"right"
    assert files(tmp_path) == [KEY]


def test_what_cannot_be_put_right_stays_as_it_was(
    backend: LocalBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(backend, KEY, [b"damaged"])

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreWriteError, match="No space left"):
        backend.mend(KEY, b"right")
    assert get(backend, KEY) == b"damaged"
    assert files(tmp_path) == [KEY]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_folder_that_cannot_be_synced_is_a_write_error(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def failing(folder: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(local, "sync_folder", failing)
    with pytest.raises(StoreWriteError, match=os.strerror(number)):
        put(backend, "tombs/x", [b"x"])


def test_a_deletion_that_cannot_be_made_durable_stops_what_is_written_next(
    backend: LocalBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(backend, "notes/claimed", [])
    backend.delete("notes/claimed")

    def failing(folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(local, "sync_folder", failing)
    with pytest.raises(StoreWriteError, match="Input/output"):
        put(backend, "tombs/x", [b"x"])
    assert files(tmp_path) == []


def test_what_was_not_published_leaves_nothing_behind(tmp_path: Path) -> None:
    backend = LocalBackend(tmp_path)
    upload = backend.create(KEY)
    upload.write([b"x" * (1 << 20)])
    assert any(path.is_file() for path in (tmp_path / "tmp").rglob("*"))
    backend.close()
    upload.abort()
    assert files(tmp_path) == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_dead_writers_left_is_swept(backend: LocalBackend, tmp_path: Path) -> None:
    dead = tmp_path / "tmp" / "01hf7yat00000000000000test"
    dead.mkdir(parents=True)
    (dead / "lock").touch()
    (dead / "1").write_bytes(b"x" * 700)
    assert backend.sweep(dry_run=True) == (1, 700)
    assert backend.sweep() == (1, 700)
    assert backend.sweep() == (0, 0)
