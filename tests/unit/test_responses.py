"""The mock of the Responses API refuses what the real one does, and nothing else."""

from typing import Any

import pytest

from support.mock_api import MockApi
from support.responses import refusal
from support.samples import picture, uri

SHOT = uri(picture(20, 20, 1))
CALL = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
ANSWER = {"type": "function_call_output", "call_id": "c", "output": "done"}


def said(*content: Any, role: str = "user", **more: Any) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": list(content), **more}


def image(url: Any) -> dict[str, Any]:
    return {"type": "input_image", "image_url": url, "detail": "high"}


@pytest.mark.parametrize(
    "items",
    [
        [said({"type": "input_text", "text": ""}, image(SHOT))],
        [said({"type": "output_text", "text": "a"}, role="assistant", id="m")],
        [CALL, ANSWER],
        [CALL, {**ANSWER, "output": [image(SHOT)]}],
        [said(image("https://example.org/a.png"))],
        [{"type": "reasoning", "summary": [], "encrypted_content": "x"}],
        [{"type": "image_generation_call", "id": "i", "result": ""}],
    ],
)
def test_what_is_taken(items: list[dict[str, Any]]) -> None:
    assert refusal(items) is None


@pytest.mark.parametrize(
    ("items", "words", "param"),
    [
        ([said(image("as1:x"))], "valid URL", "input[0].content[0].image_url"),
        ([said(image(""))], "valid URL", "input[0].content[0].image_url"),
        ([said(image(None))], "expected an image URL", "input[0].content[0].image_url"),
        (
            [said(image(uri(picture(2, 2, 1), "application/octet-stream")))],
            "MIME type",
            "input[0].content[0].image_url",
        ),
        ([said(image(SHOT + "!"))], "base64", "input[0].content[0].image_url"),
        (
            [said(image(uri(b"GIF12345")))],
            "valid image",
            "input[0].content[0].image_url",
        ),
        (
            [said(image(uri(picture(8001, 1, 1))))],
            "8000 pixels",
            "input[0].content[0].image_url",
        ),
        ([said({"type": "image"})], "Invalid value", "input[0].content[0].type"),
        (
            [said({"type": "input_text", "text": "a"}, role="assistant")],
            "'output_text'",
            "input[0].content[0].type",
        ),
        (
            [said({"type": "input_text", "text": "a", "assetstore": "b"})],
            "Unknown parameter",
            "input[0].content[0].assetstore",
        ),
        ([said(metadata={})], "Unknown parameter", "input[0].metadata"),
        ([said(id="m"), said(id="m")], "Duplicate item", "input[1]"),
        ([CALL], "No tool output found for function call c", "input"),
        ([ANSWER], "No tool call found", "input"),
        ([CALL, {**ANSWER, "output": {}}], "Invalid type", "input[1]"),
        ([{"type": "realtime_item"}], "Invalid value", "input[0].type"),
    ],
)
def test_what_is_refused(items: list[dict[str, Any]], words: str, param: str) -> None:
    found = refusal(items)
    assert found is not None
    assert words in found.message
    assert found.param == param


def test_a_request_that_is_longer_than_the_limit() -> None:
    api = MockApi(limit=10)
    status, _, body = api.answer(b'{"input":[]}')
    assert status == 400
    assert b"context_length_exceeded" in body
    assert api.requests[0].status == 400
