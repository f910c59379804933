"""Calls of tools and their results, as the Messages API pairs them."""

import re
from typing import Any

from support.messages_blocks import Refused

_ID = re.compile(r"[a-zA-Z0-9_-]+")

# A role, and its blocks, each with the number of its message and its place there.
_Turn = tuple[str, list[tuple[int, int, dict[str, Any]]]]


def check_calls(messages: list[dict[str, Any]]) -> None:
    """That each call has a result in the next turn, and each result a call.

    Raises:
        Refused: With the API's words.
    """
    seen: set[str] = set()
    calls: dict[str, int] = {}  # of the turn in front, with their messages
    for role, blocks in _turns(messages):
        if role == "user":
            results = _results(blocks, calls)
            for id, number in calls.items():
                if id not in results:
                    raise _without(number, id)
            calls = {}
            continue
        for number, place, block in blocks:
            if block["type"] == "tool_use":
                _check_id(block["id"], f"messages.{number}.content.{place}", seen)
                calls[block["id"]] = number
    for id, number in calls.items():
        raise _without(number, id)


def _turns(messages: list[dict[str, Any]]) -> list[_Turn]:
    """Messages of one role that follow each other are one; the system's are none."""
    found: list[_Turn] = []
    for number, message in enumerate(messages):
        role, content = message["role"], message["content"]
        if role == "system":
            continue
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        if not found or found[-1][0] != role:
            found.append((role, []))
        found[-1][1].extend((number, i, block) for i, block in enumerate(content))
    return found


def _results(
    blocks: list[tuple[int, int, dict[str, Any]]], calls: dict[str, int]
) -> set[str]:
    found: set[str] = set()
    words = False
    for number, place, block in blocks:
        if block["type"] != "tool_result":
            words = True
            continue
        id = block["tool_use_id"]
        if id not in calls:
            raise Refused(
                f"messages.{number}.content.{place}: unexpected `tool_use_id` found in "
                f"`tool_result` blocks: {id}. Each `tool_result` block must have a "
                "corresponding `tool_use` block in the previous message."
            )
        if words:  # only results that stand in front of all words count
            raise _without(calls[id], id)
        found.add(id)
    return found


def _without(number: int, id: str) -> Refused:
    return Refused(
        f"messages.{number}: `tool_use` ids were found without `tool_result` blocks "
        f"immediately after: {id}. Each `tool_use` block must have a corresponding "
        "`tool_result` block in the next message."
    )


def _check_id(id: object, path: str, seen: set[str]) -> None:
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise Refused(
            f"{path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
        )
    if id in seen:
        raise Refused(f"{path}: `tool_use` ids must be unique")
    seen.add(id)
