"""The clients whose threads can be read."""

from pathlib import Path

import pytest

from assetstore.agents.thread_client import not_locked
from assetstore.agents.thread_clients import (
    THREAD_CLIENTS,
    client_at,
    client_named,
    is_place,
)
from assetstore.formats.registry import home_shapes, names

ID = "019a3c5e-0000-7000-8000-000000000001"


def test_each_is_a_format_with_a_home() -> None:
    clients = [client.name for client in THREAD_CLIENTS]
    assert len(clients) == len(set(clients))
    assert set(clients) == set(home_shapes()) <= set(names())


def test_by_its_name() -> None:
    assert [client_named(client.name) for client in THREAD_CLIENTS] == [*THREAD_CLIENTS]
    assert client_named("") is None


@pytest.mark.parametrize(
    ("path", "client", "thread"),
    [
        (f"s/rollout-2026-01-01T00-00-00-{ID}.jsonl", "codex", ID),
        (f"projects/p/{ID}.jsonl", "claude-code", ID),
        (f"elsewhere/{ID}.jsonl.zst", "", ID),
        ("notes.json", "", "notes"),
    ],
)
def test_whose_a_log_is(path: str, client: str, thread: str) -> None:
    assert client_at(Path(path)) == (client, thread)


def test_one_without_locks_refuses_nothing(tmp_path: Path) -> None:
    not_locked(tmp_path / "gone")  # is not even looked at


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("sessions/2026/01/01/rollout.jsonl", True),
        ("projects/-p/a.jsonl", True),
        ("projects/../a.jsonl", True),  # `is_place` of a bundle refuses the dots
        ("config.jsonl", False),
        ("projects/a/b/c.jsonl", False),
        ("sessions/a.jsonl\n", False),
    ],
)
def test_where_logs_are(place: str, expected: bool) -> None:
    assert is_place(place) == expected
