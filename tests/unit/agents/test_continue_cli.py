"""Continue as a client whose threads are read."""

import json
from pathlib import Path
from typing import Any

from assetstore.agents.continue_cli import CONTINUE, is_ours, split
from assetstore.agents.find import find_threads
from assetstore.agents.reading import Reading, read_thread
from assetstore.agents.transcript import events
from assetstore.files.source import Source
from support.samples import b64, picture, uri

ID = "11dce2d0-35d8-4f77-9c80-4ecf0240c5ae"


def shot(seed: int) -> dict[str, Any]:
    return {"type": "imageUrl", "imageUrl": {"url": uri(picture(40, 30, seed))}}


def item(role: str, content: Any, **more: Any) -> dict[str, Any]:
    message = {"role": role, "content": content}
    return {"message": message, "contextItems": [], **more}


def read(folder: Path, *items: Any) -> Reading:
    path = folder / ".continue" / "sessions" / f"{ID}.json"
    path.parent.mkdir(parents=True)
    about = {"sessionId": ID, "title": "x", "workspaceDirectory": "/home/ada/w"}
    path.write_text(json.dumps({**about, "history": items}, indent=2))
    return read_thread(next(find_threads([path])))


def test_what_is_its_own() -> None:
    assert is_ours(item("user", "x"))
    assert not is_ours({"message": {"role": "user"}})
    assert split([]) is None
    assert split({"history": []}) is None


def test_what_was_summed_up_is_not_sent(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        item("user", [shot(1)]),
        item("assistant", "both", conversationSummary="a picture"),
        item("user", [{"type": "text", "text": "and this"}, shot(2)]),
    )
    assert (found.client, found.thread.id) == ("continue", ID)
    assert [b.line for b in found.request.images] == [4]
    assert [image.sent for image in found.images] == [False, True]
    assert found.request.messages == 3
    assert found.request.unanswered


def test_a_picture_of_a_tool_is_text_to_the_model(tmp_path: Path) -> None:
    data = b64(picture(40, 30, 3))
    given = json.dumps(
        [
            {"type": "text", "text": "drawn"},
            {"type": "image", "data": data, "mimeType": "image/png"},
        ]
    )
    state = {"toolCallId": "c", "status": "done", "output": [{"content": given}]}
    call = {"id": "c", "function": {"name": "draw", "arguments": "{}"}}
    asked = item("assistant", "", toolCallStates=[state])
    asked["message"]["toolCalls"] = [call]
    reading = read(tmp_path, item("user", "draw"), asked, item("assistant", "done"))
    assert reading.request.images == []
    assert len(reading.images) == 1
    with Source.open(reading.thread.path) as source:
        found = [e for e in events(source, reading) if e.kind not in ("about", "turn")]
    assert [e.kind for e in found] == ["user", "call", "result", "agent"]
    assert (found[2].text, found[2].ok, found[2].call) == ("drawn", True, "c")


def test_its_threads_are_named_by_their_files() -> None:
    assert CONTINUE.thread_id(Path(f"/h/.continue/sessions/{ID}.json")) == ID
    assert CONTINUE.thread_id(Path("/h/.continue/sessions/sessions.json")) == ""
    assert CONTINUE.places.fullmatch(f"sessions/{ID}.json")
