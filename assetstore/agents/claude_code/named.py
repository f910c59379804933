"""What stands in a session of Claude Code for a block that an error names."""

from collections.abc import Iterator
from typing import Any

from assetstore.agents.named_parts import (
    NamedValue,
    as_part,
    as_string,
    cannot_go,
    quoted,
)
from assetstore.agents.request import dict_of, list_of, string_of

Way = tuple[str | int, ...]

_SIGNED = ("thinking", "redacted_thinking")


def named_values(
    record: dict[str, Any], share: int, content: int, inner: int | None
) -> Iterator[NamedValue]:
    """The values of a record that a block of the request is made of.

    Args:
        record: The record.
        share: Which message of an attachment it is in.
        content: The number of the block in what the record says.
        inner: The number of a block in that one, a tool's result; None: all of it.

    Raises:
        UsageError: Without them, the client or the API would not go on.
    """
    if record.get("type") == "attachment":
        attachment = dict_of(record.get("attachment"))
        yield from _attached(attachment, share, content)
        return
    way: Way = ("message", "content")
    blocks = dict_of(record.get("message")).get("content")
    if isinstance(blocks, str):
        yield as_string(way, "text")
        return
    block = list_of(blocks)[content]
    yield from _block(block, (*way, content), inner)


def _block(block: Any, way: Way, inner: int | None) -> Iterator[NamedValue]:
    kind = string_of(dict_of(block).get("type"))
    if kind == "tool_result":
        yield from _result(block, way, inner)
        return
    if kind in _SIGNED:
        raise cannot_go(
            f"it is {kind.replace('_', ' ')} of the model's, which is signed: the API "
            "takes it as it is, or not at all"
        )
    if kind.endswith("tool_use"):
        raise cannot_go(
            f"it calls a tool ({kind}), and the API refuses what the tool gave without "
            "the call",
            hint="What the tool gave is in the next message: --message with the number "
            "of that block takes it out.",
        )
    if "tool_use_id" in dict_of(block):
        raise cannot_go(
            f"it answers a call of a tool ({kind}), and the API refuses the call "
            "without the answer"
        )
    yield as_part(way, block)


def _result(block: dict[str, Any], way: Way, inner: int | None) -> Iterator[NamedValue]:
    """Yield what a tool gave; its call needs an answer with its id all the same."""
    content = block.get("content")
    parts = content if isinstance(content, list) else []
    each = tuple(
        as_part((*way, "content", number), part) for number, part in enumerate(parts)
    )
    if inner is not None and parts:
        if inner >= len(parts):
            raise cannot_go(f"what the tool gave has {len(parts)} blocks")
        yield each[inner]
        return
    answers = quoted(string_of(block.get("tool_use_id")))
    failed = b',"is_error":true' if block.get("is_error") is True else b""
    yield NamedValue(
        way=way,
        before=b'{"tool_use_id":%b,"type":"tool_result"%b,"content":"['
        % (answers, failed),
        after=b']"}',
        what="tool result",
        instead=each,
    )


def _attached(
    attachment: dict[str, Any], share: int, content: int
) -> Iterator[NamedValue]:
    """The words of an attachment that its client makes a message of."""
    kind, way = string_of(attachment.get("type")), ("attachment",)
    prompt, held = attachment.get("prompt"), dict_of(attachment.get("content"))
    if kind == "queued_command" and isinstance(prompt, str):
        yield as_string((*way, "prompt"), "text")
        return
    if kind == "queued_command":
        # The client joins all texts to one, in front of the pictures.
        places = list(enumerate(map(dict_of, list_of(prompt))))
        texts = [(i, part) for i, part in places if part.get("type") == "text"]
        images = [(i, part) for i, part in places if part.get("type") == "image"]
        shown = content - bool(texts)
        for i, part in texts if shown < 0 else images[shown : shown + 1]:
            yield as_part((*way, "prompt", i), part)
        return
    if rendered := list_of(attachment.get("rendered")):
        for i, part in enumerate(rendered):
            if isinstance(dict_of(part).get("content"), str):
                yield as_string((*way, "rendered", i, "content"), "text")
        return
    if kind == "file" and held.get("type") == "text" and share == 1:
        yield as_string((*way, "content", "file", "content"), "file")
        return
    if kind == "mcp_resource":
        for i, part in enumerate(list_of(held.get("contents"))):
            if isinstance(dict_of(part).get("text"), str):
                yield as_string((*way, "content", "contents", i, "text"), "text")
        return
    raise cannot_go(
        f"the client makes it of an attachment ({kind or 'of no kind'}) in a way of "
        "its own"
    )
