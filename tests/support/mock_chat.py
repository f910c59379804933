"""A Chat Completions API on 127.0.0.1 that rejects what the real one rejects.

What it answers is decided by the last thing it was sent: a line "call NAME JSON" of a
user's makes it call that tool, anything else gets an "OK".
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from support.pictures_refused import no_picture
from support.served import JSON, Answer, Served
from support.spoken import wanted_call

_PARTS = ("text", "image_url", "input_audio", "file", "refusal")


@dataclass(slots=True)
class ChatRequest:
    """A request to make a model answer.

    Attributes:
        messages: What the model is to read.
        error: Why it was refused, or "".
    """

    messages: list[dict[str, Any]]
    error: str = ""

    @property
    def images(self) -> list[str]:
        """The URLs of all pictures in it."""
        return [
            part["image_url"]["url"]
            for message in self.messages
            for part in _parts(message)
            if part.get("type") == "image_url"
        ]

    @property
    def text(self) -> str:
        """Everything in it, as JSON."""
        return json.dumps(self.messages, ensure_ascii=False)

    @property
    def said(self) -> list[str]:
        """What users and models said, in order, without a client's own words."""
        return [
            part["text"]
            for message in self.messages
            if message["role"] in ("user", "assistant")
            for part in _parts(message)
            if part.get("type") == "text"
        ]


@dataclass(slots=True, kw_only=True)
class MockChat(Served):
    """The server; a context manager.

    Attributes:
        requests: What it was asked to answer, in order.
        most_images: So many pictures a request may have.
        refuses: What it says to each request, which it refuses, if anything.
    """

    requests: list[ChatRequest] = field(default_factory=list)
    most_images: int = 1 << 20
    refuses: str = ""

    @property
    def url(self) -> str:
        """Its base address."""
        return f"{self.address}/v1"

    def got(self, path: str) -> Answer | None:
        """No models."""
        return 200, JSON, b'{"object":"list","data":[]}'

    def posted(self, path: str, body: bytes) -> Answer | None:
        """The answer of a model."""
        if not path.endswith("/chat/completions"):
            return None
        asked = json.loads(body)
        request = ChatRequest(asked["messages"])
        self.requests.append(request)
        request.error = next(_refusals(request.messages), "")
        if len(request.images) > self.most_images:
            request.error = f"At most {self.most_images} image(s) may be provided."
        request.error = request.error or self.refuses
        if request.error:
            error = {"message": request.error, "type": "invalid_request_error"}
            return 400, JSON, json.dumps({"error": error}).encode()
        message = _answer(request.messages[-1], len(self.requests))
        ended = "tool_calls" if "tool_calls" in message else "stop"
        used = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        about = {"id": f"c{len(self.requests)}", "created": 1, "model": "made-up"}
        if not asked.get("stream"):
            choice = {"index": 0, "message": message, "finish_reason": ended}
            whole = {**about, "object": "chat.completion", "choices": [choice]}
            return 200, JSON, json.dumps({**whole, "usage": used}).encode()
        chunks: list[dict[str, Any]] = [
            {"choices": [{"index": 0, "delta": message, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": ended}]},
            {"choices": [], "usage": used},
        ]
        kind = {**about, "object": "chat.completion.chunk"}
        events = [f"data: {json.dumps({**kind, **chunk})}\n\n" for chunk in chunks]
        return 200, "text/event-stream", "".join([*events, "data: [DONE]\n\n"]).encode()


def _answer(last: dict[str, Any], number: int) -> dict[str, Any]:
    text = "\n".join(str(part.get("text", "")) for part in _parts(last))
    wanted = wanted_call(text) if last.get("role") == "user" else None
    if wanted is None:
        return {"role": "assistant", "content": f"OK {number}"}
    function = {"name": wanted[0], "arguments": wanted[1]}
    call = {"index": 0, "id": f"call_{number}", "type": "function"}
    calls = [{**call, "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def _refusals(messages: list[dict[str, Any]]) -> Iterator[str]:
    """Say what the API refuses, in its own words."""
    open_calls: set[str] = set()
    for number, message in enumerate(messages):
        at = f"messages.[{number}]"
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                yield f"Invalid parameter: {at}: 'tool' must follow 'tool_calls'."
            open_calls.discard(str(message.get("tool_call_id")))
        elif open_calls and message["role"] == "assistant":
            yield f"{at}: an assistant message with 'tool_calls' must be followed."
        open_calls |= {call["id"] for call in message.get("tool_calls") or ()}
        for place, part in enumerate(_parts(message)):
            here = f"{at}.content[{place}]"
            if part.get("type") not in _PARTS:
                yield f"Invalid value: {part.get('type')!r} at {here}.type"
            if part.get("type") == "text" and not isinstance(part.get("text"), str):
                yield f"Missing required parameter: {here}.text"
            if part.get("type") == "image_url":
                if message["role"] not in ("user", "tool"):
                    yield f"{here}: only users send pictures"
                head, _, data = part["image_url"]["url"].partition(";base64,")
                if why := no_picture(head.removeprefix("data:"), data):
                    yield f"{here}.image_url: {why}"
