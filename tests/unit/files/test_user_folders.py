"""The user's folders: what platformdirs says, and one writer on Windows."""

import sys
from itertools import product
from pathlib import Path
from typing import get_args

import platformdirs
import pytest

from assetstore.files import user_folders
from assetstore.files.user_folders import Kind, user_folder, writers_folder


@pytest.mark.parametrize("kind", get_args(Kind))
def test_it_is_what_platformdirs_says(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = (None, "", "relative", "~/x", str(tmp_path / "a"), f"{tmp_path}//b/", "/")
    for named, home in product(odd, odd):
        for variable, value in ((f"XDG_{kind.upper()}_HOME", named), ("HOME", home)):
            monkeypatch.delenv(variable, raising=False)
            if value is not None:
                monkeypatch.setenv(variable, value)
        dirs = platformdirs.PlatformDirs("assetstore", appauthor=False)
        assert user_folder(kind) == getattr(dirs, f"user_{kind}_path"), (named, home)


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_no_author_stands_in_front_elsewhere(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of Windows and macOS the package's own classes are asked here, by a stand-in."""
    asked: list[tuple[str, object]] = []

    class Dirs:
        user_cache_path = tmp_path

        def __init__(self, name: str, appauthor: object):
            asked.append((name, appauthor))

    monkeypatch.setattr(platformdirs, "PlatformDirs", Dirs)
    monkeypatch.setattr(sys, "platform", system)
    assert user_folder("cache") == tmp_path
    assert asked == [("assetstore", False)]


def test_a_writer_of_an_earlier_version_on_windows_stays_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_folders, "user_folder", lambda kind: tmp_path)
    monkeypatch.setattr(sys, "platform", "win32")
    assert writers_folder() == tmp_path
    (tmp_path / "assetstore" / "writers").mkdir(parents=True)
    assert writers_folder() == tmp_path / "assetstore"
    (tmp_path / "writers").mkdir()
    assert writers_folder() == tmp_path
    monkeypatch.setattr(sys, "platform", "linux")
    (tmp_path / "writers").rmdir()
    assert writers_folder() == tmp_path
