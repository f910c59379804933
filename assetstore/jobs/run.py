"""One run: what is due of the jobs, then of the collection and the checks."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from assetstore.config.keys import JobSettings
from assetstore.config.load import Config
from assetstore.errors import LockedError, StoreGone, StoreNotFound
from assetstore.files.durable import make_folder
from assetstore.jobs import notify
from assetstore.jobs.limits import Bounds, stand_back
from assetstore.jobs.log import RunLog, TaskState
from assetstore.jobs.report import RunReport, record, summary
from assetstore.jobs.task_result import ERRORS, TaskResult
from assetstore.jobs.tasks import (
    archive,
    check_share,
    code_smaller,
    collect_garbage,
    optimize_every,
)
from assetstore.opening import open_store
from assetstore.progress import SILENT, Progress
from assetstore.stopping import exit_code_of
from assetstore.store.locks import try_hold
from assetstore.store.store import Store
from assetstore.version import __version__

# A task is due a little early, since no timer is exact.
_EARLY = 0.1


class Runner:
    """Makes runs.

    Args:
        config: The configuration.
        state: The folder of this program's state.
        store: The folder of the store for jobs that have none of their own.
        progress: Told how far it is.
        clock: Seconds since 1970.
        opener: Opens stores, as `open_store` does.
        environ: The environment for the user's own command.
    """

    def __init__(
        self,
        config: Config,
        *,
        state: Path,
        store: Path,
        progress: Progress = SILENT,
        clock: Callable[[], float] = time.time,
        opener: Callable[..., Store] = open_store,
        environ: Mapping[str, str] = MappingProxyType({}),
    ):
        self._config = config
        self._opener = opener
        self._environ = environ
        self._state = state
        self._store = store
        self._progress = progress
        self._clock = clock
        self._log = run_log(state)
        self._tasks: dict[str, TaskState] = {}
        self._bounds = Bounds(config.limits)

    def run(
        self, names: Sequence[str] = (), *, now: bool = False, dry_run: bool = False
    ) -> RunReport:
        """Do what is due.

        Args:
            names: Only these jobs, whether they are due or not.
            now: Everything, whether it is due or not.
            dry_run: Only say what would be done.

        Raises:
            UsageError: There is no such job.
            LockedError: Another run is at work.
            AssetstoreError: Another error that concerns the run as a whole.
            OSError: The folder of the log cannot be used at all.
        """
        jobs = self._config.checked_jobs(names)
        run = RunReport(
            run=f"{int(self._clock()):x}-{os.urandom(4).hex()}",
            began=self._clock(),
            dry_run=dry_run,
        )
        if dry_run:
            self._tasks = self._log.tasks()
            self._do_all(run, jobs, named=bool(names), now=now)
            run.seconds = self._clock() - run.began
            return run
        make_folder(self._log.folder)
        lock = try_hold(self._log.lock_file)
        if lock is None:
            raise LockedError(
                "another run is at work",
                hint="Let it finish; 'assetstore log' shows it.",
            )
        try:
            self._logged(run, jobs, named=bool(names), now=now)
        finally:
            lock.release()
        return run

    def _logged(
        self, run: RunReport, jobs: dict[str, JobSettings], *, named: bool, now: bool
    ) -> None:
        report = self._config.report
        self._tasks = self._log.tasks()
        if killed := self._log.killed():
            run.notes.append(
                f"The run {killed} was killed; this one does what it left."
            )
        result = "interrupted"
        try:
            begin = {"event": "begin", "run": run.run, "began": run.began}
            self._write(
                run, lambda: self._log.append({**begin, "version": __version__})
            )
            if report.ping and (problem := notify.ping(report.ping, "/start")):
                run.notes.append(problem)
            stand_back(self._config.limits)
            self._do_all(run, jobs, named=named, now=now)
            run.seconds = max(0.0, self._clock() - run.began)
            self._tell(run)
            result = "ok" if run.exit_code == 0 else "failed"
        finally:
            code = exit_code_of(sys.exception())
            ended = record(run, result, stopped=code)
            self._write(run, lambda: self._log.append(ended))

    def _write(self, run: RunReport, write: Callable[[], None]) -> None:
        """Write to the log; where that fails (its disk is full), go on without."""
        try:
            write()
        except OSError as e:
            if not any(task.name == "log" for task in run.tasks):
                task = TaskResult(name="log")
                task.fail(e)
                run.tasks.append(task)

    def _do_all(
        self, run: RunReport, jobs: dict[str, JobSettings], *, named: bool, now: bool
    ) -> None:
        for name, job in jobs.items():
            if not (named or now or self._is_due(name, job.every)):
                run.not_due.append(name)
                continue
            with self._task(run, name) as task, self._opened(job, run) as store:
                task(
                    archive(
                        store,
                        name,
                        job,
                        bounds=self._bounds,
                        progress=self._progress,
                        clock=self._clock,
                        dry_run=run.dry_run,
                    )
                )
        for suffix, path in self._stores().items():
            for kind, every, work in (
                ("gc", self._config.gc.every, self._collect),
                ("optimize", optimize_every(self._config.optimize), self._optimize),
                ("verify", self._config.verify.every, self._verify),
            ):
                name = f"{kind}{suffix}"
                if not every:
                    continue
                if not (now or self._is_due(name, every)):
                    run.not_due.append(name)
                elif kind != "gc" and run.dry_run:
                    run.tasks.append(TaskResult(name=name, reason="it is due"))
                elif reason := self._bounds.over_time():
                    late = TaskResult(name=name)
                    late.stop(reason, failure=False)
                    run.tasks.append(late)
                else:
                    with (
                        self._task(run, name) as task,
                        self._there(path) as store,
                    ):
                        if store is not None:
                            task(work(run, name, store))

    def _is_due(self, name: str, every: float) -> bool:
        state = self._tasks.get(name, TaskState())
        # Damage that a check found does not go away by checking every hour.
        last = state.last_end if name.split(" ")[0] == "verify" else state.last_success
        if last is None:
            return True
        passed = self._clock() - last
        return passed < 0 or passed >= every * (1 - _EARLY)

    @contextmanager
    def _task(
        self, run: RunReport, name: str
    ) -> Iterator[Callable[[TaskResult], None]]:
        """Take a task's result, or the error that it ended with."""
        began = self._clock()
        found = [TaskResult(name=name)]
        try:
            yield lambda result: found.__setitem__(0, result)
        except ERRORS as e:
            found[0].fail(e)
        result = found[0]
        result.seconds = max(0.0, self._clock() - began)
        run.tasks.append(result)
        if not run.dry_run:
            self._remember(run, result)

    def _remember(self, run: RunReport, task: TaskResult) -> None:
        old, end = self._tasks.get(task.name, TaskState()), self._clock()
        self._tasks[task.name] = replace(
            old,
            last_success=end if task.result == "ok" else old.last_success,
            last_end=end,
            last_result=task.result,
            reason=task.reason,
            day=old.day if task.day is None else task.day,
            bad_shares=task.bad_shares,
            runs=old.runs + 1,
            saved=old.saved + task.before - task.after,
            freed=old.freed + max(0, task.freed),
        )
        self._write(run, lambda: self._log.put_tasks(self._tasks))

    def _stores(self) -> dict[str, Path]:
        """The stores of all jobs, by what is put behind a task's name."""
        jobs = self._config.jobs.values()
        paths = dict.fromkeys([self._store, *(Path(j.store) for j in jobs if j.store)])
        return {f" {path}" if n else "": path for n, path in enumerate(paths)}

    def _opened(self, job: JobSettings, run: RunReport) -> Store:
        path = Path(job.store) if job.store else self._store
        return self._opener(path, create=True, dry_run=run.dry_run, clock=self._clock)

    @contextmanager
    def _there(self, path: Path) -> Iterator[Store | None]:
        """A store, or None where none ever was; one that is gone is an error."""
        try:
            store = self._opener(path, clock=self._clock)
        except StoreGone:
            raise
        except StoreNotFound:
            yield None
            return
        with store:
            yield store

    def _collect(self, run: RunReport, name: str, store: Store) -> TaskResult:
        return collect_garbage(
            store,
            name,
            self._config.gc,
            waiting=[path for task in run.tasks for path in task.waiting],
            keep_missing=self._uncertain(run),
            state=self._state,
            progress=self._progress,
            now=self._clock(),
            dry_run=run.dry_run,
        )

    def _uncertain(self, run: RunReport) -> str:
        """Say why a document that vanished may live on where no job has seen it yet."""
        ended = {task.name: task for task in run.tasks}
        for name, job in self._config.jobs.items():
            task = ended.get(name)
            if task is not None and task.result != "ok":
                return f"the job {name} did not see all its files"
            last = self._tasks.get(name, TaskState()).last_success
            limit = 2 * (job.every + 86400.0)
            if last is None or not 0 <= self._clock() - last <= limit:
                return f"the job {name} has not succeeded lately"
        return ""

    def _optimize(self, run: RunReport, name: str, store: Store) -> TaskResult:
        settings = self._config.optimize
        return code_smaller(
            store, name, settings, bounds=self._bounds, progress=self._progress
        )

    def _verify(self, run: RunReport, name: str, store: Store) -> TaskResult:
        return check_share(
            store,
            name,
            self._config.verify,
            state=self._tasks.get(name, TaskState()),
            bounds=self._bounds,
            progress=self._progress,
            now=self._clock(),
        )

    def _tell(self, run: RunReport) -> None:
        """Tell whoever wants to know; what does not work is a failed task."""
        report, code = self._config.report, run.exit_code
        text = "\n".join(summary(run))
        told = TaskResult(name="report")
        try:
            if report.metrics:
                notify.write_metrics(
                    Path(report.metrics),
                    self._tasks,
                    ended=self._clock(),
                    seconds=run.seconds,
                    exit_code=code,
                )
            if report.ping:
                problem = notify.ping(report.ping, "/fail" if code else "", text)
                if problem:
                    run.notes.append(problem)
            if code and report.on_failure:
                notify.call(
                    report.on_failure,
                    environ=self._environ,
                    run=run.run,
                    exit_code=code,
                    text=text,
                )
        except ERRORS as e:
            told.fail(e)
            run.tasks.append(told)


def run_log(state: Path) -> RunLog:
    """The log of runs, in the folder of this program's state."""
    return RunLog(state / "runs")
