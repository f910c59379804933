"""Qwen Code, as a client whose threads are read.

A session is a tree; what is sent is the branch from its last record up to the root, or
to its last compression, as Chat Completions. Seen in 0.24.4 (docs/clients.md), which
takes pictures out of a request by itself where the API refuses them.
"""

import os
import re
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from assetstore.agents.apis import CHAT
from assetstore.agents.conversation import Event, Gallery, call_facts, said
from assetstore.agents.media_parts import look, message_part, parts_of
from assetstore.agents.records import LogRecord, without_cuts
from assetstore.agents.request import (
    LastError,
    Part,
    Request,
    dict_of,
    list_of,
    string_of,
)
from assetstore.agents.thread_client import ThreadClient
from assetstore.errors import SourceInUse

_NAME = re.compile(r"([\w-]{8,80})\.jsonl")
_PLACES = re.compile(
    r"projects/[\w.@+ -]{1,240}/chats/(?:archive/)?[\w.@+-]{1,240}\.jsonl", re.ASCII
)
_OWN = ("provenance", "systemPayload")
_SAID = ("user", "assistant", "tool_result")
_AROUND = 30


def is_ours(value: dict[str, Any]) -> bool:
    """Tell whether a record is one of Qwen Code."""
    if "sessionId" not in value or "parentUuid" not in value:
        return False
    return any(name in value for name in _OWN) or isinstance(
        dict_of(value.get("message")).get("parts"), list
    )


@dataclass(frozen=True, slots=True)
class _QwenNode:
    """A record in the tree."""

    id: str
    parent: str
    parts: tuple[Part, ...] = ()
    begins: bool = False  # what was in front of it is not sent any more


class QwenRequest:
    """Builds the next request from a session's records."""

    def __init__(self) -> None:
        self._nodes: list[_QwenNode] = []
        self._error: LastError | None = None
        self._window = 0

    def take(self, record: LogRecord) -> None:
        """Take a record in."""
        value, line = record.value, record.line
        kind, parts = value.get("type"), []
        history = list_of(_payload(value).get("compressedHistory"))
        said = [value.get("message")] if kind in _SAID else history
        for message in map(dict_of, said):
            role = "model" if message.get("role") == "model" else "user"
            parts.append(message_part(role, parts_of(message.get("parts")), line))
        if kind == "assistant":
            self._error = None
            window = value.get("contextWindowSize")
            self._window = window if isinstance(window, int) else self._window
        elif words := _failed(value):
            text = without_cuts(words, line)
            self._error = LastError(text=text, line=line.number, order=line.order)
        self._nodes.append(
            _QwenNode(
                string_of(value.get("uuid")),
                string_of(value.get("parentUuid")),
                tuple(part for part in parts if part.count),
                begins=bool(history),
            )
        )

    def finish(self) -> Request:
        """The next request."""
        request = Request(error=self._error, window=self._window)
        request.skip()  # the system's
        last = ""
        for node in self._branch():
            for part in node.parts:
                request.add(part, joined=part.role == last == "user", around=_AROUND)
                last = part.role
        return request

    def _branch(self) -> list[_QwenNode]:
        """The records that are sent, from the first to the last."""
        by_id: dict[str, _QwenNode] = {}
        for known in self._nodes:
            by_id.setdefault(known.id, known)
        found: list[_QwenNode] = []
        node = self._nodes[-1] if self._nodes else None
        while node is not None:
            found.append(node)
            if node.begins:
                break
            node = by_id.pop(node.parent, None) if node.parent else None
        return found[::-1]


def _payload(record: dict[str, Any]) -> dict[str, Any]:
    return dict_of(record.get("systemPayload"))


def _failed(record: dict[str, Any]) -> str:
    """The words of an error that the API gave; "": it is none."""
    happened = dict_of(_payload(record).get("uiEvent"))
    if not string_of(happened.get("event.name")).endswith("api_error"):
        return ""
    found = happened.get("error_message") or happened.get("error")
    return string_of(found) or "API error"


def events(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """Yield the events that a record tells of."""
    kind = record.get("type")
    facts = {
        "cwd": string_of(record.get("cwd")),
        "version": string_of(record.get("version")),
        "branch": string_of(record.get("gitBranch")),
    }
    yield Event("about", 0, facts=facts)
    if words := _failed(record):
        yield Event("error", 0, text=words)
    history = list_of(_payload(record).get("compressedHistory"))
    if history:
        first = parts_of(dict_of(history[0]).get("parts"))
        yield Event("summary", 0, text="\n".join(look(first, gallery)[0]))
    if kind not in _SAID:
        return
    parts = parts_of(dict_of(record.get("message")).get("parts"))
    # One record has what several tools gave; a thought is no words to the user.
    if kind == "tool_result":
        for part in parts:
            if "functionResponse" in part:
                yield _result(part, gallery)
        return
    words_, pictures = look((p for p in parts if not p.get("thought")), gallery)
    if kind == "user":
        text = "\n".join(word for word in said(words_) if word[:5] != "\n--- ")
        if text or pictures:
            yield Event("turn", 0)
            yield Event("user", 0, text=text, pictures=pictures)
        return
    if words_ or pictures:
        yield Event("agent", 0, text="\n".join(words_), pictures=pictures)
    for part in parts:
        if call := dict_of(part.get("functionCall")):
            name = string_of(call.get("name"))
            about = call_facts(name, call.get("args"))
            id = string_of(call.get("id"))
            yield Event("call", 0, name=name, call=id, facts=about)


def _result(part: dict[str, Any], gallery: Gallery) -> Event:
    given = dict_of(part.get("functionResponse"))
    response = dict_of(given.get("response"))
    words, pictures = look([part], gallery)
    words += [s for s in map(string_of, response.values()) if s]
    return Event(
        "result",
        0,
        text="\n".join(words),
        call=string_of(given.get("id")),
        ok="error" not in response,
        pictures=pictures,
    )


def _thread_id(path: Path) -> str:
    found = _NAME.fullmatch(path.name)
    return found[1] if found and _home(path) is not None else ""


def _home(path: Path) -> Path | None:
    """The home that a session is in, as far as its place tells."""
    folder = path.parent
    if folder.name == "archive":  # its owner put it away
        folder = folder.parent
    if folder.name != "chats" or folder.parent.parent.name != "projects":
        return None
    return folder.parent.parent.parent


def check_free(path: Path) -> None:
    """Refuse a session that its client holds: it leaves a lock in its home.

    Only some ways to run it take one; it names the process, which may have ended.

    Raises:
        SourceInUse: It does.
    """
    home = _home(path)
    if home is None:
        return
    locks = home / "tmp" / "session-writer-locks"
    try:
        record = dict_of(orjson.loads((locks / f"{path.stem}.lock").read_bytes()))
    except (OSError, ValueError):
        return
    process = record.get("pid")
    here = record.get("hostname") == socket.gethostname()
    if record.get("state") == "active" and here and not _runs(process):
        return
    raise SourceInUse(
        f"{path} is held by Qwen Code (process {process})",
        hint="Close the session there first.",
        path=str(path),
    )


def _runs(process: object) -> bool:
    """Tell whether a process may be there; on Windows, nobody is asked."""
    if not isinstance(process, int) or process <= 0 or sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True


QWEN_CODE = ThreadClient(
    name="qwen-code",
    api=CHAT,
    thread_id=_thread_id,
    is_ours=is_ours,
    builder=QwenRequest,
    events=lambda: events,
    places=_PLACES,
    check_free=check_free,
    forks=True,
    resume=("qwen", "--resume"),
)
