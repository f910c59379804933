"""What is to run and when, and how each scheduler spells the time."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cronsim import CronSim

from assetstore.errors import UsageError
from assetstore.quantities import duration, parse_duration

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7 * 86400
# Intervals that every scheduler can express, and that fall on the same minutes of
# every hour and day.
POSSIBLE = (
    *(n * MINUTE for n in range(1, 31) if 60 % n == 0),
    *(n * HOUR for n in range(1, 13) if 24 % n == 0),
    DAY,
    WEEK,
)
# The hour of runs that are daily or weekly and have no time: one at which most
# machines are awake.
NOON = 12
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_SPELLED = re.compile(
    r"\bevery=(\d+)([mhdw])(?: at=(\d\d:\d\d))? minute=(\d+)\b", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When to run. Made by `timing`, which checks what it is given.

    Attributes:
        every: Seconds between runs, one of `POSSIBLE`.
        at: The time of day as ``HH:MM``, for daily and weekly runs, or None.
        minute: 0 to 59: the minute of the hour, which follows from whose it is, so
            that not every machine is busy at the same second.
    """

    every: int = HOUR
    at: str | None = None
    minute: int = 0

    @property
    def time(self) -> tuple[int, int]:
        """Hour and minute of a daily or weekly run."""
        if self.at is None:
            return NOON, self.minute
        hour, _, minute = self.at.partition(":")
        return int(hour), int(minute)

    def spelled(self) -> str:
        """All of it in a few ASCII characters, for `parse`."""
        at = f" at={self.at}" if self.at else ""
        return f"every={duration(self.every)}{at} minute={self.minute}"

    @classmethod
    def parse(cls, text: str) -> "Timing | None":
        """Find what `spelled` wrote somewhere in a text; None: it is not there."""
        found = _SPELLED.search(text)
        if found is None:
            return None
        try:
            return timing(
                parse_duration(found[1] + found[2]),
                found[3],
                int(found[4]),
            )
        except UsageError:
            return None

    def words(self) -> str:
        """For people: ``every hour at minute 17``."""
        hour, minute = self.time
        if self.every < HOUR:
            count = self.every // MINUTE
            return "every minute" if count == 1 else f"every {count} minutes"
        if self.every == HOUR:
            return f"every hour at minute {self.minute}"
        if self.every < DAY:
            return f"every {self.every // HOUR} hours at minute {self.minute}"
        day = "day" if self.every == DAY else "Monday"
        return f"every {day} at {hour:02}:{minute:02}"

    def cron(self) -> str:
        """The five fields of a crontab line."""
        hour, minute = self.time
        if self.every < HOUR:
            step = self.every // MINUTE
            if step == 1:
                return "* * * * *"
            first = self.minute % step
            return f"{f'{first}-59' if first else '*'}/{step} * * * *"
        if self.every < DAY:
            step = self.every // HOUR
            return f"{self.minute} {'*' if step == 1 else f'*/{step}'} * * *"
        return f"{minute} {hour} * * {'*' if self.every == DAY else '1'}"

    def systemd(self) -> str:
        """The value of ``OnCalendar=``."""
        hour, minute = self.time
        if self.every < HOUR:
            step = self.every // MINUTE
            return f"*-*-* *:{self.minute % step:02}/{step}:00"
        if self.every < DAY:
            step = self.every // HOUR
            hours = "*" if step == 1 else f"00/{step}"
            return f"*-*-* {hours}:{self.minute:02}:00"
        day = "" if self.every == DAY else "Mon "
        return f"{day}*-*-* {hour:02}:{minute:02}:00"

    def launchd(self) -> list[dict[str, int]]:
        """The value of ``StartCalendarInterval``."""
        hour, minute = self.time
        if self.every < HOUR:
            step = self.every // MINUTE
            return [{"Minute": m} for m in range(self.minute % step, 60, step)]
        if self.every == HOUR:
            return [{"Minute": self.minute}]
        if self.every < DAY:
            step = self.every // HOUR
            return [{"Hour": h, "Minute": self.minute} for h in range(0, 24, step)]
        when = {"Hour": hour, "Minute": minute}
        return [when if self.every == DAY else {"Weekday": 1, **when}]

    def schtasks(self) -> tuple[str, str]:
        """A task's first time of day, and how often it is repeated within a day.

        Returns:
            ``HH:MM``, and an ISO 8601 duration or "".
        """
        hour, minute = self.time
        if self.every < HOUR:
            step = self.every // MINUTE
            return f"00:{self.minute % step:02}", f"PT{step}M"
        if self.every < DAY:
            return f"00:{self.minute:02}", f"PT{self.every // HOUR}H"
        return f"{hour:02}:{minute:02}", ""

    def next_run(self, now: datetime) -> datetime:
        """The first time after ``now``, in the machine's time zone."""
        # Without a zone: cron and launchd go by the clock on the wall.
        local = now.astimezone().replace(tzinfo=None)
        return next(CronSim(self.cron(), local)).astimezone()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePlan:
    """What a scheduler is to do.

    Attributes:
        timing: When.
        command: The program, by its absolute path, and its arguments.
        environment: Variables that the command needs and a scheduler does not have.
    """

    timing: Timing
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def timing(every: float | None, at: str | None, minute: int) -> Timing:
    """Check a wish.

    Args:
        every: Seconds between runs; None: a day where ``at`` is given, else an hour.
        at: The time of day, or None.
        minute: 0 to 59.

    Raises:
        UsageError: No scheduler does that.
    """
    if every is None:
        every = HOUR if at is None else DAY
    if every not in POSSIBLE:
        raise UsageError(
            f"no scheduler runs something every {duration(every)}",
            hint=f"The nearest that is possible: --every {duration(_near(every))}",
        )
    if at is not None and not _TIME.fullmatch(at):
        raise UsageError(
            f"{at!r} is not a time of day", hint="Write --at 03:30 or --at 22:00."
        )
    if at is not None and every < DAY:
        raise UsageError(
            "--at is for runs that are daily or weekly",
            hint=f"Leave it out, or give --every 1d --at {at}",
        )
    if not 0 <= minute < 60:
        raise UsageError(f"{minute} is not a minute of an hour")
    return Timing(every=int(every), at=at, minute=minute)


def _near(every: float) -> int:
    wished = math.log(max(every, 1))
    return min(POSSIBLE, key=lambda one: abs(math.log(one) - wished))


def printable(words: Sequence[str]) -> bool:
    """Tell whether words can stand in a text file, which is UTF-8 and has lines."""
    return all(word.isprintable() for word in words)
