"""Sessions of Visual Studio Code's chat are told, and left."""

import json
from pathlib import PurePath
from typing import Any

import pytest

from assetstore.archiver.options import ArchiveOptions
from assetstore.formats.registry import choose
from assetstore.results import Why
from support.samples import b64, lines, picture, uri
from support.stores import archived, memory_store

DATA = b64(picture(9, 9, 1))
EMBED = {"type": "embed", "isText": False, "mimeType": "image/png", "value": DATA}
SESSION = {"version": 3, "creationDate": 1, "sessionId": "a", "requests": []}


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("workspaceStorage/w/chatSessions/a.json", b"{}"),
        ("globalStorage/emptyWindowChatSessions/a.jsonl", b'{"kind":1}\n'),
        ("copy.jsonl", lines({"kind": 0, "v": SESSION})),
        ("copy.json", b'{\n  "version": 3,\n  "requesterUsername": "ada",\n'),
    ],
)
def test_it_is_told_by_its_place_or_its_beginning(path: str, head: bytes) -> None:
    assert choose("auto", PurePath("/home/ada", path), head).name == "copilot-chat"


def test_another_document_is_none() -> None:
    for head in (b'{"version": 3, "name": "x"}', b'{"kind": 0, "v": {"a": 1}}\n'):
        assert choose("auto", PurePath("a.json"), head).name != "copilot-chat"


@pytest.mark.parametrize(
    "held",
    [
        {
            "variableData": {
                "variables": [{"kind": "image", "value": {"$base64": DATA}}]
            }
        },
        {"response": [{"resultDetails": {"output": [EMBED]}}]},
        {"result": {"content": [{"$mid": 24, "mimeType": "image/png", "data": DATA}]}},
        {"response": [{"value": f"![it]({uri(picture(9, 9, 2))})"}]},
        {"parts": [{"type": "image_url", "image_url": {"url": uri(picture(9, 9, 3))}}]},
    ],
)
def test_every_picture_stays_and_is_told(held: dict[str, Any]) -> None:
    session = json.dumps({**SESSION, "requests": [held]}, indent=2).encode()
    for document in (session, lines({"kind": 0, "v": {**SESSION, **held}})):
        slim, done = archived(
            memory_store(), document, ArchiveOptions(profile="copilot-chat")
        )
        assert slim == document
        assert done.stays.count == 1
        assert set(done.stays.reasons) <= {
            Why.NOT_UNDERSTOOD.value,
            Why.REFUSED.value,
        }
