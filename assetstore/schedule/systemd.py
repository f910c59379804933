"""systemd: a timer and a service of the user's own manager."""

import re
import shlex
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from assetstore.errors import ScheduleError
from assetstore.schedule.base import (
    MADE_BY,
    NOT_FOUND,
    Completed,
    Host,
    Installed,
    check_free,
    put_back,
    read_ours,
    write,
)
from assetstore.schedule.plan import SchedulePlan, Timing, printable

SERVICE, TIMER = "assetstore.service", "assetstore.timer"

# What the service may not do costs nothing that a job needs: jobs write into the
# home folder, on other disks and into the store, look through /proc for programs
# that have a file open, keep the owner and mode of files, and may start programs or
# call an address when they are done. So the folders stay writable, processes
# visible, set-id bits settable and the network open. Directives that need a mount
# namespace are left out: for a user's manager they need a user namespace, which some
# systems forbid; and then the job would never start.
_SERVICE = """\
# {made_by}
# {spelled}
[Unit]
Description=Jobs of assetstore

[Service]
Type=oneshot
ExecStart={command}
{environment}Nice=19
CPUSchedulingPolicy=idle
IOSchedulingClass=idle
NoNewPrivileges=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""
_TIMER = """\
# {made_by}
# {spelled}
[Unit]
Description=When the jobs of assetstore run

[Timer]
OnCalendar={calendar}
Persistent=true
RandomizedDelaySec={delay}
AccuracySec={accuracy}

[Install]
WantedBy=timers.target
"""
_MINUTE = 60
_EXEC = re.compile(r"^ExecStart=:(.*)$", re.M)
_CALENDAR = re.compile(r"^OnCalendar=(.*)$", re.M)


class Systemd:
    """The user's systemd manager.

    Args:
        host: The machine and the user.
    """

    name = "systemd"
    _asked: tuple[str, ...] = ("systemctl", "--user")
    _as_user = ""  # lines of the service that say who runs it

    def __init__(self, host: Host):
        self._host = host
        config = host.environment.get("XDG_CONFIG_HOME") or host.home / ".config"
        data = host.environment.get("XDG_DATA_HOME") or host.home / ".local" / "share"
        self._units = Path(config) / "systemd" / "user"
        self._service = self._units / SERVICE
        self._timer = self._units / TIMER
        # When the timer last fired, for Persistent=.
        self._stamp = Path(data) / "systemd" / "timers" / f"stamp-{TIMER}"

    def available(self) -> str:
        """Say why it cannot be used here; "" if it can."""
        if self._host.platform != "linux":
            return "systemd is on Linux only"
        done = self._systemctl("show", "--property=Version")
        if done.code == NOT_FOUND:
            return "there is no systemd here"
        return "" if done.code == 0 else f"no systemd user manager answers: {done.said}"

    def files(self, plan: SchedulePlan) -> Mapping[str, str]:
        """The two units."""
        pairs = plan.environment.items()
        variables = [_quoted(f"{name}={value}") for name, value in pairs]
        every = plan.timing.every
        head = {"made_by": MADE_BY, "spelled": plan.timing.spelled()}
        service = _SERVICE.format(
            **head,
            # The colon: no $VARIABLE is replaced.
            command=":" + " ".join(map(_quoted, plan.command)),
            environment=self._as_user
            + "".join(f"Environment={pair}\n" for pair in variables),
        )
        timer = _TIMER.format(
            **head,
            calendar=plan.timing.systemd(),
            delay=min(every // 12, 5 * _MINUTE),
            accuracy=min(every // _MINUTE, _MINUTE),
        )
        return {str(self._service): service, str(self._timer): timer}

    def install(self, plan: SchedulePlan, *, dry_run: bool = False) -> bool:
        """Write the units and start the timer."""
        new = {Path(name): text for name, text in self.files(plan).items()}
        for path in new:
            check_free(path)
        old = {path: read_ours(path) for path in new}
        if old == new and self._systemctl("is-active", TIMER).code == 0:
            return False
        if dry_run:
            return True
        try:
            for path, text in new.items():
                write(path, text)
            self._must("daemon-reload")
            self._must("enable", TIMER)
            self._must("restart", TIMER)
        except BaseException:
            if None in old.values():
                self._systemctl("disable", "--now", TIMER)
            for path, before in old.items():
                put_back(path, before)
            self._systemctl("daemon-reload")
            raise
        return True

    def installed(self) -> Installed | None:
        """Read what the units say."""
        texts = read_ours(self._service), read_ours(self._timer)
        service, timer = texts
        if service is None and timer is None:
            return None
        command = _EXEC.search(service or "")
        calendar = _CALENDAR.search(timer or "")
        return Installed(
            where=str(self._timer),
            schedule=calendar[1] if calendar else "",
            command=tuple(_unquoted(command[1])) if command else (),
            timing=Timing.parse(timer or ""),
            notes=self._notes(),
        )

    def remove(self, *, dry_run: bool = False) -> bool:
        """Stop the timer and remove the units and what systemd noted of them."""
        found = [
            path for path in (self._timer, self._service) if read_ours(path) is not None
        ]
        if dry_run or not found:
            return bool(found)
        self._systemctl("disable", "--now", TIMER)
        for path in found:
            path.unlink()
        (self._units / "timers.target.wants" / TIMER).unlink(missing_ok=True)
        self._stamp.unlink(missing_ok=True)
        self._systemctl("daemon-reload")
        self._systemctl("reset-failed", SERVICE, TIMER)
        return True

    def next_run(self, now: datetime) -> datetime | None:
        """Ask the manager, or the calendar where it says nothing."""
        installed = self.installed()
        if installed is None:
            return None
        words = ("show", TIMER, "--property=NextElapseUSecRealtime", "--timestamp=unix")
        said = re.search(rb"=@(\d+)\s*$", self._systemctl(*words).out)
        if said:
            return datetime.fromtimestamp(int(said[1])).astimezone()
        return installed.timing.next_run(now) if installed.timing else None

    def _systemctl(self, *words: str) -> Completed:
        return self._host.run([*self._asked, *words], b"")

    def _must(self, *words: str) -> None:
        done = self._systemctl(*words)
        if done.code != 0:
            raise ScheduleError(
                f"{' '.join((*self._asked, *words))} failed: {done.said}",
                hint="Everything is as it was; --scheduler cron needs no systemd.",
            )

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if self._systemctl("is-active", TIMER).code != 0:
            notes.append(
                f"{TIMER} is not active: 'assetstore schedule install' starts it"
            )
        words = ["loginctl", "show-user", str(self._host.uid), "--property=Linger"]
        if self._host.run(words, b"").out.strip() == b"Linger=no":
            notes.append(
                "lingering is off, so the timer stops when you log out; "
                "'loginctl enable-linger' keeps it running"
            )
        return tuple(notes)


def _quoted(word: str) -> str:
    """A word of a unit file: quotes, backslashes and specifiers escaped."""
    if not printable([word]):
        raise ScheduleError(
            f"a unit of systemd cannot hold {word!r}",
            hint="Use another path, or --scheduler cron.",
        )
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _unquoted(text: str) -> list[str]:
    return [word.replace("%%", "%") for word in shlex.split(text)]
