"""Kimi CLI as a client whose threads are read."""

from pathlib import Path
from typing import Any

from assetstore.agents.find import find_threads
from assetstore.agents.kimi_cli import KIMI_CLI, is_ours
from assetstore.agents.reading import Reading, read_thread
from assetstore.agents.rescue import RescueOptions, rescue, undo
from assetstore.agents.transcript import events
from assetstore.files.source import Source
from support.agent_sessions import log_of
from support.samples import lines, picture, uri
from support.stores import folder_store

ID = "e6a0742c-43f1-41fa-a67b-4ba834e52e0c"


def shot(seed: int) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": uri(picture(40, 30, seed))}}


def said(role: str, *content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": list(content), **more}


def read(folder: Path, *records: object) -> Reading:
    path = folder / ".kimi" / "sessions" / "p" / ID / "context.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(lines(*records))
    return read_thread(next(find_threads([path])))


def test_what_is_its_own() -> None:
    assert is_ours({"role": "_checkpoint", "id": 1})
    assert is_ours(said("user"))
    assert not is_ours({**said("user"), "id": "a"})
    assert not is_ours({"role": "user"})


def test_messages_are_sent_as_they_stand(tmp_path: Path) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}
    found = read(
        tmp_path,
        {"role": "_system_prompt", "content": "You are an agent."},
        said("user", shot(1)),
        said("user", {"type": "text", "text": "both are one message"}, shot(2)),
        {"role": "_usage", "token_count": 1},
        said("assistant", tool_calls=[call]),
        said("tool", shot(3), tool_call_id="c"),
    )
    assert (found.client, found.thread.id) == ("kimi-cli", ID)
    images = [(b.message, b.content, b.line) for b in found.request.images]
    assert images == [(1, 0, 2), (1, 2, 3), (3, 0, 6)]
    assert found.request.unanswered


def test_a_session_is_one_thread_of_several_logs(tmp_path: Path) -> None:
    log = log_of("kimi-cli", tmp_path)
    older = log.with_name("context_1.jsonl")
    older.write_bytes(log.read_bytes())
    agent = log.parent / "subagents" / "a1" / "context.jsonl"
    agent.parent.mkdir(parents=True)
    agent.write_bytes(log.read_bytes())
    found = {thread.id: thread for thread in find_threads([tmp_path])}
    assert set(found) == {log.parent.name, "a1"}
    whole = found[log.parent.name]
    assert [part.path.name for part in whole.logs] == [
        "context.jsonl",
        "wire.jsonl",
        "context_1.jsonl",
    ]
    (other,) = find_threads([log.with_name("wire.jsonl")])
    assert other.path == log


def test_all_its_logs_are_rescued_and_put_back(tmp_path: Path) -> None:
    log = log_of("kimi-cli", tmp_path / "home")
    logs = sorted(log.parent.iterdir())
    before = [path.read_bytes() for path in logs]
    with folder_store(tmp_path) as store:
        done = rescue(store, next(find_threads([log])), RescueOptions())
        assert (done.well, done.logs, done.images) == (True, 2, 4)
        assert not any(b"base64," in path.read_bytes() for path in logs)
        assert undo(store, next(find_threads([log]))).exact
    assert [path.read_bytes() for path in logs] == before


def test_a_tool_that_failed_says_so(tmp_path: Path) -> None:
    words = "<system>ERROR: there is no such file</system>"
    reading = read(
        tmp_path,
        {"role": "_checkpoint", "id": 0},
        said(
            "assistant",
            {"type": "think", "think": "hm"},
            {"type": "text", "text": "so"},
        ),
        said("tool", {"type": "text", "text": words}, tool_call_id="c"),
    )
    with Source.open(reading.thread.path) as source:
        agent, result = events(source, reading)
    assert (agent.kind, agent.text) == ("agent", "so")
    assert (result.kind, result.ok) == ("result", False)


def test_its_threads_are_named_by_their_folders() -> None:
    assert KIMI_CLI.thread_id(Path("/h/.kimi/sessions/p/s/context.jsonl")) == "s"
    assert KIMI_CLI.thread_id(Path("/h/p/s/context.jsonl")) == ""
    assert KIMI_CLI.thread_id(Path("/h/.kimi/sessions/p/s/other.jsonl")) == ""
    assert not KIMI_CLI.places.fullmatch("sessions/p/s/context.jsonl")
