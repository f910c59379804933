"""Session logs of pi, Gemini CLI and Qwen Code: how they are told, what goes."""

import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from assetstore.archiver.options import ArchiveOptions
from assetstore.files.source import Source
from assetstore.formats.registry import choose, told
from support.agent_sessions import LINES, log_of
from support.samples import b64, lines, picture
from support.stores import archived, memory_store, restored

PNG = picture(16, 12, 1)
INLINE = {"inlineData": {"mimeType": "image/png", "data": b64(PNG)}}


@pytest.mark.parametrize("name", LINES)
def test_a_log_is_told_by_its_place_and_by_what_is_in_it(
    name: str, tmp_path: Path
) -> None:
    log = log_of(name, tmp_path)
    assert choose("auto", log, b"").name == name
    head = log.read_bytes()
    assert choose("auto", PurePath("copy.jsonl"), head).name == name
    # One whose beginning was lost.
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(head[head.index(b"\n") - 30 :])
    with Source.open(copy) as source:
        format = told(source)
    assert format is not None
    assert format.name == name


def test_an_older_chat_is_json() -> None:
    path = PurePath("/h/.gemini/tmp/p/chats/session-2025-01-01T00-00-abcdef01.json")
    assert choose("auto", path, b'{\n  "sessionId": "a"').name == "json"


def slim(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record, once it was archived and compared with what comes back."""
    store = memory_store()
    data = lines(record)
    found, _ = archived(store, data, ArchiveOptions(profile=name))
    assert restored(store, found) == data
    value: dict[str, Any] = json.loads(found)
    return value


NAMED = {"inlineData": {**INLINE["inlineData"], "displayName": "a.png"}}


def gave(*parts: object) -> dict[str, Any]:
    response = {"id": "c", "name": "read_file", "response": {"output": "x"}}
    return {"functionResponse": {**response, "parts": list(parts)}}


def test_a_short_picture_goes_too() -> None:
    part = {"type": "image", "data": "YWI=", "mimeType": "image/png"}
    record = {"type": "message", "message": {"role": "user", "content": [part]}}
    content = slim("pi", record)["message"]["content"]
    assert content[0]["type"] == "text"
    assert content[0]["text"].startswith("[")


def test_a_picture_that_oh_my_pi_keeps_elsewhere_stays() -> None:
    data = f"blob:sha256:{'ab' * 32}"
    part = {"type": "image", "mimeType": "image/png", "data": data}
    record = {"type": "message", "message": {"role": "user", "content": [part]}}
    assert slim("pi", record) == record


@pytest.mark.parametrize(
    ("name", "member"), [("qwen-code", "text"), ("gemini-cli", "")]
)
def test_what_stands_for_a_tool_s_picture(name: str, member: str) -> None:
    record = {"type": "user", "content": [gave(INLINE, NAMED)]}
    given = slim(name, record)["content"][0]["functionResponse"]
    assert given["response"] == {"output": "x"}
    assert len(given["parts"]) == 2
    for part in given["parts"]:
        if name == "qwen-code":
            assert part["text"].startswith("[image 16x12 png archived as1:")
            continue
        # Gemini takes data there and nothing else.
        blob = part["inlineData"]
        assert sorted(blob) == ["data", "displayName", "mimeType"]
        assert blob["mimeType"] == "text/plain"
        assert blob["displayName"].startswith("[image 16x12 png archived as1:")


def test_what_stands_for_a_picture_is_none() -> None:
    store = memory_store()
    data = lines({"type": "user", "content": [gave(INLINE)]})
    once, _ = archived(store, data, ArchiveOptions(profile="gemini-cli"))
    again, result = archived(store, once, ArchiveOptions(profile="gemini-cli"))
    assert again == once
    assert (result.payloads, result.stays.count) == (0, 0)


def test_what_gemini_wrote_anew_comes_back_too() -> None:
    """It sets all messages again, with what stands for the pictures in them."""
    store = memory_store()
    data = lines({"id": "1", "type": "user", "content": [INLINE]})
    once, _ = archived(store, data, ArchiveOptions(profile="gemini-cli"))
    message = json.loads(once)
    quoted = {"id": "2", "type": "user", "content": [{"text": f"see {once!r}"}]}
    anew = lines({"$set": {"messages": [message]}}, quoted)
    whole = restored(store, once + anew)
    assert whole == data + lines({"$set": {"messages": [json.loads(data)]}}, quoted)
