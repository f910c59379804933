"""What a run did."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from assetstore.jobs.task_result import TaskResult
from assetstore.quantities import duration
from assetstore.stopping import INTERRUPTED

_MOST_TROUBLES = 20


@dataclass(slots=True, kw_only=True)
class RunReport:
    """What a run did.

    Attributes:
        run: Its name in the log.
        began: When, in seconds since 1970.
        seconds: How long it took.
        tasks: The tasks that were due.
        not_due: The names of those that were not.
        dry_run: Whether nothing was done.
        notes: What else the user should know, in sentences.
    """

    run: str
    began: float
    seconds: float = 0.0
    tasks: list[TaskResult] = field(default_factory=list)
    not_due: list[str] = field(default_factory=list)
    dry_run: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: all is well; 4: the store has findings, and nothing else failed."""
        codes = {task.exit_code for task in self.tasks} - {0}
        if not codes:
            return 0
        return 4 if codes == {4} else 3


def summary(run: RunReport) -> Iterator[str]:
    """A run in a few lines."""
    for task in run.tasks:
        facts: list[str] = [task.result]
        if task.reason:
            facts.append(task.reason)
        if task.archived:
            facts.append(f"{task.archived:,} files, {task.before:,} -> {task.after:,}")
        yield f"{task.name}: {', '.join(facts)} ({duration(task.seconds)})"
        for trouble in task.troubles[:_MOST_TROUBLES]:
            where = f"{trouble.path}: " if trouble.path else ""
            yield f"  {where}{trouble.message}"


def record(
    run: RunReport, result: str, *, stopped: int = INTERRUPTED
) -> dict[str, Any]:
    """Return what the log keeps of a run.

    Args:
        run: It.
        result: How it ended, in a word.
        stopped: The exit code of an interrupted one.
    """
    tasks = []
    for task in run.tasks:
        record = asdict(task)
        del record["waiting"], record["alone"]  # true of that moment
        record["troubles"] = record["troubles"][:_MOST_TROUBLES]
        record["notes"] = record["notes"][:_MOST_TROUBLES]
        tasks.append(record)
    return {
        "event": "end",
        "run": run.run,
        "began": run.began,
        "seconds": round(run.seconds, 3),
        "result": result,
        "exit_code": stopped if result == "interrupted" else run.exit_code,
        "tasks": tasks,
        "notes": run.notes,
    }
