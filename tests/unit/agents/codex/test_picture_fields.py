"""Logs that an older version of assetstore left placeholders in, where pictures go."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.codex import format, state
from assetstore.agents.codex.picture_fields import put_pictures_back
from assetstore.agents.find import find_threads
from assetstore.agents.rescue import RescueOptions, rescue, undo
from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.errors import SourceInUse
from assetstore.formats.base import Treatment
from assetstore.restore.run import restore_paths
from support.samples import lines, picture, uri
from support.stores import folder_store

TIME = "2026-09-01T00:00:00Z"
THREAD = "019a3c5e-0000-7000-8000-0000000000aa"
A, B = (uri(picture(30, 20, i)) for i in range(2))


def record(kind: str, **payload: Any) -> dict[str, Any]:
    return {"timestamp": TIME, "type": kind, "payload": payload}


def said(*urls: str, field: str = "images") -> bytes:
    if field == "images":
        event = record("event_msg", type="user_message", message="look", images=urls)
        return lines(event)
    parts = [{"type": "input_image", field: url} for url in urls]
    return lines(record("response_item", type="message", role="user", content=parts))


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / f"rollout-2026-09-01T00-00-00-{THREAD}.jsonl"
    path.write_bytes(
        lines(record("session_meta", id=THREAD, cli_version="0.125.0")) + said(A, B)
    )
    return path


def left_by_an_older_one(tmp_path: Path, log: Path) -> list[str]:
    """Archive it as an older version did; the placeholders in its list."""
    with folder_store(tmp_path) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(format, "_listed", lambda place: Treatment("client"))
        (file,) = archive_paths(store, [log], ArchiveOptions(min_size=0)).files
    assert file.payloads == 2
    found = re.search(r'"images":\["(as1:[^"]+)","(as1:[^"]+)"\]', log.read_text())
    assert found is not None
    return list(found.groups())


def test_the_log_s_own_and_what_the_client_took_over_are_pictures_again(
    tmp_path: Path, log: Path
) -> None:
    whole = log.read_bytes()
    with folder_store(tmp_path) as store:
        assert not put_pictures_back(store, log)
    names = left_by_an_older_one(tmp_path, log)
    quoted = lines(record("event_msg", type="agent_message", message=f"see {names[0]}"))
    with log.open("ab") as file:
        file.write(said(*names, field="image_url") + said(*names) + quoted)
    with folder_store(tmp_path) as store:
        assert put_pictures_back(store, log)
        assert not put_pictures_back(store, log)
    again = said(A, B, field="image_url") + said(A, B)
    assert log.read_bytes() == whole + again + quoted


def test_what_no_store_knows_is_no_reason(tmp_path: Path, log: Path) -> None:
    with folder_store(tmp_path) as store:
        archive_paths(store, [log], ArchiveOptions(min_size=0))
    with log.open("ab") as file:
        file.write(said("as1:" + "A" * 27, field="image_url"))
    slim = log.read_bytes()
    with folder_store(tmp_path) as store:
        assert not put_pictures_back(store, log)
    assert log.read_bytes() == slim


def test_what_no_client_sends_is_no_reason(tmp_path: Path, log: Path) -> None:
    """It holds placeholders in today's form as well."""
    content = {"url": A, "images": [A, B]}
    done = record("event_msg", type="mcp_tool_call_end", structuredContent=content)
    sent = record("response_item", type="tool_search_output", tools=[content])
    head = log.read_bytes().splitlines(keepends=True)[0]
    log.write_bytes(head + lines(done, sent))
    with folder_store(tmp_path) as store:
        archive_paths(store, [log], ArchiveOptions(min_size=0))
        slim = log.read_bytes()
        assert slim.count(b"as1:") == 6
        assert not put_pictures_back(store, log)
    assert log.read_bytes() == slim


def test_words_that_only_look_like_a_field_are_no_reason(
    tmp_path: Path, log: Path
) -> None:
    (name, _) = left_by_an_older_one(tmp_path, log)
    text = json.dumps({"image_url": name, "images": [name]})
    first = log.read_bytes().splitlines(keepends=True)[0]
    words = lines(record("response_item", type="message", content=text))
    log.write_bytes(first + words)
    with folder_store(tmp_path) as store:
        assert not put_pictures_back(store, log)


def test_a_rescue_mends_and_its_undo_is_exact(tmp_path: Path, log: Path) -> None:
    whole = log.read_bytes()
    names = left_by_an_older_one(tmp_path, log)
    with log.open("ab") as file:
        file.write(said(*names, field="image_url") + said(*names))
    (thread,) = find_threads([log])
    with folder_store(tmp_path) as store:
        report = rescue(store, thread, RescueOptions(now=True))
        assert (report.images, report.left, report.well) == (6, (), True)
        records = [json.loads(line)["payload"] for line in log.read_text().splitlines()]
        assert records[1]["images"] == records[3]["images"] == []
        types = [part["type"] for part in records[2]["content"]]
        assert types == ["input_text", "input_text"]
        (thread,) = find_threads([log])
        undo(store, thread)
    again = said(A, B, field="image_url") + said(A, B)
    assert log.read_bytes() == whole + again


def test_an_archive_mends_too(tmp_path: Path, log: Path) -> None:
    whole = log.read_bytes()
    names = left_by_an_older_one(tmp_path, log)
    with log.open("ab") as file:
        file.write(said(*names, field="image_url"))
    with folder_store(tmp_path) as store:
        (file_,) = archive_paths(store, [log], ArchiveOptions(dry_run=True)).files
        assert b'"image_url":"as1:' in log.read_bytes()
        (file_,) = archive_paths(store, [log], ArchiveOptions()).files
        assert (file_.status, file_.payloads) == ("archived", 4)
        assert b'"image_url":"as1:' not in log.read_bytes()
        assert b"data:" not in log.read_bytes()
        (file_,) = archive_paths(store, [log], ArchiveOptions()).files
        assert file_.status == "unchanged"
        (file_,) = restore_paths(store, [log]).files
    assert log.read_bytes() == whole + said(A, B, field="image_url")


def test_a_log_that_cannot_be_mended_now_is_left(tmp_path: Path, log: Path) -> None:
    left_by_an_older_one(tmp_path, log)
    slim = log.read_bytes()
    with folder_store(tmp_path) as store, pytest.MonkeyPatch.context() as patch:

        def refuse(*given: object) -> None:
            raise SourceInUse("it is loaded", hint="", path=str(log))

        patch.setattr(state, "replace", refuse)
        (file,) = archive_paths(store, [log], ArchiveOptions()).files
    assert (file.status, file.code) == ("failed", 13)
    assert log.read_bytes() == slim
