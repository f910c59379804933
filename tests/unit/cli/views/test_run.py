"""Runs and their log, as people and programs read them."""

from pathlib import Path
from typing import Any

from assetstore.cli.views.run import log_outcome, run_outcome
from assetstore.jobs.report import RunReport, record
from assetstore.jobs.task_result import TaskResult, Trouble
from support.shown import shown, told

DONE = TaskResult(
    name="codex",
    archived=1,
    before=3072,
    after=1024,
    stored=2048,
    files=2,
    untouched=3,
    left=1,
    later=4,
    alone=["/y: too\tyoung"],
    notes=["no\ttab"],
    waiting=[Path("/w")],
)
BAD = TaskResult(
    name="gc",
    result="failed",
    reason="no\nroom",
    exit_code=12,
    freed=1024,
    read=2048,
    troubles=[Trouble(type="T", message="bad", hint="h", path="/p", exit_code=12)],
)


def report(*tasks: TaskResult, **more: Any) -> RunReport:
    return RunReport(run="1a", began=1e9, seconds=61.23456, tasks=list(tasks), **more)


def test_each_task_has_a_line_with_its_facts() -> None:
    outcome = run_outcome(report(DONE, BAD, not_due=["verify"]), quiet=False)
    assert shown(outcome) == [
        "ok codex: 1 file 3.0 KiB -> 1.0 KiB, 2.0 KiB added to the store, 5 files "
        "looked at, 1 payload left, 4 left alone for now",
        r"failed gc: no\nroom, 1.0 KiB freed, 2.0 KiB read and compared",
        "error: /p: gc: bad",
        "hint: h",
    ]
    assert outcome.exit_code == 3
    loud = shown(outcome, 1)
    assert loud[1:3] == [r"  left alone: /y: too\tyoung", "  and 3 more"]
    assert loud[4:6] == ["not due yet: verify", r"  no\ttab"]


def test_a_dry_run_says_what_is_not_due() -> None:
    lines = shown(run_outcome(report(not_due=["a", "b"], dry_run=True), quiet=False))
    assert lines == ["not due yet: a, b"]


def test_a_timers_run_says_only_what_went_wrong() -> None:
    outcome = run_outcome(report(DONE, BAD), quiet=True)
    assert shown(outcome) == ["error: /p: gc: bad", "hint: h"]
    assert shown(outcome, 1)[0].startswith("ok codex")


def test_programs_get_the_tasks_without_what_is_the_runs_own() -> None:
    result = told(run_outcome(report(DONE, BAD), quiet=True))["result"]
    assert (result["began"], result["seconds"]) == ("2001-09-09T01:46:40Z", 61.235)
    assert result["tasks"][0]["archived"] == 1
    for name in ("waiting", "troubles", "day", "bad_shares"):
        assert name not in result["tasks"][0]


def test_past_runs_are_lines_with_what_did_not_go_well() -> None:
    killed = {"run": "2", "began": 2e9, "result": "killed"}
    runs = [record(report(DONE, BAD, notes=["said"]), "failed"), killed]
    outcome = log_outcome(runs)
    assert shown(outcome) == [
        "2001-09-09 01:46:40 +0000  failed  1m1s, 1 file archived, 2.0 KiB less, "
        "gc failed",
        r"    gc: no\nroom",
        "    /p: bad",
        "2033-05-18 03:33:20 +0000  killed",
    ]
    loud = shown(outcome, 1)
    assert "codex ok (1 payload left)" in loud[0]
    assert loud[3] == "    said"
    assert told(outcome)["result"]["runs"][1]["began"] == "2033-05-18T03:33:20Z"


def test_a_run_of_an_older_version_is_read() -> None:
    run = record(report(DONE), "ok")
    del run["tasks"][0]["left"]
    assert shown(log_outcome([run]), 1)[0].endswith("codex ok")


def test_there_were_no_runs() -> None:
    assert shown(log_outcome([])) == ["note: there were no runs yet"]
