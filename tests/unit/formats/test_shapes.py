"""Parts of public APIs go as a whole, whatever they hold, and come back."""

import json
import random
from typing import Any

import pytest

from assetstore.archiver.run import ArchiveOptions
from support.samples import b64, picture, uri
from support.stores import archived, memory_store, restored

PNG = b64(picture(16, 12, 1))
URI = uri(picture(16, 12, 1))
TEXT = "[image 16x12 png archived as1:"

# A part, and the part that stands in its place.
PARTS: dict[str, tuple[Any, Any]] = {
    "responses": (
        {"type": "input_image", "image_url": URI, "detail": "high"},
        {"type": "input_text", "text": TEXT},
    ),
    "responses file": (
        {"type": "input_file", "filename": "a.png", "file_data": URI},
        {"type": "input_text", "text": TEXT},
    ),
    "chat": (
        {"type": "image_url", "image_url": {"url": URI}},
        {"type": "text", "text": TEXT},
    ),
    "chat, a string": (
        {"type": "image_url", "image_url": URI},
        {"type": "text", "text": TEXT},
    ),
    "chat video": (
        {"type": "video_url", "video_url": {"url": URI, "id": None}},
        {"type": "text", "text": TEXT},
    ),
    "chat sound": (
        {"type": "audio_url", "audio_url": {"url": URI, "id": None}},
        {"type": "text", "text": TEXT},
    ),
    "chat file": (
        {"type": "file", "file": {"filename": "a.png", "file_data": URI}},
        {"type": "text", "text": TEXT},
    ),
    "messages": (
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": PNG},
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "text", "text": TEXT},
    ),
    "messages document": (
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": PNG},
        },
        {"type": "text", "text": TEXT},
    ),
    "gemini": (
        {"inlineData": {"mimeType": "image/png", "data": PNG}},
        {"text": TEXT},
    ),
    "gemini, snake": (
        {"inline_data": {"mime_type": "image/png", "data": PNG}},
        {"text": TEXT},
    ),
    "mcp": (
        {"type": "image", "data": PNG, "mimeType": "image/png"},
        {"type": "text", "text": TEXT},
    ),
    "mcp resource": (
        {"type": "resource", "resource": {"uri": "file:///a.png", "blob": PNG}},
        {"type": "text", "text": TEXT},
    ),
    "continue": (
        {"type": "imageUrl", "imageUrl": {"url": URI}},
        {"type": "text", "text": TEXT},
    ),
    "vercel": (
        {"type": "file", "mediaType": "image/png", "url": URI, "filename": "a.png"},
        {"type": "text", "text": TEXT},
    ),
    "opencode": (
        {"type": "file", "mime": "image/png", "url": URI},
        {"type": "text", "text": TEXT},
    ),
    "vercel, bare": (
        {"type": "file", "mediaType": "image/png", "data": PNG},
        {"type": "text", "text": TEXT},
    ),
}
ODD = {
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 9,
    "page": b"<!DOCTYPE html><p>404</p>" * 9,
    "json": b'{"error": "not found"}' * 9,
    "heic": b"\0\0\0\x20ftypheic\0\0\0\0mif1MiHEmiafheic" + bytes(300),
    "pdf": b"%PDF-1.4\n" + bytes(300) + b"\n%%EOF\n",
    "nothing": b"",
    "a byte": b"x",
}


def taken(record: Any, **style: Any) -> tuple[Any, int]:
    """What a record becomes, and how many payloads were taken."""
    text = json.dumps(record, **style).encode()
    store = memory_store()
    slim, result = archived(store, text, ArchiveOptions(min_size=0))
    assert restored(store, slim) == text
    return json.loads(slim), result.payloads


def without_id(part: Any) -> Any:
    """A part without what names the payload, for comparison."""
    if isinstance(part, dict):
        return {key: without_id(held) for key, held in part.items()}
    if isinstance(part, str) and "as1:" in part:
        before, _, after = part.partition("as1:")
        assert after[27:] == "]"
        return before + "as1:"
    return part


def shuffled(part: Any, dice: random.Random) -> Any:
    """A part with its members in another order."""
    if not isinstance(part, dict):
        return part
    names = list(part)
    dice.shuffle(names)
    return {name: shuffled(part[name], dice) for name in names}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize("style", [{}, {"separators": (",", ":")}, {"indent": 2}])
