"""JSON that nobody writes by intention: read as a parser reads it, in linear time."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver.run import ArchiveOptions, archive_file
from assetstore.files.source import Source
from assetstore.results import FileResult
from support.samples import b64, lines, picture, uri
from support.stores import memory_store, restored

RAW = picture(16, 12, 1)
PNG, URI = b64(RAW), uri(RAW)
TINY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
SOURCE = {"type": "base64", "media_type": "image/png", "data": PNG}
SESSION = "projects/p/11111111-2222-4333-8444-555555555555.jsonl"
ROLLOUT = "rollout-2026-09-01T00-00-00-019a3c5e-0000-7000-8000-0000000000aa.jsonl"
META = {"timestamp": "t", "type": "session_meta", "payload": {"id": "x"}}


def taken(
    folder: Path, name: str, data: str | bytes, **options: Any
) -> tuple[bytes, FileResult]:
    data = data.encode() if isinstance(data, str) else data
    path, small = folder / name, folder / "small"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    store = memory_store()
    result = archive_file(store, path, small, ArchiveOptions(**options))
    assert restored(store, small.read_bytes()) == data
    return small.read_bytes(), result


def said(*content: Any) -> bytes:
    message = {"role": "user", "content": list(content)}
    record = {"type": "user", "isSidechain": False, "message": message, "uuid": "u"}
    return lines({**record, "sessionId": "s"})


def item(url: str) -> bytes:
    content = [{"type": "input_image", "image_url": url}]
    payload = {"type": "message", "role": "user", "content": content}
    return lines(META, {"timestamp": "t", "type": "response_item", "payload": payload})


@pytest.mark.parametrize(
    "url",
    [
        " " + URI,
        "\n" + URI,
        "DaTa:image/png;base64," + PNG,
        "data:image/png;" + "a=b;" * 200 + "base64," + PNG,
        "data:",
        "data:image/png",
        "data:image/png;base64",
        "AAAA",
    ],
)
def test_a_member_of_a_part_never_keeps_a_placeholder(tmp_path: Path, url: str) -> None:
    slim, result = taken(tmp_path, ROLLOUT, item(url))
    assert result.payloads == 1
    part = json.loads(slim.splitlines()[1])["payload"]["content"][0]
    assert part["type"] == "input_text"


@pytest.mark.parametrize("data", ["/9jABCDEFGH", "data:image/png;base64", " " + PNG])
def test_what_only_begins_like_a_payload_goes(tmp_path: Path, data: str) -> None:
    block = {"type": "image", "source": {**SOURCE, "data": data}}
    slim, result = taken(tmp_path, SESSION, said(block))
    assert result.payloads == 1
    assert json.loads(slim)["message"]["content"][0]["type"] == "text"


@pytest.mark.parametrize(
    "block",
    [
        {"source": SOURCE, "alt": "\\" * 2500 + '"x', "type": "image"},
        {"source": SOURCE, **{f"k{i}": i for i in range(70)}, "type": "image"},
        {"source": SOURCE, "type": "document", "x": [[[[{}]]]]},
    ],
)
def test_much_beside_a_picture_hides_no_type(tmp_path: Path, block: Any) -> None:
    slim, _ = taken(tmp_path, SESSION, said(block))
    assert json.loads(slim)["message"]["content"][0]["type"] == "text"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"type":"image"', '"ty\\u0070e":"im\\u0061ge"'),
        ('"data"', '"d\\u0061ta"'),
        ('"type":"image"', '"type":"text","type":"image"'),
    ],
)
def test_names_may_be_escaped_and_doubled(tmp_path: Path, was: str, now: str) -> None:
    text = said({"source": SOURCE, "type": "image"}).decode().replace(was, now)
    slim, _ = taken(tmp_path, SESSION, text)
    assert json.loads(slim)["message"]["content"][0]["type"] == "text"


ELSEWHERE: dict[str, Any] = {
    "a row of a data set": {
        "id": 1,
        "type": "image",
        "data": "cats/1.jpg",
        "w": "w " * 99,
    },
    "what was said": {"type": "audio", "data": "words that were said " * 20},
    "an address": {"type": "input_image", "image_url": "https://e.org/" + "a" * 150},
    "an address, bare": {
        "type": "file",
        "mediaType": "image/png",
        "data": "https://e.org/" + "a" * 150,
    },
}


@pytest.mark.parametrize("kind", ELSEWHERE)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_what_is_no_data_stays(tmp_path: Path, kind: str, name: str) -> None:
    text = json.dumps(ELSEWHERE[kind])
    assert taken(tmp_path, name, text)[0].decode() == text


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("a.json", [{"role": "user", "content": [{"image": {"bytes": PNG}}]}]),
        ("a.json", [{"role": "user", "content": "x", "images": [PNG]}]),
        (
            "a.jsonl",
            {
                "payload": json.dumps(
                    {"role": "user", "content": [{"image": {"bytes": PNG}}]}, indent=2
                )
            },
        ),
        (
            "a.jsonl",
            {"output": {"type": "computer_screenshot", "image_url": URI}},
        ),
    ],
)
def test_a_message_of_an_unknown_client_is_left_and_told(
    tmp_path: Path, name: str, record: Any
) -> None:
    text = json.dumps(record)
    slim, result = taken(tmp_path, name, text)
    assert slim.decode() == text
    assert result.stays.count == 1


@pytest.mark.parametrize("name", ["a.jsonl", SESSION, ROLLOUT])
def test_pretty_json_is_no_json_lines(tmp_path: Path, name: str) -> None:
    message = {"role": "user", "content": [{"type": "image", "source": SOURCE}]}
    slim, _ = taken(tmp_path, name, json.dumps(message, indent=1))
    assert json.loads(slim)["content"][0]["type"] == "text"


def test_nesting_ends_no_run(tmp_path: Path) -> None:
    text = (
        '{"isSidechain":false,"sessionId":"s","message":{"role":"user","content":'
        + "[" * 3000
        + f'"{URI}"'
        + "]" * 3000
        + '},"type":"user"}\n'
    )
    assert taken(tmp_path, "a.jsonl", text)[1].payloads == 1


VAIN = {
    "csv": ("a.csv", f'1,"{TINY}",x\n'),
    "yaml": ("a.yaml", f'- a: "{TINY}"\n'),
    "script": ("a.js", f'f(1, "{TINY}");\n'),
    "glued": ("a.jsonl", f'{{"a":"{TINY}"'),
    "style": ("a.html", f"<p style='x:\"{TINY}\"'>\n"),
}


@pytest.mark.parametrize("kind", VAIN)
def test_twice_the_text_is_twice_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Bytes that are read: what is around nothing is looked for once."""
    read = [0]
    before = Source.read_into

    def counted(self: Source, view: memoryview, offset: int) -> int:
        got = before(self, view, offset)
        read[0] += got
        return got

    monkeypatch.setattr(Source, "read_into", counted)
    name, text = VAIN[kind]
    work = []
    for count in (1000, 4000):
        read[0] = 0
        taken(tmp_path, name, text * count, min_size=0)
        work.append(read[0])
    assert work[1] < 6 * work[0]
