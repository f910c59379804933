"""What a record of Codex tells."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.codex.transcript import events
from assetstore.agents.conversation import Event, Gallery
from assetstore.agents.find import log_at
from assetstore.agents.reading import Reading
from support.sources import BytesSource


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    (tmp_path / "log.jsonl").touch()
    thread = log_at(tmp_path / "log.jsonl")
    reading = Reading(thread=thread, client="codex", size=0, images=[])
    return Gallery(reading, BytesSource(b""))


def of(gallery: Gallery, kind: str, **payload: Any) -> list[Event]:
    return list(events({"type": kind, "payload": payload}, gallery))


def test_facts_of_the_thread(gallery: Gallery) -> None:
    (about,) = of(
        gallery,
        "session_meta",
        cwd="/x",
        cli_version="0.171",
        git={"branch": "b"},
        history_base={"thread_id": "t"},
    )
    assert about.kind == "about"
    assert about.facts == {"cwd": "/x", "version": "0.171", "branch": "b", "base": "t"}


def message(gallery: Gallery, role: str, *texts: str) -> list[tuple[str, str]]:
    content = [{"type": "input_text", "text": text} for text in texts]
    found = of(gallery, "response_item", type="message", role=role, content=content)
    return [(event.kind, event.text) for event in found]


def test_who_says_what(gallery: Gallery) -> None:
    assert message(gallery, "user", "one", "two") == [("user", "one\ntwo")]
    assert message(gallery, "assistant", "three") == [("agent", "three")]
    assert message(gallery, "developer", "be good") == []


def test_what_the_client_says_in_the_users_name_is_none_of_it(
    gallery: Gallery,
) -> None:
    around = "<environment_context>x</environment_context>"
    assert message(gallery, "user", around) == []
    assert message(gallery, "user", around, "go") == [("user", "go")]


def test_a_summary_without_what_was_thought(gallery: Gallery) -> None:
    (summary,) = of(gallery, "compacted", message="analysis:\nit is so")
    assert (summary.kind, summary.text) == ("summary", "it is so")


@pytest.mark.parametrize(
    ("payload", "kind", "text"),
    [
        ({"type": "task_started"}, "turn", ""),
        ({"type": "task_complete"}, "turn", ""),
        ({"type": "task_complete", "error": {"message": "no"}}, "error", "no"),
        ({"type": "error", "message": "bad"}, "error", "bad"),
        ({"type": "turn_aborted", "reason": "replaced"}, "error", "replaced"),
        ({"type": "turn_aborted"}, "error", "interrupted"),
    ],
)
def test_how_a_turn_ends(
    gallery: Gallery, payload: dict[str, Any], kind: str, text: str
) -> None:
    (event,) = of(gallery, "event_msg", **payload)
    assert (event.kind, event.text) == (kind, text)


def test_a_call_and_its_result(gallery: Gallery) -> None:
    call = {"type": "function_call", "name": "exec", "call_id": "c"}
    (asked,) = of(gallery, "response_item", **call, arguments='{"cmd":"ls"}')
    assert (asked.kind, asked.name, asked.call) == ("call", "exec", "c")
    assert asked.facts == {"command": "ls"}
    (shell,) = of(
        gallery,
        "response_item",
        type="local_shell_call",
        call_id="c",
        action={"command": ["bash", "-lc", "pwd"]},
    )
    assert shell.facts == {"command": "pwd"}


@pytest.mark.parametrize(
    ("output", "text", "ok"),
    [
        ("plain", "plain", None),
        ("Chunk ID: 1\nProcess exited with code 0\nOutput:\nfine", "fine", True),
        ("Exit code: 2\nOutput:\nbad", "bad", False),
        ('{"output":"in json","metadata":{"exit_code":0}}', "in json", True),
        ('{"output":"in json","metadata":{"exit_code":1}}', "in json", False),
        ("{no json", "{no json", None),
        ([{"text": "a"}, "b", {"output": "c"}, 7], "a\nb\nc", None),
        (None, "", None),
    ],
)
def test_how_a_tool_ended(
    gallery: Gallery, output: object, text: str, ok: bool | None
) -> None:
    (event,) = of(
        gallery,
        "response_item",
        type="function_call_output",
        call_id="c",
        output=output,
    )
    assert (event.kind, event.call, event.text, event.ok) == ("result", "c", text, ok)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"type": "response_item", "payload": "no object"},
        {"type": "response_item", "payload": {"type": ["message"]}},
        {"type": "response_item", "payload": {"type": "message", "content": 3}},
        {"type": "event_msg", "payload": {"type": "token_count"}},
    ],
)
def test_records_of_another_kind_tell_nothing(
    gallery: Gallery, record: dict[str, Any]
) -> None:
    assert list(events(record, gallery)) == []
