"""cron: a marked block in the user's crontab."""

import os
import shutil
import time
from collections.abc import Mapping
from datetime import datetime

import psutil

from assetstore.errors import ScheduleError
from assetstore.schedule import crontab
from assetstore.schedule.base import NOT_FOUND, Completed, Host, Installed
from assetstore.schedule.plan import SchedulePlan, Timing

# The names of the programs that read crontabs.
_DAEMONS = frozenset({"cron", "crond", "fcron", "dcron", "cronie"})
# What crontabs of different systems say to a user who has none.
_NONE = (b"no crontab for", b"can't open", b"No such file")

# cron looks for changes when a minute begins, and compares times by the second: what
# is written behind its look, in the same second, would not be seen.
_LOOK = 2.0


class Cron:
    """The user's crontab, read and written by ``crontab``.

    Args:
        host: The machine and the user.
    """

    name = "cron"

    def __init__(self, host: Host):
        self._host = host

    def available(self) -> str:
        """Say why it cannot be used here; "" if it can."""
        if self._host.platform == "win32":
            return "Windows has no cron"
        try:
            self._read()
        except ScheduleError as e:
            return str(e)
        return ""

    def files(self, plan: SchedulePlan) -> Mapping[str, str]:
        """The block of the crontab."""
        lines = crontab.lines_of(plan, self._prefix())
        block = crontab.take_apart(b"").with_block(lines)
        return {"crontab": block.decode("utf-8", "replace")}

    def install(self, plan: SchedulePlan, *, dry_run: bool = False) -> bool:
        """Write the block, at its place or behind the user's lines."""
        old = self._exact()
        text = crontab.take_apart(old or b"").with_block(
            crontab.lines_of(plan, self._prefix())
        )
        if text == old:
            return False
        if not dry_run:
            self._replace(old, text)
        return True

    def installed(self) -> Installed | None:
        """Read what the block says."""
        block = self._block()
        if not block:
            return None
        try:
            entry = crontab.read_block(block)
        except ScheduleError as e:
            return Installed(
                where="crontab",
                schedule="",
                command=(),
                timing=None,
                notes=(f"{e}. {e.hint}",),
            )
        return Installed(
            where="crontab",
            schedule=entry.schedule,
            command=entry.command,
            timing=entry.timing,
            notes=self._notes(),
        )

    def remove(self, *, dry_run: bool = False) -> bool:
        """Take the block out; the user's lines are then as if it never was."""
        if not self._block():
            return False
        old = self._exact()
        parts = crontab.take_apart(old or b"")
        if not dry_run:
            self._replace(old, parts.without or None)
        return True

    def next_run(self, now: datetime) -> datetime | None:
        """By the block's timing."""
        block = self._block()
        timing = Timing.parse(os.fsdecode(block))
        return timing.next_run(now) if timing else None

    def _block(self) -> bytes:
        try:
            return crontab.take_apart(self._read() or b"").block
        except ScheduleError:
            if self._missing():
                return b""
            raise

    def _missing(self) -> bool:
        """Tell whether the user cannot have a crontab, so that there is no block."""
        if self._host.platform == "win32":
            return True
        done = self._run("-l")
        return done.code == NOT_FOUND or b"not allowed" in done.err

    def _read(self) -> bytes | None:
        """The crontab, or None where the user has none.

        What cannot be read must not be taken for empty: it would be overwritten.
        """
        done = self._run("-l")
        if done.code == 0:
            return done.out
        if done.code == NOT_FOUND:
            raise ScheduleError("there is no crontab program", hint="Install cron.")
        if not done.out and any(words in done.err for words in _NONE):
            return None
        raise ScheduleError(
            f"the crontab cannot be read: {done.said}",
            hint="Run 'crontab -l' to see why.",
        )

    def _exact(self) -> bytes | None:
        """The crontab, if what is read is what is there.

        Debian's ``crontab -l`` writes a carriage return as a backslash and an r.
        """
        text = self._read()
        if text is not None and b"\\r\n" in text:
            raise ScheduleError(
                "the crontab has lines that end in a carriage return or in '\\r', and "
                "'crontab -l' does not tell which: they would not stay as they are",
                hint="Take these line ends out with 'crontab -e'.",
            )
        return text

    def _replace(self, old: bytes | None, new: bytes | None) -> None:
        """Write a crontab, read it back, and put the old one back if it differs."""
        done = self._write(new)
        if done.code != 0 and new is not None and not new.endswith(b"\n"):
            # It had no last newline when it came, and this crontab wants one.
            new += b"\n"
            done = self._write(new)
        why = done.said if done.code else ""
        if not why and (self._read() or b"") != (new or b""):
            why = "it was written and reads differently"
        if why:
            if (self._read() or b"") != (old or b""):
                self._write(old)
            raise ScheduleError(
                f"the crontab cannot be written: {why}",
                hint="It is as it was. 'assetstore schedule print' shows the lines to "
                "add by hand with 'crontab -e'.",
            )

    def _write(self, text: bytes | None) -> Completed:
        into = time.time() % 60
        if into < _LOOK:
            time.sleep(_LOOK - into)
        return self._run("-r") if text is None else self._run("-", text)

    def _run(self, word: str, stdin: bytes = b"") -> Completed:
        return self._host.run(["crontab", word], stdin)

    def _prefix(self) -> list[str]:
        """Low priority, by the programs that are there."""
        words: list[str] = []
        path = self._host.environment.get("PATH")
        if nice := shutil.which("nice", path=path):
            words += [nice, "-n", "19"]
        ionice = shutil.which("ionice", path=path)
        # Busybox's knows no -t, and a container may forbid what it does.
        if ionice and self._host.run([ionice, "-c", "3", "-t", "true"], b"").code == 0:
            words += [ionice, "-c", "3", "-t"]
        return words

    def _notes(self) -> tuple[str, ...]:
        if self._host.platform != "linux":
            return ()
        names = {process.info["name"] for process in psutil.process_iter(["name"])}
        if names & _DAEMONS:
            return ()
        return ("no cron is running on this machine, so nothing will start the jobs",)
