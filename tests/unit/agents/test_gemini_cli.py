"""Gemini CLI as a client whose threads are read."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.find import find_threads, the_thread
from assetstore.agents.gemini_cli import GEMINI_CLI, is_ours, split
from assetstore.agents.reading import Reading, read_thread
from assetstore.agents.rescue import RescueOptions, rescue, undo
from assetstore.agents.transcript import events
from assetstore.files.source import Source
from support.samples import b64, lines, picture
from support.stores import folder_store

ID = "867a4dbf-a9c9-425b-9421-e4bb0dd15440"
HEAD = {"sessionId": ID, "projectHash": "0" * 64, "kind": "main"}
TIME = "2026-01-01T00:00:00Z"
CONTEXT = {"text": "<session_context>\nThis is the Gemini CLI."}


def shot(seed: int) -> dict[str, Any]:
    data = b64(picture(40, 30, seed))
    return {"inlineData": {"data": data, "mimeType": "image/png"}}


def user(id: str, *content: Any) -> dict[str, Any]:
    return {"id": id, "timestamp": TIME, "type": "user", "content": list(content)}


def model(id: str, content: Any = "", **more: Any) -> dict[str, Any]:
    return {"id": id, "timestamp": TIME, "type": "gemini", "content": content, **more}


def called(*result: Any, id: str = "c", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": "read_file",
        "args": {"file_path": "b.png"},
        "result": list(result),
        **more,
    }


def gave(id: str = "c") -> dict[str, Any]:
    response = {"output": "Binary content."}
    return {"functionResponse": {"id": id, "name": "read_file", "response": response}}


def write(folder: Path, *records: object) -> Path:
    path = folder / "session-2026-11-27T21-16-867a4dbf.jsonl"
    path.write_bytes(lines(HEAD, *records))
    return path


def read(folder: Path, *records: object) -> Reading:
    return read_thread(next(find_threads([write(folder, *records)])))


def sent(reading: Reading) -> list[tuple[int, int]]:
    """The lines that the next request has something of, and the message that is."""
    return [(part.line, part.message) for part in reading.request.numbered]


def test_what_is_its_own() -> None:
    assert is_ours(HEAD)
    assert is_ours(user("a"))
    assert is_ours({"$set": {"lastUpdated": TIME}})
    assert is_ours({"$rewindTo": "a"})
    assert not is_ours({"sessionId": "a", "uuid": "b", "type": "user"})
    assert not is_ours({"type": "user", "message": {"content": []}})


def test_a_message_is_sent_as_it_was_last_written(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        user("s", CONTEXT),  # the client says that anew
        user("a", {"text": "x"}, shot(1)),
        model("b"),
        model("b", toolCalls=[called(gave(), shot(2))]),
        {"id": "i", "type": "info", "content": "updated"},
    )
    assert (found.client, found.thread.id) == ("gemini-cli", ID)
    assert sent(found) == [(3, 0), (5, 1), (5, 2)]
    assert [b.line for b in found.request.images] == [3, 5]
    # What the client says of the session is a block in front.
    assert [b.content for b in found.request.images] == [2, 1]


def test_all_set_anew_are_sent_and_no_others(tmp_path: Path) -> None:
    first = user("a", shot(1))
    found = read(tmp_path, first, {"$set": {"messages": [first], "lastUpdated": TIME}})
    assert [image.sent for image in found.images] == [False, True]
    assert [image.time for image in found.images] == [TIME, TIME]
    assert len(found.request.images) == 1


@pytest.mark.parametrize(("name", "left"), [("b", [2]), ("none", [])])
def test_what_was_taken_back_is_not_sent(
    tmp_path: Path, name: str, left: list[int]
) -> None:
    found = read(tmp_path, user("a", shot(1)), user("b", shot(2)), {"$rewindTo": name})
    assert [block.line for block in found.request.images] == left


def test_each_thing_is_told_once(tmp_path: Path) -> None:
    asked, answered = user("a", {"text": "look"}, shot(1)), model("d", "seen")
    result = [gave(), shot(2)]
    records = (
        asked,
        model("b", toolCalls=[called(*result)]),
        user("c", *result),
        answered,
        {"$set": {"messages": [asked, model("b"), user("e", *result), answered]}},
        {"id": "f", "type": "error", "content": "went wrong"},
        model("g", [{"text": "hm", "thought": True}, {"text": "so"}]),
        model("h", toolCalls=[called("no", id="2", status="error")]),
    )
    found = read(tmp_path, *records)
    with Source.open(found.thread.path) as source:
        told = [e for e in events(source, found) if e.kind not in ("about", "turn")]
    assert [(e.kind, e.text, e.ok, len(e.pictures)) for e in told] == [
        ("user", "look", None, 1),
        ("call", "", None, 0),
        ("result", "Binary content.", True, 1),
        ("agent", "seen", None, 0),
        ("error", "went wrong", None, 0),
        ("agent", "so", None, 0),
        ("call", "", None, 0),
        ("result", "no", False, 0),
    ]
    assert told[1].facts == {"arguments": '{"file_path":"b.png"}'}


def test_what_a_tool_gave_as_words(tmp_path: Path) -> None:
    call = {**called(), "result": "all of it"}
    found = read(tmp_path, model("a", toolCalls=[call]))
    assert sent(found) == [(2, 0), (2, 1)]
    with Source.open(found.thread.path) as source:
        (result,) = (e for e in events(source, found) if e.kind == "result")
    assert result.text == "all of it"


def test_a_chat_of_an_older_version_is_one_value(tmp_path: Path) -> None:
    """Its messages are as lines, and a rescue takes it as any other."""
    path = tmp_path / "session-2025-11-27T21-16-867a4dbf.json"
    messages = [
        user("a", {"text": "x"}, shot(1)),
        model("b", toolCalls=[called(gave(), shot(2))]),
    ]
    path.write_text(json.dumps({**HEAD, "messages": messages}, indent=2))
    before = path.read_bytes()
    (thread,) = find_threads([tmp_path])
    found = read_thread(thread)
    assert (found.client, thread.id, found.unread) == ("gemini-cli", ID, 0)
    assert found.lines == 3
    assert [(i.line, i.time, i.sent) for i in found.images] == [
        (2, TIME, True),
        (3, TIME, True),
    ]
    with folder_store(tmp_path / "store") as store:
        done = rescue(store, thread, RescueOptions(now=True))
        assert (done.images, done.well) == (2, True)
        slim = json.loads(path.read_bytes())
        assert slim["messages"][0]["content"][1]["text"].startswith("[image 40x30")
        assert undo(store, next(find_threads([path]))).exact
    assert path.read_bytes() == before


def test_other_json_is_none_of_its_chats() -> None:
    assert split({"messages": []}) is None
    assert split([]) is None
    assert split({"sessionId": "a", "messages": [1, {"id": "b"}]}) == [
        {"sessionId": "a"},
        {"id": "b"},
    ]


def test_a_log_that_was_begun_and_left_is_not_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resumption begins a log of the thread, before it goes on with the other."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".gemini" / "tmp" / "p" / "chats"
    folder.mkdir(parents=True)
    path = write(folder, user("a", shot(1)))
    left = path.with_name("session-2026-11-27T21-17-867a4dbf.jsonl")
    left.write_bytes(lines(HEAD))
    assert {thread.path for thread in find_threads()} == {path, left}
    assert the_thread("867a4dbf").path == path


def test_the_thread_of_a_log(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert GEMINI_CLI.thread_id(path) == ID
    path.unlink()
    assert GEMINI_CLI.thread_id(path) == "867a4dbf"
    path.write_bytes(b"{}\n")
    assert GEMINI_CLI.thread_id(path) == "867a4dbf"
    assert GEMINI_CLI.thread_id(tmp_path / f"{ID}.jsonl") == ""
