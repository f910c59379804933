"""Kimi CLI, as a client whose threads are read.

A session is a folder with two logs: the messages that are sent (``context.jsonl``),
and what was shown (``wire.jsonl``); what was taken back is in older ones of the first.
Seen in 1.51.0 (docs/clients.md), which does not write down what an API refuses.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assetstore.agents import chat_events
from assetstore.agents.apis import CHAT
from assetstore.agents.conversation import Event, Gallery
from assetstore.agents.media_parts import message_part, parts_of
from assetstore.agents.records import LogRecord
from assetstore.agents.request import Request, string_of
from assetstore.agents.thread_client import ThreadClient

_LOG = re.compile(r"(?:context(?:_\d+)?|wire)\.jsonl")
# A log that a bundle brings has no place: where the client does not know the folder
# that the thread worked in, it begins the thread anew in the log's place.
_PLACES = re.compile(r"(?!)")
_OWN = ("_system_prompt", "_checkpoint", "_usage")
_SAID = ("user", "assistant", "tool")
_MEMBERS = {"role", "content", "name", "tool_calls", "tool_call_id", "partial"}
_AROUND = 30
# What it says itself in a tool's result, and where that failed.
_SYSTEM, _FAILED = "<system>", "<system>ERROR"


def is_ours(value: dict[str, Any]) -> bool:
    """Tell whether a record is one of Kimi CLI."""
    role = value.get("role")
    return role in _OWN or (
        role in _SAID and "content" in value and value.keys() <= _MEMBERS
    )


class KimiRequest:
    """Builds the next request from a session's messages."""

    def __init__(self) -> None:
        self._request = Request()
        self._request.skip()  # the system's
        self._last = ""

    def take(self, record: LogRecord) -> None:
        """Take a message in."""
        value = record.value
        role = string_of(value.get("role"))
        if role not in _SAID:
            return
        parts = parts_of(value.get("content"))
        if value.get("tool_calls"):
            parts.append({"tool_calls": value["tool_calls"]})
        part = message_part(role, parts, record.line)
        joined = role == self._last == "user"
        self._request.add(part, joined=joined, around=_AROUND)
        self._last = role

    def finish(self) -> Request:
        """The next request."""
        self._request.unanswered = self._last in ("user", "tool")
        return self._request


def events(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """Yield the events that a message tells of."""
    role, parts = record.get("role"), parts_of(record.get("content"))
    if role == "user":
        yield from chat_events.user(parts, gallery)
    elif role == "assistant":
        told = [part for part in parts if part.get("type") != "think"]
        yield from chat_events.agent(told, gallery)
        yield from chat_events.calls(record.get("tool_calls"))
    elif role == "tool":
        words = [string_of(part.get("text")) for part in parts]
        ok = not any(word.startswith(_FAILED) for word in words)
        if len(parts) > 1 and words[0].startswith(_SYSTEM):
            parts = parts[1:]
        id = record.get("tool_call_id")
        yield chat_events.result(id, parts, gallery, ok=ok)


def _thread_id(path: Path) -> str:
    if _LOG.fullmatch(path.name) is None or "sessions" not in path.parts[:-3]:
        return ""
    return path.parent.name


def _logs(path: Path) -> Sequence[Path]:
    folder = path.parent
    names = sorted(name for name in _names(folder) if _LOG.fullmatch(name))
    if "context.jsonl" not in names:
        return (path,)
    names.remove("context.jsonl")
    return [folder / name for name in ("context.jsonl", *reversed(names))]


def _names(folder: Path) -> Iterator[str]:
    try:
        yield from (each.name for each in folder.iterdir() if each.is_file())
    except OSError:
        return


KIMI_CLI = ThreadClient(
    name="kimi-cli",
    api=CHAT,
    thread_id=_thread_id,
    is_ours=is_ours,
    builder=KimiRequest,
    events=lambda: events,
    places=_PLACES,
    logs=_logs,
)
