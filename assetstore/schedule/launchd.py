"""launchd: an agent of the user, on macOS."""

import plistlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

from assetstore.errors import ScheduleError
from assetstore.schedule.base import (
    MADE_BY,
    Completed,
    Host,
    Installed,
    check_free,
    put_back,
    read_ours,
    write,
)
from assetstore.schedule.plan import SchedulePlan, Timing, printable

LABEL = "assetstore.schedule"


class Launchd:
    """The user's launchd.

    Args:
        host: The machine and the user.
    """

    name = "launchd"

    def __init__(self, host: Host):
        self._host = host
        self._path = host.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._domain = f"gui/{host.uid}"

    def available(self) -> str:
        """Say why it cannot be used here; "" if it can."""
        if self._host.platform != "darwin":
            return "launchd is on macOS only"
        done = self._launchctl("print", self._domain)
        return "" if done.code == 0 else f"no session of launchd: {done.said}"

    def files(self, plan: SchedulePlan) -> Mapping[str, str]:
        """The property list."""
        words = (*plan.command, *plan.environment.values())
        if not printable(words):
            raise ScheduleError(
                "a property list cannot hold the characters of these paths",
                hint="Use other paths.",
            )
        content: dict[str, Any] = {
            "Label": LABEL,
            "ProgramArguments": list(plan.command),
            "StartCalendarInterval": plan.timing.launchd(),
            "ProcessType": "Background",
            "LowPriorityIO": True,
            "LowPriorityBackgroundIO": True,
            "Nice": 19,
        }
        if plan.environment:
            content["EnvironmentVariables"] = dict(plan.environment)
        text = plistlib.dumps(content, sort_keys=False).decode()
        comment = f"<!-- {MADE_BY} {plan.timing.spelled()} -->\n<plist "
        return {str(self._path): text.replace("<plist ", comment, 1)}

    def install(self, plan: SchedulePlan, *, dry_run: bool = False) -> bool:
        """Write the property list and load it."""
        ((_, new),) = self.files(plan).items()
        check_free(self._path)
        old = read_ours(self._path)
        if old == new and self._launchctl("print", self._service).code == 0:
            return False
        if dry_run:
            return True
        try:
            write(self._path, new)
            self._load()
        except BaseException:
            put_back(self._path, old)
            if old is not None:
                self._launchctl("bootstrap", self._domain, str(self._path))
            raise
        return True

    def _load(self) -> None:
        self._launchctl("bootout", self._service)
        # A service that the user once disabled cannot be loaded.
        self._launchctl("enable", self._service)
        done = self._launchctl("bootstrap", self._domain, str(self._path))
        if done.code != 0:
            raise ScheduleError(
                f"launchctl bootstrap failed: {done.said}",
                hint="Everything is as it was; --scheduler cron needs no launchd.",
            )

    def installed(self) -> Installed | None:
        """Read what the property list says."""
        text = read_ours(self._path)
        if text is None:
            return None
        notes: tuple[str, ...] = ()
        if self._launchctl("print", self._service).code != 0:
            notes = ("it is not loaded: 'assetstore schedule install' loads it",)
        command, schedule = _read(text)
        return Installed(
            where=str(self._path),
            schedule=schedule,
            command=command,
            timing=Timing.parse(text),
            notes=notes,
        )

    def remove(self, *, dry_run: bool = False) -> bool:
        """Unload and remove the property list."""
        if read_ours(self._path) is None:
            return False
        if not dry_run:
            self._launchctl("bootout", self._service)
            self._path.unlink()
        return True

    def next_run(self, now: datetime) -> datetime | None:
        """By the calendar."""
        timing = Timing.parse(read_ours(self._path) or "")
        return timing.next_run(now) if timing else None

    @property
    def _service(self) -> str:
        return f"{self._domain}/{LABEL}"

    def _launchctl(self, *words: str) -> Completed:
        return self._host.run(["launchctl", *words], b"")


def _read(text: str) -> tuple[tuple[str, ...], str]:
    """The command and the calendar of a property list; empty where it was edited."""
    try:
        content = plistlib.loads(text.encode())
        return tuple(content["ProgramArguments"]), str(content["StartCalendarInterval"])
    except (ValueError, KeyError, TypeError, ExpatError):
        return (), ""
