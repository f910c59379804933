"""What is sent for an attachment."""

from typing import Any

import pytest

from assetstore.agents.claude_code.attachments import messages_of

DATA = "iVBORw0KGgo="


def reminder(text: str) -> str:
    return f"<system-reminder>\n{text}\n</system-reminder>"


def test_a_text_file_is_numbered_words_behind_a_call() -> None:
    file = {"content": "one\ntwo", "startLine": 7}
    called, gave = messages_of(
        {"type": "file", "filename": "/ü", "content": {"type": "text", "file": file}}
    )
    assert called == reminder(
        'Called the Read tool with the following input: {"file_path":"/ü"}'
    )
    assert gave == reminder("Result of calling the Read tool:\n7\tone\n8\ttwo")


def test_a_picture_is_one() -> None:
    held = {"type": "image", "file": {"base64": DATA, "type": "image/png"}}
    _, (block,) = messages_of({"type": "file", "filename": "/a", "content": held})
    assert block == {
        "type": "image",
        "source": {"type": "base64", "data": DATA, "media_type": "image/png"},
    }


def test_a_notebook_has_its_cells_and_pictures() -> None:
    image = {"image_data": DATA, "media_type": "image/png"}
    cell = {"source": "x = 1", "outputs": [{"text": "said"}, {"image": image}]}
    held = {"type": "notebook", "file": {"cells": [cell]}}
    _, blocks = messages_of({"type": "file", "filename": "/n", "content": held})
    assert [b.get("text") or b["type"] for b in blocks] == ["x = 1", "said", "image"]


def test_of_a_pdf_its_name_is_said() -> None:
    held = {"type": "pdf", "file": {"base64": DATA}}
    (said,) = messages_of({"type": "file", "filename": "/p", "content": held})
    assert said == reminder("PDF file read: /p")


def test_a_prompt_that_waited_has_its_pictures_behind_its_words() -> None:
    image = {"type": "image", "source": {"type": "base64", "data": DATA}}
    parts = [image, {"type": "text", "text": "look"}]
    ((words, picture),) = messages_of({"type": "queued_command", "prompt": parts})
    assert "working:\nlook\n" in words["text"]
    assert picture == image
    (said,) = messages_of({"type": "queued_command", "prompt": "only words"})
    assert "only words" in said


def test_words_of_other_kinds() -> None:
    assert messages_of({"type": "edited_image_file", "filename": "/a"}) == []
    rendered = [{"content": "a"}, {"content": [{"text": "b"}]}]
    assert messages_of({"type": "x", "rendered": rendered}) == ["a\nb"]
    contents = {"contents": [{"text": "one"}, {"blob": DATA}, {"text": "two"}]}
    resource = {"type": "mcp_resource", "content": contents}
    assert messages_of(resource) == ["one\ntwo"]
    todo = {"type": "todo", "filename": "/not said", "content": ["do", {"x": "this"}]}
    assert messages_of(todo) == [reminder("do\nthis")]
    assert messages_of({"type": "todo"}) == []


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "attachment",
    [
        {},
        {"type": "file"},
        {"type": "file", "content": {"type": "text", "file": {"startLine": "x"}}},
        {"type": "file", "content": {"type": "notebook", "file": {"cells": [3, {}]}}},
        {"type": "queued_command", "prompt": [3, {"type": "image"}]},
        {"type": "queued_command"},
        {"type": "mcp_resource", "content": []},
    ],
)
def test_one_of_an_odd_form_raises_nothing(attachment: dict[str, Any]) -> None:
    assert isinstance(messages_of(attachment), list)


def test_one_that_nests_without_end_is_read_to_its_end() -> None:
    assert messages_of({"type": "x", "content": nested(50_000)}) == [reminder("deep")]