def test_a_part_becomes_a_text_part(name: str, order: int, style: Any) -> None:
    part, wanted = PARTS[name]
    if order:
        part = shuffled(part, random.Random(order))
    found, count = taken({"n": 1, "content": [{"type": "x"}, part], "z": ""}, **style)
    assert count == 1
    assert without_id(found["content"][1]) == wanted
    assert (found["n"], found["content"][0], found["z"]) == (1, {"type": "x"}, "")


@pytest.mark.parametrize("name", PARTS)
def test_json_in_a_string_has_parts_too(name: str) -> None:
    part, wanted = PARTS[name]
    inner = json.dumps({"content": [part]})
    found, count = taken({"type": "tool", "output": json.dumps({"deep": inner})})
    assert count == 1
    deep = json.loads(json.loads(found["output"])["deep"])
    assert without_id(deep["content"][0]) == wanted


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", PARTS)
def test_any_data_goes(name: str, odd: str) -> None:
    text = json.dumps(PARTS[name][0]).replace(PNG, b64(ODD[odd]))
    found, count = taken([json.loads(text)])
    assert count == 1
    assert found[0]["type"] in ("text", "input_text") if "type" in found[0] else True
    assert found[0]["text"].startswith("[")
    assert "archived as1:" in found[0]["text"]


@pytest.mark.parametrize("kind", ["text/markdown", "application/octet-stream", "", "a"])
def test_a_media_type_may_say_anything(kind: str) -> None:
    found, count = taken([{"type": "input_image", "image_url": uri(b"#" * 99, kind)}])
    assert (count, found[0]["type"]) == (1, "input_text")


def test_a_megabyte_of_text_beside_a_picture_goes_along() -> None:
    for words in ("w" * 1_000_000, 'q"uo\\te\n' * 150_000):
        part = {"_meta": words, "type": "image", "data": PNG, "mimeType": "image/png"}
        found, count = taken([part])
        assert (count, without_id(found[0])) == (1, {"type": "text", "text": TEXT})
        found, count = taken([part] * 3)
        assert (count, len(found)) == (3, 3)
        assert {part["type"] for part in found} == {"text"}
        part = {"data": PNG, "type": "image", "mimeType": "image/png", "_meta": words}
        found, count = taken([part])
        assert (count, without_id(found[0])) == (1, {"type": "text", "text": TEXT})


ELSEWHERE: dict[str, Any] = {
    "an address": {"type": "input_image", "image_url": "https://example.org/a.png"},
    "an address, nested": {"type": "image_url", "image_url": {"url": "https://e.org/"}},
    "an upload": {"type": "video_url", "video_url": {"url": "ms://f-1", "id": None}},
    "an id": {"type": "input_image", "file_id": "file-1"},
    "a file's id": {"type": "image", "source": {"type": "file", "file_id": "f"}},
    "text": {"type": "text", "text": "data"},
    "data of no part": {"data": "aGVsbG8gaGVsbG8gaGVsbG8=", "type": "greeting"},
    "a file without a type": {"type": "file", "data": "aGVsbG8gaGVsbG8="},
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_no_part_with_data_stays(name: str) -> None:
    assert taken([ELSEWHERE[name]]) == ([ELSEWHERE[name]], 0)


def test_a_picture_in_no_part_is_replaced_alone() -> None:
    found, count = taken({"icon": URI, "type": "app", "shots": [URI]})
    assert count == 2
    assert found["icon"].startswith("as1:")
    assert found["shots"][0].startswith("as1:")


@pytest.mark.parametrize(
    "bound",
    [
        {"kind": 1, "v": {"$base64": PNG}},
        {"type": "session.binary_asset", "assetId": "sha256:0", "data": PNG},
        {"data": PNG, "mimeType": "image/png", "type": "image", "assetId": "sha256:0"},
    ],
)
def test_what_its_reader_decodes_or_hashes_stays_and_is_told(bound: Any) -> None:
    text = json.dumps(bound).encode()
    store = memory_store()
    slim, result = archived(store, text, ArchiveOptions(min_size=0))
    assert slim == text
    assert (result.stays.count, result.stored) == (1, 0)
