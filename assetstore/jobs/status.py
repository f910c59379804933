"""Whether what should happen by itself does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assetstore.config.load import Config
from assetstore.jobs.log import RunLog, TaskState
from assetstore.jobs.tasks import optimize_every
from assetstore.quantities import duration

# What a run may be late by, beside its own period: two of them, and this.
SLACK = 3600.0
# A last success so far in the future means that the clock was set back.
_FUTURE = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStatus:
    """How a task is doing.

    Attributes:
        name: The job's name, or "gc", "optimize" or "verify".
        last_success: When it last did all it had to do, in seconds since 1970.
        last_end: When it last ended.
        last_result: How.
        reason: Why, where that was no success.
        allowed: For how many seconds it may go without success.
        late: Why it has not succeeded for too long, or "".
    """

    name: str
    last_success: float | None
    last_end: float | None
    last_result: str
    reason: str
    allowed: float
    late: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the periodic runs are doing.

    Attributes:
        tasks: Every task that a timer should see to.
        last_run: The newest run, as in the log, or None.
        running: Whether one is at work.
    """

    tasks: Sequence[TaskStatus]
    last_run: Mapping[str, Any] | None
    running: bool

    @property
    def late(self) -> list[TaskStatus]:
        """Those that have not succeeded for too long."""
        return [task for task in self.tasks if task.late]


def status(
    config: Config,
    log: RunLog,
    *,
    tick: float,
    jobs: Sequence[str] = (),
    since: float | None,
    now: float,
) -> Status:
    """Look at how the runs are doing.

    Args:
        config: The configuration.
        log: The log of runs.
        tick: How often the timer calls, in seconds.
        jobs: Only these jobs, where the timer calls but some.
        since: When the timer was set up; None: nobody knows.
        now: Seconds since 1970.
    """
    known = log.tasks()
    periods = {
        name: job.every for name, job in config.jobs.items() if not jobs or name in jobs
    }
    for kind, every in (
        ("gc", config.gc.every),
        ("optimize", optimize_every(config.optimize)),
        ("verify", config.verify.every),
    ):
        if every:
            stores = {job.store for job in config.jobs.values() if job.store}
            others = [f"{kind} {store}" for store in sorted(stores)]
            periods |= dict.fromkeys([kind, *(n for n in others if n in known)], every)
    runs = log.runs()
    if since is None:
        since = runs[0]["began"] if runs else None
    return Status(
        tasks=[
            _task(name, known.get(name, TaskState()), max(every, tick), since, now)
            for name, every in periods.items()
        ],
        last_run=runs[-1] if runs else None,
        running=log.is_running(),
    )


def _task(
    name: str, state: TaskState, period: float, since: float | None, now: float
) -> TaskStatus:
    allowed = 2 * period + SLACK
    late, last = "", state.last_success
    if last is None:
        if since is not None and not -_FUTURE <= now - since <= allowed:
            late = "it has never succeeded"
    elif last > now + _FUTURE:
        late = "its last success is in the future: the clock was set back"
    elif now - last > allowed:
        late = f"it has not succeeded for {duration(now - last)}"
    if late and state.reason:
        late += f"; the last time: {state.reason}"
    return TaskStatus(
        name=name,
        last_success=last,
        last_end=state.last_end,
        last_result=state.last_result,
        reason=state.reason,
        allowed=allowed,
        late=late,
    )
