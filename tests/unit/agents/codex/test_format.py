"""What stands in a picture's place in a rollout: nothing that a client sends again."""

import json
from typing import Any

import pytest

from assetstore.agents.codex.format import STAND_INS
from assetstore.archiver.run import ArchiveOptions
from assetstore.results import FileResult
from support.samples import lines, picture, uri
from support.stores import archived, memory_store, restored

TIME = "2026-09-01T00:00:00Z"
A, B, C = (uri(picture(30, 20, i)) for i in range(3))


def record(kind: str, **payload: Any) -> dict[str, Any]:
    return {"timestamp": TIME, "type": kind, "payload": payload}


def message(words: str, *images: str) -> dict[str, Any]:
    return record(
        "event_msg",
        type="user_message",
        message=words,
        images=list(images),
        local_images=[],
        text_elements=[],
    )


def shown(*content: Any) -> dict[str, Any]:
    item = {"type": "UserMessage", "id": "i", "content": list(content)}
    return record("event_msg", type="item_completed", item=item)


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "text_elements": []}


def image(url: str) -> dict[str, Any]:
    return {"type": "image", "image_url": url}


def taken(*said: Any, spaced: bool = False, **options: Any) -> tuple[Any, FileResult]:
    """A log's record after its archive, and again, and what that said."""
    log = lines(record("session_meta", id="x"), *said)
    if spaced:
        log = b"".join(
            json.dumps(json.loads(line)).encode() + b"\n" for line in log.splitlines()
        )
    store = memory_store()
    if "spare" in options:
        options["spare"] = frozenset(
            log.index(url.encode()) for url in options["spare"]
        )
    slim, result = archived(store, log, ArchiveOptions(**options))
    assert restored(store, slim) == log
    again, _ = archived(store, slim, ArchiveOptions())
    if not options:
        assert again == slim
    records = [json.loads(line)["payload"] for line in again.splitlines()]
    return (records[1] if len(records) == 2 else records[1:]), result


@pytest.mark.parametrize("spaced", [False, True])
def test_an_older_client_s_list_of_pictures_ends_empty(spaced: bool) -> None:
    (one, two), result = taken(
        message("look", A), message("and", A, B, C), spaced=spaced
    )
    assert result.payloads == 4
    assert one["images"] == two["images"] == []
    assert [len(said["assetstore"]) for said in (one, two)] == [1, 3]
    assert list(one) == [*list(one)[:2], "images", "assetstore", *list(one)[4:]]
    for name in (*one["assetstore"], *two["assetstore"]):
        assert name.startswith("as1:")


def test_a_picture_alone_stays_one_that_a_title_can_be_made_of() -> None:
    said, result = taken(message("", A, B))
    assert result.payloads == 2
    (stands_in,) = said["images"]
    assert stands_in.startswith("data:image/png;base64,")
    assert len(stands_in) < 250
    assert len(said["assetstore"]) == 2


def test_the_picture_that_stands_in_is_taken_where_it_is_sent() -> None:
    said, _ = taken(message("", A))
    (stands_in,) = said["images"]
    item = {"type": "input_image", "image_url": stands_in}
    sent, result = taken(record("response_item", type="message", content=[item]))
    assert result.payloads == 1
    assert sent["content"][0]["type"] == "input_text"


@pytest.mark.parametrize("spaced", [False, True])
@pytest.mark.parametrize("kept", [[A], [B], [C], [A, B], [A, C], [B, C]])
def test_pictures_that_are_kept_stay_in_the_log(kept: list[str], spaced: bool) -> None:
    log = message("look", A, B, C)
    said, result = taken(log, spare=kept, spaced=spaced)
    assert result.payloads == 3 - len(kept)
    # The pass that follows takes the others; what is in no list is not sent.
    assert said["images"] == []


def test_what_is_no_data_stays_in_the_list() -> None:
    said, result = taken(message("look", "https://example.org/a.png", A, B))
    assert result.payloads == 2
    assert said["images"] == ["https://example.org/a.png"]
    assert len(said["assetstore"]) == 2


def test_a_message_that_is_shown_keeps_its_words_and_gets_no_others() -> None:
    said, result = taken(shown(image(A), text("look"), image(B)))
    assert result.payloads == 2
    first, words, last = said["item"]["content"]
    assert words == text("look")
    for part in (first, last):
        assert {**part, "assetstore": ""} == {**text(""), "assetstore": ""}
        assert part["assetstore"].startswith("[image 30x20 png archived as1:")


def test_a_message_of_pictures_alone_says_so_once() -> None:
    said, _ = taken(shown(image(A), image(B)))
    assert [part["text"] for part in said["item"]["content"]] == ["[Image]", ""]
    for part in said["item"]["content"]:
        del part["assetstore"]
        assert json.dumps(part, separators=(",", ":")) in STAND_INS


def test_what_the_client_keeps_of_a_picture_that_it_made_smaller() -> None:
    original = uri(picture(30, 20, 1), "application/octet-stream")
    source = {
        "prepared_url_digest": [1] * 32,
        "detail": "high",
        "original_data_url": original,
    }
    log = {
        **record("response_item", type="message", content=[]),
        "metadata": {"image_replay_sources": [source]},
    }
    store = memory_store()
    data = lines(record("session_meta", id="x"), log)
    slim, result = archived(store, data, ArchiveOptions())
    assert restored(store, slim) == data
    assert result.payloads == 1
    (now,) = json.loads(slim.splitlines()[1])["metadata"]["image_replay_sources"]
    assert now["original_data_url"] == ""
    assert now["assetstore"].startswith("as1:")


def test_what_a_tool_of_the_app_gave_back() -> None:
    items = [{"type": "inputImage", "imageUrl": A}]
    said, _ = taken(
        record("event_msg", type="dynamic_tool_call_response", content_items=items)
    )
    (part,) = said["content_items"]
    assert part["type"] == "inputText"
    assert part["text"].startswith("[image 30x20 png archived as1:")


def test_what_a_tool_gave_back_as_an_object() -> None:
    content = {"url": A, "title": "a"}
    said, result = taken(
        record(
            "event_msg",
            type="mcp_tool_call_end",
            result={"Ok": {"content": [], "structuredContent": content}},
        )
    )
    assert result.payloads == 1
    assert said["result"]["Ok"]["structuredContent"]["url"].startswith("as1:")


def test_a_conversation_by_voice_is_left_and_told() -> None:
    item = {"type": "message", "content": [{"type": "input_audio", "audio": A}]}
    log = lines(
        record("session_meta", id="x"),
        record("realtime_item", item=item),
    )
    slim, result = archived(memory_store(), log, ArchiveOptions())
    assert slim == log
    (stay,) = result.stays.listed
    assert (stay.line, stay.type) == (2, "image/png")
