"""Outcomes of the commands around periodic runs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from assetstore.cli.failure import Problem
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, local_time, printable, size, when
from assetstore.quantities import duration, many

if TYPE_CHECKING:
    from assetstore.jobs.report import RunReport
    from assetstore.jobs.task_result import TaskResult

_COLORS = {
    "ok": "green",
    "running": "blue",
    "stopped": "yellow",
    "skipped": "yellow",
    "interrupted": "yellow",
}


def run_outcome(report: "RunReport", *, quiet: bool) -> Outcome:
    """Show what a run did.

    Args:
        report: It.
        quiet: Say nothing about what went well.
    """

    def view(output: Output) -> None:
        if output.verbosity < (1 if quiet else 0):
            return
        for task in report.tasks:
            _view_task(asdict(task), output)
            if output.verbosity > 0:
                _view_alone(task, output)
        if report.not_due and (output.verbosity > 0 or report.dry_run):
            output.report(f"not due yet: {', '.join(report.not_due)}")
        if output.verbosity > 0:
            for note in (*report.notes, *(n for t in report.tasks for n in t.notes)):
                output.report(f"  {printable(note)}")

    return Outcome(
        result={
            "run": report.run,
            "began": when(report.began),
            "seconds": round(report.seconds, 3),
            "dry_run": report.dry_run,
            "tasks": [_plain(task) for task in report.tasks],
            "not_due": report.not_due,
            "notes": report.notes,
        },
        view=view,
        exit_code=report.exit_code,
        errors=[
            Problem(
                type=trouble.type,
                message=_named(task, trouble.message),
                hint=trouble.hint,
                path=trouble.path,
                exit_code=trouble.exit_code,
            )
            for task in report.tasks
            for trouble in task.troubles
        ],
    )


def _named(task: "TaskResult", message: str) -> str:
    return f"{task.name}: {message}"


def _plain(task: "TaskResult") -> dict[str, Any]:
    found = asdict(task)
    for inner in ("alone", "waiting", "troubles", "day", "bad_shares"):
        del found[inner]
    return found


def _view_task(task: Mapping[str, Any], output: Output) -> None:
    output.report(f"{_styled(task['result'])} {printable(task['name'])}{_facts(task)}")


def _view_alone(task: "TaskResult", output: Output) -> None:
    for text in task.alone:
        output.report(f"  left alone: {printable(text)}")
    if task.alone and (more := task.later - len(task.alone)):
        output.report(f"  and {more:,} more")


def _styled(result: str) -> str:
    return click.style(result, fg=_COLORS.get(result, "red"))


def _facts(task: Mapping[str, Any]) -> str:
    facts = []
    if task["reason"]:
        facts.append(printable(task["reason"]))
    if task["archived"]:
        facts.append(
            f"{many(task['archived'], 'file')} {size(task['before'])} -> "
            f"{size(task['after'])}, {size(task['stored'])} added to the store"
        )
    if task.get("kept"):  # runs of older versions did not say
        facts.append(f"{many(task['kept'], 'thread')} kept")
    seen = task["files"] + task["untouched"]
    if seen:
        facts.append(f"{many(seen, 'file')} looked at")
    if task.get("left"):
        facts.append(f"{many(task['left'], 'payload')} left")
    if task["later"]:
        facts.append(f"{task['later']:,} left alone for now")
    if task["freed"]:
        facts.append(f"{size(task['freed'])} freed")
    if task["read"]:
        facts.append(f"{size(task['read'])} read and compared")
    return f": {', '.join(facts)}" if facts else ""


def log_outcome(runs: Sequence[Mapping[str, Any]], *, every: int = 0) -> Outcome:
    """Show past runs.

    Args:
        runs: Those to show, the oldest first.
        every: How many there are, with those that did not fail and were not asked for.
    """

    def view(output: Output) -> None:
        if not runs:
            none = f"of {many(every, 'run')}, none failed"
            told = none if every else "there were no runs yet"
            output.remark("note", told, "blue")
        for run in runs:
            _view_run(run, output)

    return Outcome(
        result={"runs": [{**run, "began": when(run["began"])} for run in runs]},
        view=view,
    )


def _left_in(task: Mapping[str, Any]) -> str:
    left = task.get("left", 0)  # runs of older versions did not say
    return f" ({many(left, 'payload')} left)" if left else ""


def _view_run(run: Mapping[str, Any], output: Output) -> None:
    tasks = run.get("tasks", ())
    saved = sum(task["before"] - task["after"] for task in tasks)
    archived = sum(task["archived"] for task in tasks)
    facts = [duration(run["seconds"])] if "seconds" in run else []
    if archived:
        facts.append(f"{many(archived, 'file')} archived, {size(saved)} less")
    facts += [
        f"{printable(task['name'])} {task['result']}" + _left_in(task)
        for task in tasks
        if task["result"] != "ok" or output.verbosity > 0
    ]
    told = f"  {', '.join(facts)}" if facts else ""
    output.line(f"{local_time(run['began'])}  {_styled(run['result'])}{told}")
    for task in tasks:
        if task["result"] != "ok" and task["reason"]:
            output.line(f"    {printable(task['name'])}: {printable(task['reason'])}")
        for trouble in task["troubles"]:
            where = f"{trouble['path']}: " if trouble["path"] else ""
            output.line(f"    {printable(where + trouble['message'])}")
    if output.verbosity > 0:
        for note in run.get("notes", ()):
            output.line(f"    {printable(note)}")
