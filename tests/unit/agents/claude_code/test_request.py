"""What Claude Code sends of a session; the right values were seen on the client."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.api_limits import name_of
from assetstore.agents.find import find_threads
from assetstore.agents.reading import Reading, read_thread
from support.claude_records import (
    answer,
    attachment,
    failure,
    image,
    named_picture,
    pdf,
    record,
    result,
    text,
    use,
    user,
)
from support.samples import b64, lines, picture

WORDS = "lorem ipsum dolor sit amet " * 9


def read(folder: Path, *records: object) -> Reading:
    path = folder / "log.jsonl"
    path.write_bytes(lines(*records))
    return read_thread(next(find_threads([path])))


def blocks(reading: Reading) -> list[str]:
    """Where the client puts what is no words."""
    return [name_of(block, reading.api) for block in reading.request.blocks]


def size(*messages: object) -> int:
    return sum(
        len(json.dumps(m, ensure_ascii=False, separators=(",", ":"))) + 1
        for m in messages
    ) - len(messages[:1])


def said(role: str, *content: object) -> dict[str, Any]:
    words = content[0] if isinstance(content[0], str) else list(content)
    return {"role": role, "content": words}


def test_a_conversation(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        user(None, "1", WORDS),
        answer("1", "2", text(WORDS)),
        user("2", "3", [text("look"), image()]),
        answer("3", "4", text("seen")),
    )
    assert found.client == "claude-code"
    assert blocks(found) == ["messages.2.content.1"]
    assert found.request.size == size(
        said("user", WORDS),
        said("assistant", text(WORDS)),
        said("user", text("look"), image()),
        said("assistant", text("seen")),
    )


def test_results_of_tools_that_were_called_at_once(tmp_path: Path) -> None:
    """Blocks of one answer are records of their own; the branch passes one of them."""
    data = b64(picture(60, 40, 1))
    found = read(
        tmp_path,
        user(None, "1", WORDS),
        answer("1", "2", text("ok"), of="m"),
        answer("2", "3", use("t1"), of="m"),
        answer("3", "4", use("t2"), of="m"),
        user(
            "3",
            "5",
            [result("t1", image())],
            toolUseResult={"type": "image", "file": {"base64": data}},
        ),
        user("4", "6", [result("t2", text("x"), image())]),
        answer("6", "7", text(WORDS)),
    )
    assert blocks(found) == [
        "messages.2.content.0.tool_result.content.0",
        "messages.2.content.1.tool_result.content.1",
    ]
    assert [image.sent for image in found.images] == [True, False, True]
    assert found.request.size == size(
        said("user", WORDS),
        said("assistant", text("ok"), use("t1"), use("t2")),
        said("user", result("t1", image()), result("t2", text("x"), image())),
        said("assistant", text(WORDS)),
    )


def test_a_branch_that_was_left_is_not_sent(tmp_path: Path) -> None:
    left = [user("2", "3", [image()]), answer("3", "4", text("a" * 900))]
    found = read(
        tmp_path,
        user(None, "1", WORDS),
        answer("1", "2", text("hi")),
        *left,
        user("2", "5", "said again"),
        answer("5", "6", text("ok")),
    )
    assert blocks(found) == []
    assert found.request.messages == 4
    assert [image.sent for image in found.images] == [False]
    # The client may name another leaf than the last record.
    named = record("last-prompt", None, "", leafUuid="4", lastPrompt="x")
    found = read(
        tmp_path,
        user(None, "1", WORDS),
        answer("1", "2", text("hi")),
        *left,
        user("2", "5", "said again"),
        named,
    )
    assert blocks(found) == ["messages.2.content.0"]


def test_what_is_in_front_of_a_compaction_is_not_sent(tmp_path: Path) -> None:
    about: dict[str, object] = {"trigger": "manual"}
    early = [
        user(None, "1", [text(WORDS), image()]),
        answer("1", "2", text("hi")),
        user("2", "2a", [image()]),
        answer("2a", "2b", text("kept")),
    ]
    late = [
        user("3", "4", f"It goes on. {WORDS}", isCompactSummary=True),
        user("4", "5", [text("new"), image()]),
        answer("5", "6", text("k")),
    ]

    def boundary() -> Any:
        return record(
            "system", None, "3", subtype="compact_boundary", compactMetadata=about
        )

    found = read(tmp_path, *early, boundary(), *late)
    # One more in front: what the client adds to the first message at each start.
    assert blocks(found) == ["messages.0.content.3"]
    about["preservedSegment"] = {"headUuid": "2a", "tailUuid": "2b", "anchorUuid": "4"}
    found = read(tmp_path, *early, boundary(), *late)
    assert blocks(found) == ["messages.0.content.2", "messages.2.content.1"]


def test_what_is_not_sent(tmp_path: Path) -> None:
    shown = {"type": "user", "message": {"role": "user", "content": [image()]}}
    found = read(
        tmp_path,
        user(None, "1", "go"),
        record("progress", "1", "2", data={"normalizedMessages": [shown]}),
        record("file-history-snapshot", "1", "3", snapshot={"a": WORDS * 99}),
        user("1", "4", [image()], isSidechain=True),
        record("api-request-blob", None, "5", message=shown["message"]),
        answer("2", "6", text("done")),
    )
    assert blocks(found) == []
    assert len(found.images) == 3
    assert found.request.size == size(
        said("user", "go"), said("assistant", text("done"))
    )


def test_a_picture_that_was_named_in_a_prompt(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        user(None, "1", "what is in @shot.png ?"),
        named_picture("1", "2", picture(60, 40, 1)),
        answer("2", "3", text(WORDS)),
    )
    assert blocks(found) == ["messages.1.content.0"]
    call = (
        "<system-reminder>\nCalled the Read tool with the following input: "
        '{"file_path":"/p/shot.png"}\n</system-reminder>'
    )
    source = image()["source"]
    block = {"type": "image", "source": {**source}}
    assert found.request.size == size(
        said("user", call),
        said("user", block, text("what is in @shot.png ?")),
        said("assistant", text(WORDS)),
    )


def test_prompts_that_waited(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        user(None, "1", WORDS),
        answer("1", "2", use("t1")),
        user("2", "3", [result("t1", text("ok"))]),
        attachment("3", "4", type="queued_command", prompt=[text("also"), image()]),
        answer("4", "5", text("fine")),
        user("5", "6", "next"),
        attachment("6", "7", type="queued_command", prompt="plain words"),
        answer("7", "8", text("end")),
    )
    assert blocks(found) == ["messages.2.content.2"]
    assert found.request.messages == 6
    plain = size(said("user", WORDS), said("assistant", use("t1")))
    assert found.request.size > plain + len("also") + len("plain words") + 400


def test_attachments_whose_data_is_not_sent(tmp_path: Path) -> None:
    data = b64(b"%PDF-1.4\n" + bytes(9000))
    found = read(
        tmp_path,
        user(None, "1", "read @a.pdf"),
        attachment(
            "1",
            "2",
            type="file",
            filename="/a.pdf",
            content={"type": "pdf", "file": {"base64": data, "filePath": "/a.pdf"}},
        ),
        attachment("2", "3", type="edited_image_file", content=image()),
        attachment(
            "3",
            "4",
            type="mcp_resource",
            content={"contents": [{"blob": data, "mimeType": "image/png"}]},
        ),
        answer("4", "5", text("done")),
    )
    assert blocks(found) == []
    assert found.request.size < 400


def test_the_log_of_a_subagent_is_a_conversation_of_its_own(tmp_path: Path) -> None:
    """All of it is aside; where a session has it beside its own, it is not sent."""
    aside = [
        user(None, "1", [text("look"), image()], isSidechain=True),
        answer("1", "2", use("c"), isSidechain=True),
        user("2", "3", [result("c", image())], isSidechain=True),
        answer("3", "4", text("seen"), isSidechain=True),
    ]
    assert len(read(tmp_path, *aside).request.images) == 2
    failed = failure("3", "e", "400 Could not process image")
    found = read(tmp_path, *aside[:3], {**failed, "isSidechain": True}, aside[3])
    assert found.request.error is None
    own = [user(None, "8", WORDS), answer("8", "9", text("hi"))]
    assert read(tmp_path, *own, *aside).request.images == []
    assert read(tmp_path, *aside, *own).request.images == []


def test_a_notebook_sends_its_pictures(tmp_path: Path) -> None:
    drawn = {"image_data": b64(picture(60, 40, 1)), "media_type": "image/png"}
    cells = [{"source": "plot()", "outputs": [{"text": "<Figure>", "image": drawn}]}]
    found = read(
        tmp_path,
        user(None, "1", "look at @a.ipynb"),
        attachment(
            "1",
            "2",
            type="file",
            filename="/a.ipynb",
            content={"type": "notebook", "file": {"cells": cells}},
        ),
        answer("2", "3", text("done")),
    )
    assert len(found.request.images) == 1


def test_copies_are_sent_once_and_counted(tmp_path: Path) -> None:
    one = user("2", "3", [text("look"), image()])
    found = read(
        tmp_path, user(None, "1", WORDS), answer("1", "2", text("hi")), *[one] * 50
    )
    assert len(found.request.images) == 1
    assert found.copies == 49
    assert found.copied == 49 * len(lines(one))


def test_lines_that_differ_in_a_payload_only_are_no_copies(tmp_path: Path) -> None:
    one, two = (user(None, "1", [image(picture(60, 40, i))]) for i in (1, 2))
    assert len(lines(one)) == len(lines(two))
    two["timestamp"] = one["timestamp"]
    assert read(tmp_path, one, two).copies == 0


def test_a_parent_that_is_lost_cuts_nothing(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        user(None, "1", [image()]),
        answer("1", "2", text("hi")),
        user("lost", "3", [image()]),
        answer("3", "4", text("k")),
    )
    assert blocks(found) == ["messages.0.content.1", "messages.2.content.0"]


def test_the_error_that_it_ends_with(tmp_path: Path) -> None:
    begun = [user(None, "1", WORDS), answer("1", "2", text("hi"))]
    failed = [user("2", "3", [image()]), failure("3", "4", "400 Could not process")]
    found = read(tmp_path, *begun, *failed)
    error = found.request.error
    assert error is not None
    assert (error.text, error.line) == ("API Error: 400 Could not process", 4)
    assert found.request.messages == 3  # what the client made up is not sent
    # Asked again: it still is what the thread ends with.
    assert read(tmp_path, *begun, *failed, user("4", "5", "?")).request.error
    mended = {**failed[1], "apiError": "media_removed"}
    assert read(tmp_path, *begun, failed[0], mended).request.error is None
    gone = read(
        tmp_path, *begun, *failed, user("4", "5", "?"), answer("5", "6", text("ok"))
    )
    assert gone.request.error is None


def test_a_message_without_an_answer_is_answered_by_the_client(tmp_path: Path) -> None:
    found = read(tmp_path, user(None, "1", WORDS))
    unasked = text("No response requested.")
    assert found.request.size == size(said("user", WORDS), said("assistant", unasked))


@pytest.mark.parametrize(
    ("length", "more", "hidden"),
    [
        (70_000, [], True),
        (60_000, [], False),
        (70_000, [{"type": "summary", "summary": "a", "leafUuid": "1"}], False),
    ],
)
def test_a_session_that_the_client_does_not_list(
    tmp_path: Path, length: int, more: list[object], hidden: bool
) -> None:
    found = read(tmp_path, user(None, "1", "a" * length), user("1", "2", "b"), *more)
    assert found.request.hidden is hidden


def test_newer_versions_put_a_message_behind_the_first(tmp_path: Path) -> None:
    told = [
        user(None, "1", [text("look"), image()]),
        answer("1", "2", text("hi")),
        user("2", "3", [image()]),
        attachment("3", "4", type="queued_command", prompt="words"),
        answer("4", "5", text("k")),
        user("5", "6", [image()]),
        answer("6", "7", text("k")),
    ]
    older = read(tmp_path, *told)
    newer = read(tmp_path, *[{**t, "version": "2.1.332"} for t in told])
    assert blocks(older) == [
        "messages.0.content.2",
        "messages.2.content.1",
        "messages.4.content.0",
    ]
    assert blocks(newer) == [
        "messages.0.content.1",
        "messages.3.content.0",
        "messages.6.content.0",
    ]


def test_documents(tmp_path: Path) -> None:
    found = read(tmp_path, user(None, "1", [pdf(), text("read")], isMeta=True))
    (block,) = found.request.documents
    assert block.found is not None
    assert block.found.type == "application/pdf"
    assert found.request.images == []


@pytest.mark.parametrize("keys", ["type last", "sorted"])
def test_any_order_of_keys(tmp_path: Path, keys: str) -> None:
    told = [user(None, "1", [image()]), answer("1", "2", text("hi"))]
    if keys == "sorted":
        told = [dict(sorted(t.items())) for t in told]
    else:
        told = [{k: t[k] for k in reversed(t)} for t in told]
    assert blocks(read(tmp_path, *told)) == ["messages.0.content.1"]


def test_a_large_window_shows_in_what_was_counted(tmp_path: Path) -> None:
    told = [user(None, "1", WORDS), answer("1", "2", text("hi"))]
    assert read(tmp_path, *told).request.window == 0
    usage = {"input_tokens": 9, "cache_read_input_tokens": 250_000, "output_tokens": 1}
    told[1]["message"]["usage"] = usage
    assert read(tmp_path, *told).request.window == 1_000_000
