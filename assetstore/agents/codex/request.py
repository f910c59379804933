"""What Codex sends of a rollout: its items since the last compaction.

Measured on 0.125 and 0.171 (docs/codex.md). An item with a part that the client does
not know is skipped as a whole.
"""

import re
from collections.abc import Iterator
from typing import Any

from assetstore.agents import sent_payloads
from assetstore.agents.records import Line, LogRecord, sent_size, without_cuts
from assetstore.agents.request import (
    Block,
    LastError,
    Part,
    Request,
    dict_of,
    is_placeholder,
    list_of,
    string_of,
)

_TYPES = (
    "session_meta",
    "response_item",
    "event_msg",
    "turn_context",
    "compacted",
    "world_state",
    "token_usage_record",
    "realtime_item",
    "id_allocation",
    "inter_agent_communication",
    "inter_agent_communication_metadata",
    "dynamic_tools_updated",
    "security_risk_score",
)
# What the client keeps in items for itself.
_OWN = ("internal_chat_message_metadata_passthrough", "assetstore")
# From about this version on, items are sent with their ids, behind one with the
# client's instructions.
_WITH_IDS = (0, 150)
# From this version on, what is no picture becomes words, and large ones smaller.
_MENDS = (0, 170)
_KNOWN_PARTS = ("input_text", "input_image", "output_text")
# What becomes words in a message from that version on, and was not known before.
_AUDIO = "input_audio"
_NO_AUDIO = {
    "type": "input_text",
    "text": "audio content omitted because you do not support audio input",
}
_LISTED = ("function_call_output", "custom_tool_call_output")
_ANSWERS = ("reasoning", "function_call", "custom_tool_call", "local_shell_call")
_NOT_SENT = ("ghost_snapshot", "other")


def is_ours(value: dict[str, Any]) -> bool:
    """Tell whether a record is one of Codex."""
    return "payload" in value and value.get("type") in _TYPES


