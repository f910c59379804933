"""Copilot CLI's sessions are told, and their pictures go where the client minds not."""

import hashlib
import json
from pathlib import PurePath
from typing import Any

import pytest

from assetstore.formats.registry import choose
from assetstore.results import Why
from support.clients import documents
from support.samples import b64, lines, picture, uri
from support.stores import archived, memory_store, restored

PLACE = ".copilot/session-state/a/events.jsonl"


def asset(data: bytes) -> dict[str, Any]:
    """The record of a picture that others name."""
    name = f"sha256:{hashlib.sha256(data).hexdigest()}"
    about = {"assetId": name, "type": "image", "mimeType": "image/png"}
    return record("session.binary_asset", byteLength=len(data), data=b64(data), **about)


def record(type: str, /, **data: Any) -> dict[str, Any]:
    """A record."""
    return {"type": type, "data": data, "id": "1", "parentId": None}


def there_and_back(*records: dict[str, Any]) -> list[dict[str, Any]]:
    """What records are archived; they come back, and nothing is left to do."""
    log, store = lines(record("session.start", sessionId="a"), *records), memory_store()
    slim, _ = archived(store, log)
    assert restored(store, slim) == log
    again, done = archived(store, slim)
    assert (again, done.stays.count) == (slim, 0)
    return [json.loads(line) for line in slim.splitlines()[1:]]


def test_it_is_told_by_its_place_or_its_first_record() -> None:
    session = documents()[PLACE]
    assert choose("auto", PurePath("/home", PLACE), b"{}").name == "copilot-cli"
    assert choose("auto", PurePath("copy.jsonl"), session).name == "copilot-cli"
    other = lines({"type": "session", "sessionId": "1", "parentUuid": None})
    assert choose("auto", PurePath("a.jsonl"), other).name == "claude-code"


def test_it_is_told_by_a_record_far_down() -> None:
    """A log that was cut begins with anything."""
    log = lines(
        *({"id": str(n), "text": "x" * 400} for n in range(300)),
        asset(picture(9, 9, 1)),
    )
    slim, _ = archived(memory_store(), log)
    assert json.loads(slim.splitlines()[-1])["data"]["data"] == ""


def test_an_asset_loses_its_name() -> None:
    """Bytes that are not those of its name would be sent as a picture."""
    whole = asset(picture(9, 9, 1))
    (slim,) = there_and_back(whole)
    data = slim.pop("data")
    assert data.pop("assetId").startswith("[image 9x9 png archived as1:")
    assert data == {
        "type": "image",
        "mimeType": "image/png",
        "byteLength": 0,
        "data": "",
    }
    assert slim == {name: whole[name] for name in slim}


def test_a_picture_in_a_result_is_one_that_was_left_out() -> None:
    part = {"type": "image", "data": b64(picture(9, 9, 2)), "mimeType": "image/png"}
    result = {"content": "painted", "contents": [part], "binaryResultsForLlm": [part]}
    (slim,) = there_and_back(record("tool.execution_complete", result=result))
    (content,) = slim["data"]["result"]["contents"]
    assert content.pop("text").startswith("[image 9x9 png archived as1:")
    assert content == {"type": "text"}
    (sent,) = slim["data"]["result"]["binaryResultsForLlm"]
    assert sent.pop("description").startswith("[image 9x9 png archived as1:")
    assert sent == {
        "type": "image",
        "mimeType": "image/png",
        "byteLength": 0,
        "omittedReason": "asset_unavailable",
    }


def test_a_pasted_picture_stays_an_attachment() -> None:
    """Without one that it understands, the client sends nothing of a message."""
    part = {"type": "blob", "data": b64(picture(9, 9, 3)), "mimeType": "image/png"}
    (slim,) = there_and_back(record("user.message", content="x", attachments=[part]))
    (pasted,) = slim["data"]["attachments"]
    assert pasted.pop("displayName").startswith("[image 9x9 png archived as1:")
    assert pasted.pop("omittedReason") == "asset_unavailable"
    assert pasted == {"type": "blob", "mimeType": "image/png", "byteLength": 0}


PART = {"type": "image", "data": b64(picture(9, 9, 4)), "mimeType": "image/png"}


@pytest.mark.parametrize(
    "other",
    [
        record("tool.result", text=uri(picture(9, 9, 7))),
        record("user.message", attachments=[PART]),
        record("user.message", content=json.dumps(asset(picture(9, 9, 5)))),
        record("tool.execution_complete", result={"structuredContent": [PART]}),
        record("session.other", assetId="sha256:1", data=b64(picture(9, 9, 6))),
    ],
)
def test_every_other_picture_stays_and_is_told(other: dict[str, Any]) -> None:
    log = lines(record("session.start", sessionId="a"), other)
    slim, result = archived(memory_store(), log)
    assert slim == log
    assert set(result.stays.reasons) <= {Why.COVERED.value, Why.NOT_UNDERSTOOD.value}
    assert result.stays.count == 1
