"""Sessions that real clients wrote (``fixtures/sessions``), in homes of a test's."""

import os
import shutil
from pathlib import Path

SESSIONS = Path(__file__).parents[2] / "fixtures" / "sessions"
NAMES = sorted(path.name for path in SESSIONS.iterdir())
# Those with a record a line.
LINES = [name for name in NAMES if any((SESSIONS / name).rglob("*.jsonl"))]


def log_of(name: str, home: Path) -> Path:
    """Copy a client's home into a user's, and find its session's log.

    The log is an hour old: its client is not at work on it. Of several, it is the one
    that its client goes on with.
    """
    shutil.copytree(SESSIONS / name, home, dirs_exist_ok=True)
    found = sorted(path for path in (SESSIONS / name).rglob("*") if path.is_file())
    logs = [home / path.relative_to(SESSIONS / name) for path in found]
    for log in logs:
        then = log.stat().st_mtime - 3600
        os.utime(log, (then, then))
    return logs[0]
