"""What a thread was asked first, and when."""

import json
from pathlib import Path

import pytest

from assetstore.agents.kept.first_words import first_words
from support.agent_sessions import NAMES, log_of
from support.homes import claude_home
from support.threads import says, thread


def test_of_the_agents_that_are_read(tmp_path: Path) -> None:
    words = "Look  at\nthis: " + "x" * 300
    log = thread(tmp_path, says("agent", "?"), says("user", words))
    found, began = first_words(log, "codex")
    assert found == ("Look at this: " + "x" * 300)[:199] + "…"
    assert began == "2026-10-01T10:00:00Z"
    assert first_words(claude_home(tmp_path), "claude-code") == (
        "?",
        "2026-10-01T10:00:00.000Z",
    )


@pytest.mark.parametrize("client", NAMES)
def test_of_every_client_that_is_read(tmp_path: Path, client: str) -> None:
    """What it says in a user's name itself is none of it."""
    found, _ = first_words(log_of(client, tmp_path), client)
    assert "look at this" in found
    assert "<user_input" not in found
    assert "--- " not in found


@pytest.mark.parametrize(
    "text",
    [
        '{"timestamp":"2026-01-02"}\n{"type":"gemini"}\nno json\n'
        '{"type":"user","content":[{"text":"Hello"},{"x":1}]}\n',
        '{"role":"user","content":"Hello","timestamp":"2026-01-02"}\n',
        json.dumps(
            {
                "startTime": "2026-01-02",
                "messages": [{"type": "user", "content": "Hello"}],
            },
            indent=2,
        ),
        '[{"timestamp":"2026-01-02","role":"user","parts":[{"text":"Hello"}]}]',
    ],
)
def test_of_any_other(tmp_path: Path, text: str) -> None:
    log = tmp_path / "session.json"
    log.write_text(text)
    assert first_words(log, "gemini-cli") == ("Hello", "2026-01-02")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"{}\n"])
def test_nothing_is_no_error(tmp_path: Path, data: bytes) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(data)
    for client in ("", "codex", "claude-code"):
        assert first_words(log, client) == ("", "")
    assert first_words(tmp_path / "gone", "codex") == ("", "")
