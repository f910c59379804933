"""A history that lies in several logs becomes one."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.codex.one_log import missing_from, one_log
from assetstore.errors import SourceRefused
from assetstore.files.source import Source
from support.samples import lines

BASE = {"thread_id": "first", "end_ordinal_exclusive": 2, "end_byte_offset": 1}


def record(ordinal: int | None, kind: str = "x", **payload: Any) -> dict[str, Any]:
    number = {} if ordinal is None else {"ordinal": ordinal}
    time = {"timestamp": f"2026-10-01T10:00:{ordinal or 0:02}Z"}
    return {**time, **number, "type": kind, "payload": payload}


def joined(folder: Path, *parts: Sequence[dict[str, Any]]) -> bytes:
    sources = []
    try:
        for number, records in enumerate(parts):
            path = folder / f"{number}.jsonl"
            path.write_bytes(lines(*records))
            sources.append(Source.open(path))
        return b"".join(one_log([(source, source.size) for source in sources]))
    finally:
        for source in sources:
            source.close()


def test_one_that_is_whole_stays_as_it_is(tmp_path: Path) -> None:
    records = [record(0, "session_meta", id="a"), record(1)]
    assert joined(tmp_path, records) == lines(*records)


def test_lines_keep_their_numbers_and_nothing_begins_anew(tmp_path: Path) -> None:
    first = [record(0, "session_meta", id="a"), record(1, text="one")]
    own = [record(2, "session_meta", id="b", history_base=BASE), record(3, text="two")]
    text = joined(tmp_path, first, own)
    found = [json.loads(line) for line in text.splitlines()]
    assert [one["ordinal"] for one in found] == [0, 1, 2, 3]
    assert [one["type"] for one in found] == ["session_meta", "x", "event_msg", "x"]
    assert found[0]["payload"] == {"id": "b"}  # its own, without the base
    assert found[2]["payload"]["type"] == "token_count"
    assert found[2]["timestamp"] == own[0]["timestamp"]


def test_only_what_is_shared_of_the_older_one(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    shared = lines(record(0, "session_meta", id="a"), record(1))
    old.write_bytes(shared + lines(record(2, text="not shared")))
    own = record(2, "session_meta", history_base=BASE, id="b")
    new.write_bytes(lines(own))
    with Source.open(old) as one, Source.open(new) as other:
        text = b"".join(one_log([(one, len(shared)), (other, other.size)]))
    assert b"not shared" not in text
    assert json.loads(text.splitlines()[0])["payload"] == {"id": "b"}


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (record(0, "session_meta", history_base=BASE), "goes on from the log first"),
        (record(5, "session_meta"), "begins with line 5"),
    ],
)
def test_a_history_that_is_not_whole_is_refused(
    tmp_path: Path, first: dict[str, Any], said: str
) -> None:
    path = tmp_path / "log"
    path.write_bytes(lines(first))
    with Source.open(path) as source:
        assert said in missing_from(source)
        with pytest.raises(SourceRefused, match=said):
            list(one_log([(source, source.size)]))


@pytest.mark.parametrize(
    "own",
    [
        record(None, "session_meta", history_base=BASE),
        record(2, "session_meta"),
        {"ordinal": 2, "payload": {"history_base": BASE}},
    ],
)
def test_a_first_line_of_an_unknown_kind_is_refused(
    tmp_path: Path, own: dict[str, Any]
) -> None:
    with pytest.raises(SourceRefused, match="in a way that is not known"):
        joined(tmp_path, [record(0, "session_meta")], [own])
