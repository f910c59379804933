"""How a task of a run ended."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from assetstore.errors import AssetstoreError
from assetstore.jobs.log import Result

# So many files that are left alone are named.
MOST_NAMED = 20
# What ends a task, and not the run.
ERRORS = (AssetstoreError, OSError, sqlite3.Error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that went wrong without ending a task."""

    type: str
    message: str
    hint: str = ""
    path: str | None = None
    exit_code: int = 1


@dataclass(slots=True, kw_only=True)
class TaskResult:
    """How a task ended.

    Attributes:
        name: The job's name, or "gc", "optimize" or "verify", with the store where
            that is not the first one.
        result: "ok": all done; "partial": some files failed; "failed"; "stopped":
            a limit was reached before the end; "skipped": there was nothing there.
        reason: Why, where it is not "ok".
        exit_code: What it makes of the run.
        seconds: How long it took.
        files: Files that were opened.
        untouched: Files that were as they were when they were last looked at.
        archived: Files that became smaller.
        later: Files in use, too young, or restored by hand and not changed since.
        alone: The first `MOST_NAMED` of these, with the reason.
        payloads: Payloads taken out.
        left: Payloads that stay in the files that were opened.
        before: Bytes of the files that became smaller.
        after: What they have now.
        kept: Threads of which something new is kept.
        stored: Bytes added to the store.
        freed: Bytes removed from it.
        read: Bytes of it that were read and compared with their hashes.
        troubles: What went wrong.
        notes: What else the user should know, in sentences.
        waiting: Files that a later run may still archive.
        day: For a check, the day whose share was checked last.
        bad_shares: Shares in which it found something.
    """

    name: str
    result: Result = "ok"
    reason: str = ""
    exit_code: int = 0
    seconds: float = 0.0
    files: int = 0
    untouched: int = 0
    archived: int = 0
    later: int = 0
    alone: list[str] = field(default_factory=list)
    payloads: int = 0
    left: int = 0
    before: int = 0
    after: int = 0
    kept: int = 0
    stored: int = 0
    freed: int = 0
    read: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    day: int | None = None
    bad_shares: tuple[int, ...] = ()

    def fail(self, error: BaseException) -> None:
        """End with an error."""
        self.result, self.reason = "failed", _reason(error)
        code = error.exit_code if isinstance(error, AssetstoreError) else 1
        self.exit_code = code
        self.troubles.append(
            Trouble(
                type=type(error).__name__,
                message=self.reason,
                hint=getattr(error, "hint", ""),
                path=getattr(error, "path", None),
                exit_code=code,
            )
        )

    def stop(self, reason: str, *, failure: bool) -> None:
        """End before the end."""
        self.result, self.reason = "stopped", reason
        if failure:
            self.exit_code = self.exit_code or 3
            self.troubles.append(Trouble(type="Stopped", message=reason, exit_code=3))


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return where + (error.strerror or str(error))
    return str(error)
