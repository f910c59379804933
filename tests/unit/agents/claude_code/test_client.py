"""Claude Code as a client whose threads are read."""

from pathlib import Path

import pytest

from assetstore.agents.claude_code.client import CLAUDE_CODE
from assetstore.agents.claude_code.transcript import events

ID = "7e8a1d80-6f1a-4b03-9e8a-1d806f1a2b03"


@pytest.mark.parametrize(
    ("path", "thread"),
    [
        (f"projects/-p/{ID}.jsonl", ID),
        (f"projects/-p/{ID}.jsonl.zst", ID),
        (f"elsewhere/{ID}.jsonl", ""),
        ("projects/-p/agent-1.jsonl", ""),
    ],
)
def test_a_session_is_called_by_its_id(path: str, thread: str) -> None:
    assert CLAUDE_CODE.thread_id(Path(path)) == thread


def test_its_events_need_no_memory() -> None:
    assert CLAUDE_CODE.events() is events
