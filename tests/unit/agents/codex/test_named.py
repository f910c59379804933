from typing import Any

import pytest

from assetstore.agents.codex.named import named_values
from assetstore.errors import UsageError


def item(**payload: Any) -> dict[str, Any]:
    return {"type": "response_item", "payload": payload}


PARTS = [{"type": "input_text", "text": "a"}, {"type": "odd"}]


def test_parts_of_messages_and_outputs() -> None:
    record = item(type="message", role="user", content=PARTS)
    (value,) = named_values(record, 0, 1)
    assert value.way == ("payload", "content", 1)
    assert value.before.startswith(b'{"type":"input_text"')
    (value,) = named_values(item(type="message", role="assistant", content=PARTS), 0, 0)
    assert value.before.startswith(b'{"type":"output_text"')
    record = item(type="function_call_output", call_id="c", output=PARTS)
    assert [v.way for v in named_values(record, 0, 0)] == [("payload", "output", 0)]
    record = item(type="custom_tool_call_output", call_id="c", output="words")
    assert [v.way for v in named_values(record, 0, 0)] == [("payload", "output")]
    assert not list(named_values(item(type="message", content=PARTS), 0, 2))


def test_an_item_that_a_compaction_kept() -> None:
    kept = [{"type": "message", "role": "user", "content": PARTS}] * 3
    record = {"type": "compacted", "payload": {"replacement_history": kept}}
    (value,) = named_values(record, 2, 1)
    assert value.way == ("payload", "replacement_history", 2, "content", 1)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"type": "reasoning", "encrypted_content": "x"}, "it is encrypted"),
        ({"type": "local_shell_call"}, "it calls a tool"),
        ({"type": "tool_search_output"}, "is not known"),
        ({}, "is not known"),
    ],
)
def test_what_the_client_needs(payload: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        list(named_values(item(**payload), 0, 0))
