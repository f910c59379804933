"""``assetstore schedule``."""

from typing import TYPE_CHECKING

import click

from assetstore.cli.command import define_group, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import JOB
from assetstore.cli.options import dry_run_option
from assetstore.cli.values import DURATION

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from assetstore.schedule.base import Host, Scheduler
    from assetstore.schedule.plan import SchedulePlan

EXAMPLES = """\
Examples:
  assetstore schedule install     every hour, with the machine's own scheduler
  assetstore schedule status      what is installed, and when it runs next
  assetstore schedule remove      and no trace of it is left
"""

INSTALL_EXAMPLES = """\
Examples:
  assetstore schedule install
  sudo assetstore schedule install --system       for the machine, as user assetstore
  assetstore schedule install --every 15m --job archive
  assetstore schedule install --every 1d --at 22:30 --scheduler cron
"""

STATUS_EXAMPLES = """\
Examples:
  assetstore schedule status
  assetstore schedule status --json
"""

REMOVE_EXAMPLES = """\
Examples:
  assetstore schedule remove --dry-run
  assetstore schedule remove
"""

PRINT_EXAMPLES = """\
Examples:
  assetstore schedule print
  assetstore schedule print --scheduler systemd --every 30m
"""

# As `assetstore.schedule.manage` has them; --help need not import it.
SCHEDULERS = ("auto", "cron", "systemd", "launchd", "schtasks")


_system = click.option(
    "--system",
    is_flag=True,
    help="Units of the machine's own systemd, for a service user; only root installs "
    "and removes them.",
)
_as = click.option(
    "--as",
    "user",
    default="assetstore",
    show_default=True,
    metavar="USER",
    help="With --system: who runs the jobs.",
)


