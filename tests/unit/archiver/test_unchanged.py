"""Files that had nothing in them are remembered, until anything of them changes."""

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.archiver.unchanged import Seen, stamp

OLD = time.time() - 3600


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "page.md"
    path.write_bytes(b"words")
    os.utime(path, (OLD, OLD))
    return path


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Seen]:
    found = Seen(tmp_path / "cache", "options")
    yield found
    found.close()


def known(seen: Seen, *folders: Path) -> set[str]:
    return {os.fsdecode(path) for path in seen.below(map(str, folders))}


def test_a_file_is_known_as_it_was(seen: Seen, page: Path) -> None:
    seen.add([(str(page), "")])
    ((path, state),) = seen.below([str(page)]).items()
    assert path == os.fsencode(page)
    assert state == (*stamp(page.stat()), "")


def test_it_is_still_known_the_next_time(tmp_path: Path, page: Path) -> None:
    for _ in range(2):
        seen = Seen(tmp_path / "cache", "options")
        seen.add([(str(page), "a PDF")])
        assert [state[3] for state in seen.below([str(page)]).values()] == ["a PDF"]
        seen.close()


def test_other_options_know_nothing_of_it(tmp_path: Path, page: Path) -> None:
    seen, other = (Seen(tmp_path / "cache", text) for text in ("one", "two"))
    seen.add([(str(page), "")])
    assert known(other, page) == set()
    seen.close()
    other.close()


def test_what_was_just_written_to_is_not_remembered(seen: Seen, page: Path) -> None:
    page.write_bytes(b"words!")
    seen.add([(str(page), "")])
    assert known(seen, page) == set()


@pytest.mark.parametrize("change", ["size", "time", "file"])
def test_any_change_is_another_state(page: Path, change: str) -> None:
    before = stamp(page.stat())
    if change == "size":
        page.write_bytes(b"more words")
        os.utime(page, (OLD, OLD))
    elif change == "time":
        os.utime(page, (OLD + 1, OLD + 1))
    else:
        other = page.with_name("other")
        other.write_bytes(b"words")
        os.utime(other, (OLD, OLD))
        other.replace(page)
    assert stamp(page.stat()) != before


def test_a_folder_has_what_is_below_it_and_no_neighbour(
    seen: Seen, page: Path, tmp_path: Path
) -> None:
    (tmp_path / "docs2").mkdir()
    paths = [page, tmp_path / "docs2" / "a.md", tmp_path / "docs" / "ü \udcff.md"]
    for path in paths[1:]:
        try:
            path.write_bytes(b"x")
        except OSError:
            paths.remove(path)
            continue
        os.utime(path, (OLD, OLD))
    seen.add([(str(path), "") for path in paths])
    inside = {str(path) for path in paths if path.parent == tmp_path / "docs"}
    assert known(seen, tmp_path / "docs") == inside
    assert known(seen, tmp_path / "docs", tmp_path / "docs2") == set(map(str, paths))
    assert known(seen, tmp_path) == set(map(str, paths))
    assert known(seen, tmp_path / "doc") == set()
    if sys.platform != "win32":
        assert known(seen, Path("/")) >= set(map(str, paths))


def test_a_link_is_not_followed(seen: Seen, page: Path) -> None:
    link = page.with_name("link")
    link.symlink_to(page)
    os.utime(link, (OLD, OLD), follow_symlinks=False)
    seen.add([(str(link), ""), (str(page.with_name("none")), "")])
    found = seen.below([str(link)])
    assert [state[:3] for state in found.values()] == [stamp(link.lstat())]


def test_where_nothing_is_remembered_nothing_is_known(page: Path) -> None:
    seen = Seen(None, "options")
    seen.add([(str(page), "")])
    assert seen.below([str(page)]) == {}
    seen.close()


@pytest.mark.parametrize("data", [b"no database" * 999, b"", b"SQLite format 3\0"])
def test_a_cache_that_is_damaged_is_made_anew(
    tmp_path: Path, page: Path, data: bytes
) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "seen.sqlite").write_bytes(data)
    seen = Seen(folder, "options")
    seen.add([(str(page), "")])
    assert known(seen, page) == {str(page)}
    seen.close()


def test_one_of_another_version_is_made_anew(tmp_path: Path, page: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    db = sqlite3.connect(folder / "seen.sqlite")
    with db:
        db.execute("CREATE TABLE seen(other TEXT)")
        db.execute("PRAGMA user_version=1")
    db.close()
    seen = Seen(folder, "options")
    seen.add([(str(page), "")])
    assert known(seen, page) == {str(page)}
    seen.close()


def test_a_cache_that_cannot_be_made_is_gone_without(
    tmp_path: Path, page: Path
) -> None:
    (tmp_path / "file").touch()
    seen = Seen(tmp_path / "file" / "cache", "options")
    seen.add([(str(page), "")])
    assert seen.below([str(page)]) == {}
    seen.close()
