"""Whether a log that its client writes whole still holds what it held."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.find import find_threads
from assetstore.agents.log_values import values_of
from assetstore.agents.rescue import RescueOptions, rescue, undo
from assetstore.errors import VerifyMismatch
from assetstore.files.source import Source
from support.agent_sessions import log_of
from support.stores import folder_store


def values(path: Path, most: int | None = None) -> tuple[int, str]:
    with Source.open(path) as source:
        return values_of(source, most)


def test_only_what_the_records_hold_counts(tmp_path: Path) -> None:
    log = log_of("cline", tmp_path)
    before = values(log)
    session: dict[str, Any] = json.loads(log.read_bytes())
    assert before[0] == len(session["messages"])
    session["updated_at"] = "later"
    session["messages"].append({"role": "user", "content": "new", "ts": 1})
    log.write_text(json.dumps(session))
    assert values(log)[0] == before[0] + 1
    assert values(log, before[0]) == before
    picture = session["messages"][0]["content"][1]
    picture["data"] = picture["data"].replace("A", "B", 1)
    log.write_text(json.dumps(session))
    assert values(log, before[0]) != before


def test_an_undo_says_what_it_can_say(tmp_path: Path) -> None:
    log = log_of("cline", tmp_path / "home")
    with folder_store(tmp_path) as store:
        rescue(store, next(find_threads([log])), RescueOptions(now=True))
        session: dict[str, Any] = json.loads(log.read_bytes())
        session["messages"].append({"role": "user", "content": "new", "ts": 1})
        log.write_text(json.dumps(session, indent=2))
        done = undo(store, next(find_threads([log])))
        assert (done.exact, done.differs) == (
            False,
            "its client wrote it anew since; every value is back",
        )
        rescue(store, next(find_threads([log])), RescueOptions(now=True))
        session = json.loads(log.read_bytes())
        session["messages"][0]["content"][0]["text"] = "other words"
        log.write_text(json.dumps(session, indent=2))
        with pytest.raises(VerifyMismatch, match="begin with what it was"):
            undo(store, next(find_threads([log])))
