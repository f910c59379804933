"""What stands in a rollout of Codex for a block that an error names."""

from collections.abc import Iterator
from typing import Any

from assetstore.agents.named_parts import NamedValue, as_part, as_string, cannot_go
from assetstore.agents.request import dict_of, list_of, string_of

_OUTPUTS = ("function_call_output", "custom_tool_call_output")
_INPUT = b'{"type":"input_text","text":"['
_OUTPUT = b'{"type":"output_text","text":"['


def named_values(
    record: dict[str, Any], share: int, content: int
) -> Iterator[NamedValue]:
    """The values of a record that a block of the request is made of.

    Args:
        record: The record.
        share: The number of its item in a compaction's history.
        content: The number of the part in the item.

    Raises:
        UsageError: Without them, the client or the API would not go on.
    """
    way: tuple[str | int, ...] = ("payload",)
    item = dict_of(record.get("payload"))
    if record.get("type") == "compacted":
        way = (*way, "replacement_history", share)
        item = dict_of(list_of(item.get("replacement_history"))[share])
    kind = string_of(item.get("type"))
    if "encrypted_content" in item:
        raise cannot_go(
            f"it is encrypted ({kind}): the API takes it as it is, or not at all"
        )
    if kind.endswith("_call"):
        raise cannot_go(
            f"it calls a tool ({kind}), and the client needs the call for what the "
            "tool gave",
            hint="What the tool gave is an item behind it: --message with the number "
            "of that item takes it out.",
        )
    if kind not in ("message", *_OUTPUTS):
        raise cannot_go(f"what may stand for such an item ({kind}) is not known")
    name = "content" if kind == "message" else "output"
    held = item.get(name)
    if isinstance(held, str):
        # The client needs an answer to each call, whatever that says.
        yield as_string((*way, name), "text" if kind == "message" else "tool result")
        return
    parts = list_of(held)
    before = _OUTPUT if item.get("role") == "assistant" else _INPUT
    yield from (
        as_part((*way, name, number), part, before)
        for number, part in enumerate(parts)
        if number == content
    )
