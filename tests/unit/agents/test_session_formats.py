"""Sessions of coding agents: how they are told, and what becomes of what they send."""

import json
import re
from pathlib import Path, PurePath
from typing import Any

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_paths
from assetstore.formats.registry import choose
from assetstore.results import FileResult
from support.samples import b64, lines, picture, uri
from support.stores import archived, folder_store, memory_store, restored

PNG = picture(16, 12, 1)
TIME = "2026-09-01T00:00:00Z"
SESSION = "11111111-2222-4333-8444-555555555555"
SNAPSHOT = {
    "type": "file-history-snapshot",
    "messageId": "m",
    "snapshot": {"trackedFileBackups": {}, "timestamp": TIME},
}


def said(*content: Any, **more: Any) -> dict[str, Any]:
    return {
        "parentUuid": None,
        "isSidechain": False,
        "type": "user",
        "message": {"role": "user", "content": list(content)},
        "uuid": "u",
        "timestamp": TIME,
        "sessionId": SESSION,
        **more,
    }


def attached(attachment: Any) -> dict[str, Any]:
    return {
        "parentUuid": "u",
        "isSidechain": False,
        "attachment": attachment,
        "type": "attachment",
        "uuid": "a",
        "sessionId": SESSION,
    }


def block(data: bytes, media_type: str = "image/png") -> dict[str, Any]:
    source = {"type": "base64", "media_type": media_type, "data": b64(data)}
    return {"type": "image", "source": source}


def item(*content: Any, **more: Any) -> dict[str, Any]:
    payload = {"type": "message", "role": "user", "content": list(content), **more}
    return {"timestamp": TIME, "type": "response_item", "payload": payload}


def taken(data: bytes, **options: Any) -> tuple[bytes, FileResult]:
    store = memory_store()
    slim, result = archived(store, data, ArchiveOptions(**options))
    assert restored(store, slim) == data
    return slim, result


def records(slim: bytes) -> list[Any]:
    return [
        json.loads(line) for line in slim.splitlines() if line.strip(b"\0\xef\xbb\xbf")
    ]


CLAUDE = lines(said({"type": "text", "text": "hi"}, block(PNG)))
CODEX = lines(
    {"timestamp": TIME, "type": "session_meta", "payload": {"id": "x"}},
    item({"type": "input_image", "image_url": uri(PNG)}),
)
HEADS = {
    "as it is": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "NULs": b"\0" * 600 + b"\n",
    "empty lines": b"\n\r\n\n",
    "a torn line": b'xt":"and so on"}]},"uuid":"q"}\n',
    "half a record, glued": b'{"type":"user","mess',
    "an unknown record": lines({"type": "news", "of": "a later version"}),
    "many that tell nothing": lines(*[SNAPSHOT] * 900),
    "a long one that tells nothing": lines({"type": "x", "text": "w" * 200_000}),
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("kind", ["sorted", "spaced", "as it is"])
@pytest.mark.parametrize("log", [CLAUDE, CODEX], ids=["claude", "codex"])
def test_a_session_is_told_however_it_begins(
    head: str, ending: bytes, kind: str, log: bytes
) -> None:
    if kind != "as it is":
        style: Any = {"sort_keys": True} if kind == "sorted" else {}
        whole = [json.dumps(json.loads(line), **style) for line in log.splitlines()]
        log = "".join(line + "\n" for line in whole).encode()
    data = HEADS[head] + log.replace(b"\n", ending)
    slim, result = taken(data)
    assert result.payloads == 1
    tail = slim[slim.rindex(b"\n", 0, -2) + 1 :] if slim.count(b"\n") > 1 else slim
    last = json.loads(tail.removeprefix(HEADS[head]))
    content = last.get("message", last.get("payload"))["content"]
    assert content[-1]["type"] in ("text", "input_text")
    assert content[-1]["text"].startswith("[image 16x12 png archived as1:")


def test_what_an_option_says_is_obeyed() -> None:
    data = lines({"type": "x", "message": {"role": "user", "images": [uri(PNG)]}})
    assert taken(data)[1].payloads == 0
    assert taken(data, profile="claude-code")[1].payloads == 1


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a/projects/p/" + SESSION + ".jsonl", b"", "claude-code"),
        ("a/sessions/rollout-2026-09-01T00-00-00-" + SESSION + ".jsonl", b"", "codex"),
        ("notes.jsonl", CLAUDE, "claude-code"),
        ("notes.txt", CODEX, "codex"),
        ("data.json", json.dumps({"sessionId": "x"}).encode(), "json"),
        ("book.ipynb", b"{}", "notebook"),
        ("page.har", b"{}", "har"),
        ("rows.jsonl", lines({"a": 1}), "json-lines"),
        ("page.html", b"<p>", "generic"),
    ],
)
def test_documents_are_told_by_place_and_beginning(
    name: str, head: bytes, format: str
) -> None:
    assert choose("auto", PurePath(name), head).name == format


ODD = [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"", b"x", PNG[:60]]


@pytest.mark.parametrize("odd", ODD)
def test_any_data_in_a_block_goes_however_short(odd: bytes) -> None:
    result_block = {"type": "tool_result", "tool_use_id": "t", "content": [block(odd)]}
    slim, result = taken(lines(said(block(odd)), said(result_block)))
    assert result.payloads == 2
    first, second = records(slim)
    for content in (first["message"], second["message"]["content"][0]):
        assert content["content"][0]["type"] == "text"
        assert "archived as1:" in content["content"][0]["text"]


