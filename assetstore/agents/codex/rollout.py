"""Where Codex keeps a thread's log, and the lock that says that it is loaded."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from assetstore.errors import SourceInUse
from assetstore.store.locks import hold, try_hold

FOLDERS = ("sessions", "archived_sessions")
# How many seconds to wait for what Codex holds for an instant only.
WAIT = 10.0
_NAME = re.compile(
    r"rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"\.jsonl(?:\.zst)?"
)
_HISTORY = "thread_history_1.sqlite"
_LOCKS = "thread-writer-locks"


@dataclass(frozen=True, slots=True)
class Rollout:
    """A thread's file in a Codex home.

    Attributes:
        path: The file.
        home: The ``CODEX_HOME`` it is in.
        thread: The thread's id.
    """

    path: Path
    home: Path
    thread: str

    @classmethod
    def at(cls, path: Path) -> "Rollout | None":
        """The rollout at an absolute path, or None where that is none."""
        found = _NAME.fullmatch(path.name)
        if found is None:
            return None
        for folder in path.parents:
            if folder.name in FOLDERS:
                return cls(path, folder.parent, found[1])
        return None

    @property
    def packed(self) -> bool:
        """Whether the client compressed it."""
        return self.path.suffix == ".zst"

    @property
    def history(self) -> Path:
        """The database with the offsets; there may be none."""
        return self.home / _HISTORY

    @property
    def note(self) -> Path:
        """Where a replacement notes what it is about to do."""
        return self._kept("json")

    @property
    def fields(self) -> Path:
        """Where it is kept which offsets a fork has had in its origin."""
        return self._kept("fields")

    def notes(self) -> list[Path]:
        """All notes of replacements in its home."""
        key = self.note.name.partition("-")[0]
        return sorted(self.note.parent.glob(f"{key}-*.json"))

    def _kept(self, ending: str) -> Path:
        import platformdirs

        state = platformdirs.user_state_path("assetstore", appauthor=False)
        key = blake3(os.fsencode(self.home)).hexdigest(8)
        return state / "codex" / f"{key}-{self.thread}.{ending}"


@contextlib.contextmanager
def writer_lock(rollout: Rollout) -> Iterator[None]:
    """Hold what Codex holds while a thread is loaded, where it has such locks.

    A thread's lock is a file that its holder removes at the end; Codex's
    coordination lock keeps that from meeting somebody who just opened it.

    Raises:
        SourceInUse: Codex, or somebody else, holds it.
    """
    folder = rollout.home / _LOCKS
    if not folder.is_dir():
        yield
        return
    path = folder / f"{rollout.thread}.lock"
    with hold(folder / ".coordination.lock", WAIT):
        lock = try_hold(path)
    if lock is None:
        from assetstore.files.in_use import opened_by_others

        who = opened_by_others(path)
        raise SourceInUse(
            f"{rollout.path} is loaded in Codex" + (f" ({who})" if who else ""),
            hint="Close the thread there (quit the app or the terminal session), "
            "and try again.",
            path=str(rollout.path),
        )
    try:
        yield
    finally:
        with hold(folder / ".coordination.lock", WAIT):
            if os.name != "nt":  # no open file can be removed there
                path.unlink(missing_ok=True)
            lock.release()
