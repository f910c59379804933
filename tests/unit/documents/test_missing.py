"""Documents that are gone, and those that are only out of reach."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assetstore.documents.missing import MOST_BETWEEN, Missing, mount_of_path
from assetstore.store.format.manifest import Manifest

DAY = 86400.0
Look = Callable[..., str]


class World:
    """Looks at one document, at days of the test's choice."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.disk = folder / "disk"
        self.document = self.disk / "in" / "page.html"
        self.document.parent.mkdir(parents=True)
        self.document.write_bytes(b"x")
        self.mounted = {str(self.disk): "d1"}

    def mount_of(self, path: str) -> tuple[str, str]:
        for here in (Path(path), *Path(path).parents):
            if str(here) in self.mounted:
                return str(here), self.mounted[str(here)]
        return "/", "root"

    @contextmanager
    def missing(self, day: float, dry_run: bool = False) -> Iterator[Missing]:
        with Missing(
            self.folder / "state" / "m.sqlite",
            30 * DAY,
            now=day * DAY,
            dry_run=dry_run,
            mount_of=self.mount_of,
        ) as missing:
            yield missing

    def look(self, day: float, *, dry_run: bool = False) -> str:
        with self.missing(day, dry_run) as missing:
            return missing(of(self.document))


def of(document: Path | str) -> Manifest:
    return Manifest(document=str(document), source_size=1, slim_size=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_gone_only_after_the_time_it_was_seen_missing(world: World) -> None:
    assert world.look(0) == ""
    world.document.unlink()
    found = {day: world.look(day) for day in range(7, 60, 7)}
    assert [day for day, why in found.items() if why] == [35, 42, 49, 56]
    assert "missing for 35d" in found[35]


def test_what_comes_back_begins_anew(world: World) -> None:
    world.look(0)
    world.document.unlink()
    for day in range(7, 29, 7):
        assert world.look(day) == ""
    world.document.write_bytes(b"x")
    assert world.look(29) == ""
    world.document.unlink()
    assert world.look(35) == world.look(42) == ""


def test_a_disk_that_is_not_mounted(world: World) -> None:
    world.look(0)
    del world.mounted[str(world.disk)]  # its folder is there, and empty
    world.document.unlink()
    world.document.parent.rmdir()
    assert not any(world.look(day) for day in range(7, 700, 7))
    world.mounted[str(world.disk)] = "d1"
    assert world.look(701) == ""  # the time out of reach does not count
    assert any(world.look(day) for day in range(702, 750, 7))


def test_a_disk_whose_mount_point_went_with_it(world: World) -> None:
    world.look(0)
    del world.mounted[str(world.disk)]
    world.document.unlink()
    world.document.parent.rmdir()
    world.disk.rmdir()
    assert not any(world.look(day) for day in range(7, 700, 7))


def test_another_disk_at_the_same_place(world: World) -> None:
    world.look(0)
    world.document.unlink()
    world.mounted[str(world.disk)] = "another"
    assert not any(world.look(day) for day in range(7, 700, 7))


def test_a_folder_that_may_not_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.look(0)

    def refuse(path: object, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("assetstore.documents.missing.os.lstat", refuse)
    assert not any(world.look(day) for day in range(7, 700, 7))


def test_one_never_seen_needs_a_folder_with_something_in_it(world: World) -> None:
    world.document.unlink()
    assert not any(world.look(day) for day in range(7, 700, 7))
    (world.document.parent / "neighbour").write_bytes(b"")
    found = [day for day in range(707, 800, 7) if world.look(day)]
    assert found[0] == 742  # first seen on day 707


@pytest.mark.parametrize("jump", [400, -400])
def test_a_clock_that_jumps(world: World, jump: int) -> None:
    world.look(1000)
    world.document.unlink()
    assert world.look(1001) == ""
    assert world.look(1001 + jump) == ""
    assert world.look(1002 + jump) == ""
    found = [day for day in range(1003, 1100) if world.look(day + jump)]
    most = MOST_BETWEEN / DAY if jump > 0 else 0
    assert found[0] == 1001 + 30 - 1 - most


def test_a_dry_run_changes_nothing(world: World) -> None:
    world.look(0)
    world.document.unlink()
    for day in range(7, 35, 7):
        world.look(day)
    assert world.look(35, dry_run=True)
    assert world.look(35, dry_run=True)
    assert not world.look(29)


def test_rows_of_a_database_are_missing_with_it(world: World, tmp_path: Path) -> None:
    base = tmp_path / "state.sqlite"
    base.write_bytes(b"")
    with world.missing(0) as missing:
        assert missing(of(f"{base}#thread")) == ""
    base.unlink()
    found = ""
    for day in range(7, 42, 7):
        with world.missing(day) as missing:
            found = missing(of(f"{base}#thread"))
    assert found


def test_what_came_from_a_pipe_is_never_missing(world: World) -> None:
    for day in range(0, 700, 7):
        with world.missing(day) as missing:
            assert missing(of("stdin:0123456789abcdef")) == ""


def test_real_mount_points(tmp_path: Path) -> None:
    mount, id = mount_of_path(str(tmp_path / "not" / "there"))
    assert Path(mount).is_mount()
    assert str(tmp_path).startswith(mount)
    assert mount_of_path(str(tmp_path)) == (mount, id)
    assert mount_of_path("/proc/self")[0] == "/proc"