def test_a_mentioned_picture_becomes_words_that_the_client_sends() -> None:
    file = {"base64": b64(PNG), "type": "image/png", "originalSize": 1}
    picture_ = {"type": "file", "filename": "/p/a.png", "displayPath": "a.png"}
    slim, _ = taken(
        lines(attached({**picture_, "content": {"type": "image", "file": file}}))
    )
    content = records(slim)[0]["attachment"]["content"]
    words = content["file"].pop("content")
    assert words.startswith("[image 16x12 png archived as1:")
    assert content == {
        "type": "text",
        "file": {"filePath": "", "numLines": 1, "startLine": 1, "totalLines": 1},
    }


def test_a_queued_picture_becomes_words() -> None:
    prompt = [{"type": "text", "text": "look"}, block(PNG)]
    slim, _ = taken(lines(attached({"type": "queued_command", "prompt": prompt})))
    assert records(slim)[0]["attachment"]["prompt"][1]["type"] == "text"


@pytest.mark.parametrize("at", range(3))
def test_a_mentioned_notebook_has_outputs_without_pictures(at: int) -> None:
    """The picture is words of an output behind it, wherever it stood."""
    drawn = {"media_type": "image/png", "image_data": b64(PNG)}
    members: list[tuple[str, object]] = [("output_type", "stream"), ("text", "figure")]
    members.insert(at, ("image", drawn))
    other = {"output_type": "stream", "text": "behind"}
    cells = [{"source": "plot()", "outputs": [dict(members), other]}]
    content = {"type": "notebook", "file": {"cells": cells}}
    data = lines(attached({"type": "file", "content": content}))
    slim, _ = taken(data)
    (cell,) = records(slim)[0]["attachment"]["content"]["file"]["cells"]
    assert cell["source"] == "plot()"
    found = cell["outputs"]
    assert found[-1] == other
    assert not any("image" in output for output in found)
    words = [output["text"] for output in found if "text" in output]
    assert "figure" in words
    if at == 2:  # where the client writes it
        assert re.fullmatch(r"\[image 16x12 png archived as1:[\w-]{27}\]", words[1])


def test_what_only_the_client_shows_keeps_its_shape() -> None:
    file = {"base64": b64(PNG), "type": "image/png"}
    slim, _ = taken(lines(said(toolUseResult={"type": "image", "file": file})))
    shown = records(slim)[0]["toolUseResult"]
    assert shown["type"] == "image"
    assert shown["file"]["base64"].startswith("as1:")


def test_codex_items_of_any_type_become_text() -> None:
    urls = [
        "data:image/png;base64,",
        uri(b"# words\n" * 30, "text/markdown"),
        uri(PNG, "application/octet-stream"),
        "data:,",
        "",
    ]
    data = lines(
        {"timestamp": TIME, "type": "session_meta", "payload": {"id": "x"}},
        *(item({"type": "input_image", "image_url": url}) for url in urls),
        item({"type": "input_image", "image_url": "https://example.org/a.png"}),
    )
    slim, result = taken(data)
    assert result.payloads == len(urls)
    _, *items, last = records(slim)
    for found in items:
        assert found["payload"]["content"][0]["type"] == "input_text"
    assert last["payload"]["content"][0]["type"] == "input_image"


def test_a_megabyte_of_text_in_an_item_does_not_hide_its_type() -> None:
    long = {"image_url": uri(PNG), "note": "w\\n" * 400_000, "type": "input_image"}
    log = lines(
        {"timestamp": TIME, "type": "session_meta", "payload": {"id": "x"}}, item(long)
    )
    slim, result = taken(log)
    assert result.payloads == 1
    assert records(slim)[1]["payload"]["content"][0]["type"] == "input_text"


def test_a_picture_where_an_api_wants_one_stays_and_is_told() -> None:
    shot = {"type": "computer_screenshot", "image_url": uri(PNG)}
    log = lines(
        {"timestamp": TIME, "type": "session_meta", "payload": {"id": "x"}},
        {
            "timestamp": TIME,
            "type": "response_item",
            "payload": {"type": "computer_call_output", "output": shot},
        },
    )
    slim, result = taken(log)
    assert slim == log
    assert result.stored == 0
    assert [(s.line, s.type) for s in result.stays.listed] == [(2, "image/png")]


def test_an_unknown_agent_s_message_is_left_where_no_part_is_known() -> None:
    log = lines(
        {"type": "session", "id": "s"},
        {"message": {"role": "user", "content": "look", "images": [b64(PNG)]}},
        {"note": "of nobody's message", "icon": uri(PNG)},
    )
    slim, result = taken(log)
    assert result.payloads == 1
    _, second, third = records(slim)
    assert second["message"]["images"] == [b64(PNG)]
    assert third["icon"].startswith("as1:")
    assert [s.line for s in result.stays.listed] == [2]


def test_a_torn_record_stays() -> None:
    log = lines(said(block(PNG)))
    log = log[: log.index(b"}}]")]
    slim, result = taken(CLAUDE + log)
    assert slim.endswith(log)
    assert result.payloads == 1
    assert result.stays.count == 1


def test_a_log_that_begins_within_a_picture_is_told_by_its_name(tmp_path: Path) -> None:
    log = tmp_path / "tail.jsonl"
    log.write_bytes(b"A" * 200_000 + b'"}}]}}\n' + CLAUDE)
    with folder_store(tmp_path) as store:
        (result,) = archive_paths(store, [log]).files
    assert result.payloads == 1
    found = json.loads(log.read_bytes().splitlines()[1])
    assert found["message"]["content"][1]["type"] == "text"
