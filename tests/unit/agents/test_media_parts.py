"""Parts of public APIs in a log."""

from typing import Any

import pytest

from assetstore.agents.media_parts import (
    PartData,
    media_of,
    message_part,
    parts_of,
    within,
    words_of,
)
from assetstore.agents.records import Line

PLACEHOLDER = "[image 2x2 png archived as1:Ls80chfwqEqjmN8WOJfNOQja9F8]"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            {"inlineData": {"mimeType": "image/png", "data": "aa"}},
            PartData("aa", "image/png"),
        ),
        (
            {"inline_data": {"mime_type": "image/png", "data": "aa"}},
            PartData("aa", "image/png"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:,"}},
            PartData("data:,", uri=True),
        ),
        ({"type": "imageUrl", "imageUrl": {"url": "u"}}, PartData("u", uri=True)),
        ({"type": "input_image", "image_url": "u"}, PartData("u", uri=True)),
        ({"type": "image", "data": "aa", "mimeType": "i"}, PartData("aa", "i")),
        ({"type": "image", "data": "aa", "mediaType": "i"}, PartData("aa", "i")),
        (
            {
                "type": "document",
                "source": {"type": "base64", "data": "aa", "media_type": "x"},
            },
            PartData("aa", "x"),
        ),
        ({"type": "image", "source": {"type": "url", "url": "u"}}, None),
        ({"type": "text", "text": "data"}, None),
        ({"data": "aa"}, None),
        ({"type": "image", "data": "blob:sha256:ab", "mimeType": "image/png"}, None),
    ],
)
def test_what_has_data(part: dict[str, Any], expected: PartData | None) -> None:
    assert media_of(part) == expected


def test_a_message_has_parts_however_it_is_written() -> None:
    assert parts_of("words") == [{"text": "words"}]
    assert parts_of({"text": "words"}) == [{"text": "words"}]
    assert parts_of(["words", {"a": 1}, 3]) == [{"text": "words"}, {"a": 1}, {}]
    assert parts_of("") == parts_of(None) == []


def test_parts_within_a_result() -> None:
    inner: list[dict[str, Any]] = [{"inlineData": {}}]
    assert within({"functionResponse": {"parts": inner}}) == inner
    assert within({"type": "tool_result", "content": inner}) == inner
    assert within({"text": "x"}) == []


def test_what_is_no_words_in_a_message() -> None:
    gone = {"inlineData": {"mimeType": "text/plain", "displayName": PLACEHOLDER}}
    assert words_of(gone) == PLACEHOLDER
    parts: list[dict[str, Any]] = [
        {"text": "words"},
        {"text": PLACEHOLDER},
        {"inlineData": {"mimeType": "application/pdf", "data": "aa"}},
        {"inlineData": {"mimeType": "audio/wav", "data": "aa"}},
        {"functionResponse": {"parts": [{"type": "image", "data": "aa"}, gone]}},
    ]
    found = message_part("model", parts, Line(3, 0))
    assert (found.answer, found.count) == (True, 5)
    assert [(b.kind, b.content, b.inner) for b in found.blocks] == [
        ("placeholder", 1, -1),
        ("document", 2, -1),
        ("other", 3, -1),
        ("image", 4, 0),
        ("placeholder", 4, 1),
    ]
