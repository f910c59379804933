"""Codex as a client whose threads are read."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assetstore.agents.apis import RESPONSES
from assetstore.agents.codex import request, transcript
from assetstore.agents.codex.named import named_values
from assetstore.agents.named_parts import NamedValue
from assetstore.agents.thread_client import ThreadClient

_NAME = re.compile(
    r"rollout-[\dT-]+-([0-9a-f-]{36})(?:_[0-9a-f-]{36})?\.jsonl(?:\.zst)?"
)
_PLACES = re.compile(
    r"(?:sessions/\d{4}/\d\d/\d\d|archived_sessions)/[\w.@+-]{1,240}\.jsonl", re.ASCII
)


def _thread_id(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return found[1] if found else ""


def _named(
    record: dict[str, Any], share: int, content: int, inner: int | None
) -> Iterable[NamedValue]:
    """Yield what a block is made of; none is within another."""
    return named_values(record, share, content)


def _check_free(path: Path) -> None:
    from assetstore.agents.codex import state

    state.check_free(path)


CODEX = ThreadClient(
    name="codex",
    api=RESPONSES,
    thread_id=_thread_id,
    is_ours=request.is_ours,
    builder=request.CodexRequest,
    events=lambda: transcript.events,
    places=_PLACES,
    named=_named,
    check_free=_check_free,
    forks=True,
    resume=("codex", "resume"),
)
