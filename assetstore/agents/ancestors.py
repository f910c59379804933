"""The threads that a fork goes on from, whose turns go with its requests too."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from assetstore.agents.codex.forks import base_of, first_line, log_of
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.find import Thread, log_at
from assetstore.agents.lines import begins_line
from assetstore.agents.request import dict_of
from assetstore.files.source import Source


def broken_link(thread: Thread) -> str:
    """Say why a client cannot load a thread that goes on from another log, or ""."""
    own = Rollout.at(thread.path)
    if own is None:
        return ""
    link = own
    for base, end in ancestors(thread):
        if not base.compressed:
            with Source.open(base.path) as source:
                if not begins_line(source, end):
                    return (
                        f"{link.path.name} goes on from {base.path.name} at byte "
                        f"{end}, where no line begins"
                    )
        link = Rollout.at(base.path) or link
    missing = base_of(first_line(link.path))
    return f"{link.path.name} goes on from {missing}, which is gone" if missing else ""


def ancestors(thread: Thread) -> Iterator[tuple[Thread, int]]:
    """The threads that a thread goes on from, and up to which byte, nearest first."""
    rollout = Rollout.at(thread.path)
    seen: set[Path] = set()
    while rollout is not None and rollout.path not in seen:
        seen.add(rollout.path)
        first = first_line(rollout.path)
        base = base_of(first)
        rollout = log_of(rollout.home, base) if base else None
        if rollout is not None and rollout.path not in seen:
            yield log_at(rollout.path), _end(first)


def _end(first: bytes) -> int:
    """Find how many bytes of its origin's log are a fork's own, too."""
    try:
        about = dict_of(dict_of(orjson.loads(first)).get("payload"))
    except ValueError:
        return 0
    end = dict_of(about.get("history_base")).get("end_byte_offset")
    return end if isinstance(end, int) else 0
