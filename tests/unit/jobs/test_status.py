"""What is late, by the log of runs and the clock."""

from pathlib import Path

import pytest

from assetstore.config.load import Config, load
from assetstore.jobs.log import RunLog, TaskState
from assetstore.jobs.status import SLACK, Status, status
from assetstore.store.locks import hold
from support.configs import write

NOW = 1_700_000_000.0
HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def log(tmp_path: Path) -> RunLog:
    return RunLog(tmp_path / "runs")


def settings(folder: Path, more: str = "") -> Config:
    text = "[gc]\nevery = 0\n[optimize]\nevery = 0\n[verify]\nevery = 0\n"
    return load(user=write(folder, f"{text}[jobs.a]\nevery = '1d'\n{more}"))


def looked(
    folder: Path, log: RunLog, *, more: str = "", since: float | None = None
) -> Status:
    return status(settings(folder, more), log, tick=HOUR, since=since, now=NOW)


def test_a_task_may_go_two_periods_and_a_little_without_success(
    tmp_path: Path, log: RunLog
) -> None:
    allowed = 2 * DAY + SLACK
    log.put_tasks({"a": TaskState(last_success=NOW - allowed, last_result="ok")})
    (task,) = looked(tmp_path, log).tasks
    assert (task.name, task.allowed, task.late) == ("a", allowed, "")
    log.put_tasks({"a": TaskState(last_success=NOW - allowed - 1, reason="no room")})
    (late,) = looked(tmp_path, log).late
    assert late.late == "it has not succeeded for 2d1h1s; the last time: no room"


@pytest.mark.parametrize(("ahead", "late"), [(299.0, False), (301.0, True)])
def test_a_success_in_the_future_means_that_the_clock_was_set_back(
    tmp_path: Path, log: RunLog, ahead: float, late: bool
) -> None:
    log.put_tasks({"a": TaskState(last_success=NOW + ahead)})
    (task,) = looked(tmp_path, log).tasks
    assert ("the clock was set back" in task.late) is late


def test_what_never_succeeded_is_late_by_the_first_run(
    tmp_path: Path, log: RunLog
) -> None:
    assert looked(tmp_path, log).late == []  # nobody knows since when
    assert looked(tmp_path, log, since=NOW - DAY).late == []
    assert looked(tmp_path, log, since=NOW - 3 * DAY).late[0].late == (
        "it has never succeeded"
    )
    log.append({"event": "begin", "run": "x", "began": NOW - 3 * DAY})
    assert [task.name for task in looked(tmp_path, log).late] == ["a"]


def test_a_job_is_as_slow_as_its_timer(tmp_path: Path, log: RunLog) -> None:
    found = status(settings(tmp_path), log, tick=7 * DAY, since=None, now=NOW)
    assert found.tasks[0].allowed == 14 * DAY + SLACK


def test_only_some_jobs_are_looked_at(tmp_path: Path, log: RunLog) -> None:
    config = settings(tmp_path, "[jobs.b]\nevery = '2d'\n[jobs.c]\nenabled = false\n")
    every = status(config, log, tick=HOUR, since=None, now=NOW)
    assert [task.name for task in every.tasks] == ["a", "b"]
    some = status(config, log, tick=HOUR, since=None, now=NOW, jobs=["b"])
    assert [task.name for task in some.tasks] == ["b"]


def test_stores_of_their_own_are_looked_at_once_they_are_known(
    tmp_path: Path, log: RunLog
) -> None:
    text = "[verify]\nevery = 0\n[optimize]\nevery = 0\n[gc]\nevery = '1d'\n"
    text += f"[jobs.a]\nstore = '{tmp_path}/s'\n"
    config = load(user=write(tmp_path, text))
    names = [t.name for t in status(config, log, tick=1, since=None, now=NOW).tasks]
    assert names == ["a", "gc"]
    log.put_tasks({f"gc {tmp_path}/s": TaskState()})
    names = [t.name for t in status(config, log, tick=1, since=None, now=NOW).tasks]
    assert names == ["a", "gc", f"gc {tmp_path}/s"]


def test_the_newest_run_and_whether_one_is_at_work(tmp_path: Path, log: RunLog) -> None:
    found = looked(tmp_path, log)
    assert (found.last_run, found.running) == (None, False)
    for run in ("x", "y"):
        log.append({"event": "begin", "run": run, "began": NOW})
    with hold(log.lock_file, 1):
        found = looked(tmp_path, log)
    assert found.last_run is not None
    assert (found.last_run["run"], found.running) == ("y", True)
