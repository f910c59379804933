"""Claude Code as a client whose threads are read."""

import re
from pathlib import Path

from assetstore.agents.apis import MESSAGES
from assetstore.agents.claude_code import request, transcript
from assetstore.agents.claude_code.named import named_values
from assetstore.agents.thread_client import ThreadClient

_NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl(?:\.zst)?")
_PLACES = re.compile(r"projects/[\w.@+ -]{1,240}/[\w.@+-]{1,240}\.jsonl", re.ASCII)


def _thread_id(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return found[1] if found and "projects" in path.parts else ""


CLAUDE_CODE = ThreadClient(
    name="claude-code",
    api=MESSAGES,
    thread_id=_thread_id,
    is_ours=request.is_ours,
    builder=request.ClaudeRequest,
    events=lambda: transcript.events,
    places=_PLACES,
    named=named_values,
    forks=True,
    resume=("claude", "--resume"),
)
