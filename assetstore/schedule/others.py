"""Whoever else calls ``assetstore run``: schedules that were made by hand.

A container's host, a NAS with a task planner of its own, or an administrator may do
what `assetstore schedule install` does elsewhere.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from assetstore.schedule.base import MADE_BY, Host
from assetstore.schedule.crontab import take_apart

_CALL = re.compile(rb"^(?!\s*[#;]).*\bassetstore\b[^\n]*\brun\b", re.M)
_USER = re.compile(rb"^User=(.+)$", re.M)
_LARGEST = 1 << 20
# Fewer runs, or runs within a shorter time, may be somebody's who tries it.
_FEWEST, _SHORTEST = 4, 3600.0
_NEWEST = 12


def called_by(host: Host, etc: Path = Path("/etc")) -> list[str]:
    """List the crontabs and units that call ``assetstore run`` and are not ours.

    Args:
        host: The machine and the user.
        etc: Where the system's own are.
    """
    if host.platform == "win32":
        return []
    found = []
    crontab = host.run(["crontab", "-l"], b"")
    if crontab.code == 0:
        with suppress(Exception):  # a block that was edited is told elsewhere
            if _CALL.search(take_apart(crontab.out).without):
                found.append("the user's crontab")
    for path in _places(host, etc):
        with suppress(OSError), path.open("rb") as file:
            text = file.read(_LARGEST)
            if _CALL.search(text) and not _is_another_s(text, host.uid):
                found.append(str(path))
    return found


def _is_another_s(text: bytes, uid: int) -> bool:
    """Tell whether `schedule install` made a unit, and not for us on the machine."""
    if MADE_BY.encode() not in text:
        return False
    user = _USER.search(text)
    try:
        import pwd

        return user is None or os.fsdecode(user[1]) != pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return True


def _places(host: Host, etc: Path) -> Iterator[Path]:
    config = host.environment.get("XDG_CONFIG_HOME") or host.home / ".config"
    yield etc / "crontab"
    folders = (
        (etc / "cron.d", "*"),
        *((etc / f"cron.{each}", "*") for each in ("hourly", "daily", "weekly")),
        (etc / "systemd" / "system", "*.service"),
        (etc / "systemd" / "user", "*.service"),
        (Path(config) / "systemd" / "user", "*.service"),
        (host.home / "Library" / "LaunchAgents", "*.plist"),
    )
    for folder, names in folders:
        with suppress(OSError):
            yield from sorted(path for path in folder.glob(names) if path.is_file())


def rhythm(runs: Sequence[dict[str, Any]]) -> float | None:
    """Tell how often runs came of late, in seconds; None: they are too few to tell.

    Args:
        runs: They, the oldest first, as in the log.
    """
    times = [float(run["began"]) for run in runs[-_NEWEST:]]
    if len(times) < _FEWEST or times[-1] - times[0] < _SHORTEST:
        return None
    return median(b - a for a, b in pairwise(times))
