"""The stand-in for Anthropic's Messages API refuses what that one refuses."""

import json
from typing import Any

import pytest

from support.claude import document, image, text
from support.messages_blocks import Refused
from support.messages_rules import check, signed
from support.samples import b64, picture

SHOT = image(picture(40, 30, 1))


def user(*content: object) -> dict[str, Any]:
    return {"role": "user", "content": list(content)}


def answer(*content: object) -> dict[str, Any]:
    return {"role": "assistant", "content": list(content)}


def use(id: str = "t1") -> dict[str, Any]:
    return {"type": "tool_use", "id": id, "name": "Read", "input": {}}


def result(id: str = "t1", *content: object, **more: object) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": id, "content": list(content), **more}


def thought(words: str, signature: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": signature}


def source(**more: object) -> dict[str, Any]:
    held = {"type": "base64", "media_type": "image/png", "data": "", **more}
    return {"type": "image", "source": held}


def asked(*messages: object, **more: object) -> None:
    request = {"model": "m", "max_tokens": 9, "messages": list(messages), **more}
    check(json.dumps(request).encode(), request)


CALLED = (user(text("read")), answer(use()), user(result("t1", text("it"))))


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": "words"}],
        [user(text("look"), SHOT), answer(text("seen")), user(text("and?"))],
        CALLED,
        [*CALLED[:2], user(result("t1", text("a"), SHOT), text("go on"))],
        [*CALLED[:2], answer(use("t2")), user(result("t1")), user(result("t2"))],
        [user(text("a")), {"role": "system", "content": "b"}, answer(text("c"))],
        [user(text("a")), answer(thought("b", signed("b")), text("c")), user(SHOT)],
        [user(text("a")), {"role": "system", "content": [], "output_config": {"a": 1}}],
    ],
)
def test_what_it_takes(messages: list[dict[str, Any]]) -> None:
    asked(*messages)


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([], "at least one message is required"),
        ([answer(text("a"))], 'first message must use the "user" role'),
        ([{"role": "tool", "content": "a"}], "messages.0.role: Input should be"),
        ([{**user(text("a")), "uuid": "b"}], "messages.0.uuid: Extra inputs are not"),
        ([user()], "all messages must have non-empty content"),
        ([user(SHOT), {"role": "system", "content": []}], "messages.1: all messages"),
        ([user(text(" \n"))], "text content blocks must be non-empty"),
        ([{"role": "user", "content": ""}], "must have non-empty content"),
        (
            [user({**text(""), "cache_control": {"type": "ephemeral"}})],
            "messages.0.content.0.text: cache_control cannot be set for empty text",
        ),
        ([user({"type": "text"})], "messages.0.content.0.text.text: Field required"),
        (
            [user({**text("a"), "assetstore": "b"})],
            "messages.0.content.0.text.assetstore: Extra inputs are not permitted",
        ),
        (
            [user({"type": "image_url", "image_url": "b"})],
            "Input tag 'image_url' found using 'type' does not match any of the",
        ),
        ([{"role": "system", "content": [SHOT]}], "Input should be 'text'"),
        ([user(source())], "messages.0.content.0.image.source.base64: image cannot be"),
        ([user(source(data="as1:abc"))], "image.source.base64: invalid base64 data"),
        ([user(source(data="AAAA\n"))], "invalid base64 data"),
        ([user(source(data="AAAA"))], "Could not process image"),
        (
            [user(source(data=b64(picture(60, 40, 1)[:2000])))],
            "Could not process image",
        ),
        (
            [user(source(media_type="image/svg+xml", data="AAAA"))],
            "media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or",
        ),
        (
            [user(source(media_type="image/jpeg", data=b64(picture(40, 30, 1))))],
            "using the image/jpeg media type, but the image appears to be a image/png",
        ),
        (
            [user(source(data="AAAA", original="b"))],
            "image.source.base64.original: Extra inputs are not permitted",
        ),
        ([user(image(picture(8001, 1, 1)))], "exceed max allowed size: 8000 pixels"),
        (
            [user(image(picture(2001, 1, 1)), *[SHOT] * 20)],
            "max allowed size for many-image requests: 2000 pixels",
        ),
        ([user(*[SHOT] * 101)], "Too many images and documents: 101 > 100"),
        (
            [user(image(picture(1225, 1225, 1)))],
            "image exceeds 5 MB maximum: 6012616 bytes",
        ),
        ([user(document(b"words"))], "The PDF specified was not valid"),
        ([user(document(b"%PDF-1.4\n" + b"/Type /Page\n" * 101))], "maximum of 100"),
        (
            [*CALLED[:2], user(text("no result"))],
            "messages.1: `tool_use` ids were found without `tool_result` blocks",
        ),
        (CALLED[:2], "messages.1: `tool_use` ids were found without"),
        (
            [*CALLED[:2], user(text("first"), result("t1"))],
            "`tool_use` ids were found without `tool_result` blocks immediately after",
        ),
        (
            [user(result("t1"))],
            "messages.0.content.0: unexpected `tool_use_id` found in `tool_result`",
        ),
        ([*CALLED, *CALLED[1:]], "messages.3.content.0: `tool_use` ids must be unique"),
        ([user(text("a")), answer(use("a b"))], "String should match pattern"),
        (
            [*CALLED[:2], user(result("t1", is_error=True))],
            "tool_result: content cannot be empty if `is_error` is true",
        ),
        (
            [*CALLED[:2], user(result("t1", SHOT, is_error=True))],
            'all content must be type "text" if `is_error` is true',
        ),
        (
            [*CALLED[:2], user(result("t1", use("t2")))],
            "messages.2.content.0.tool_result.content.0: Input tag 'tool_use' found",
        ),
        (
            [user(text("a")), answer(thought("a", signed("b")), text("c"))],
            "messages.1.content.0: Invalid `signature` in `thinking` block",
        ),
        (
            [
                user(text("a")),
                answer({**thought("a", signed("a")), "cache_control": {}}, text("c")),
            ],
            "messages.1.content.0.thinking.cache_control: Extra inputs are not",
        ),
        (
            [user(*[{**text("a"), "cache_control": {"type": "ephemeral"}}] * 5)],
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        ),
    ],
)
def test_what_it_refuses(messages: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(Refused) as error:
        asked(*messages)
    assert said in str(error.value)
    assert error.value.status == 400


def test_a_request_that_is_too_large_and_one_with_other_keys() -> None:
    request = {"model": "m", "max_tokens": 9, "messages": [user(text("a"))]}
    with pytest.raises(Refused) as error:
        check(b" " * 33_000_000, request)
    assert error.value.status == 413
    with pytest.raises(Refused, match="assetstore: Extra inputs are not permitted"):
        asked(*CALLED, assetstore=1)
    with pytest.raises(Refused, match=r"tools\.0\.custom\.blob: Extra inputs are not"):
        asked(*CALLED, tools=[{"name": "a", "input_schema": {}, "blob": 1}])
