"""A Responses API on 127.0.0.1 that rejects what the real one rejects.

It refuses what `support.responses` says, and requests over a size limit, which stands
for the context window. What it answers is decided by the
last thing it was sent: a request "call NAME JSON" makes it call that tool, anything
else gets an "OK".
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from support.responses import LONGEST_TEXT, Refusal, pictures, refusal, too_long
from support.served import JSON, Answer, Served


@dataclass(slots=True)
class Request:
    """A request to make a model answer.

    Attributes:
        size: Its body's length in bytes.
        input: What the model is to read.
        status: What it was answered with.
        error: Why it was refused, or "".
    """

    size: int
    input: list[dict[str, Any]]
    status: int = 200
    error: str = ""

    @property
    def images(self) -> list[str]:
        """The URLs of all pictures in it."""
        return [str(item["image_url"]) for item in pictures(self.input)]

    @property
    def text(self) -> str:
        """Everything in it, as JSON."""
        return json.dumps(self.input)


@dataclass(slots=True, kw_only=True)
class MockApi(Served):
    """The server; a context manager.

    Attributes:
        limit: The longest body it takes, in bytes.
        longest: The longest text in it, in characters.
        requests: What it was asked, in order.
        words: What it answers, if not "OK" and the number of the request.
    """

    limit: int = 1 << 40
    longest: int = LONGEST_TEXT
    requests: list[Request] = field(default_factory=list)
    words: str = ""
    _turn: int = 0

    @property
    def url(self) -> str:
        """Its base address."""
        return f"{self.address}/v1"

    def got(self, path: str) -> Answer | None:
        """No data and no models, whatever is asked for."""
        return 200, JSON, b'{"data":[],"models":[]}'

    def posted(self, path: str, body: bytes) -> Answer | None:
        """The answer of a model."""
        return self.answer(body) if path.endswith("/responses") else None

    def answer(self, body: bytes) -> Answer:
        """Status, content type and body of an answer."""
        asked = json.loads(body)
        request = Request(len(body), asked.get("input", []))
        self.requests.append(request)
        refused = self._refusal(request)
        if refused is not None:
            request.status = 400
            request.error = f"{refused.code}: {refused.message}"
            error = {
                "message": request.error if refused.code else refused.message,
                "type": "invalid_request_error",
                "code": refused.code or None,
                "param": refused.param,
            }
            return 400, JSON, json.dumps({"error": error}).encode()
        self._turn += 1
        return 200, "text/event-stream", b"".join(self._events(request))

    def _refusal(self, request: Request) -> Refusal | None:
        if request.size > self.limit:
            words = "Your input exceeds the context window of this model."
            return Refusal("context_length_exceeded", words, "input")
        return too_long(request.input, self.longest) or refusal(request.input)

    def _events(self, request: Request) -> Iterator[bytes]:
        number = self._turn
        last = request.input[-1] if request.input else {}
        wanted = _wanted(last)
        if wanted is not None:
            name, arguments = wanted
            space, _, tool = name.rpartition("/")
            item: dict[str, Any] = {
                "type": "function_call",
                "id": f"fc_{number}",
                "call_id": f"call_{number}",
                "name": tool,
                "arguments": arguments,
            }
            if space:
                item["namespace"] = space
        else:
            text = self.words or f"OK {number}"
            item = {
                "type": "message",
                "id": f"msg_{number}",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
            }
        used = {
            "input_tokens": 10,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 5,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 15,
        }
        answer = {"id": f"resp_{number}", "output": [item], "usage": used}
        for event in (
            {"type": "response.created", "response": {"id": f"resp_{number}"}},
            {"type": "response.output_item.added", "output_index": 0, "item": item},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": answer},
        ):
            yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _wanted(item: dict[str, Any]) -> tuple[str, str] | None:
    if item.get("type") != "message" or item.get("role") != "user":
        return None
    for part in item.get("content", []):
        text = str(part.get("text", ""))
        if text.startswith("call "):
            _, name, arguments = text.split(" ", 2)
            return name, arguments
    return None
