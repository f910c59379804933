from typing import Any

import pytest

from assetstore.agents.claude_code.named import named_values
from assetstore.errors import UsageError
from support.claude_records import answer, attachment, image, result, text, use, user
from support.samples import picture

IMAGE = image(picture(9, 9, 1))


def ways(record: Any, content: int, inner: int | None = None, share: int = 0) -> Any:
    return [value.way for value in named_values(record, share, content, inner)]


def test_blocks_and_strings() -> None:
    content = ("message", "content")
    assert ways(user(None, "1", "words"), 0) == [content]
    assert ways(user(None, "1", [text("a"), IMAGE]), 1) == [(*content, 1)]
    assert ways(answer("1", "2", text("a")), 0) == [(*content, 0)]


def test_what_a_tool_gave() -> None:
    record = user(None, "1", [result("t", text("a"), IMAGE)])
    block = ("message", "content", 0)
    assert ways(record, 0) == [block]
    assert ways(record, 0, 1) == [(*block, "content", 1)]
    (whole,) = named_values(record, 0, 0, None)
    assert whole.before.startswith(b'{"tool_use_id":"t","type":"tool_result"')
    assert [each.way[-1] for each in whole.instead] == [0, 1]
    with pytest.raises(UsageError, match="has 2 blocks"):
        ways(record, 0, 2)


@pytest.mark.parametrize(
    "block",
    [
        use("t"),
        {"type": "server_tool_use", "id": "s"},
        {"type": "mcp_tool_result", "tool_use_id": "s", "content": []},
        {"type": "thinking", "thinking": "so"},
        {"type": "redacted_thinking", "data": "x"},
    ],
)
def test_what_the_api_needs(block: Any) -> None:
    with pytest.raises(UsageError, match="cannot be taken out"):
        ways(answer(None, "1", block), 0)


def test_attachments() -> None:
    prompt = [text("a"), IMAGE, text("b"), IMAGE]
    record = attachment(None, "1", type="queued_command", prompt=prompt)
    way = ("attachment", "prompt")
    assert ways(record, 0) == [(*way, 0), (*way, 2)]
    assert ways(record, 2) == [(*way, 3)]
    only = attachment(None, "1", type="queued_command", prompt=[IMAGE])
    assert ways(only, 0) == [(*way, 0)]
    record = attachment(None, "1", type="queued_command", prompt="words")
    assert ways(record, 0) == [way]
    held = {"type": "text", "file": {"content": "words"}}
    record = attachment(None, "1", type="file", content=held)
    assert ways(record, 0, share=1) == [("attachment", "content", "file", "content")]
    for other in (record, attachment(None, "1", type="todo", content="words")):
        with pytest.raises(UsageError, match="the client makes it of an attachment"):
            ways(other, 0)
