"""The Task Scheduler of Windows."""

import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

from assetstore.errors import ScheduleError
from assetstore.schedule.base import MADE_BY, Completed, Host, Installed
from assetstore.schedule.plan import WEEK, SchedulePlan, Timing, printable

TASK = "assetstore"
NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

# The task runs as the user who is logged on, without a password or a console;
# after a missed time as soon as it can; on batteries, too; as long as it takes.
_XML = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.4" xmlns="{namespace}">
  <RegistrationInfo>
    <Description>{description}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>2025-01-06T{start}:00</StartBoundary>
{repetition}{days}    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <Enabled>true</Enabled>
    <Hidden>true</Hidden>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>8</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"""
_REPETITION = """\
      <Repetition>
        <Interval>{interval}</Interval>
        <Duration>P1D</Duration>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
"""
_DAILY = """\
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
"""
_WEEKLY = """\
      <ScheduleByWeek>
        <WeeksInterval>1</WeeksInterval>
        <DaysOfWeek>
          <Monday />
        </DaysOfWeek>
      </ScheduleByWeek>
"""


class Schtasks:
    """The Task Scheduler, by its program ``schtasks``.

    Args:
        host: The machine and the user.
    """

    name = "schtasks"

    def __init__(self, host: Host):
        self._host = host

    def available(self) -> str:
        """Say why it cannot be used here; "" if it can."""
        if self._host.platform != "win32":
            return "the Task Scheduler is on Windows only"
        done = self._schtasks("/?")
        return "" if done.code == 0 else f"schtasks cannot be run: {done.said}"

    def files(self, plan: SchedulePlan) -> Mapping[str, str]:
        """The task's description."""
        if not printable(plan.command):
            raise ScheduleError(
                "a task cannot hold the characters of these paths",
                hint="Use other paths.",
            )
        start, interval = plan.timing.schtasks()
        command, arguments = _windowless(plan.command[0]), plan.command[1:]
        text = _XML.format(
            namespace=NAMESPACE,
            description=escape(f"{MADE_BY} {plan.timing.spelled()}"),
            start=start,
            repetition=_REPETITION.format(interval=interval) if interval else "",
            days=_WEEKLY if plan.timing.every == WEEK else _DAILY,
            command=escape(command),
            arguments=escape(subprocess.list2cmdline(arguments)),
        )
        return {f"task {TASK}": text}

    def install(self, plan: SchedulePlan, *, dry_run: bool = False) -> bool:
        """Register the task."""
        ((_, text),) = self.files(plan).items()
        # Windows writes a task anew when it takes it, so not its text is compared.
        old, new = self._query(), ET.fromstring(text.partition("\n")[2])  # noqa: S314 ours
        if old is not None and not _ours(old):
            raise ScheduleError(
                f"there is a task {TASK} that was not made by assetstore",
                hint="Rename or delete it in the Task Scheduler.",
            )
        if old is not None and _core(old) == _core(new):
            return False
        if dry_run:
            return True
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "task.xml"
            file.write_bytes(text.encode("utf-16"))
            done = self._schtasks("/Create", "/TN", TASK, "/XML", str(file), "/F")
        if done.code != 0:
            raise ScheduleError(
                f"schtasks /Create failed: {done.said}",
                hint="'assetstore schedule print' shows the task, to be imported in "
                "the Task Scheduler.",
            )
        return True

    def installed(self) -> Installed | None:
        """Read what the task says."""
        task = self._query()
        if task is None or not _ours(task):
            return None
        start, repetition, command, arguments, description = _core(task)
        return Installed(
            where=f"task {TASK}",
            schedule=" ".join(word for word in (start, repetition) if word),
            command=(command, *_split(arguments)),
            timing=Timing.parse(description),
        )

    def remove(self, *, dry_run: bool = False) -> bool:
        """Delete the task."""
        task = self._query()
        if task is None or not _ours(task):
            return False
        if not dry_run:
            done = self._schtasks("/Delete", "/TN", TASK, "/F")
            if done.code != 0:
                raise ScheduleError(
                    f"schtasks /Delete failed: {done.said}",
                    hint=f"Delete the task {TASK} in the Task Scheduler.",
                )
        return True

    def next_run(self, now: datetime) -> datetime | None:
        """By the calendar."""
        task = self._query()
        timing = Timing.parse(_core(task)[-1]) if task is not None else None
        return timing.next_run(now) if timing else None

    def _query(self) -> ET.Element | None:
        """The task of our name, or None where there is none."""
        if self._host.platform != "win32":
            return None
        done = self._schtasks("/Query", "/TN", TASK, "/XML")
        if done.code != 0:
            return None
        text = _decoded(done.out)
        try:
            return ET.fromstring(text[text.index("<Task") :])  # noqa: S314 as Windows wrote it
        except (ET.ParseError, ValueError):
            return ET.Element("unreadable")

    def _schtasks(self, *words: str) -> Completed:
        return self._host.run(["schtasks", *words], b"")


def _ours(task: ET.Element) -> bool:
    return MADE_BY in _core(task)[-1]


def _core(task: ET.Element) -> tuple[str, str, str, str, str]:
    """Return what makes the task: start, repetition, command, arguments, words."""

    def text(path: str) -> str:
        names = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
        return (task.findtext(names) or "").strip()

    trigger = "Triggers/CalendarTrigger"
    return (
        text(f"{trigger}/StartBoundary"),
        text(f"{trigger}/Repetition/Interval"),
        text("Actions/Exec/Command"),
        text("Actions/Exec/Arguments"),
        text("RegistrationInfo/Description"),
    )


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.replace(b"\0", b"").decode("utf-8", "replace")


def _windowless(interpreter: str) -> str:
    """The interpreter that opens no console, where it is beside the other."""
    path = Path(interpreter)
    other = path.with_name(path.name.lower().replace("python", "pythonw", 1))
    return str(other) if path.suffix == ".exe" and other.is_file() else interpreter


def _split(arguments: str) -> list[str]:
    """Undo `subprocess.list2cmdline`."""
    words: list[str] = []
    word, quoted, begun, slashes = "", False, False, 0
    for c in arguments:
        if c == "\\":
            slashes, begun = slashes + 1, True
            continue
        if c == '"':
            word += "\\" * (slashes // 2)
            begun = True
            if slashes % 2:
                word += c
            else:
                quoted = not quoted
        else:
            word += "\\" * slashes
            if c in " \t" and not quoted:
                if begun:
                    words.append(word)
                word, begun = "", False
            else:
                word, begun = word + c, True
        slashes = 0
    if begun:
        words.append(word + "\\" * slashes)
    return words
