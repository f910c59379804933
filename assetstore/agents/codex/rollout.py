"""Where Codex keeps a thread's logs, and the lock that says that it is loaded.

A thread has one log, and one more for each time that it was rewound: that goes on from
a place in an earlier one. Each log but the first has an id of its own, by which the
history's rows and the logs that go on from it know it. Measured on 0.171
(docs/codex.md).
"""

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from assetstore.errors import SourceInUse
from assetstore.files.durable import make_folder
from assetstore.files.user_folders import user_folder
from assetstore.store.locks import hold, try_hold

FOLDERS = ("sessions", "archived_sessions")
# How many seconds to wait for what Codex holds for an instant only.
WAIT = 10.0
_ID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_NAME = re.compile(
    rf"rollout-\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d-{_ID}(?:_{_ID})?\.jsonl(?:\.zst)?"
)
_HISTORY = "thread_history_1.sqlite"
_LOCKS = "thread-writer-locks"
# The locks of threads that this process holds, and the thread of it that does.
_HELD: set[tuple[Path, int]] = set()


@dataclass(frozen=True, slots=True)
class Rollout:
    """A log of a thread in a Codex home.

    Attributes:
        path: The file.
        home: The ``CODEX_HOME`` it is in.
        thread: The thread's id.
        id: The log's own: the thread's, until the thread is rewound.
    """

    path: Path
    home: Path
    thread: str
    id: str

    @classmethod
    def at(cls, path: Path) -> "Rollout | None":
        """The rollout at an absolute path, or None where that is none."""
        found = _NAME.fullmatch(path.name)
        if found is None:
            return None
        for folder in path.parents:
            if folder.name in FOLDERS:
                return cls(path, folder.parent, found[1], found[2] or found[1])
        return None

    @property
    def packed(self) -> bool:
        """Tell whether the client compressed it."""
        return self.path.suffix == ".zst"

    @property
    def history(self) -> Path:
        """The database with the offsets; there may be none."""
        # A client with another schema gives it another number.
        found = [p for p in self.home.glob("thread_history_*.sqlite") if _number(p)]
        return max(found, key=_number, default=self.home / _HISTORY)

    @property
    def note(self) -> Path:
        """The file in which a replacement notes what it is about to do."""
        return self._kept(f"{self.id}.json")

    @property
    def fields(self) -> Path:
        """The file with the offsets that a fork has had in its origin."""
        return self._kept(f"{self.id}.fields")

    @property
    def turn(self) -> Path:
        """The file that we lock before we ask for Codex's lock of the thread.

        So they wait for each other, and not for Codex.
        """
        return self._kept(f"{self.thread}.lock")

    def notes(self) -> list[Path]:
        """All notes of replacements in its home."""
        key = self.note.name.partition("-")[0]
        return sorted(self.note.parent.glob(f"{key}-*.json"))

    def _kept(self, name: str) -> Path:
        state = user_folder("state")
        key = blake3(os.fsencode(self.home)).hexdigest(8)
        return state / "codex" / f"{key}-{name}"


def _number(history: Path) -> int:
    number = history.stem.rpartition("_")[2]
    return int(number) if number.isdecimal() else 0


@contextlib.contextmanager
def writer_lock(rollout: Rollout, *, waits: bool = True) -> Iterator[None]:
    """Hold what Codex holds while a thread is loaded, where it has such locks.

    A thread's lock is a file that its holder removes at the end; Codex's
    coordination lock keeps that from meeting somebody who just opened it. All logs of
    a thread share it: who holds it may ask for it again.

    Args:
        rollout: A log of the thread.
        waits: Wait for a process of ours that is at work on the thread; that leaves a
            file for it in the state folder.

    Raises:
        SourceInUse: Codex, or somebody else, holds it.
        LockedError: A process of ours has been at work on the thread all the time.
    """
    folder = rollout.home / _LOCKS
    if not folder.is_dir():
        yield
        return
    path = folder / f"{rollout.thread}.lock"
    key = path, threading.get_ident()
    if key in _HELD:
        yield
        return
    with contextlib.ExitStack() as stack:
        if waits:
            with contextlib.suppress(OSError):  # it cannot be written: nobody waits
                make_folder(rollout.turn.parent)
                stack.enter_context(hold(rollout.turn, WAIT))
        stack.enter_context(_codex_lock(rollout, path))
        _HELD.add(key)
        try:
            yield
        finally:
            _HELD.discard(key)


@contextlib.contextmanager
def _codex_lock(rollout: Rollout, path: Path) -> Iterator[None]:
    coordination = path.with_name(".coordination.lock")
    with hold(coordination, WAIT):
        lock = try_hold(path)
    if lock is None:
        from assetstore.files.in_use import opened_by_others

        who = opened_by_others(path)
        raise SourceInUse(
            f"{rollout.path} is loaded in Codex" + (f" ({who})" if who else ""),
            hint="Close the thread there (quit the app or the terminal session). The "
            "server that this leaves lets go of a thread after about a minute: "
            "--wait 2m waits for it.",
            path=str(rollout.path),
        )
    try:
        yield
    finally:
        with hold(coordination, WAIT):
            if os.name != "nt":  # no open file can be removed there
                path.unlink(missing_ok=True)
            lock.release()
