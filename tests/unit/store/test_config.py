"""A store's config and folder: what is refused, what is named, whose it is."""

import contextlib
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from assetstore.errors import (
    ForeignStore,
    StoreError,
    StoreWriteError,
    UnsupportedStore,
)
from assetstore.store.backends.base import get, put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.config import (
    KNOWN_FEATURES,
    check_owner,
    checked_config,
    enable,
    make_root,
    new_config,
)

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="owners and links of POSIX")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": 2}, UnsupportedStore),
        ({"features": {"read": ["lasers"], "write": []}}, UnsupportedStore),
        ({"features": {"read": [], "write": ["lasers"]}}, UnsupportedStore),
        ({"features": None}, StoreError),
        ({"id": "../../etc"}, StoreError),
        ({"id": 7}, StoreError),
    ],
)
def test_a_config_that_asks_for_more_is_refused(
    change: dict[str, object], error: type[StoreError]
) -> None:
    config = json.loads(new_config(lambda: 0.0, random.randbytes))
    assert checked_config(json.dumps(config).encode()) == config["id"]
    with pytest.raises(error):
        checked_config(json.dumps({**config, **change}).encode())


def test_a_config_of_garbage_is_refused() -> None:
    for garbage in (b"", b"{", b"[]", b"null", b"\xff"):
        with pytest.raises(StoreError):
            checked_config(garbage)


def test_an_id_is_kept_where_a_config_is_written_anew() -> None:
    id = checked_config(new_config(lambda: 5.0, random.randbytes))
    again = new_config(lambda: 9.0, random.randbytes, ["png", "jpeg"], id)
    assert checked_config(again) == id
    assert json.loads(again)["features"] == {
        "read": ["jpeg", "png"],
        "write": ["jpeg", "png"],
    }


@pytest.mark.parametrize("feature", sorted(KNOWN_FEATURES))
def test_what_is_known_is_not_refused(feature: str) -> None:
    checked_config(new_config(lambda: 0.0, random.randbytes, [feature]))


@pytest.fixture
def backend() -> MemoryBackend:
    found = MemoryBackend()
    put(found, "config", [new_config(lambda: 0.0, random.randbytes, ["png"])])
    return found


def named(backend: MemoryBackend) -> list[str]:
    features = json.loads(get(backend, "config"))["features"]
    assert features["read"] == features["write"]
    return sorted(features["read"])


class Lock:
    """Counts how often it is held."""

    held = 0

    def __enter__(self) -> None:
        self.held += 1

    def __exit__(self, *error: object) -> None:
        pass


def test_features_are_added_and_none_goes(backend: MemoryBackend) -> None:
    lock, id = Lock(), checked_config(get(backend, "config"))
    enable(backend, lock, ["notes", "jpeg"])
    assert named(backend) == ["jpeg", "notes", "png"]
    enable(backend, lock, ["notes"])
    assert named(backend) == ["jpeg", "notes", "png"]
    assert lock.held == 2
    assert checked_config(get(backend, "config")) == id


def test_what_is_named_already_is_not_written_again(backend: MemoryBackend) -> None:
    def mend(key: str, data: bytes) -> None:
        raise AssertionError("written")

    backend.mend = mend  # type: ignore[method-assign]
    enable(backend, Lock(), ["png"])
    assert named(backend) == ["png"]


def test_a_config_that_a_newer_program_wrote_is_left_alone(
    backend: MemoryBackend,
) -> None:
    record = json.loads(get(backend, "config"))
    record["features"]["write"].append("lasers")
    backend.objects["config"] = before = json.dumps(record).encode()
    with pytest.raises(UnsupportedStore, match="lasers"):
        enable(backend, Lock(), ["notes"])
    assert backend.objects["config"] == before


def test_a_backend_that_cannot_replace_it_says_so() -> None:
    class Fixed:
        def __init__(self, inner: MemoryBackend) -> None:
            self.size, self.read_into = inner.size, inner.read_into

    inner = MemoryBackend()
    put(inner, "config", [new_config(lambda: 0.0, random.randbytes)])
    with pytest.raises(UnsupportedStore, match="cannot be changed"):
        enable(Fixed(inner), contextlib.nullcontext(), ["png"])  # type: ignore[arg-type]


@POSIX
def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    root = tmp_path / "a" / "store"
    make_root(root)
    assert root.stat().st_mode & 0o777 == 0o700
    root.chmod(0o755)
    make_root(root)
    assert root.stat().st_mode & 0o777 == 0o700


def test_what_another_began_to_make_is_taken(tmp_path: Path) -> None:
    for name in ("tmp", "locks"):
        (tmp_path / name).mkdir()
    make_root(tmp_path)
    (tmp_path / "config").touch()
    (tmp_path / "packs").mkdir()
    make_root(tmp_path)


def test_a_folder_with_other_things_is_refused_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    mode = tmp_path.stat().st_mode
    with pytest.raises(StoreError, match="not empty") as caught:
        make_root(tmp_path)
    assert caught.value.path == str(tmp_path)
    assert tmp_path.stat().st_mode == mode


def test_a_file_in_the_way_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for root in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises(StoreWriteError, match="cannot make a store"):
            make_root(root)


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> int:
    """Lets this user be another than the owner of all files; the owner's number."""
    owner = 4242
    real = os.stat

    def stat(path: Path, **words: Any) -> os.stat_result:
        found = list(real(path, **words))
        found[4] = owner
        return os.stat_result(found)

    monkeypatch.setattr(Path, "stat", stat)
    return owner


@POSIX
def test_a_store_of_somebody_else_is_refused(tmp_path: Path, stranger: int) -> None:
    with pytest.raises(ForeignStore, match="4242") as caught:
        check_owner(tmp_path)
    assert "ASSETSTORE_SAFE_STORES" in caught.value.hint
    check_owner(tmp_path, [stranger])


def test_one_s_own_store_is_not_and_none_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "config").touch()
    check_owner(tmp_path)
    check_owner(tmp_path / "nowhere")


@POSIX
def test_a_folder_in_it_that_is_a_link_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "store"
    root.mkdir()
    (root / "packs").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="symbolic link"):
        check_owner(root)
    (root / "packs").unlink()
    (tmp_path / "linked").symlink_to(root)
    check_owner(tmp_path / "linked")
