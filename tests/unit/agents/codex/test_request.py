"""What Codex sends of a rollout."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.api_limits import name_of, refused
from assetstore.agents.diagnose import diagnosis
from assetstore.agents.find import find_threads
from assetstore.agents.reading import Reading, read_thread
from support.homes import THREAD, codex_fork, codex_home, rollout
from support.samples import b64, lines, picture, uri

SHOT = uri(picture(60, 40, 1))


def record(kind: str, **payload: object) -> dict[str, Any]:
    return {"timestamp": "2026-09-01T00:00:00Z", "type": kind, "payload": payload}


def meta(version: str = "0.125.0") -> dict[str, Any]:
    return record("session_meta", id=THREAD, cwd="/p", cli_version=version)


def item(role: str, *content: object, **more: object) -> dict[str, Any]:
    return record(
        "response_item", type="message", role=role, content=list(content), **more
    )


def text(words: str) -> dict[str, Any]:
    return {"type": "input_text", "text": words}


def image(url: str = SHOT) -> dict[str, Any]:
    return {"type": "input_image", "image_url": url}


def event(kind: str, **more: object) -> dict[str, Any]:
    return record("event_msg", type=kind, **more)


def read(folder: Path, *records: object) -> Reading:
    path = folder / "log.jsonl"
    path.write_bytes(lines(*records))
    return read_thread(next(find_threads([path])))


def blocks(reading: Reading) -> list[str]:
    return [name_of(block, reading.api) for block in reading.request.blocks]


def size(*items: object) -> int:
    text = json.dumps(list(items), ensure_ascii=False, separators=(",", ":"))
    return len(text) - len("[]")


def test_items_without_what_the_client_keeps_for_itself(tmp_path: Path) -> None:
    own = {"internal_chat_message_metadata_passthrough": {"turn_id": "x" * 500}}
    told = [item("user", text("look"), image(), id="msg_1", **own)]
    told.append(item("assistant", {"type": "output_text", "text": "OK"}, id="msg_2"))
    sent = [
        {k: v for k, v in t["payload"].items() if k not in own and k != "id"}
        for t in told
    ]
    older = read(tmp_path, meta(), *told)
    assert older.client == "codex"
    assert blocks(older) == ["input[0].content[1]"]
    assert older.request.size == size(*sent)
    # Newer versions send ids, and their instructions as the first item.
    newer = read(tmp_path, meta("0.171.0"), *told)
    assert blocks(newer) == ["input[1].content[1]"]
    ids = sum(len(',"id":"msg_1"') for _ in told)
    assert newer.request.size == size(*sent) + ids


def test_events_are_not_sent(tmp_path: Path) -> None:
    shown = {"type": "UserMessage", "content": [{"type": "image", "image_url": SHOT}]}
    found = read(
        tmp_path,
        meta(),
        item("user", text("look")),
        event("item_completed", item=shown),
        event("user_message", images=[SHOT]),
    )
    assert blocks(found) == []
    assert [i.sent for i in found.images] == [False, False]


def test_a_tools_output(tmp_path: Path) -> None:
    output = record(
        "response_item",
        type="function_call_output",
        call_id="c",
        output=[text("here"), image()],
    )
    assert blocks(read(tmp_path, meta(), output)) == ["input[0].content[1]"]


def test_a_compaction_begins_anew(tmp_path: Path) -> None:
    kept = [item("user", text("kept"), image())["payload"]]
    compacted = record("compacted", message="we looked", replacement_history=kept)
    found = read(
        tmp_path, meta(), item("user", image()), compacted, item("user", image())
    )
    assert blocks(found) == ["input[0].content[1]", "input[1].content[0]"]
    assert [(i.compacted, i.sent) for i in found.images] == [
        (False, False),
        (True, True),
        (False, True),
    ]
    old = record("compacted", message="we looked")
    found = read(tmp_path, meta(), item("user", image()), old)
    assert blocks(found) == []
    assert found.request.messages == 1


def test_turns_that_were_taken_back_are_not_sent(tmp_path: Path) -> None:
    told = [item("user", text("one"), image()), item("assistant", text("1"))]
    told += [item("user", text("two"), image()), item("assistant", text("2"))]
    found = read(tmp_path, meta(), *told, event("thread_rolled_back", num_turns=1))
    assert blocks(found) == ["input[0].content[1]"]
    assert found.request.messages == 2
    found = read(tmp_path, meta(), *told, event("thread_rolled_back", num_turns=9))
    assert found.request.messages == 0


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ([event("task_complete", error={"message": "no image"})], "no image"),
        ([event("error", message="ran out of room")], "ran out of room"),
        ([event("stream_error", message="again")], "again"),
        # What older versions end a failed turn with.
        (
            [
                event("error", message="no image"),
                event("task_complete", last_agent_message=None),
            ],
            "no image",
        ),
        ([event("error")], "no reason given"),
        ([event("task_complete", last_agent_message="OK")], None),
        (
            [
                event("error", message="no image"),
                item("assistant", {"type": "output_text", "text": "OK"}),
                event("task_complete", last_agent_message="OK"),
            ],
            None,
        ),
    ],
)
def test_the_error_that_it_ends_with(
    tmp_path: Path, end: list[object], words: str | None
) -> None:
    found = read(tmp_path, meta(), item("user", image()), *end)
    error = found.request.error
    assert (error.text if error is not None else None) == words
    if error is not None:
        assert error.line == 3


ODD = (
    image("data:image/png;base64,"),
    image(""),
    image("https://example.org/a.png"),
    image("data:application/octet-stream;base64," + b64(b"x" * 900)),
    image(uri(picture(60, 40, 1), "application/octet-stream")),
)


def test_odd_addresses(tmp_path: Path) -> None:
    told = [item("user", part) for part in ODD]
    older = read(tmp_path, meta(), *told)
    assert blocks(older) == [f"input[{i}].content[0]" for i in (0, 1, 3, 4)]
    assert len(older.request.images) == 4
    over = refused(older.request, older.api, pixels=False)
    assert [o.line for o in over] == [2, 3, 5, 6]
    # Newer versions leave out what is no picture, but for an address without a word.
    newer = read(tmp_path, meta("0.171.0"), *told)
    assert [b.kind for b in newer.request.blocks] == [
        "other",
        "image",
        "other",
        "image",
    ]
    over = refused(newer.request, newer.api, pixels=True)
    assert [(o.line, o.block) for o in over] == [(3, "input[2].content[0]")]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "input_file", "file_data": uri(b"%PDF-1.4", "application/pdf")},
        {"type": "input_audio", "input_audio": {"data": "aa"}},
        {"type": "image", "data": "aa", "mimeType": "image/png"},
    ],
)
def test_an_item_with_a_part_that_is_not_known_is_not_sent(
    tmp_path: Path, part: object
) -> None:
    outputs = [
        record("response_item", type="function_call_output", call_id="c", output=output)
        for output in ([part], {"content": [part]}, [image(), part])
    ]
    found = read(tmp_path, meta(), item("user", image(), part), *outputs)
    assert found.request.messages == 0
    text = json.dumps({"content": [part]})
    output = record(
        "response_item", type="function_call_output", call_id="c", output=text
    )
    assert read(tmp_path, meta(), output).request.messages == 1


@pytest.mark.parametrize("version", ["0.125.0", "0.171.0"])
@pytest.mark.parametrize("kind", ["input_file", "input_video", None])
def test_pictures_of_an_item_that_is_skipped_are_not_counted_as_sent(
    tmp_path: Path, version: str, kind: str | None
) -> None:
    part = {"type": kind, "file_data": uri(b"%PDF-1.4" + bytes(900))}
    found = read(
        tmp_path,
        meta(version),
        item("user", text("look"), image()),
        item("user", image(uri(picture(60, 40, 2))), part),
    )
    assert len(found.request.images) == 1
    shown = [i for i in found.images if i.type.startswith("image/")]
    assert [i.sent for i in shown] == [True, False]
    verdict = diagnosis(found)
    assert (verdict.images, verdict.request_images) == (2, 1)
    assert verdict.request_bytes == size(item("user", text("look"), image())["payload"])


def test_audio_becomes_words_in_newer_versions(tmp_path: Path) -> None:
    audio = {"type": "input_audio", "input_audio": {"data": "aa" * 900}}
    told = item("user", image(), audio)
    assert read(tmp_path, meta(), told).request.messages == 0
    newer = read(tmp_path, meta("0.171.0"), told)
    assert blocks(newer) == ["input[1].content[0]"]
    said = text("audio content omitted because you do not support audio input")
    assert newer.request.size == size(item("user", image(), said)["payload"])


@pytest.mark.parametrize("turns", [2, 3, 10**18])
def test_more_turns_are_taken_back_than_there_are(tmp_path: Path, turns: int) -> None:
    told = [item("developer", text("rules")), item("user", image()), item("user")]
    found = read(tmp_path, meta(), *told, event("thread_rolled_back", num_turns=turns))
    assert found.request.messages == (1 if turns == 2 else 0)


def test_an_old_compaction_keeps_what_the_user_said(tmp_path: Path) -> None:
    told = [item("user", text("one"), image()), item("assistant", text("1"))]
    found = read(tmp_path, meta(), *told, record("compacted", message="summed up"))
    assert found.request.messages == 2
    assert blocks(found) == []


def test_a_fork_sends_what_its_origin_has(tmp_path: Path) -> None:
    path = codex_home(tmp_path, rollout(3, 0))
    log = path.read_bytes()
    end = log.index(b"number 2")  # somewhere in its third turn
    end = log.rindex(b"\n", 0, end) + 1
    fork = codex_fork(path, 1, end, rollout(1, 0, start=7))
    found = read_thread(next(find_threads([fork])))
    assert [(b.origin, b.line) for b in found.request.blocks] == [
        (0, 3),
        (0, 7),
        (-1, 3),
    ]
    assert found.request.origins == [THREAD]
    assert [image.sent for image in found.images] == [True, False]
    hashes = {b.found.blob for b in found.request.blocks if b.found is not None}
    assert len(hashes) == 3


@pytest.mark.parametrize("order", ["spaced", "reversed"])
def test_any_spelling(tmp_path: Path, order: str) -> None:
    records = [meta(), item("user", text("look"), image())]
    path = tmp_path / "log.jsonl"
    if order == "spaced":
        path.write_text("".join(json.dumps(r) + "\n" for r in records))
    else:
        path.write_bytes(lines(*[{k: r[k] for k in reversed(r)} for r in records]))
    found = read_thread(next(find_threads([path])))
    assert blocks(found) == ["input[0].content[1]"]


@pytest.mark.parametrize("turns", [False, True])
@pytest.mark.parametrize("answered", [False, True])
def test_a_log_without_turns_that_ends_with_a_question(
    tmp_path: Path, turns: bool, answered: bool
) -> None:
    """0.98 writes nothing of a turn that failed; in later ones, it may be at work."""
    large = uri(picture(8100, 4, 1))
    answer = item("assistant", {"type": "output_text", "text": "a"})
    reading = read(
        tmp_path,
        meta("0.98.0"),
        *[event("task_started")] * turns,
        item("user", text("look"), image(large)),
        *[answer] * answered,
    )
    assert reading.request.unanswered == (not turns and not answered)
    assert bool(diagnosis(reading).over) == reading.request.unanswered
