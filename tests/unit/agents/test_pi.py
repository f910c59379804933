"""pi as a client whose threads are read."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.apis import CHAT, MESSAGES
from assetstore.agents.find import find_threads
from assetstore.agents.pi import PI, is_ours
from assetstore.agents.reading import Reading, read_thread
from assetstore.agents.transcript import events
from assetstore.files.source import Source
from support.samples import b64, lines, picture

ID = "01a21ec9-4434-715e-933d-87900c2aa49e"
HEAD = {"type": "session", "version": 3, "id": ID, "cwd": "/home/ada/w"}
ANSWER = {"api": "anthropic-messages", "stopReason": "stop"}


def shot(seed: int) -> dict[str, Any]:
    data = b64(picture(40, 30, seed))
    return {"type": "image", "data": data, "mimeType": "image/png"}


def said(id: str, parent: str | None, role: str, *content: Any, **more: Any) -> Any:
    message = {"role": role, "content": list(content), **more}
    return {"type": "message", "id": id, "parentId": parent, "message": message}


def words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def read(folder: Path, *records: object) -> Reading:
    path = folder / f"2026-11-27T20-53-56-405Z_{ID}.jsonl"
    path.write_bytes(lines(HEAD, *records))
    return read_thread(next(find_threads([path])))


def sent(reading: Reading) -> list[int]:
    """The lines that the next request has something of."""
    return [part.line for part in reading.request.numbered]


def test_what_is_its_own() -> None:
    assert is_ours(HEAD)
    assert is_ours(said("a", None, "user"))
    assert not is_ours({"type": "session"})
    assert not is_ours({"type": "message", "message": {}})
    assert not is_ours({"type": "user", "id": "a", "parentId": None})


def test_the_branch_to_the_last_entry_is_sent(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        said("a", None, "user", words("x"), shot(1)),
        said("b", "a", "assistant", words("left"), **ANSWER),
        {"type": "branch_summary", "id": "c", "parentId": "a", "summary": "so"},
        said("d", "c", "user", shot(2)),
    )
    assert (found.client, found.thread.id) == ("pi", ID)
    assert sent(found) == [2, 4, 5]
    assert [block.line for block in found.request.images] == [2, 5]
    assert [image.sent for image in found.images] == [True, True]


def test_a_compaction_leaves_what_it_names(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        said("a", None, "user", shot(1)),
        said("b", "a", "assistant", words("seen"), **ANSWER),
        said("c", "b", "user", shot(2)),
        {
            "type": "compaction",
            "id": "d",
            "parentId": "c",
            "summary": "all",
            "firstKeptEntryId": "c",
        },
        said("e", "d", "user", words("go on")),
    )
    assert sent(found) == [5, 4, 6]
    assert [block.line for block in found.request.images] == [4]
    assert found.api is MESSAGES


@pytest.mark.parametrize("reason", ["error", "aborted"])
def test_an_answer_that_failed_is_not_sent(tmp_path: Path, reason: str) -> None:
    failed = {"stopReason": reason, "errorMessage": "400 too many images"}
    found = read(
        tmp_path,
        said("a", None, "user", shot(1)),
        said("b", "a", "assistant", words("half"), **failed),
    )
    assert sent(found) == [2]
    assert found.api is CHAT
    error = found.request.error
    assert (error is not None) == (reason == "error")
    if error is not None:
        assert (error.text, error.line) == ("400 too many images", 3)


def test_an_answer_ends_an_error(tmp_path: Path) -> None:
    failed = {"stopReason": "error", "errorMessage": "429"}
    found = read(
        tmp_path,
        said("a", None, "assistant", **failed),
        said("b", "a", "assistant", words("yes"), **ANSWER),
    )
    assert found.request.error is None


def test_what_happened(tmp_path: Path) -> None:
    bash = {"role": "bashExecution", "command": "ls", "output": "a", "exitCode": 1}
    found = read(
        tmp_path,
        {"type": "message", "id": "a", "parentId": None, "message": bash},
        {
            "type": "custom_message",
            "id": "b",
            "parentId": "a",
            "content": [shot(1)],
        },
        said(
            "c",
            "b",
            "assistant",
            {
                "type": "toolCall",
                "id": "1",
                "name": "write",
                "arguments": {"path": "a.py", "content": ""},
            },
            stopReason="error",
            errorMessage="too long",
        ),
        said("d", "c", "toolResult", words("no"), toolCallId="1", isError=True),
        {"type": "compaction", "id": "e", "parentId": "d", "summary": "all"},
    )
    with Source.open(found.thread.path) as source:
        told = list(events(source, found))
    assert [(e.kind, e.text, e.ok, len(e.pictures)) for e in told] == [
        ("about", "", None, 0),
        ("call", "", None, 0),
        ("result", "a", False, 0),
        ("result", "", None, 1),
        ("call", "", None, 0),
        ("error", "too long", None, 0),
        ("result", "no", False, 0),
        ("summary", "all", None, 0),
    ]
    assert told[0].facts == {"cwd": "/home/ada/w"}
    assert told[1].facts == {"command": "ls"}
    assert told[4].facts == {"files": [("written", "a.py")]}
    assert found.request.error is not None


@pytest.mark.parametrize(
    ("name", "thread"),
    [
        (f"2026-11-27T20-53-56-405Z_{ID}.jsonl", ID),
        (f"{ID}.jsonl", ""),
        ("notes.jsonl", ""),
    ],
)
def test_the_thread_of_a_log(name: str, thread: str) -> None:
    assert PI.thread_id(Path("sessions/--w--", name)) == thread
