"""The threads that a fork goes on from, whose pictures go with its requests too."""

from collections.abc import Iterator

from assetstore.agents.find import Thread, find_threads
from assetstore.agents.reading import opened
from assetstore.clients.codex_forks import base_of, first_line, log_of
from assetstore.clients.codex_rollout import Rollout
from assetstore.files.source import Source

_PICTURE = b"data:image/"
_MOST = 16


def ancestors(thread: Thread) -> Iterator[Thread]:
    """The threads that a thread goes on from, the nearest first."""
    rollout = Rollout.at(thread.path)
    for _ in range(_MOST):
        base = base_of(first_line(rollout.path)) if rollout is not None else ""
        path = log_of(rollout.home, base) if rollout is not None and base else None
        if path is None:
            return
        yield next(find_threads([path]))
        rollout = Rollout.at(path)


def with_pictures(thread: Thread) -> list[Thread]:
    """Those of them that have pictures in them."""
    found = []
    for ancestor in ancestors(thread):
        with opened(ancestor) as source:
            if _has_pictures(source):
                found.append(ancestor)
    return found


def _has_pictures(source: Source) -> bool:
    rest = b""
    for piece in source.pieces(0, source.size):
        if _PICTURE in rest + piece:
            return True
        rest = piece[1 - len(_PICTURE) :]
    return False
