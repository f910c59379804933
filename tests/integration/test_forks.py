"""Threads that go on from one another, rescued and undone in any order."""

import re
from collections.abc import Iterator
from itertools import accumulate, permutations
from pathlib import Path

import pytest

from assetstore.agents.find import Thread, log_at
from assetstore.agents.rescue_log import rescue_log, undo_log
from assetstore.agents.rescue_options import RescueOptions
from assetstore.archiver.run import archive_paths
from assetstore.restore.run import restore_paths
from assetstore.store.format.placeholder import MARK
from assetstore.store.store import Store
from support.homes import (
    THREAD,
    base_of,
    codex_fork,
    codex_home,
    history,
    rollout,
)

_ITEM = re.compile(rb'\{"type":"input_text","text":"\[image [^"]*as1:[^"]*"\}')


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name in ("STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name))
    with Store.open(tmp_path / "store", create=True) as store:
        yield store


class Family:
    """A thread, a fork of it, a fork of that, and a fork from its middle."""

    def __init__(self, folder: Path):
        self.origin = codex_home(folder)
        self.middle = 7
        end = self.end(self.middle)
        size = self.origin.stat().st_size
        self.fork = codex_fork(self.origin, 1, size, rollout(2, 1, start=20))
        size = self.fork.stat().st_size
        self.grandchild = codex_fork(self.fork, 2, size, rollout(1, 0, start=30))
        self.other = codex_fork(self.origin, 4, end, rollout(1, 0, start=40))
        self.all = [self.origin, self.fork, self.grandchild, self.other]
        self.before = [path.read_bytes() for path in self.all]
        self.rows = history(self.home)
        self.tails = [b""] * 4

    @property
    def home(self) -> Path:
        return self.origin.parents[4]

    def end(self, line: int, path: Path | None = None) -> int:
        log = (path or self.origin).read_bytes()
        return [*accumulate(map(len, log.splitlines(keepends=True)))][line]

    def grow(self, start: int, *, quoting: bool = False) -> None:
        """Let each thread have a turn more, which quotes a placeholder of its own."""
        for i, path in enumerate(self.all):
            turn = rollout(1, 0, start=start + i)
            log = path.read_bytes()
            if quoting and (found := _ITEM.search(log)):
                turn += b'{"payload":{"content":[%b]}}\n' % found[0]
            with path.open("ab") as file:
                file.write(turn)
            self.tails[i] += turn

    def check(self) -> None:
        """Every fork goes on where it did."""
        assert base_of(self.other) == self.end(self.middle)
        assert base_of(self.grandchild) == self.end(len(self.lines(1)) - 1, self.fork)
        assert base_of(self.fork) == self.end(len(self.lines(0)) - 1)

    def lines(self, which: int) -> list[bytes]:
        return self.before[which].splitlines()

    def check_back(self) -> None:
        """Every byte of every thread is back."""
        for path, was, tail in zip(self.all, self.before, self.tails, strict=True):
            assert path.read_bytes() == was + tail
        assert history(self.home) == self.rows


@pytest.fixture
def family(tmp_path: Path) -> Family:
    return Family(tmp_path)


def the(path: Path) -> Thread:
    return log_at(path)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rescued_and_undone_in_any_order(
    store: Store, family: Family, order: tuple[int, ...]
) -> None:
    for step, which in enumerate(order):
        rescue_log(store, the(family.all[which]), RescueOptions())
        family.check()
        family.grow(50 + 10 * step, quoting=True)
    for path in family.all[:3]:
        assert MARK in path.read_bytes()
    for step, which in enumerate(order):
        assert undo_log(store, the(family.all[which])).exact
        family.check()
        family.grow(90 + 10 * step)
    family.check_back()


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("undo_first", [0, 1])
def test_rescued_twice_with_turns_between(
    store: Store, family: Family, first: int, undo_first: int
) -> None:
    for step in range(2):
        for which in (first, 1 - first):
            rescue_log(store, the(family.all[which]), RescueOptions())
            family.check()
            family.grow(50 + 20 * step + 10 * which, quoting=True)
    for which in (undo_first, 1 - undo_first):
        assert undo_log(store, the(family.all[which])).exact
        family.check()
    family.check_back()


@pytest.mark.parametrize("rewinds", [False, True])
@pytest.mark.parametrize("rescued_between", [False, True])
@pytest.mark.parametrize("origin_first", [False, True])
def test_a_log_made_from_the_small_one_grows_and_comes_back(
    store: Store,
    family: Family,
    rewinds: bool,
    rescued_between: bool,
    origin_first: bool,
) -> None:
    """Its first line is longer while its origin is large; places in it still count."""
    rescue_log(store, the(family.origin), RescueOptions())
    small = family.origin.read_bytes()
    turns = rollout(2, 1, start=60)
    late = codex_fork(family.origin, 5, len(small), turns, rewinds=rewinds)
    of_late = codex_fork(late, 6, late.stat().st_size, turns, rewinds=rewinds)
    made = late.read_bytes(), of_late.read_bytes()
    line = late.read_bytes().partition(b"\n")[0] + b"\n"
    rescue_log(store, the(late), RescueOptions())
    quoted = _ITEM.search(late.read_bytes())
    assert quoted is not None
    tail = b'{"payload":{"content":[%b]}}\n' % quoted[0]
    with late.open("ab") as file:
        file.write(tail)
    if rescued_between:
        rescue_log(store, the(late), RescueOptions())

    def undo_origin() -> None:
        assert undo_log(store, the(family.origin)).exact
        assert [path.read_bytes() for path in family.all] == family.before
        assert base_of(late) == family.origin.stat().st_size
        assert len(late.read_bytes().partition(b"\n")[0]) > len(line) - 1

    def undo_late() -> None:
        report = undo_log(store, the(late))
        assert report.exact
        head, _, rest = late.read_bytes().partition(b"\n")
        assert rest == turns + tail
        assert base_of(of_late) == len(head) + 1 + len(turns)

    steps = [undo_origin, undo_late]
    for step in steps if origin_first else reversed(steps):
        step()
    rescue_log(store, the(family.origin), RescueOptions())
    assert (late.read_bytes(), of_late.read_bytes()) == (made[0] + tail, made[1])
    assert undo_log(store, the(family.origin)).exact
    assert [path.read_bytes() for path in family.all] == family.before


def test_a_folder_of_them_is_archived_and_restored_at_once(
    store: Store, family: Family
) -> None:
    done = archive_paths(store, [family.home / "sessions"])
    assert [file.reason for file in done.files if file.status == "failed"] == []
    for path in family.all:
        assert b"data:image" not in path.read_bytes()
    family.check()
    assert restore_paths(store, [family.home / "sessions"]).count("failed") == 0
    family.check_back()


def test_a_rescued_fork_tells_what_it_still_carries(
    tmp_path: Path, store: Store
) -> None:
    family = Family(tmp_path)
    report = rescue_log(store, the(family.other), RescueOptions(now=True))
    (thread, count), *more = report.carries.items()
    assert (thread, more) == (THREAD, [])
    assert count == 2  # of the turns in front of the fork
    rescue_log(store, the(family.origin), RescueOptions(now=True))
    again = rescue_log(store, the(family.other), RescueOptions(now=True))
    assert again.carries == {}
