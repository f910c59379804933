"""Sessions of Kimi CLI, Continue and Cline: how they are told, and what goes."""

import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from assetstore.archiver.options import ArchiveOptions
from assetstore.archiver.run import archive_paths
from assetstore.files.source import Source
from assetstore.formats.registry import choose, told
from assetstore.restore.run import restore_paths
from support.agent_sessions import log_of
from support.samples import b64, picture, uri
from support.stores import folder_store

NAMES = ("kimi-cli", "continue", "cline")
PARTS = ('"image_url"', '"imageUrl"', '"mediaType"', '\\"mimeType\\"')


@pytest.mark.parametrize("name", NAMES)
def test_a_session_is_told_by_its_place_and_by_what_is_in_it(
    name: str, tmp_path: Path
) -> None:
    log = log_of(name, tmp_path)
    head = log.read_bytes()
    assert choose("auto", log, head[:9]).name == name
    assert choose("auto", PurePath("/x/copy.json"), head).name == name


def test_other_json_is_nobodys() -> None:
    for name in ("sessions/a/1.data.json", ".continue/sessions/1.json", "a.json"):
        assert choose("auto", PurePath(name), b'{"a": 1}').name != "continue"
    assert choose("auto", PurePath("a.json"), b'{"sessionId": "a"}').name == "json"
    lines = b'{"role":"user","content":"x"}\n'
    assert choose("auto", PurePath("a.jsonl"), lines).name == "json-lines"


def test_what_was_shown_is_of_the_same_format(tmp_path: Path) -> None:
    log = log_of("kimi-cli", tmp_path).with_name("wire.jsonl")
    assert choose("auto", PurePath("copy.jsonl"), log.read_bytes()).name == "kimi-cli"


def test_a_log_whose_beginning_was_lost_is_told(tmp_path: Path) -> None:
    log = log_of("kimi-cli", tmp_path)
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(log.read_bytes()[300:])
    with Source.open(copy) as source:
        format = told(source)
    assert format is not None
    assert format.name == "kimi-cli"


@pytest.mark.parametrize("name", NAMES)
def test_words_stand_where_it_sent_pictures(name: str, tmp_path: Path) -> None:
    """And all is as it was behind what the client writes since, laid out its way."""
    first = log_of(name, tmp_path / "home")
    logs = sorted(first.parent.glob("*.json*"))
    whole = {log: log.read_text() for log in logs}
    with folder_store(tmp_path) as store:
        done = archive_paths(store, logs, ArchiveOptions())
        assert [file.status for file in done.files] == ["archived"] * len(logs)
        for log in logs:
            text = log.read_text()
            assert text.count("archived as1:") >= 2
            assert not [part for part in PARTS if part in text]
            if log.suffix == ".json":
                log.write_text(_laid_out(json.loads(text)))
            else:
                assert [json.loads(line) for line in text.splitlines()]
                log.write_text(text + '{"role":"user","content":"new"}\n')
        restore_paths(store, logs)
    for log in logs:
        if log.suffix == ".json":
            assert json.loads(log.read_text()) == json.loads(whole[log])
        else:
            end = '{"role":"user","content":"new"}\n'
            assert log.read_text() == whole[log] + end


def _laid_out(value: Any) -> str:
    """As the client sets what it read, which it writes whole each time."""
    for item in value.get("history", ()):
        if "editorState" in item:
            item["editorState"] = item["message"]["content"]
    return json.dumps(value, indent=2, ensure_ascii=False)


def test_a_short_picture_goes_too(tmp_path: Path) -> None:
    log = log_of("continue", tmp_path)
    session = json.loads(log.read_bytes())
    part = {"type": "imageUrl", "imageUrl": {"url": uri(b"GIF89a")}}
    session["history"][0]["message"]["content"] = [part]
    log.write_text(json.dumps(session))
    with folder_store(tmp_path) as store:
        archive_paths(store, [log])
    (slim,) = json.loads(log.read_bytes())["history"][0]["message"]["content"]
    assert slim["type"] == "text"


def test_messages_that_a_hash_covers_stay(tmp_path: Path) -> None:
    """Cline sends all of them again where the hash beside them is another one."""
    log = log_of("cline", tmp_path)
    beside = log.with_name(log.name.replace(".messages.", ".compaction."))
    data = b64(picture(20, 20, 3))
    part = {"type": "image", "data": data, "mediaType": "image/png"}
    summary = {
        "version": 1,
        "updated_at": "2026-11-27T20:59:19.990Z",
        "source_message_count": 1,
        "source_prefix_hash": "sha256:0",
        "messages": [{"role": "user", "content": [part], "ts": 1}],
    }
    beside.write_text(json.dumps(summary, indent=2))
    whole = log.read_bytes()
    with folder_store(tmp_path) as store:
        one, other = archive_paths(store, [log, beside]).files
    assert log.read_bytes() == whole
    assert one.stays.count == 2
    assert "covers" in str(one.stays.listed[0].why)
    assert other.status == "archived"
    assert data not in beside.read_text()
