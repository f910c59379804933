"""A thread is rescued in all of its logs."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assetstore.agents.find import Thread, find_threads
from assetstore.agents.rescue import rescue, undo
from assetstore.agents.rescue_options import RescueOptions
from assetstore.errors import SourceInUse
from assetstore.store.locks import hold
from assetstore.store.store import Store
from support.homes import THREAD, codex_fork, codex_home, rollout
from support.stores import folder_store


@pytest.fixture
def store(alone: Path) -> Iterator[Store]:
    with folder_store(alone) as made:
        yield made


def the(path: Path) -> Thread:
    return next(find_threads([path]))


@pytest.fixture
def logs(alone: Path) -> list[Path]:
    """The logs of a thread that was rewound, the newest first."""
    first = codex_home(alone, rollout(2, 0))
    end = sum(map(len, first.read_bytes().splitlines(keepends=True)[:5]))
    newer = codex_fork(first, 11, end, rollout(2, 0, 7), rewinds=True)
    return [newer, first]


def text(logs: list[Path]) -> list[bytes]:
    return [log.read_bytes() for log in logs]


def test_all_logs_of_a_thread_are_rescued_and_put_back(
    store: Store, alone: Path, logs: list[Path]
) -> None:
    before = text(logs)
    thread = the(alone / ".codex")
    assert [log.path for log in thread.logs] == logs
    done = rescue(store, thread, RescueOptions())
    assert (done.images, done.logs, done.well) == (8, 2, True)
    assert done.before == sum(map(len, before))
    assert done.after == sum(log.stat().st_size for log in logs)
    assert not any(b"data:image" in log for log in text(logs))
    undone = undo(store, the(alone / ".codex"))
    assert (undone.exact, undone.images, undone.logs) == (True, 8, 2)
    assert text(logs) == before


def test_a_dry_run_of_several_changes_nothing(
    store: Store, alone: Path, logs: list[Path]
) -> None:
    before = text(logs)
    plan = rescue(store, the(alone / ".codex"), RescueOptions(dry_run=True))
    assert (plan.images, plan.logs, plan.dry_run) == (8, 2, True)
    assert text(logs) == before


def test_so_many_stay_in_the_thread_and_not_in_each_log(
    store: Store, alone: Path, logs: list[Path]
) -> None:
    thread = the(alone / ".codex")
    rescue(store, thread, RescueOptions(keep_pictures=1))
    newer, first = text(logs)
    assert newer.count(b"data:image") == 1
    assert b"data:image" not in first


def test_what_the_model_sees_no_more_is_not_among_the_newest(
    store: Store, alone: Path, logs: list[Path]
) -> None:
    rescue(store, the(alone / ".codex"), RescueOptions(keep_pictures=9))
    _, first = text(logs)
    shots = [line for line in first.splitlines() if b"data:image" in line]
    assert all(b"number 0" in line for line in shots)  # number 1 was taken back
    assert shots


def test_a_thread_that_is_loaded_is_left_alone(
    store: Store, alone: Path, logs: list[Path]
) -> None:
    before = text(logs)
    thread = the(alone / ".codex")
    lock = alone / ".codex" / "thread-writer-locks" / f"{THREAD}.lock"
    with hold(lock, 1):
        with pytest.raises(SourceInUse):
            rescue(store, thread, RescueOptions())
        with pytest.raises(SourceInUse):
            undo(store, thread)
    assert text(logs) == before


def test_undoing_what_was_never_rescued_is_told(store: Store, alone: Path) -> None:
    log = codex_home(alone)
    before = log.read_bytes()
    report = undo(store, the(log))
    assert (report.images, report.exact, report.differs) == (0, False, "")
    assert log.read_bytes() == before
    assert json.loads(before.splitlines()[0])
    assert replace(report, images=0) == report
