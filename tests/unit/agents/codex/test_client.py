"""Codex as a client whose threads are read."""

from pathlib import Path

import pytest

from assetstore.agents.codex.client import CODEX
from assetstore.agents.codex.transcript import events
from assetstore.errors import UsageError

ID = "01a2056c-e85e-7890-9e8a-1d806f1a2b03"
LOG = f"rollout-2026-11-22T22-42-33-{ID}"


@pytest.mark.parametrize(
    ("name", "thread"),
    [
        (f"{LOG}.jsonl", ID),
        (f"{LOG}_{ID}.jsonl.zst", ID),  # one that was rewound, compressed
        (f"{ID}.jsonl", ""),
        (f"{LOG}.json", ""),
    ],
)
def test_a_rollout_says_its_thread(name: str, thread: str) -> None:
    assert CODEX.thread_id(Path("sessions", name)) == thread


def test_one_outside_of_a_home_is_free(tmp_path: Path) -> None:
    CODEX.check_free(tmp_path / f"{LOG}.jsonl")


def test_what_a_block_is_made_of() -> None:
    assert CODEX.named is not None
    item = {"type": "message", "role": "user", "content": [{"type": "input_text"}]}
    record = {"type": "response_item", "payload": item}
    (value,) = CODEX.named(record, 0, 0, None)
    assert value.way == ("payload", "content", 0)
    with pytest.raises(UsageError):
        list(CODEX.named({"type": "response_item", "payload": {}}, 0, 0, None))


def test_its_events_need_no_memory() -> None:
    assert CODEX.events() is events
