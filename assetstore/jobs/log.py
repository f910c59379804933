"""What happened in past runs: a bounded log, and each task's last success.

Both are in the user's state folder. The log is JSON lines, at most `MOST` bytes a
file and `FILES` files. A run writes a line when it begins and one when it ends, so
that one that was killed can be told: it began, did not end, and holds no lock.

The standard library's JSON knows names of files that are no UTF-8; orjson does not.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assetstore.files.durable import make_folder, sync_file, sync_folder
from assetstore.files.leftovers import Sweeper
from assetstore.files.owner import make_empty_file
from assetstore.files.replace import Draft
from assetstore.store.locks import try_hold

MOST = 1 << 20
FILES = 4
_APPEND = os.O_RDWR | os.O_APPEND
for _flag in ("O_BINARY", "O_NOFOLLOW", "O_CLOEXEC"):
    _APPEND |= getattr(os, _flag, 0)

Result = Literal["ok", "partial", "failed", "stopped", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """What is known of a task.

    Attributes:
        last_success: When it last did all it had to do, in seconds since 1970.
        last_end: When it last ended.
        last_result: How.
        reason: Why, where that was no success.
        day: For the check of the store, the last day (since 1970) of its shares.
        bad_shares: For the check, shares in which it found something.
        runs: How often it ended.
        saved: Bytes by which documents became smaller, in all.
        freed: Bytes by which the store became smaller, in all.
    """

    last_success: float | None = None
    last_end: float | None = None
    last_result: str = ""
    reason: str = ""
    day: int | None = None
    bad_shares: tuple[int, ...] = ()
    runs: int = 0
    saved: int = 0
    freed: int = 0


class RunLog:
    """The log of runs in a folder, which is made on first use."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._log = folder / "log.jsonl"
        self._tasks = folder / "tasks.json"
        self._installed = folder / "installed"

    @property
    def lock_file(self) -> Path:
        """Held while a run is at work."""
        return self.folder / "run.lock"

    def note_installed(self, now: float) -> None:
        """Note since when a timer calls, unless that is noted already.

        Raises:
            OSError: It cannot be written.
        """
        if self.installed_since() is None:
            make_folder(self.folder)
            with Draft(self._installed) as draft:
                draft.write(str(now).encode())
                draft.publish()

    def installed_since(self) -> float | None:
        """Since when a timer calls, as far as is known."""
        try:
            return float(self._installed.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def forget_installed(self) -> None:
        """No timer calls any more."""
        self._installed.unlink(missing_ok=True)

    def is_running(self) -> bool:
        """Tell whether a run is at work now."""
        if not self.lock_file.exists():
            return False
        with contextlib.suppress(OSError):
            lock = try_hold(self.lock_file)
            if lock is None:
                return True
            lock.release()
        return False

    def append(self, record: Mapping[str, Any]) -> None:
        """Add a record, durably.

        Raises:
            OSError: It cannot be written.
        """
        make_folder(self.folder)
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with contextlib.suppress(FileNotFoundError):
            if self._log.stat().st_size + len(line) > MOST:
                self._rotate()
        make_empty_file(self._log)
        fd = os.open(self._log, _APPEND)
        try:
            size = os.fstat(fd).st_size
            if size and os.lseek(fd, size - 1, os.SEEK_SET) >= 0:
                line = line if os.read(fd, 1) == b"\n" else b"\n" + line
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(fd, rest) :]
            sync_file(fd, metadata=True)
            if not size:
                sync_folder(self.folder)
        finally:
            os.close(fd)

    def _older(self, number: int) -> Path:
        return self.folder / f"log.{number}.jsonl"

    def _rotate(self) -> None:
        for number in range(FILES - 1, 1, -1):
            with contextlib.suppress(FileNotFoundError):
                self._older(number - 1).replace(self._older(number))
        self._log.replace(self._older(1))

    def records(self) -> Iterator[dict[str, Any]]:
        """Every record, the oldest first; a line cut off by a crash is passed over."""
        for path in (*map(self._older, range(FILES - 1, 0, -1)), self._log):
            try:
                lines = path.read_bytes().splitlines()
            except FileNotFoundError:
                continue
            for line in lines:
                record = _record(line)
                if record is not None:
                    yield record

    def runs(self) -> list[dict[str, Any]]:
        """Every run, the oldest first: how it ended, joined with how it began.

        One that neither ended nor is at work has the result "killed".
        """
        runs: dict[str, dict[str, Any]] = {}
        for record in self.records():
            known = runs.setdefault(str(record.get("run", "")), {})
            known.update(record)
        found = list(runs.values())
        for index, run in enumerate(found):
            if run["event"] == "begin":
                last = index == len(found) - 1
                run["result"] = "running" if last and self.is_running() else "killed"
        return found

    def killed(self) -> str:
        """The run that was killed when none came behind it; "": none was.

        For whoever holds `lock_file`. It reads the log from its end: all of it takes
        longer than many a run.
        """
        for path in (self._log, *map(self._older, range(1, FILES))):
            with contextlib.suppress(FileNotFoundError):
                for line in reversed(path.read_bytes().splitlines()):
                    record = _record(line)
                    if record is not None:
                        begun = record["event"] == "begin"
                        return str(record.get("run", "")) if begun else ""
        return ""

    def tasks(self) -> dict[str, TaskState]:
        """Read what is known of every task."""
        try:
            found = json.loads(self._tasks.read_bytes())
            return {
                name: TaskState(**{**state, "bad_shares": tuple(state["bad_shares"])})
                for name, state in found.items()
            }
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            return {}

    def put_tasks(self, tasks: Mapping[str, TaskState]) -> None:
        """Write down what is known of every task, durably.

        For whoever holds `lock_file`.

        Raises:
            OSError: It cannot be written.
        """
        make_folder(self.folder)
        Sweeper().sweep(self._tasks)
        states = {
            name: {field: getattr(state, field) for field in TaskState.__slots__}
            for name, state in tasks.items()
        }
        with Draft(self._tasks) as draft:
            draft.write(json.dumps(states).encode())
            draft.publish()


def _record(line: bytes) -> dict[str, Any] | None:
    """A line of the log; None where it was cut off."""
    with contextlib.suppress(ValueError):
        record = json.loads(line)
        if isinstance(record, dict) and "event" in record:
            return record
    return None
