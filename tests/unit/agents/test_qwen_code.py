"""Qwen Code as a client whose threads are read."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.find import find_threads
from assetstore.agents.qwen_code import QWEN_CODE, is_ours
from assetstore.agents.reading import Reading, read_thread
from assetstore.agents.rescue import RescueOptions, rescue
from assetstore.agents.transcript import events
from assetstore.archiver.run import archive_paths
from assetstore.errors import SourceInUse
from assetstore.files.source import Source
from support.agent_sessions import log_of
from support.samples import b64, lines, picture
from support.stores import folder_store

ID = "de47c4f3-7812-4479-bb28-3f032c867514"


def shot(seed: int) -> dict[str, Any]:
    data = b64(picture(40, 30, seed))
    return {"inlineData": {"data": data, "mimeType": "image/png"}}


def record(id: str, parent: str | None, type: str, **more: Any) -> dict[str, Any]:
    return {
        "uuid": id,
        "parentUuid": parent,
        "sessionId": ID,
        "type": type,
        "cwd": "/home/ada/w",
        "version": "0.24.4",
        **more,
    }


def said(id: str, parent: str | None, type: str, *parts: Any) -> dict[str, Any]:
    role = "model" if type == "assistant" else "user"
    return record(id, parent, type, message={"role": role, "parts": list(parts)})


def happened(id: str, parent: str, **payload: Any) -> dict[str, Any]:
    return record(id, parent, "system", systemPayload=payload)


def failed(id: str, parent: str, words: str) -> dict[str, Any]:
    event = {"event.name": "qwen-code.api_error", "error_message": words}
    return happened(id, parent, uiEvent=event)


def read(folder: Path, *records: object) -> Reading:
    path = folder / "projects" / "-w" / "chats" / f"{ID}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lines(*records))
    return read_thread(next(find_threads([path])))


def sent(reading: Reading) -> list[tuple[int, int]]:
    """The lines that the next request has something of, and the message that is."""
    return [(part.line, part.message) for part in reading.request.numbered]


def test_what_is_its_own() -> None:
    assert is_ours(said("a", None, "user", {"text": "x"}))
    assert is_ours(happened("a", "b"))
    assert not is_ours({"type": "user", "sessionId": "s", "parentUuid": None})
    assert not is_ours({"message": {"parts": []}})


def test_the_branch_to_the_last_record_is_sent(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        said("a", None, "user", {"text": "x"}, shot(1)),
        said("b", "a", "assistant", {"text": "left"}),
        said("c", "a", "user", shot(2)),
    )
    assert (found.client, found.thread.id) == ("qwen-code", ID)
    assert sent(found) == [(1, 1), (3, 1)]
    assert [b.content for b in found.request.images] == [1, 2]


def test_a_compression_is_where_it_begins(tmp_path: Path) -> None:
    history = [
        {"role": "user", "parts": [{"text": "all in short"}]},
        {"role": "model", "parts": [shot(2)]},
    ]
    found = read(
        tmp_path,
        said("a", None, "user", shot(1)),
        happened("b", "a", compressedHistory=history),
        said("c", "b", "user", {"text": "go on"}),
    )
    assert sent(found) == [(2, 1), (2, 2), (3, 3)]
    assert [image.sent for image in found.images] == [False, True]
    with Source.open(found.thread.path) as source:
        summaries = [e.text for e in events(source, found) if e.kind == "summary"]
    assert summaries == ["all in short"]


def test_an_error_stands_until_an_answer(tmp_path: Path) -> None:
    records = [
        said("a", None, "user", shot(1)),
        failed("b", "a", "400 context length"),
    ]
    error = read(tmp_path, *records).request.error
    assert error is not None
    assert (error.text, error.line) == ("400 context length", 2)
    answer = {**said("c", "b", "assistant", {"text": "y"}), "contextWindowSize": 9}
    found = read(tmp_path, *records, answer)
    assert (found.request.error, found.request.window) == (None, 9)


def test_what_happened(tmp_path: Path) -> None:
    call = {"functionCall": {"id": "1", "name": "write_file", "args": {"path": "a"}}}
    response = {"error": "no"}
    found = read(
        tmp_path,
        said("a", None, "user", {"text": "do"}, {"text": "\n--- End of content ---"}),
        said("b", "a", "assistant", {"text": "hm", "thought": True}, call),
        said(
            "c",
            "b",
            "tool_result",
            {"functionResponse": {"id": "1", "response": response, "parts": [shot(1)]}},
        ),
        failed("d", "c", ""),
    )
    with Source.open(found.thread.path) as source:
        told = list(events(source, found))
    assert told[0].facts == {"cwd": "/home/ada/w", "version": "0.24.4", "branch": ""}
    told = [event for event in told if event.kind not in ("about", "turn")]
    assert [(e.kind, e.text, e.ok, len(e.pictures)) for e in told] == [
        ("user", "do", None, 0),
        ("call", "", None, 0),
        ("result", "no", False, 1),
        ("error", "API error", None, 0),
    ]
    assert told[1].facts == {"files": [("written", "a")]}


def lock(home: Path, log: Path, **more: Any) -> None:
    about = {"state": "active", "hostname": socket.gethostname(), **more}
    path = home / ".qwen" / "tmp" / "session-writer-locks" / f"{log.stem}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about))


@pytest.mark.skipif(sys.platform == "win32", reason="asks no process on Windows")
def test_one_that_its_client_holds_is_left(tmp_path: Path) -> None:
    log = log_of("qwen-code", tmp_path)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    before = log.read_bytes()
    for held in (
        {"pid": os.getpid()},
        {"pid": 1},
        {"pid": gone.pid, "hostname": "another"},
        {"pid": gone.pid, "state": "sealed"},
        {"pid": None},
    ):
        lock(tmp_path, log, **held)
        with pytest.raises(SourceInUse, match="held by Qwen Code"):
            QWEN_CODE.check_free(log)
    with folder_store(tmp_path / "store") as store:
        with pytest.raises(SourceInUse, match="held by Qwen Code"):
            rescue(store, next(find_threads([log])), RescueOptions(now=True))
        (done,) = archive_paths(store, [log]).files
        assert isinstance(done.error, SourceInUse)
    assert log.read_bytes() == before
    lock(tmp_path, log, pid=gone.pid)  # left behind by one that was killed
    QWEN_CODE.check_free(log)


@pytest.mark.parametrize(
    ("path", "thread"),
    [
        (f"projects/-w/chats/{ID}.jsonl", ID),
        (f"projects/-w/chats/archive/{ID}.jsonl", ID),
        (f"projects/-w/archive/{ID}.jsonl", ""),
        (f"projects/-w/{ID}.jsonl", ""),
        (f"chats/{ID}.jsonl", ""),
    ],
)
def test_the_thread_of_a_log(path: str, thread: str) -> None:
    assert QWEN_CODE.thread_id(Path(path)) == thread
    QWEN_CODE.check_free(Path(path))
