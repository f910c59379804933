"""Which scheduler does it: the choice, and moving from one to another."""

import hashlib
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assetstore.config.load import NONE
from assetstore.errors import ScheduleError, UsageError
from assetstore.formats.registry import home_shapes
from assetstore.schedule.base import Host, Installed, Scheduler
from assetstore.schedule.cron import Cron
from assetstore.schedule.launchd import Launchd
from assetstore.schedule.plan import SchedulePlan
from assetstore.schedule.schtasks import Schtasks
from assetstore.schedule.systemd import Systemd

AUTO = "auto"
NAMES = ("cron", "systemd", "launchd", "schtasks")
_PREFERRED = {"darwin": ("launchd", "cron"), "win32": ("schtasks",)}
_OTHERWISE = ("systemd", "cron")
# What a command needs to find the same configuration, store and threads.
_CARRIED = (
    "ASSETSTORE_STORE",
    "ASSETSTORE_CONFIG",
    "ASSETSTORE_SYSTEM_CONFIG",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
)
# Folders whose content is thrown away by the programs that made them.
_PASSING = frozenset({".cache", "archive-v0", "environments-v2", "builds-v0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What an installation did, or would do.

    Attributes:
        changed: Whether anything changed.
        moved_from: The schedulers that had it before and do not any more.
    """

    changed: bool
    moved_from: tuple[str, ...] = ()


def schedulers(host: Host) -> dict[str, Scheduler]:
    """All schedulers, by name."""
    every: tuple[Scheduler, ...] = (
        Cron(host),
        Systemd(host),
        Launchd(host),
        Schtasks(host),
    )
    return {one.name: one for one in every}


def installed(every: Mapping[str, Scheduler]) -> dict[str, Installed]:
    """List what is installed where.

    Raises:
        ScheduleError: A scheduler's part cannot be read.
    """
    found = {name: scheduler.installed() for name, scheduler in every.items()}
    return {name: one for name, one in found.items() if one is not None}


def choose(
    name: str,
    host: Host,
    every: Mapping[str, Scheduler],
    *,
    to_install: bool = True,
) -> Scheduler:
    """The scheduler to use.

    Args:
        name: Its name; `AUTO`: the one that has it already, else the machine's own.
        host: The machine.
        every: All of them.
        to_install: Refuse one that cannot be used here.

    Raises:
        ScheduleError: It cannot be used here, or none can.
    """
    if name != AUTO:
        reasons = {name: every[name].available()}
    else:
        preferred = _PREFERRED.get(host.platform, _OTHERWISE)
        has = [one for one in preferred if every[one].installed() is not None]
        reasons = {}
        for one in (*has, *preferred):
            reasons[one] = every[one].available()
            if not reasons[one]:
                return every[one]
    one, reason = next(reversed(reasons.items()))
    if not reason or not to_install:
        return every[one]
    raise ScheduleError(
        "; ".join(f"{one}: {reason}" for one, reason in reasons.items()),
        hint="'assetstore schedule print --scheduler NAME' shows what to install by "
        "hand, 'assetstore docs schedule' how.",
    )


def place(
    scheduler: Scheduler,
    plan: SchedulePlan,
    every: Mapping[str, Scheduler],
    *,
    dry_run: bool = False,
) -> Placed:
    """Install with one scheduler, then remove from the others.

    In this order, since a failed installation must not leave the user with none.

    Raises:
        ScheduleError: It did not work.
    """
    others = [name for name in installed(every) if name != scheduler.name]
    changed = scheduler.install(plan, dry_run=dry_run)
    for name in others:
        every[name].remove(dry_run=dry_run)
    return Placed(changed=changed or bool(others), moved_from=tuple(others))


def remove(every: Mapping[str, Scheduler], *, dry_run: bool = False) -> list[str]:
    """Remove from every scheduler.

    Returns:
        The names of those that had it, or have it with ``dry_run``.

    Raises:
        ScheduleError: One of them cannot be read, or it did not work.
    """
    return [name for name, one in every.items() if one.remove(dry_run=dry_run)]


def usual_minute(host: Host, machine: str) -> int:
    """Choose the minute of the hour for whoever has no schedule: always the same one.

    What is shown before an installation is what is installed then, and not all
    machines of an office start at once.

    Args:
        host: The machine and the user.
        machine: The machine's name.
    """
    whose = f"{machine}\0{host.home}\0{host.uid}".encode(errors="surrogateescape")
    return int.from_bytes(hashlib.sha256(whose).digest()[:8]) % 60


def kept_minute(found: Mapping[str, Installed], new: int) -> int:
    """The minute of what is installed, else a new one."""
    timings = [one.timing for one in found.values() if one.timing is not None]
    return timings[0].minute if timings else new


def command(
    jobs: Sequence[str], *, store: str | None, config: str | None
) -> tuple[str, ...]:
    """The command that runs jobs, with absolute paths.

    Python is told not to look for modules in the folder where it is started: that is
    the home folder.

    Raises:
        UsageError: A job's name looks like an option.
    """
    for job in jobs:
        if job.startswith("-"):
            raise UsageError(f"{job!r} is not a job's name")
    words = [sys.executable, "-P", "-m", "assetstore", "run"]
    for option, path in (("--store", store), ("--config", config)):
        if path is not None:
            words += [option, _absolute(path)]
    return (*words, *jobs)


def called(command: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """The jobs that a command made by `command` runs, and its configuration file.

    No jobs: all of them.
    """
    words = list(command)
    if "run" not in words:
        return (), None
    words = words[words.index("run") + 1 :]
    options: dict[str, str] = {}
    while words[:1] and words[0].startswith("--"):
        options[words[0]] = words[1] if words[1:] else ""
        words = words[2:]
    return tuple(words), options.get("--config")


def carried(
    environment: Mapping[str, str], *, to_others: bool = False
) -> dict[str, str]:
    """The variables that the command needs; all of them name folders or files.

    Args:
        environment: The variables here.
        to_others: Another user runs it, whose folders are not these.
    """
    names = [*_CARRIED, *(shape.variable for shape in home_shapes().values())]
    if to_others:
        names = [name for name in _CARRIED if name.startswith("ASSETSTORE_")]
    return {
        name: value if (value := environment[name]) == NONE else _absolute(value)
        for name in names
        if environment.get(name)
    }


def gone(command: Sequence[str]) -> bool:
    """Tell whether a command cannot be run: its interpreter is not there."""
    return not command or not Path(command[0]).exists()


def passing(command: Sequence[str]) -> bool:
    """Tell whether a command's interpreter is in a folder that somebody empties."""
    path = Path(command[0])
    temporary = Path(tempfile.gettempdir())
    return temporary in path.parents or bool(_PASSING & set(path.parts))


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute())
