"""What calls ``assetstore run`` on this machine, and whether that works."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.cli.invocation import Run

if TYPE_CHECKING:
    from assetstore.jobs.status import Status
    from assetstore.schedule.base import Host, Installed, Scheduler
    from assetstore.schedule.machine import MachineSystemd


@dataclass(frozen=True, slots=True)
class Scheduled:
    """How the periodic runs are doing.

    Attributes:
        known: The schedulers, by name.
        found: Those that have what `schedule install` makes.
        others: Crontabs and units that call ``run``, and are not ours.
        regular: Whether runs come regularly, whoever calls them.
        state: How the tasks are doing.
    """

    known: "dict[str, Scheduler]"
    found: "dict[str, Installed]"
    others: list[str]
    regular: bool
    state: "Status"

    @property
    def is_called(self) -> bool:
        """Tell whether anything calls ``run``, as far as can be seen."""
        return bool(self.found or self.others or self.regular)


def look(run: Run, machine: "MachineSystemd | None" = None) -> Scheduled:
    """Find out.

    Args:
        run: This run of the program.
        machine: Look at what the machine's own manager has, and at its user's runs.

    Raises:
        ScheduleError: A scheduler's part cannot be read.
        ConfigError: The configuration has a mistake.
    """
    from assetstore.jobs import status as engine
    from assetstore.jobs.run import run_log
    from assetstore.schedule import manage
    from assetstore.schedule.others import called_by, rhythm

    known = manage.schedulers(this_host())
    if machine is not None:
        known = {machine.name: machine}
    found = manage.installed(known)
    ticks = [one.timing.every for one in found.values() if one.timing]
    jobs: tuple[str, ...] = ()
    for one in found.values():
        jobs, config = manage.called(one.command)
        if config is not None:
            run.given.setdefault("config", config)
    log = run_log(run.state_path if machine is None else machine.state)
    often = None if found else rhythm(log.runs())
    state = engine.status(
        run.config(project=False, jobs=True),
        log,
        tick=max(ticks, default=often or 3600),
        jobs=jobs,
        since=log.installed_since(),
        now=time.time(),
    )
    return Scheduled(known, found, called_by(this_host()), often is not None, state)


def this_host() -> "Host":
    """This machine, and its user."""
    from assetstore.schedule.base import Host, runner

    return Host(
        platform=sys.platform,
        home=Path.home(),
        environment=os.environ,
        uid=getattr(os, "getuid", int)(),
        run=runner(os.environ),
    )
