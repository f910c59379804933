"""pi, as a client whose threads are read.

A session is a tree; what is sent is the branch from its last entry up to the root, or
to its last compaction. Seen in 0.73.1 (docs/clients.md).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assetstore.agents.apis import CHAT, GEMINI, MESSAGES, RESPONSES
from assetstore.agents.conversation import Event, Gallery, call_facts, said
from assetstore.agents.media_parts import look, message_part, parts_of
from assetstore.agents.records import LogRecord, without_cuts
from assetstore.agents.request import LastError, Part, Request, dict_of, string_of
from assetstore.agents.thread_client import ThreadClient

_NAME = re.compile(r"[\dTZ-]+_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl")
_PLACES = re.compile(r"sessions/--[\w.@+ -]{1,240}--/[\w.@+-]{1,240}\.jsonl", re.ASCII)
_KINDS = (
    "message",
    "model_change",
    "thinking_level_change",
    "compaction",
    "branch_summary",
    "custom",
    "custom_message",
    "label",
    "session_info",
)
# Bytes around a message's parts, about.
_AROUND = 30
_APIS = {
    "openai-completions": CHAT,
    "openai-responses": RESPONSES,
    "openai-codex-responses": RESPONSES,
    "azure-openai-responses": RESPONSES,
    "anthropic-messages": MESSAGES,
    "google-generative-ai": GEMINI,
    "google-vertex": GEMINI,
}
_ENDED = ("error", "aborted")


def is_ours(value: dict[str, Any]) -> bool:
    """Tell whether a record is one of pi."""
    kind = value.get("type")
    if kind == "session":
        return "cwd" in value and "id" in value
    return kind in _KINDS and "parentId" in value and "id" in value


@dataclass(frozen=True, slots=True)
class _PiEntry:
    """A record in the tree."""

    id: str
    parent: str
    parts: tuple[Part, ...] = ()
    kept: str | None = None  # of a compaction: the first entry that is still sent


class PiRequest:
    """Builds the next request from a session's entries."""

    def __init__(self) -> None:
        self._entries: list[_PiEntry] = []
        self._error: LastError | None = None
        self._api = ""

    def take(self, record: LogRecord) -> None:
        """Take an entry in."""
        value, line = record.value, record.line
        if value.get("type") == "session":
            return
        kind, content = value.get("type"), None
        message = dict_of(value.get("message"))
        role = string_of(message.get("role"))
        if kind == "message":
            content = message.get("content")
            if role == "assistant":
                self._api = string_of(message.get("api")) or self._api
                self._error = None
                if message.get("stopReason") in _ENDED:  # it is not sent again
                    content = None
                    words = without_cuts(string_of(message.get("errorMessage")), line)
                    if message.get("stopReason") == "error":
                        self._error = LastError(
                            text=words, line=line.number, order=line.order
                        )
            elif role == "bashExecution" and not message.get("excludeFromContext"):
                content = f"{message.get('command')}\n{message.get('output')}"
        elif kind == "custom_message":
            content, role = value.get("content"), "user"
        elif kind in ("compaction", "branch_summary"):
            content, role = value.get("summary"), "user"
        parts = parts_of(content)
        role = role if role == "assistant" else "user"
        self._entries.append(
            _PiEntry(
                string_of(value.get("id")),
                string_of(value.get("parentId")),
                (message_part(role, parts, line),) if parts else (),
                string_of(value.get("firstKeptEntryId"))
                if kind == "compaction"
                else None,
            )
        )

    def finish(self) -> Request:
        """The next request."""
        request = Request(error=self._error, api=_APIS.get(self._api))
        request.skip()  # the system's
        for entry in self._branch():
            for part in entry.parts:
                request.add(part, joined=False, around=_AROUND)
        return request

    def _branch(self) -> list[_PiEntry]:
        """The entries that are sent, from the first to the last."""
        by_id = {entry.id: entry for entry in self._entries}
        found: list[_PiEntry] = []
        entry = self._entries[-1] if self._entries else None
        while entry is not None:
            found.append(entry)
            entry = by_id.pop(entry.parent, None) if entry.parent else None
        found.reverse()
        places = [i for i, entry in enumerate(found) if entry.kept is not None]
        if not places:
            return found
        at = places[-1]
        summary, ids = found[at], [entry.id for entry in found[:at]]
        first = ids.index(summary.kept) if summary.kept in ids else at
        # Of an entry that was summed up earlier, only what it says itself is sent.
        kept = [
            replace(entry, parts=()) if entry.kept is not None else entry
            for entry in found[first:at]
        ]
        return [summary, *kept, *found[at + 1 :]]


def events(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """Yield the events that an entry tells of."""
    kind = record.get("type")
    if kind == "session":
        facts = {"cwd": string_of(record.get("cwd"))}
        yield Event("about", 0, facts=facts)
    elif kind in ("compaction", "branch_summary"):
        yield Event("summary", 0, text=string_of(record.get("summary")))
    elif kind == "custom_message":
        words, pictures = look(parts_of(record.get("content")), gallery)
        yield Event("result", 0, text="\n".join(words), pictures=pictures)
    elif kind == "message":
        yield from _of_message(dict_of(record.get("message")), gallery)


def _of_message(message: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    role = message.get("role")
    if role == "bashExecution":
        command = {"command": string_of(message.get("command"))}
        yield Event("call", 0, name="bash", facts=call_facts("bash", command))
        yield Event(
            "result",
            0,
            text=string_of(message.get("output")),
            ok=message.get("exitCode") == 0,
        )
        return
    parts = parts_of(message.get("content"))
    words, pictures = look(parts, gallery)
    text = "\n".join(words)
    if role == "user":
        text = "\n".join(said(words))
        if text or pictures:
            yield Event("turn", 0)
            yield Event("user", 0, text=text, pictures=pictures)
    elif role == "toolResult":
        yield Event(
            "result",
            0,
            text=text,
            call=string_of(message.get("toolCallId")),
            ok=not message.get("isError"),
            pictures=pictures,
        )
    elif role == "assistant":
        if text or pictures:
            yield Event("agent", 0, text=text, pictures=pictures)
        for part in parts:
            if part.get("type") == "toolCall":
                name = string_of(part.get("name"))
                facts = call_facts(name, part.get("arguments"))
                call = string_of(part.get("id"))
                yield Event("call", 0, name=name, call=call, facts=facts)
        if message.get("stopReason") == "error":
            yield Event("error", 0, text=string_of(message.get("errorMessage")))


def _thread_id(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return found[1] if found else ""


PI = ThreadClient(
    name="pi",
    api=CHAT,
    thread_id=_thread_id,
    is_ours=is_ours,
    builder=PiRequest,
    events=lambda: events,
    places=_PLACES,
    forks=True,
)
