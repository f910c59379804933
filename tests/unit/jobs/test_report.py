"""What a run says of itself: its exit code, its lines, its record in the log."""

import json
from pathlib import Path

import pytest

from assetstore.jobs.report import RunReport, record, summary
from assetstore.jobs.task_result import TaskResult, Trouble


def run(*tasks: TaskResult) -> RunReport:
    return RunReport(run="1a", began=5.0, seconds=1.23456, tasks=list(tasks))


@pytest.mark.parametrize(
    ("codes", "code"),
    [([], 0), ([0, 0], 0), ([0, 4], 4), ([4, 3], 3), ([12], 3), ([4, 0, 4], 4)],
)
def test_findings_alone_are_4_and_anything_else_is_3(
    codes: list[int], code: int
) -> None:
    tasks = [TaskResult(name=str(n), exit_code=c) for n, c in enumerate(codes)]
    assert run(*tasks).exit_code == code


def test_a_run_in_a_few_lines() -> None:
    done = TaskResult(name="a", archived=1200, before=5_000_000, after=1000, seconds=61)
    bad = TaskResult(name="gc", result="failed", reason="no room")
    bad.troubles = [
        Trouble(type="x", message=f"{n} is bad", path="/p" if n == 0 else None)
        for n in range(25)
    ]
    assert list(summary(run(done, bad)))[:4] == [
        "a: ok, 1,200 files, 5,000,000 -> 1,000 (1m1s)",
        "gc: failed, no room (0s)",
        "  /p: 0 is bad",
        "  1 is bad",
    ]
    assert len(list(summary(run(bad)))) == 1 + 20


def test_the_log_keeps_a_bounded_record() -> None:
    task = TaskResult(name="a", waiting=[Path("/later")])
    task.troubles = [Trouble(type="x", message="m")] * 25
    task.notes = ["n"] * 25
    kept = record(run(task), "failed")
    (inner,) = json.loads(json.dumps(kept))["tasks"]
    assert (len(inner["troubles"]), len(inner["notes"])) == (20, 20)
    assert "waiting" not in inner
    assert len(task.troubles) == 25  # the report itself keeps all
    assert (kept["event"], kept["run"], kept["seconds"]) == ("end", "1a", 1.235)


def test_an_interrupted_run_has_the_code_of_one() -> None:
    assert record(run(), "interrupted")["exit_code"] == 130
    assert record(run(TaskResult(name="a", exit_code=4)), "failed")["exit_code"] == 4
