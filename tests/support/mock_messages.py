"""A Messages API on 127.0.0.1 that rejects what the real one rejects.

What it refuses, and where that is from, is in `support.messages_rules`. What it
answers is decided by the last thing it was sent: a request "call NAME JSON" makes it
call that tool, anything else gets an "OK".
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from support.messages_blocks import Block, Refused, blocks_of
from support.messages_rules import REQUEST, check, parsed
from support.served import JSON, Answer, Served


@dataclass(slots=True)
class Request:
    """A request to make a model answer.

    Attributes:
        body: Its body, as it was sent.
        asked: The same, parsed.
        status: What it was answered with.
        error: Why it was refused, or "".
    """

    body: bytes
    asked: dict[str, Any]
    status: int = 200
    error: str = ""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the model is to read."""
        found: list[dict[str, Any]] = self.asked.get("messages", [])
        return found

    @property
    def blocks(self) -> list[Block]:
        """Every content block, also those in results of tools, in order."""
        return list(blocks_of(self.messages))

    @property
    def images(self) -> list[str]:
        """The base64 of all pictures in it."""
        return [b.data for b in self.blocks if b.value.get("type") == "image"]

    @property
    def documents(self) -> list[str]:
        """The base64 of all documents in it."""
        return [b.data for b in self.blocks if b.value.get("type") == "document"]

    @property
    def aside(self) -> bool:
        """Whether a client asks that by itself, beside the session (2.0 does)."""
        said = [block.value.get("text") for block in self.blocks]
        return said == ["Warmup"]

    @property
    def text(self) -> str:
        """All messages, as JSON."""
        return json.dumps(self.messages, ensure_ascii=False)


@dataclass(slots=True, kw_only=True)
class MockMessages(Served):
    """The server; a context manager.

    Attributes:
        limit: The longest body it takes, in bytes.
        requests: What it was asked to answer, in order, but for what no session has.
        words: What it answers, if not "OK" and the number of the request.
    """

    limit: int = REQUEST
    requests: list[Request] = field(default_factory=list)
    words: str = ""

    @property
    def url(self) -> str:
        """Its base address."""
        return self.address

    def got(self, path: str) -> Answer | None:
        """Nothing is known."""
        return None

    def posted(self, path: str, body: bytes) -> Answer | None:
        """The answer of a model, or a count of tokens."""
        if path == "/v1/messages":
            return self.answer(body)
        if path == "/v1/messages/count_tokens":
            count = json.dumps({"input_tokens": len(body) // 4})
            return 200, JSON, count.encode()
        return None

    def answer(self, body: bytes) -> Answer:
        """Status, content type and body of an answer."""
        request = Request(body, parsed(body))
        if not request.aside:
            self.requests.append(request)
        try:
            check(body, request.asked, self.limit)
        except Refused as error:
            request.status, request.error = error.status, str(error)
            large = error.status == 413
            kind = "request_too_large" if large else "invalid_request_error"
            said = {"type": kind, "message": request.error}
            answer = json.dumps({"type": "error", "error": said}).encode()
            return request.status, JSON, answer
        number = len(self.requests)
        message = _message(request, number, self.words or f"OK {number}")
        if request.asked.get("stream"):
            return 200, "text/event-stream", b"".join(_events(message))
        return 200, JSON, json.dumps(message).encode()


def _message(request: Request, number: int, text: str) -> dict[str, Any]:
    wanted = _wanted(request.messages)
    content: dict[str, Any] = {"type": "text", "text": text}
    if wanted is not None:
        name, arguments = wanted
        content = {"type": "tool_use", "id": f"toolu_{number:08}", "name": name}
        content["input"] = arguments
    return {
        "id": f"msg_{number:08}",
        "type": "message",
        "role": "assistant",
        "model": request.asked.get("model", ""),
        "content": [content],
        "stop_reason": "end_turn" if wanted is None else "tool_use",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }


def _wanted(messages: list[dict[str, Any]]) -> tuple[str, dict[str, Any]] | None:
    said = [message for message in messages if message["role"] != "system"]
    content = said[-1].get("content") if said else None
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    for block in content or []:
        text = block.get("text") or ""
        if text.startswith("call "):
            _, name, arguments = text.split(" ", 2)
            return name, json.loads(arguments)
    return None


def _events(message: dict[str, Any]) -> Iterator[bytes]:
    (block,) = message["content"]
    begun = {**message, "content": [], "stop_reason": None}
    if block["type"] == "text":
        start: dict[str, Any] = {"type": "text", "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    else:
        start = {**block, "input": {}}
        words = json.dumps(block["input"])
        delta = {"type": "input_json_delta", "partial_json": words}
    end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    for event in (
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ):
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
