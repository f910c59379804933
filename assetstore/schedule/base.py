"""What a scheduler can do, and what it is told about the machine."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from assetstore.errors import ScheduleError
from assetstore.files.durable import make_folder
from assetstore.files.replace import Draft
from assetstore.schedule.plan import SchedulePlan, Timing

MADE_BY = (
    'Made by "assetstore schedule install"; "assetstore schedule remove" undoes it.'
)
NOT_FOUND = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What a program left.

    Attributes:
        code: Its exit code; 127: it is not there.
        out: Its standard output.
        err: Its standard error.
    """

    code: int
    out: bytes = b""
    err: bytes = b""

    @property
    def said(self) -> str:
        """The last line of what it said."""
        text = (self.err.strip() or self.out.strip()).decode("utf-8", "replace")
        return text.splitlines()[-1] if text else f"exit code {self.code}"


Runner = Callable[[Sequence[str], bytes], Completed]


def runner(environment: Mapping[str, str]) -> Runner:
    """Make what runs programs to their end, in English where they can be."""
    variables = {**environment, "LC_ALL": "C"}

    def run(words: Sequence[str], stdin: bytes) -> Completed:
        try:
            done = subprocess.run(  # noqa: S603 the system's own schedulers
                words, input=stdin, capture_output=True, check=False, env=variables
            )
        except (FileNotFoundError, PermissionError) as e:
            return Completed(code=NOT_FOUND, err=f"{words[0]}: {e.strerror}".encode())
        return Completed(code=done.returncode, out=done.stdout, err=done.stderr)

    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The machine and the user that a scheduler works for.

    Attributes:
        platform: As `sys.platform` names it.
        home: The user's home folder.
        environment: The environment's variables.
        uid: The user's number; 0 where there are none.
        run: Runs a program.
    """

    platform: str
    home: Path
    environment: Mapping[str, str]
    uid: int
    run: Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What a scheduler has been told to do.

    Attributes:
        where: The file or place.
        schedule: The time, in the scheduler's own language.
        command: What it calls.
        timing: The time as it was asked for, or None where it cannot be told.
        notes: Sentences for the user: what would keep it from running.
    """

    where: str
    schedule: str
    command: tuple[str, ...]
    timing: Timing | None
    notes: tuple[str, ...] = ()


class Scheduler(Protocol):
    """A program that runs others at their time."""

    name: str

    def available(self) -> str:
        """Say why it cannot be used here; "" if it can."""

    def files(self, plan: SchedulePlan) -> Mapping[str, str]:
        """Return what an installation writes, by its place.

        Raises:
            ScheduleError: The plan cannot be expressed.
        """

    def install(self, plan: SchedulePlan, *, dry_run: bool = False) -> bool:
        """Do as the plan says from now on, instead of what was planned before.

        Returns:
            Whether this changed, or with ``dry_run`` would change, anything.

        Raises:
            ScheduleError: It did not work; all is as it was.
            OSError: A file cannot be read or written.
        """

    def installed(self) -> Installed | None:
        """Read what it has been told to do; None: nothing.

        What somebody else installed under the same name is none of ours.

        Raises:
            ScheduleError: It cannot be told.
        """

    def remove(self, *, dry_run: bool = False) -> bool:
        """Leave no trace.

        Returns:
            Whether there was, or is, something to remove.

        Raises:
            ScheduleError: It did not work.
        """

    def next_run(self, now: datetime) -> datetime | None:
        """Tell when it will run next; None where nothing is installed."""


def read_ours(path: Path) -> str | None:
    """A file that an installation wrote, or None where there is no such file."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return text if MADE_BY in text else None


def check_free(path: Path) -> None:
    """See to it that nothing of somebody else is overwritten.

    Raises:
        ScheduleError: There is a file that no installation wrote.
    """
    if os.path.lexists(path) and read_ours(path) is None:
        raise ScheduleError(
            f"{path} was not made by assetstore",
            hint="Rename or remove it, then run the command again.",
            path=str(path),
        )


def write(path: Path, text: str) -> None:
    """Write a file, durably, and its folder."""
    make_folder(path.parent, 0o777)
    with Draft(path) as draft:
        draft.write(text.encode())
        draft.publish(shared=True)


def put_back(path: Path, text: str | None) -> None:
    """Give a file the text that it had, or remove it if it had none."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        write(path, text)
