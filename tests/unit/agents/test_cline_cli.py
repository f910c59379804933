"""Cline as a client whose threads are read."""

import json
from pathlib import Path
from typing import Any

from assetstore.agents.cline_cli import CLINE, is_ours, split
from assetstore.agents.find import find_threads
from assetstore.agents.reading import Reading, read_thread
from assetstore.agents.transcript import events
from assetstore.files.source import Source
from support.agent_sessions import log_of
from support.samples import b64, picture

ID = "1795815659943_jtg56"


def shot(seed: int) -> dict[str, Any]:
    data = b64(picture(40, 30, seed))
    return {"type": "image", "data": data, "mediaType": "image/png"}


def said(role: str, *content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": list(content), "ts": 1795815659943, **more}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def read(folder: Path, *messages: Any) -> Reading:
    path = folder / "sessions" / ID / f"{ID}.messages.json"
    path.parent.mkdir(parents=True)
    about = {"version": 1, "updated_at": "2026-11-27T21:10:29.431Z", "agent": "lead"}
    path.write_text(json.dumps({**about, "messages": messages}, indent=2))
    return read_thread(next(find_threads([path])))


def test_what_is_its_own() -> None:
    assert is_ours(said("user"))
    assert is_ours({"version": 1, "updated_at": "2026", "agent": "lead"})
    assert not is_ours({"updated_at": "2026", "agent": "curl/8"})
    assert not is_ours({"role": "user", "content": []})
    assert split([]) is None
    assert split({"messages": []}) is None


def test_what_a_tool_gave_has_numbers_of_its_own(tmp_path: Path) -> None:
    result = {"query": "b.png", "result": [text("read"), shot(2)], "success": True}
    given = {"type": "tool_result", "tool_use_id": "t", "content": [result]}
    used = {"type": "tool_use", "id": "t", "name": "read_files", "input": {}}
    reading = read(
        tmp_path,
        said("user", text("look"), shot(1)),
        said("assistant", used),
        said("user", given),
        said("user", text("shown only"), metadata={"displayOnly": True}),
    )
    assert (reading.client, reading.thread.id) == ("cline", ID)
    images = [(b.message, b.content, b.inner) for b in reading.request.images]
    assert images == [(0, 1, -1), (2, 0, 1)]
    assert [image.sent for image in reading.images] == [True, True]
    assert reading.request.unanswered
    with Source.open(reading.thread.path) as source:
        found = [e for e in events(source, reading) if e.kind not in ("about", "turn")]
    assert [e.kind for e in found] == ["user", "call", "result", "user"]
    assert (found[2].text, len(found[2].pictures)) == ("read", 1)
    assert found[0].time == "2026-11-27T21:40:59+00:00"


def test_a_summary_is_a_log_of_the_same_thread(tmp_path: Path) -> None:
    log = log_of("cline", tmp_path)
    beside = log.with_name(log.name.replace(".messages.", ".compaction."))
    beside.write_text('{"version": 1, "messages": []}')
    log.with_name(f"{log.parent.name}.json").write_text("{}")
    (thread,) = find_threads([tmp_path])
    assert [part.path for part in thread.logs] == [log, beside]


def test_its_threads_are_named_by_their_files() -> None:
    place = Path(f"/h/.cline/data/sessions/{ID}/{ID}.messages.json")
    assert CLINE.thread_id(place) == ID
    assert CLINE.thread_id(place.with_name(f"{ID}.json")) == ""
    assert CLINE.thread_id(Path(f"/h/{ID}.messages.json")) == ""
    assert not CLINE.places.fullmatch(f"sessions/{ID}/{ID}.messages.json")
