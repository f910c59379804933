"""Which log of a thread Codex goes on with."""

import contextlib
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path, PurePath

from assetstore.agents.codex.rollout import Rollout
from assetstore.files.databases import opened_to_read

_STATE = re.compile(r"state_(\d{1,9})\.sqlite")


def current_log(logs: Sequence[Rollout]) -> Rollout:
    """The log that Codex resumes a thread with.

    It is the one that the list of threads names, or without that the newest: 0.171
    goes by the logs' ids then, which are made from the time, whatever their times of
    modification are.

    Args:
        logs: All of a thread, the oldest first.
    """
    name = _listed(logs[0]) if len(logs) > 1 else ""
    return next((log for log in logs if _stem(log.path) == name), logs[-1])


def _listed(log: Rollout) -> str:
    """The name of the log that the list of threads has for a thread, or ""."""
    found = [
        (int(m[1]), p) for p in _files(log.home) if (m := _STATE.fullmatch(p.name))
    ]
    for _, path in sorted(found, reverse=True)[:1]:
        with (
            contextlib.suppress(sqlite3.Error, ValueError),
            opened_to_read(path, timeout=2) as db,
        ):
            row = db.execute(
                "SELECT rollout_path FROM threads WHERE id=?", (log.thread,)
            ).fetchone()
            return _stem(PurePath(row[0])) if row and isinstance(row[0], str) else ""
    return ""


def _files(home: Path) -> list[Path]:
    try:
        return list(home.iterdir())
    except OSError:
        return []


def _stem(path: PurePath) -> str:
    return path.name.removesuffix(".zst")