def _planned(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """Give a command the options that say what is to run, and when."""
    options = (
        click.option(
            "--scheduler",
            type=click.Choice(SCHEDULERS),
            default="auto",
            metavar="NAME",
            help="auto, cron, systemd, launchd or schtasks; auto takes the machine's "
            "own, cron where systemd does not run.",
        ),
        click.option(
            "--every",
            type=DURATION,
            help="Time between runs: 1m to 30m, 1h to 12h, 1d or 1w; default 1h.",
        ),
        click.option(
            "--at", metavar="HH:MM", help="Time of day, for runs every 1d or 1w."
        ),
        click.option(
            "--job",
            "jobs",
            multiple=True,
            type=JOB,
            metavar="NAME",
            help="Run only this job; may be given several times.",
        ),
    )
    for option in reversed((*options, _system, _as)):
        function = option(function)
    return function


@define_group(examples=EXAMPLES)
def schedule() -> None:
    """Run the jobs by themselves: cron, systemd, launchd or Task Scheduler.

    What is installed calls 'assetstore run' by its absolute path and at low priority,
    and belongs to the user alone. docs/schedule.md has the details.
    """


@schedule.define(examples=INSTALL_EXAMPLES)
@_planned
@dry_run_option("Only say what would change.")
@pass_run
def install(
    run: Run,
    /,
    scheduler: str,
    every: float | None,
    at: str | None,
    jobs: tuple[str, ...],
    system: bool,
    user: str,
    dry_run: bool,
) -> Outcome:
    """Install the schedule, or change the one that is installed.

    A second time with the same options changes nothing. If another scheduler has it,
    it moves from there. The minute of the hour follows from the names of the machine
    and of the user's folder, and is then kept.
    """
    import time

    from assetstore.cli.scheduled import this_host
    from assetstore.cli.views.schedule import placed_outcome
    from assetstore.jobs.run import run_log
    from assetstore.schedule import manage

    host = this_host()
    names = run.config(project=False, jobs=True).checked_jobs(jobs)
    known = _known(host, scheduler, user if system else "")
    plan = _plan(run, host, known, every, at, jobs, system=system)
    chosen = manage.choose("systemd" if system else scheduler, host, known)
    placed = manage.place(chosen, plan, known, dry_run=dry_run)
    if not (dry_run or system):
        run_log(run.state_path).note_installed(time.time())
    return placed_outcome(chosen, plan, placed, jobs=names, dry_run=dry_run)


@schedule.define(examples=STATUS_EXAMPLES)
@_system
@_as
@pass_run
def status(run: Run, /, system: bool, user: str) -> Outcome:
    """Show what is installed, whether it works, and when it runs next.

    Names the last run and each task's last success, and what else calls 'assetstore
    run': a crontab or a unit made by hand, a container's host. Exits with 4 if nothing
    is installed and nothing else calls it, if what is called is not there any more, or
    if a task has not succeeded for longer than it should.
    """
    from assetstore.cli.scheduled import look, this_host
    from assetstore.cli.views.schedule import status_outcome
    from assetstore.schedule.machine import MachineSystemd

    machine = MachineSystemd(this_host(), user) if system else None
    return status_outcome(look(run, machine))


@schedule.define(examples=REMOVE_EXAMPLES)
@dry_run_option("Only say what would be removed.")
@_system
@_as
@pass_run
def remove(run: Run, /, dry_run: bool, system: bool, user: str) -> Outcome:
    """Remove the schedule, whichever scheduler has it.

    The rest of a crontab stays as it is, byte for byte.
    """
    from assetstore.cli.scheduled import this_host
    from assetstore.cli.views.schedule import removed_outcome
    from assetstore.jobs.run import run_log
    from assetstore.schedule import manage

    known = _known(this_host(), "auto", user if system else "")
    if system and not dry_run:
        manage.choose("systemd", this_host(), known)
    removed = manage.remove(known, dry_run=dry_run)
    if not (dry_run or system):
        run_log(run.state_path).forget_installed()
    return removed_outcome(removed, dry_run=dry_run)


@schedule.define(examples=PRINT_EXAMPLES, name="print")
@_planned
@pass_run
def print_(
    run: Run,
    /,
    scheduler: str,
    every: float | None,
    at: str | None,
    jobs: tuple[str, ...],
    system: bool,
    user: str,
) -> Outcome:
    """Print what would be installed, and touch nothing.

    The lines of the crontab, the units of systemd, the property list of launchd or
    the task of Windows; for any machine with --scheduler.
    """
    from assetstore.cli.scheduled import this_host
    from assetstore.cli.views.schedule import printed_outcome
    from assetstore.schedule import manage

    host = this_host()
    known = _known(host, scheduler, user if system else "")
    name = "systemd" if system else scheduler
    chosen = manage.choose(name, host, known, to_install=False)
    plan = _plan(run, host, known, every, at, jobs, system=system)
    return printed_outcome(chosen.name, chosen.files(plan))


def _known(host: "Host", scheduler: str, user: str) -> "dict[str, Scheduler]":
    """The schedulers to choose from; of the machine's own manager, for a user of it.

    Raises:
        UsageError: Another scheduler was asked for, or there is no such user.
    """
    from assetstore.errors import UsageError
    from assetstore.schedule import manage
    from assetstore.schedule.machine import MachineSystemd

    if not user:
        return manage.schedulers(host)
    if scheduler not in ("auto", "systemd"):
        raise UsageError(f"--system does not go with --scheduler {scheduler}")
    return {"systemd": MachineSystemd(host, user)}


def _plan(
    run: Run,
    host: "Host",
    known: "dict[str, Scheduler]",
    every: float | None,
    at: str | None,
    jobs: tuple[str, ...],
    *,
    system: bool,
) -> "SchedulePlan":
    import platform

    from assetstore.schedule import manage
    from assetstore.schedule.plan import SchedulePlan, timing

    found = manage.installed(known)
    minute = manage.kept_minute(found, manage.usual_minute(host, platform.node()))
    return SchedulePlan(
        timing=timing(every, at, minute),
        command=manage.command(
            jobs, store=run.given.get("store"), config=run.given.get("config")
        ),
        environment=manage.carried(host.environment, to_others=system),
    )
