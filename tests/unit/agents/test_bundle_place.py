"""Names of places that mean nothing but themselves."""

import pytest

from assetstore.agents.bundle_place import file_name, is_place

LOG = "rollout-2026-11-22T22-42-33-01a2056c-e85e-7890-9e8a-1d806f1a2b03.jsonl"


@pytest.mark.parametrize(
    "place",
    [
        f"sessions/2026/11/22/{LOG}",
        f"archived_sessions/{LOG}",
        "projects/-home-x-my-project/7e8a1d80-6f1a-4b03-9e8a-1d806f1a2b03.jsonl",
        "projects/console.app/com10.jsonl",
    ],
)
def test_where_clients_have_logs(place: str) -> None:
    assert is_place(place)


@pytest.mark.parametrize("name", ["con", "NUL", "aux.x", "Com1", "lpt9 .y", "prn"])
def test_a_device_is_no_name(name: str) -> None:
    assert not is_place(f"projects/{name}/x.jsonl")
    if " " not in name:
        assert not is_place(f"projects/p/{name}.jsonl")
    assert file_name(name.replace(" ", "")).startswith("thread-")


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("7e8a-1d80", "7e8a-1d80.jsonl"),
        ("../../x", "_.._x.jsonl"),
        ("..", "thread.jsonl"),
        ("", "thread.jsonl"),
        ("a\x1bé/b", "a___b.jsonl"),
        ("x" * 500, "x" * 120 + ".jsonl"),
    ],
)
def test_a_name_is_made_of_an_id(id: str, name: str) -> None:
    assert file_name(id) == name
