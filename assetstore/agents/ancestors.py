"""The threads that a fork goes on from, whose turns go with its requests too."""

from collections.abc import Iterator

import orjson

from assetstore.agents.codex.forks import base_of, first_line, log_of
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.find import Thread, log_at
from assetstore.agents.request import dict_of

_MOST = 16


def ancestors(thread: Thread) -> Iterator[tuple[Thread, int]]:
    """The threads that a thread goes on from, and up to which byte, nearest first."""
    rollout = Rollout.at(thread.path)
    for _ in range(_MOST):
        first = first_line(rollout.path) if rollout is not None else b""
        base = base_of(first)
        rollout = log_of(rollout.home, base) if rollout is not None and base else None
        if rollout is None:
            return
        yield log_at(rollout.path), _end(first)


def _end(first: bytes) -> int:
    """How many bytes of its origin's log are a fork's own, too."""
    try:
        about = dict_of(dict_of(orjson.loads(first)).get("payload"))
    except ValueError:
        return 0
    end = dict_of(about.get("history_base")).get("end_byte_offset")
    return end if isinstance(end, int) else 0
