"""The tasks of a run, each by itself, on a store in memory."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetstore.config.keys import Gc, JobSettings, Limits, Optimize, Verify
from assetstore.jobs import tasks
from assetstore.jobs.limits import Bounds
from assetstore.jobs.log import TaskState
from assetstore.jobs.task_result import TaskResult
from assetstore.progress import SILENT
from assetstore.restore.run import restore_paths
from assetstore.store.reports import Finding, VerifyReport
from assetstore.store.store import Store
from support.clients import make_opencode
from support.periodic import DAY, archived, pages
from support.stores import memory_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name in ("STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name))
    with memory_store() as made:
        yield made


def unbound(**limits: Any) -> Bounds:
    return Bounds(Limits(**{"keep_free": 0, **limits}))


def run(
    store: Store, paths: list[Path | str], bounds: Bounds | None = None, **job: Any
) -> TaskResult:
    settings = JobSettings(paths=tuple(map(str, paths)), **{"min_age": 0.0, **job})
    return tasks.archive(
        store,
        "a",
        settings,
        bounds=bounds or unbound(),
        progress=SILENT,
        clock=time.time,
    )


def test_a_job_archives_what_its_paths_name_now(store: Store, tmp_path: Path) -> None:
    files = pages(tmp_path / "x1", 2) | pages(tmp_path / "x2", 1, 10)
    before = sum(map(len, files.values()))
    task = run(store, [f"{tmp_path}/x*/**/*.html", tmp_path / "x1", "/no/such/place"])
    assert (task.result, task.exit_code, task.archived) == ("ok", 0, 3)
    assert (task.files, task.payloads, archived(files)) == (3, 3, 3)
    assert (task.before, task.after) == (before, sum(p.stat().st_size for p in files))
    assert task.stored > 0
    assert task.notes == ["/no/such/place is not there."]


def test_threads_that_are_rows_are_not_kept_and_told(
    store: Store, tmp_path: Path
) -> None:
    path = make_opencode(tmp_path / "opencode.db")
    assert run(store, [path]).notes == []
    task = run(store, [path], keep=True)
    assert (task.result, task.kept) == ("ok", 0)
    assert task.notes == [f"{path}: threads that are rows are not kept."]


def test_a_path_with_the_signs_of_a_glob_in_its_name(
    store: Store, tmp_path: Path
) -> None:
    files = pages(tmp_path / "a[1]", 1)
    assert run(store, [tmp_path / "a[1]"]).archived == archived(files) == 1


@pytest.mark.parametrize(
    ("paths", "reason"),
    [([], "it has no paths"), (["/no/such"], "none of its paths is there")],
)
def test_a_job_without_anything_to_do_is_skipped(
    store: Store, paths: list[Path | str], reason: str
) -> None:
    task = run(store, paths)
    assert (task.result, task.reason, task.exit_code) == ("skipped", reason, 0)


def test_what_may_be_archived_later_waits_and_what_failed_is_told(
    store: Store, tmp_path: Path
) -> None:
    old, young, linked = pages(tmp_path / "docs", 3)
    os.utime(young)
    (tmp_path / "another name").hardlink_to(linked)
    task = run(store, [tmp_path / "docs"], min_age=3600.0)
    assert (task.archived, task.later, task.exit_code) == (1, 1, 3)
    assert (task.result, task.reason) == ("partial", "1 file failed")
    assert set(task.waiting) == {young, linked}
    (alone,) = task.alone
    assert alone.startswith(f"{young}: ")
    (trouble,) = task.troubles
    assert (trouble.path, trouble.exit_code) == (str(linked), 1)
    assert trouble.message
    assert b"data:image" not in old.read_bytes()


def test_what_was_restored_by_hand_stays(store: Store, tmp_path: Path) -> None:
    ((path, data),) = pages(tmp_path / "docs", 1).items()
    os.utime(path, (1_600_000_000, 1_600_000_000))  # before the store's clock
    run(store, [path])
    assert restore_paths(store, [path]).exit_code == 0
    task = run(store, [path])
    assert (task.archived, task.later, task.waiting) == (0, 1, [])
    assert path.read_bytes() == data
    path.write_bytes(data + b"more")
    os.utime(path, (2_000_000_000, 2_000_000_000))
    assert run(store, [path]).archived == 1


def test_the_newest_pictures_stay(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"".join(pages(tmp_path / "docs", 3).values()))
    task = run(store, [path], keep_pictures=2)
    assert (task.payloads, task.left) == (1, 2)
    assert path.read_bytes().count(b"data:image") == 2


def test_a_limit_stops_a_job(store: Store, tmp_path: Path) -> None:
    files = pages(tmp_path / "docs", 2)
    full = Bounds(Limits(keep_free=100), free=lambda path: 0)
    task = run(store, [tmp_path / "docs"], full)
    assert (task.result, task.exit_code, archived(files)) == ("stopped", 3, 0)
    assert task.reason.endswith("2 files are left for the next run")
    now = iter([0.0, 10.0, 10.0])
    late = Bounds(Limits(run_time=5.0, keep_free=0), clock=lambda: next(now))
    task = run(store, [tmp_path / "docs"], late)
    assert (task.result, task.exit_code, archived(files)) == ("stopped", 0, 0)


def collected(store: Store, state: Path, now: float, **gc: Any) -> TaskResult:
    keep = gc.pop("keep_missing", "")
    return tasks.collect_garbage(
        store,
        "gc",
        Gc(**{"grace": 0.0, **gc}),
        waiting=[],
        keep_missing=keep,
        state=state,
        progress=SILENT,
        now=now,
    )


def test_a_collection_forgets_what_vanished_and_says_so(
    store: Store, tmp_path: Path
) -> None:
    gone, here = pages(tmp_path / "docs", 2)
    run(store, [tmp_path / "docs"])
    gone.unlink()
    rule = {"missing_for": 30 * DAY}
    why = "the job a failed"
    kept = collected(store, tmp_path, 1e9, keep_missing=why, **rule)
    assert kept.notes == [f"No missing document is forgotten: {why}."]
    assert kept.freed == 0
    task = kept
    for day in range(40):
        assert task.freed == 0
        task = collected(store, tmp_path, 1e9 + day * DAY, **rule)
        if task.freed:
            break
    assert day == 30
    assert any(note.startswith(f"{gone}: ") for note in task.notes)
    assert [m.document for m in store.manifests()] == [str(here)]


def test_a_collection_without_the_rule_keeps_what_vanished(
    store: Store, tmp_path: Path
) -> None:
    pages(tmp_path / "docs", 2)
    run(store, [tmp_path / "docs"])
    (tmp_path / "docs" / "000.html").unlink()
    for day in range(0, 400, 50):
        assert collected(store, tmp_path, 1e9 + day * DAY).freed == 0


def test_pictures_are_coded_by_default_where_the_packages_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "missing_packages", list)
    assert tasks.optimize_every(Optimize()) == DAY
    assert tasks.optimize_every(Optimize(every=5.0)) == 5
    monkeypatch.setattr(tasks, "missing_packages", lambda: ["zopfli"])
    assert tasks.optimize_every(Optimize()) == 0
    assert tasks.optimize_every(Optimize(every=5.0)) == 5


def test_coding_stops_with_the_run(store: Store, tmp_path: Path) -> None:
    pages(tmp_path / "docs", 1)
    run(store, [tmp_path / "docs"])
    now = iter([0.0, 60.0])
    over = Bounds(Limits(run_time=60.0), clock=lambda: next(now))
    settings = Optimize(max_effort=1)
    task = tasks.code_smaller(store, "optimize", settings, bounds=over, progress=SILENT)
    assert task.notes == ["1 packs are left for the next run."]
    assert task.freed == 0


class Checks:
    """Stands for `verify`: findings in some shares, and what was asked for."""

    def __init__(self, *bad: str):
        self.bad = bad
        self.asked: list[str] = []

    def __call__(self, store: Store, *, subset: str, progress: Any) -> VerifyReport:
        self.asked.append(subset)
        found = Finding(kind="k", what="it is bad", documents=("/a", "/b"))
        bad = (found,) if subset in self.bad else ()
        return VerifyReport(read_data=True, bytes_read=10, findings=bad)


def checked(
    store: Store, state: TaskState, day: int, bounds: Bounds | None = None
) -> TaskResult:
    return tasks.check_share(
        store,
        "verify",
        Verify(cycle=10),
        state=state,
        bounds=bounds or unbound(),
        progress=SILENT,
        now=day * DAY + 5,
    )


@pytest.mark.parametrize(
    ("last", "shares"),
    [
        (None, ["4/10"]),
        (103, ["4/10"]),  # again on the same day
        (500, ["4/10"]),  # the clock was set back
        (101, ["3/10", "4/10"]),
        (50, ["5/10", "6/10", "7/10", "8/10", "9/10", "10/10", "1/10"]),
    ],
)
def test_the_shares_since_the_last_check_are_read(
    store: Store, monkeypatch: pytest.MonkeyPatch, last: int | None, shares: list[str]
) -> None:
    checks = Checks()
    monkeypatch.setattr("assetstore.store.check.verify.verify", checks)
    task = checked(store, TaskState(day=last), 103)
    assert checks.asked == shares
    assert task.read == 10 * len(shares)
    assert (task.result, task.exit_code) == ("ok", 0)
    assert task.day == (100 if last == 50 else 103)


def test_a_bad_share_is_read_until_all_is_well(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = Checks("2/10")
    monkeypatch.setattr("assetstore.store.check.verify.verify", checks)
    state = TaskState(day=102, bad_shares=(2, 11))  # of a longer cycle
    task = checked(store, state, 103)
    assert checks.asked == ["2/10", "4/10"]
    assert (task.result, task.exit_code, task.reason) == ("failed", 4, "1 findings")
    assert task.troubles[0].message == "it is bad; needed by /a, /b"
    assert (task.day, 2 in task.bad_shares) == (103, True)
    monkeypatch.setattr("assetstore.store.check.verify.verify", Checks())
    task = checked(store, TaskState(day=103, bad_shares=(2,)), 104)
    assert (task.result, task.bad_shares) == ("ok", ())


def test_a_check_reads_one_share_however_late_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = Checks()
    monkeypatch.setattr("assetstore.store.check.verify.verify", checks)
    now = iter([0.0, 60.0])
    over = Bounds(Limits(run_time=60.0), clock=lambda: next(now))
    task = checked(store, TaskState(day=100), 103, over)
    assert checks.asked == ["2/10"]
    assert (task.result, task.day) == ("stopped", 101)
