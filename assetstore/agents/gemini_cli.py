"""Gemini CLI, as a client whose threads are read.

A log is what its client does to a list of messages: one is put at its end, or in the
place of one with its id, which is written whole again each time that a tool gave
something; all are set anew, which each resumption does; some are taken back. So a
picture stands in a log many times, and is sent as often as the list has it. Seen in
0.61.0 (docs/clients.md), whose requests the log does not say the end of.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from assetstore.agents.apis import GEMINI
from assetstore.agents.conversation import Event, Gallery, call_facts, said
from assetstore.agents.media_parts import look, message_part, parts_of
from assetstore.agents.records import Line, LogRecord
from assetstore.agents.request import Part, Request, dict_of, list_of, string_of
from assetstore.agents.thread_client import ThreadClient
from assetstore.files.plain import open_plain

_PLACES = re.compile(
    r"tmp/[\w.@+ -]{1,240}/chats/session-[\w.@+-]{1,240}\.jsonl?", re.ASCII
)
_NAME = re.compile(r"session-.*-([0-9a-f]{8})\.jsonl?")
_ID = re.compile(rb'"sessionId"\s*:\s*"([\w-]{1,80})"')
_HEAD = 1 << 16
_SAID = ("user", "gemini", "error")
_KINDS = (*_SAID, "info", "warning")
# What the client says in a user's name, anew at each start.
_OWN = ("<session_context>", "<hook_context>")
_AROUND = 30


def is_ours(value: dict[str, Any]) -> bool:
    """Tell whether a record is one of Gemini CLI."""
    if "$set" in value or "$rewindTo" in value:
        return True
    if "sessionId" in value:
        return "projectHash" in value
    return value.get("type") in _KINDS and "id" in value and "content" in value


def split(value: object) -> list[dict[str, Any]] | None:
    """The records of a log that an older version wrote as one value."""
    whole = dict_of(value)
    if not isinstance(whole.get("messages"), list) or "sessionId" not in whole:
        return None
    about = {name: held for name, held in whole.items() if name != "messages"}
    return [about, *(m for m in whole["messages"] if isinstance(m, dict))]


class GeminiRequest:
    """Builds the next request from a log."""

    def __init__(self) -> None:
        self._messages: dict[str, tuple[Part, ...]] = {}

    def take(self, record: LogRecord) -> None:
        """Take a record in."""
        value, line = record.value, record.line
        if "$rewindTo" in value:
            ids = list(self._messages)
            wanted = value["$rewindTo"]
            at = ids.index(wanted) if wanted in ids else 0
            for id in ids[at:]:
                del self._messages[id]
        elif "$set" in value or "sessionId" in value:
            messages = dict_of(value.get("$set", value)).get("messages")
            if isinstance(messages, list):
                self._messages.clear()
                for message in map(dict_of, messages):
                    self._put(message, line)
        else:
            self._put(value, line)

    def _put(self, message: dict[str, Any], line: Line) -> None:
        self._messages[string_of(message.get("id"))] = tuple(_shares(message, line))

    def finish(self) -> Request:
        """The next request, as the client makes it when it resumes the thread."""
        request = Request()
        last = ""
        for parts in self._messages.values():
            for part in parts:
                request.add(part, joined=part.role == last, around=_AROUND)
                last = part.role
        request.shift()  # what the client says of the session, in front of all
        return request


def _shares(message: dict[str, Any], line: Line) -> Iterator[Part]:
    """A message's shares of the request: what it says, and what tools gave."""
    parts = parts_of(message.get("content"))
    if message.get("type") == "user":  # what the client says itself is sent anew
        if parts and not _is_own(parts):
            yield message_part("user", parts, line)
        return
    if message.get("type") != "gemini":
        return
    # Older logs have calls beside the parts alone, newer ones in both.
    calls = [dict_of(call) for call in list_of(message.get("toolCalls"))]
    if not any("functionCall" in part for part in parts):
        named = ("id", "name", "args")
        parts += [
            {"functionCall": {name: call.get(name) for name in named}} for call in calls
        ]
    if parts:
        yield message_part("model", parts, line)
    given = [part for call in calls for part in _result(call)]
    if given:
        yield message_part("user", given, line)


