"""Cline, as a client whose threads are read.

A session is one value of JSON, whose messages are those of Anthropic's API but for
pictures. Seen in 3.0.65 of its command line (docs/clients.md), which does not write
down what an API refuses. What it sends instead of messages that it summed up lies
beside (`assetstore.agents.session_files.Compacted`).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assetstore.agents import chat_events
from assetstore.agents.apis import MESSAGES
from assetstore.agents.conversation import Event, Gallery, call_facts
from assetstore.agents.media_parts import message_part, parts_of
from assetstore.agents.records import LogRecord
from assetstore.agents.request import Request, dict_of, string_of
from assetstore.agents.thread_client import ThreadClient

_NAME = re.compile(r"([\w.-]{8,120})\.(?:messages|compaction)\.json", re.ASCII)
# A log that a bundle brings has no place: the client finds a session by what it wrote
# of it beside the log, which is not in a bundle.
_PLACES = re.compile(r"(?!)")
_SAID = ("user", "assistant")
_AROUND = 30


def is_ours(value: dict[str, Any]) -> bool:
    """Tell whether a record is one of Cline."""
    if "updated_at" in value:
        known = "agent" in value or "source_message_count" in value
        return known and value.get("version") == 1
    return value.get("role") in _SAID and "ts" in value and "content" in value


def split(value: object) -> list[dict[str, Any]] | None:
    """The messages of a session, behind what is said of all of it."""
    whole = dict_of(value)
    if not is_ours(whole) or not isinstance(whole.get("messages"), list):
        return None
    about = {n: held for n, held in whole.items() if n not in ("messages", "role")}
    return [about, *(m for m in whole["messages"] if isinstance(m, dict))]


class ClineRequest:
    """Builds the next request from a session's messages."""

    def __init__(self) -> None:
        self._request = Request()
        self._last = ""

    def take(self, record: LogRecord) -> None:
        """Take a message in."""
        value = record.value
        role = string_of(value.get("role"))
        if role not in _SAID or dict_of(value.get("metadata")).get("displayOnly"):
            return
        part = message_part(role, _parts(value), record.line)
        joined = role == self._last
        self._request.add(part, joined=joined, around=_AROUND)
        self._last = role

    def finish(self) -> Request:
        """The next request."""
        self._request.unanswered = self._last == "user"
        return self._request


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks of a message; what several uses of a tool gave stands in one."""
    return [
        {**part, "content": list(_given(part["content"]))}
        if part.get("type") == "tool_result" and isinstance(part.get("content"), list)
        else part
        for part in parts_of(message.get("content"))
    ]


def _given(content: list[Any]) -> Iterator[dict[str, Any]]:
    for part in map(dict_of, content):
        found = part.get("result")
        yield from parts_of(found) if isinstance(found, list | str) else [part]


def events(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """Yield the events that a message tells of."""
    if "updated_at" in record:
        origin = dict_of(record.get("origin"))
        yield Event("about", 0, facts={"version": string_of(origin.get("version"))})
        return
    time, parts = _time(record.get("ts")), _parts(record)
    said = [part for part in parts if part.get("type") in ("text", "image", None)]
    if record.get("role") == "user":
        for part in parts:
            if part.get("type") == "tool_result":
                given = parts_of(part.get("content"))
                ok = not part.get("is_error")
                id = part.get("tool_use_id")
                yield chat_events.result(id, given, gallery, time, ok=ok)
        yield from chat_events.user(said, gallery, time)
        return
    yield from chat_events.agent(said, gallery, time)
    for part in parts:
        if part.get("type") == "tool_use":
            name = string_of(part.get("name"))
            facts = call_facts(name, part.get("input"))
            id = string_of(part.get("id"))
            yield Event("call", 0, time, name=name, call=id, facts=facts)


def _time(written: object) -> str:
    """A time in words; it is written in milliseconds since 1970."""
    if not isinstance(written, int) or not 0 < written < 1 << 42:
        return ""
    return datetime.fromtimestamp(written / 1000, UTC).isoformat(timespec="seconds")


def _thread_id(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return found[1] if found and "sessions" in path.parts[:-2] else ""


def _logs(path: Path) -> Sequence[Path]:
    id = _thread_id(path)
    names = [f"{id}.messages.json", f"{id}.compaction.json"]
    found = [log for name in names if (log := path.with_name(name)).is_file()]
    return found or (path,)


CLINE = ThreadClient(
    name="cline",
    api=MESSAGES,
    thread_id=_thread_id,
    is_ours=is_ours,
    builder=ClineRequest,
    events=lambda: events,
    places=_PLACES,
    split=split,
    logs=_logs,
)
