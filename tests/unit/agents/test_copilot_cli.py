"""Copilot CLI's sessions are told, and left."""

from pathlib import PurePath

from assetstore.formats.registry import choose
from assetstore.results import Why
from support.clients import documents
from support.samples import b64, lines, picture, uri
from support.stores import archived, memory_store

PLACE = ".copilot/session-state/a/events.jsonl"


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
        {"type": "session.binary_asset", "data": {"data": b64(picture(9, 9, 1))}},
    )
    store = memory_store()
    slim, result = archived(store, log)
    assert slim == log
    assert result.stays.count == 1


def test_every_picture_stays_and_is_told() -> None:
    more = lines({"type": "tool.result", "data": {"text": uri(picture(9, 9, 7))}})
    log = documents()[PLACE] + more
    slim, result = archived(memory_store(), log)
    assert slim == log
    assert result.stays.reasons == {
        Why.COVERED.value: 1,
        Why.NOT_UNDERSTOOD.value: 2,
    }
