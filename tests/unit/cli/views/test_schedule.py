"""Schedules as people and programs read them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assetstore.cli.scheduled import Scheduled
from assetstore.cli.views.schedule import (
    placed_outcome,
    printed_outcome,
    removed_outcome,
    status_outcome,
)
from assetstore.jobs.status import Status, TaskStatus
from assetstore.schedule.base import Installed, Scheduler
from assetstore.schedule.manage import Placed
from assetstore.schedule.plan import SchedulePlan, timing
from support.shown import shown, told

PLAN = SchedulePlan(timing=timing(None, None, 17), command=("/bin/sh", "run"))
INSTALLED = Installed(
    where="the crontab",
    schedule="17 * * * *",
    command=PLAN.command,
    timing=PLAN.timing,
    notes=("cron is not running",),
)
TASK = TaskStatus(
    name="a",
    last_success=1e9,
    last_end=1e9,
    last_result="ok",
    reason="",
    allowed=5.0,
    late="",
)
STATE = Status(tasks=[TASK], last_run=None, running=False)


class Fake:
    """A scheduler with an installation."""

    def __init__(self, name: str = "cron", found: Installed | None = INSTALLED):
        self.name = name
        self.found = found

    def available(self) -> str:
        return ""

    def files(self, plan: SchedulePlan) -> Mapping[str, str]:
        return {}

    def install(self, plan: SchedulePlan, *, dry_run: bool = False) -> bool:
        return False

    def installed(self) -> Installed | None:
        return self.found

    def remove(self, *, dry_run: bool = False) -> bool:
        return False

    def next_run(self, now: datetime) -> datetime | None:
        return None if self.found is None else datetime(2033, 5, 18, 3, 17, tzinfo=UTC)


def test_what_was_installed_and_when_it_runs_next() -> None:
    placed = Placed(changed=True, moved_from=("systemd",))
    outcome = placed_outcome(Fake(), PLAN, placed, jobs=["a", "b"], dry_run=False)
    assert shown(outcome) == [
        "cron: installed, every hour at minute 17",
        "systemd: removed, since cron has it now",
        "  jobs: a, b",
        "  next run 2033-05-18 03:17:00 +0000",
        "warning: cron is not running",
    ]
    result = told(outcome)["result"]
    assert (result["every"], result["at"], result["minute"]) == ("1h", None, 17)
    assert result["next_run"] == "2033-05-18T03:17:00Z"


def test_a_dry_run_asks_no_scheduler_for_what_it_has() -> None:
    placed = Placed(changed=True, moved_from=("systemd",))
    outcome = placed_outcome(Fake(), PLAN, placed, jobs=["a"], dry_run=True)
    assert shown(outcome) == [
        "cron: would be installed, every hour at minute 17",
        "systemd: would be removed, since cron has it now",
        "  jobs: a",
    ]
    assert told(outcome)["result"]["next_run"] is None


def test_what_would_keep_it_from_working_is_a_warning() -> None:
    plan = replace(
        PLAN,
        command=("/home/me/.cache/uv/archive-v0/x/bin/python",),
        environment={"CODEX_HOME": "/c"},
    )
    scheduler = Fake("schtasks", None)
    outcome = placed_outcome(
        scheduler, plan, Placed(changed=False), jobs=[], dry_run=False
    )
    nothing, passing, variables = outcome.warnings
    assert "there is no job yet" in nothing
    assert passing.startswith(plan.command[0])
    assert "set CODEX_HOME for the user" in variables
    assert shown(outcome)[0].startswith("schtasks: installed already")


def scheduled(
    found: dict[str, Installed], state: Status, others: Sequence[str] = ()
) -> Scheduled:
    known: dict[str, Scheduler] = {"cron": Fake(), "systemd": Fake("systemd")}
    return Scheduled(known, found, list(others), False, state)


def test_what_others_call_is_well_too() -> None:
    outcome = status_outcome(scheduled({}, STATE, ["/etc/cron.d/mine"]))
    assert outcome.exit_code == 0
    assert "called by /etc/cron.d/mine" in shown(outcome)
    result = told(outcome)["result"]
    assert (result["installed"], result["others"]) == (False, ["/etc/cron.d/mine"])
    regular = replace(scheduled({}, STATE), regular=True)
    assert status_outcome(regular).exit_code == 0
    assert any("runs come regularly" in line for line in shown(status_outcome(regular)))
    late = replace(STATE, tasks=[replace(TASK, late="it is late")])
    assert status_outcome(replace(regular, state=late)).exit_code == 4


def test_all_is_well() -> None:
    run = {"run": "1a", "began": 2e9, "result": "ok", "exit_code": 0}
    state = replace(STATE, last_run=run)
    outcome = status_outcome(scheduled({"cron": INSTALLED}, state))
    assert outcome.exit_code == 0
    lines = shown(outcome)
    assert lines[:5] == [
        "cron: every hour at minute 17 (17 * * * *)",
        "  in the crontab",
        "  calls /bin/sh run",
        "  next run 2033-05-18 03:17:00 +0000",
        "last run 2033-05-18 03:33:20 +0000: ok",
    ]
    assert lines[6].split() == ["a", "2001-09-09", "01:46:40", "+0000", "ok"]
    result = told(outcome)["result"]
    assert result["last_run"]["run"] == "1a"
    assert result["tasks"][0]["last_success"] == "2001-09-09T01:46:40Z"


@pytest.mark.parametrize(
    ("found", "late", "said"),
    [
        ({}, "", ""),
        ({"cron": INSTALLED}, "it is late", "a: it is late"),
        ({"cron": replace(INSTALLED, command=("/no/python",))}, "", "/no/python is"),
        ({"cron": replace(INSTALLED, command=())}, "", "it was edited"),
    ],
)
def test_what_does_not_work_is_4(
    found: dict[str, Installed], late: str, said: str
) -> None:
    state = replace(STATE, tasks=[replace(TASK, late=late, last_success=None)])
    outcome = status_outcome(scheduled(found, state))
    assert outcome.exit_code == 4
    assert any(said in warning for warning in outcome.warnings) or not said
    lines = shown(outcome)
    assert lines[0].startswith("cron: " if found else "nothing is installed")
    assert "there was no run yet" in lines
    assert told(outcome)["result"]["tasks"][0]["last_success"] is None


def test_two_schedulers_that_have_it_are_one_too_many() -> None:
    found = {"cron": INSTALLED, "systemd": replace(INSTALLED, timing=None, notes=())}
    outcome = status_outcome(scheduled(found, STATE))
    assert any("cron and systemd both have it" in w for w in outcome.warnings)
    assert "systemd: at a time of your own (17 * * * *)" in shown(outcome)


def test_what_was_removed() -> None:
    assert shown(removed_outcome(["cron"], dry_run=False)) == ["cron: removed"]
    assert shown(removed_outcome(["cron"], dry_run=True)) == ["cron: would be removed"]
    assert shown(removed_outcome([], dry_run=False)) == ["nothing is installed"]


def test_what_would_be_written_is_printed_with_names_where_it_is_several() -> None:
    assert shown(printed_outcome("cron", {"crontab": "line\n"})) == ["line"]
    outcome = printed_outcome("systemd", {"a\n.timer": "1\n", "b.service": "2\n"})
    assert shown(outcome) == [r"# a\n.timer", "1", "# b.service", "2"]
    assert told(outcome)["result"]["files"]["b.service"] == "2\n"