class CodexRequest:
    """Builds the next request from a rollout's records."""

    def __init__(self) -> None:
        self._items: list[Part] = []
        self._turns: list[int] = []  # where in the items each turn of a user begins
        self._error: LastError | None = None
        self._window = 0
        self._unanswered = False
        self._tells = False  # whether it says where turns begin and end
        self._version: tuple[int, ...] = ()
        self._said: list[str] = []  # by the user, since the last compaction

    def take(self, record: LogRecord) -> None:
        """Take a record in."""
        payload, line = dict_of(record.value.get("payload")), record.line
        kind = record.value.get("type")
        if kind == "session_meta":
            version = re.findall(r"\d{1,6}", string_of(payload.get("cli_version")))
            self._version = tuple(map(int, version[:2]))
        elif kind == "event_msg":
            self._happened(payload, line)
        elif kind == "response_item":
            self._add(payload, line)
        elif kind == "compacted":
            history = payload.get("replacement_history")
            ours = history is not None
            if not ours:  # of old versions
                said = [*self._said, string_of(payload.get("message"))]
                history = [_message(text) for text in said if text]
            self._items, self._turns, self._said = [], [], []
            for number, item in enumerate(map(dict_of, list_of(history))):
                self._add(item, line, kept=True, share=number if ours else None)

    def finish(self) -> Request:
        """The next request."""
        request = Request(
            error=self._error,
            window=self._window,
            unanswered=self._unanswered or self._ends_asked(),
            mends=self._version >= _MENDS,
        )
        if self._version >= _WITH_IDS:
            request.skip()
        for part in self._items:
            request.add(part, joined=False, around=0)
        return request

    def _ends_asked(self) -> bool:
        """Tell whether a log that says nothing of turns ends with what a user said.

        The client of 0.98 writes nothing of a turn that failed.
        """
        return not self._tells and bool(self._items) and self._items[-1].role == "user"

    def _add(
        self,
        item: dict[str, Any],
        line: Line,
        *,
        kept: bool = False,
        share: int | None = 0,
    ) -> None:
        if item.get("type") in _NOT_SENT or not self._is_understood(item):
            return
        own = _OWN if self._version >= _WITH_IDS else (*_OWN, "id")
        sent = {key: value for key, value in item.items() if key not in own}
        if item.get("type") == "message":  # the client says words for its sound
            parts = list_of(item.get("content"))
            if any(dict_of(part).get("type") == _AUDIO for part in parts):
                sent["content"] = [
                    _NO_AUDIO if dict_of(part).get("type") == _AUDIO else part
                    for part in parts
                ]
        role = string_of(item.get("role"))
        answer = not kept and (role == "assistant" or item.get("type") in _ANSWERS)
        if role == "user":  # that begins a turn, which may be taken back
            self._turns.append(len(self._items))
            self._said += _texts(item)
        if answer:  # what failed before was tried again
            self._error = None
        self._items.append(
            Part(
                role=role,
                line=line,
                size=sent_size(sent, line),
                count=max(1, len(_parts(item))),
                blocks=tuple(_special(item, line)),
                answer=answer,
                share=share,
            )
        )

    def _is_understood(self, item: dict[str, Any]) -> bool:
        """Tell whether the client can read all parts of an item."""
        known: tuple[str, ...] = _KNOWN_PARTS
        if item.get("type") == "message":
            parts = list_of(item.get("content"))
            if self._version >= _MENDS:
                known = (*known, _AUDIO)
        elif item.get("type") in _LISTED:
            output = item.get("output")
            if not isinstance(output, str | list):
                return False
            parts = list_of(output)
        else:
            return True
        return all(dict_of(part).get("type") in known for part in parts)

    def _happened(self, event: dict[str, Any], line: Line) -> None:
        kind = event.get("type")
        window = event.get("model_context_window")
        if window is None:  # it stands with the counts of tokens
            window = dict_of(event.get("info")).get("model_context_window")
        if isinstance(window, int) and window > 0:
            self._window = window
        self._tells |= kind in ("task_started", "task_complete")
        if kind in ("error", "stream_error"):
            self._fails(event, line)
        elif kind == "task_complete":
            # A turn that failed in a version that does not say so has no last words.
            said = event.get("last_agent_message")
            self._unanswered = "last_agent_message" in event and said is None
            if event.get("error"):
                self._fails(dict_of(event["error"]), line)
            elif said is not None:
                self._error = None
        elif kind == "thread_rolled_back":
            turns = event.get("num_turns")
            if isinstance(turns, int) and turns > 0:
                all_of_them = turns > len(self._turns)
                del self._items[0 if all_of_them else self._turns[-turns] :]
                del self._turns[-turns:]

    def _fails(self, error: dict[str, Any], line: Line) -> None:
        words = string_of(error.get("message")) or string_of(error.get("reason"))
        self._error = LastError(
            text=without_cuts(words, line) or "no reason given",
            line=line.number,
            order=line.order,
        )


def _texts(item: dict[str, Any]) -> list[str]:
    parts = map(dict_of, list_of(item.get("content")))
    return [string_of(p["text"]) for p in parts if isinstance(p.get("text"), str)]


def _message(text: str) -> dict[str, object]:
    return {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": text}],
    }


def _parts(item: dict[str, Any]) -> list[Any]:
    return list_of(item.get("content")) or list_of(item.get("output"))


def _special(item: dict[str, Any], line: Line) -> Iterator[Block]:
    """The parts of an item that are no words."""
    if item.get("type") == "image_generation_call":
        yield Block(
            kind="other",
            message=0,
            content=0,
            size=sent_size(item, line),
            payload=sent_payloads.bare(item.get("result"), line, "image/png"),
        )
        return
    if is_placeholder(item.get("output")):
        yield Block(
            kind="placeholder", message=0, content=0, size=sent_size(item, line)
        )
        return
    for number, part in enumerate(map(dict_of, _parts(item))):
        kind = part.get("type")
        payload = None
        if kind == "input_image":
            payload = sent_payloads.uri(_address(part.get("image_url")), line)
            if payload is None or payload.address:
                continue
        elif not is_placeholder(part.get("text")):
            continue
        yield Block(
            kind="image" if payload is not None else "placeholder",
            message=0,
            content=number,
            size=sent_size(part, line),
            payload=payload,
        )


def _address(value: object) -> object:
    return dict_of(value).get("url") if isinstance(value, dict) else value