def _result(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Collect what a tool gave, as parts."""
    found = call.get("result")
    if not isinstance(found, str):
        return parts_of(found)
    about = {"id": call.get("id"), "name": call.get("name")}
    return [{"functionResponse": {**about, "response": {"output": found}}}]


def _is_own(parts: list[dict[str, Any]]) -> bool:
    return string_of(parts[0].get("text")).lstrip().startswith(_OWN)


class _Events:
    """Says what happened, once of each thing, however often the log has it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def __call__(self, record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
        """Yield the events that a record tells of, and none before it did."""
        if "projectHash" in record:
            folders = list_of(record.get("directories"))
            facts = {"cwd": string_of(folders[0]) if folders else ""}
            yield Event("about", 0, facts=facts)
        held = dict_of(record.get("$set", record))
        messages = held.get("messages")
        if messages is None:
            yield from self._of_message(record, gallery)
        for message in map(dict_of, list_of(messages)):
            yield from self._of_message(message, gallery)

    def _of_message(self, message: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
        kind, time = message.get("type"), string_of(message.get("timestamp"))
        parts = parts_of(message.get("content"))
        given = [part for part in parts if "functionResponse" in part]
        if kind == "user" and given:
            id = string_of(dict_of(given[0]["functionResponse"]).get("id"))
            yield from self._gave(id, parts, gallery, time)
        elif kind in _SAID and parts and self._is_new(f"{kind} {message.get('id')}"):
            yield from _said(str(kind), parts, gallery, time)
        for call in map(dict_of, list_of(message.get("toolCalls"))):
            yield from self._called(call, time)
            id = string_of(call.get("id"))
            yield from self._gave(id, _result(call), gallery, time, call)
        for part in parts:
            if "functionCall" in part:
                yield from self._called(dict_of(part["functionCall"]), time)

    def _called(self, call: dict[str, Any], time: str) -> Iterator[Event]:
        id, name = string_of(call.get("id")), string_of(call.get("name"))
        if self._is_new(f"call {id}"):
            facts = call_facts(name, call.get("args"))
            yield Event("call", 0, time, name=name, call=id, facts=facts)

    def _gave(
        self,
        id: str,
        parts: list[dict[str, Any]],
        gallery: Gallery,
        time: str,
        call: dict[str, Any] | None = None,
    ) -> Iterator[Event]:
        """Tell what a tool gave, whose parts stand in the log several times."""
        if not parts or not self._is_new(f"result {id}"):
            return
        words, pictures = look(parts, gallery)
        ok = (call or {}).get("status") != "error"
        for part in parts:
            response = dict_of(dict_of(part.get("functionResponse")).get("response"))
            words += [s for s in map(string_of, response.values()) if s]
            ok = ok and "error" not in response
        text = "\n".join(words)
        yield Event("result", 0, time, text=text, call=id, ok=ok, pictures=pictures)

    def _is_new(self, key: str) -> bool:
        new = key not in self._said
        self._said.add(key)
        return new


def _said(
    kind: str, parts: list[dict[str, Any]], gallery: Gallery, time: str
) -> Iterator[Event]:
    """Yield what a user, a model or an error says."""
    if kind == "user" and _is_own(parts):
        return
    words, pictures = look((p for p in parts if not p.get("thought")), gallery)
    if kind == "user":
        words = [word for word in said(words) if word[:5] != "\n--- "]
        yield Event("turn", 0, time)
    text = "\n".join(words)
    if kind == "error":
        yield Event("error", 0, time, text)
    elif text or pictures:
        event = Event("agent", 0, time, text, pictures=pictures)
        yield replace(event, kind="user") if kind == "user" else event


def session_at(path: Path) -> str:
    """The id of a session, by the beginning of its log; "": that does not say."""
    try:
        with open_plain(path) as file:
            found = _ID.search(file.read(_HEAD))
    except OSError:
        return ""
    return found[1].decode() if found else ""


def _thread_id(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return session_at(path) or found[1] if found else ""


GEMINI_CLI = ThreadClient(
    name="gemini-cli",
    api=GEMINI,
    thread_id=_thread_id,
    is_ours=is_ours,
    builder=GeminiRequest,
    events=_Events,
    places=_PLACES,
    split=split,
)
