"""Sessions that real clients wrote (``fixtures/sessions``), in homes of a test's."""

import os
import shutil
from pathlib import Path

SESSIONS = Path(__file__).parents[2] / "fixtures" / "sessions"
NAMES = sorted(path.name for path in SESSIONS.iterdir())


def log_of(name: str, home: Path) -> Path:
    """Copy a client's home into a user's, and find its session's log.

    The log is an hour old: its client is not at work on it.
    """
    shutil.copytree(SESSIONS / name, home, dirs_exist_ok=True)
    (found,) = (path for path in (SESSIONS / name).rglob("*") if path.is_file())
    log = home / found.relative_to(SESSIONS / name)
    then = log.stat().st_mtime - 3600
    os.utime(log, (then, then))
    return log
