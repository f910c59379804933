"""Continue, as a client whose threads are read.

A session is one value of JSON, whose items are messages with what stands around them:
what tools gave, and once more what a user said, for its editor. Seen in 1.5.47 of its
command line (docs/clients.md), which does not write down what an API refuses.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetstore.agents import chat_events
from assetstore.agents.apis import CHAT
from assetstore.agents.conversation import Event, Gallery
from assetstore.agents.media_parts import message_part, parts_of
from assetstore.agents.records import LogRecord
from assetstore.agents.request import Request, dict_of, list_of, string_of
from assetstore.agents.thread_client import ThreadClient

_NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json")
_PLACES = re.compile(r"sessions/[0-9a-f-]{36}\.json", re.ASCII)
_FAILED = ("errored", "canceled")
_AROUND = 30


def is_ours(value: dict[str, Any]) -> bool:
    """Tell whether a record is one of Continue."""
    if "workspaceDirectory" in value:
        return "sessionId" in value
    return "contextItems" in value and isinstance(value.get("message"), dict)


def split(value: object) -> list[dict[str, Any]] | None:
    """The items of a session, behind what is said of all of it."""
    whole = dict_of(value)
    if not is_ours(whole) or not isinstance(whole.get("history"), list):
        return None
    about = {name: held for name, held in whole.items() if name != "history"}
    return [about, *(item for item in whole["history"] if isinstance(item, dict))]


class ContinueRequest:
    """Builds the next request from a session's items."""

    def __init__(self) -> None:
        self._items: list[LogRecord] = []
        self._from = 0

    def take(self, record: LogRecord) -> None:
        """Take an item in."""
        if "message" not in record.value:
            return
        if "conversationSummary" in record.value and not self._from:
            self._from = len(self._items)
        self._items.append(record)

    def finish(self) -> Request:
        """The next request: what was summed up is left out."""
        request = Request()
        request.skip()  # the system's
        role = ""
        for item in self._items[self._from :]:
            value, line = item.value, item.line
            message = dict_of(value["message"])
            role = string_of(message.get("role"))
            parts = parts_of(message.get("content"))
            if message.get("toolCalls"):
                parts.append({"tool_calls": message["toolCalls"]})
            parts += [
                {"text": string_of(given.get("content"))}
                for given in map(dict_of, list_of(value.get("contextItems")))
            ]
            request.add(message_part(role, parts, line), joined=False, around=_AROUND)
            for state in map(dict_of, list_of(value.get("toolCallStates"))):
                part = message_part("tool", _given(state), line)
                request.add(part, joined=False, around=_AROUND)
        request.unanswered = role == "user"
        return request


def _given(state: dict[str, Any]) -> list[dict[str, Any]]:
    """List what a tool gave, which is text: a picture in it is JSON in a string."""
    return [
        {"text": string_of(output.get("content"))}
        for output in map(dict_of, list_of(state.get("output")))
    ]


def events(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """Yield the events that an item tells of."""
    if "workspaceDirectory" in record:
        facts = {"cwd": string_of(record.get("workspaceDirectory"))}
        yield Event("about", 0, facts=facts)
        return
    message = dict_of(record.get("message"))
    parts = parts_of(message.get("content"))
    if record.get("conversationSummary"):
        yield Event("summary", 0, text=string_of(record["conversationSummary"]))
    if message.get("role") == "user":
        yield from chat_events.user(parts, gallery)
    elif message.get("role") == "assistant":
        yield from chat_events.agent(parts, gallery)
        yield from chat_events.calls(message.get("toolCalls"))
        for state in map(dict_of, list_of(record.get("toolCallStates"))):
            ok = state.get("status") not in _FAILED
            given = [p for part in _given(state) for p in _parts_in(part)]
            yield chat_events.result(state.get("toolCallId"), given, gallery, ok=ok)


def _parts_in(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts that a tool's words are, as JSON; else the words."""
    import orjson

    if not part["text"].startswith("[{"):
        return [part]
    try:
        found = orjson.loads(part["text"])
    except ValueError:
        return [part]
    return parts_of(found)


def _thread_id(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return found[1] if found and path.parent.name == "sessions" else ""


CONTINUE = ThreadClient(
    name="continue",
    api=CHAT,
    thread_id=_thread_id,
    is_ours=is_ours,
    builder=ContinueRequest,
    events=lambda: events,
    places=_PLACES,
    split=split,
)
