"""Outcomes of ``assetstore schedule``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, local_time, of_when, printable, when
from assetstore.cli.views.store import FINDINGS
from assetstore.quantities import duration
from assetstore.schedule import manage
from assetstore.schedule.plan import SchedulePlan, Timing

if TYPE_CHECKING:
    from assetstore.cli.scheduled import Scheduled
    from assetstore.schedule.base import Scheduler

_AGAIN = "install assetstore for good, then run 'assetstore schedule install' again"


def placed_outcome(
    scheduler: "Scheduler",
    plan: SchedulePlan,
    placed: manage.Placed,
    *,
    jobs: Iterable[str],
    dry_run: bool,
) -> Outcome:
    """A schedule that was installed, or would be."""
    found = None if dry_run else scheduler.installed()
    warnings = list(found.notes) if found else []
    planned = list(jobs)
    if not planned:
        warnings.append(
            "there is no job yet: no agent was found here, and none is configured "
            "('assetstore docs config')"
        )
    if manage.passing(plan.command):
        warnings.append(f"{plan.command[0]} may be gone one day: {_AGAIN}")
    if plan.environment and scheduler.name == "schtasks":
        names = ", ".join(plan.environment)
        warnings.append(f"a task gets no variables; set {names} for the user (setx)")
    next_run = None if found is None else scheduler.next_run(datetime.now(UTC))
    result = {
        "scheduler": scheduler.name,
        "changed": placed.changed,
        "dry_run": dry_run,
        "moved_from": list(placed.moved_from),
        **_timing(plan.timing),
        "command": list(plan.command),
        "next_run": _time(next_run),
        "jobs": planned,
    }

    def view(output: Output) -> None:
        verb = "would be installed" if dry_run else "installed"
        if not placed.changed:
            verb = "installed already"
        output.report(f"{scheduler.name}: {verb}, {plan.timing.words()}")
        for name in placed.moved_from:
            verb = "would be removed" if dry_run else "removed"
            output.report(f"{name}: {verb}, since {scheduler.name} has it now")
        if planned:
            output.report(f"  jobs: {', '.join(planned)}")
        if next_run is not None:
            output.report(f"  next run {local_time(next_run.timestamp())}")

    return Outcome(result=result, view=view, warnings=warnings)


def status_outcome(scheduled: "Scheduled") -> Outcome:
    """Show what is installed, and whether it works."""
    known, found, state = scheduled.known, scheduled.found, scheduled.state
    now = datetime.now(UTC)
    entries = [
        {
            "scheduler": name,
            "where": one.where,
            "schedule": one.schedule,
            **_timing(one.timing),
            "command": list(one.command),
            "next_run": _time(known[name].next_run(now)),
        }
        for name, one in found.items()
    ]
    warnings = [note for one in found.values() for note in one.notes]
    lost = [name for name, one in found.items() if manage.gone(one.command)]
    for name in lost:
        words = found[name].command
        what = f"{words[0]} is not there any more" if words else "it was edited"
        warnings.append(f"{name}: {what}: {_AGAIN}")
    if len(found) > 1:
        warnings.append(
            f"{' and '.join(found)} both have it: 'assetstore schedule install' "
            "leaves one"
        )
    warnings += [f"{task.name}: {task.late}" for task in state.late]
    return Outcome(
        result={
            "installed": bool(found),
            "others": scheduled.others,
            "regular": scheduled.regular,
            "schedulers": entries,
            "running": state.running,
            "last_run": _run(state.last_run),
            "tasks": [
                {
                    **asdict(task),
                    "last_success": task.last_success and when(task.last_success),
                    "last_end": task.last_end and when(task.last_end),
                }
                for task in state.tasks
            ],
        },
        view=partial(_view_status, scheduled, entries),
        exit_code=FINDINGS if lost or state.late or not scheduled.is_called else 0,
        warnings=warnings,
    )


def _run(run: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Say how the last run went; `assetstore log` has the rest."""
    if run is None:
        return None
    return {
        "run": run["run"],
        "began": when(run["began"]),
        "result": run["result"],
        "exit_code": run.get("exit_code"),
    }


def _view_status(
    scheduled: "Scheduled",
    entries: Sequence[Mapping[str, Any]],
    out: Output,
) -> None:
    found, state = scheduled.found, scheduled.state
    if not scheduled.is_called:
        out.line("nothing is installed; 'assetstore schedule install' does that")
    elif not entries:
        out.line("nothing was installed by 'assetstore schedule install'")
    for place in scheduled.others:
        out.line(f"called by {printable(place)}")
    if not entries and scheduled.regular and not scheduled.others:
        out.line("runs come regularly: something that is not seen from here calls them")
    for entry, one in zip(entries, found.values(), strict=True):
        words = one.timing.words() if one.timing else "at a time of your own"
        out.line(f"{entry['scheduler']}: {words} ({printable(one.schedule)})")
        out.line(f"  in {printable(one.where)}")
        out.line(f"  calls {printable(' '.join(one.command)) or 'nothing'}")
        if entry["next_run"]:
            out.line(f"  next run {local_time(of_when(entry['next_run']))}")
    if state.last_run is None:
        out.line("there was no run yet")
    else:
        run = state.last_run
        out.line(f"last run {local_time(run['began'])}: {run['result']}")
    out.table(
        ("TASK", "LAST SUCCESS", "LAST RESULT", ""),
        (
            (
                printable(task.name),
                local_time(task.last_success) if task.last_success else "never",
                task.last_result or "none yet",
                "late" if task.late else "",
            )
            for task in state.tasks
        ),
    )


def removed_outcome(names: Sequence[str], *, dry_run: bool) -> Outcome:
    """Schedules that were removed, or would be."""

    def view(output: Output) -> None:
        verb = "would be removed" if dry_run else "removed"
        for name in names:
            output.report(f"{name}: {verb}")
        if not names:
            output.report("nothing is installed")

    result = {"removed": list(names), "dry_run": dry_run}
    return Outcome(result=result, view=view)


def printed_outcome(name: str, files: Mapping[str, str]) -> Outcome:
    """Show what an installation would write."""

    def view(output: Output) -> None:
        for place, text in files.items():
            if len(files) > 1:
                output.line(f"# {printable(place)}")
            output.line(text.rstrip("\n"))

    return Outcome(result={"scheduler": name, "files": dict(files)}, view=view)


def _timing(timing: Timing | None) -> dict[str, Any]:
    return {
        "every": duration(timing.every) if timing else None,
        "at": timing.at if timing else None,
        "minute": timing.minute if timing else None,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else when(moment.timestamp())
