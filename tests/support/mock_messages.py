"""A Messages API on 127.0.0.1 that rejects what the real one rejects.

It knows the kinds of content blocks and their keys, and refuses others; pictures that
are none or not of the kind that is said, PDFs that are none, empty texts, and what is
over the limits that Anthropic documents: 5 MB of base64 a picture, 8000 pixels a side,
2000 where there are more than 20 pictures, 100 pictures, 32 MB a request. What it
answers is decided by the last thing it was sent: a request "call NAME JSON" makes it
call that tool, anything else gets an "OK".
"""

import base64
import binascii
import io
import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from support.served import JSON, Answer, Served

SIDE, SIDE_OF_MANY, MANY, MOST = 8000, 2000, 20, 100
BYTES, REQUEST = 5 << 20, 32_000_000
_PICTURES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
}
_CACHE = {"cache_control"}
_KEYS = {
    "text": {"text", "citations", *_CACHE},
    "image": {"source", *_CACHE},
    "document": {"source", "title", "context", "citations", *_CACHE},
    "tool_use": {"id", "name", "input", "caller", *_CACHE},
    "tool_result": {"tool_use_id", "content", "is_error", *_CACHE},
    "thinking": {"thinking", "signature"},
    "redacted_thinking": {"data"},
    "tool_reference": {"tool_name", *_CACHE},
    "search_result": {"source", "title", "content", "citations", *_CACHE},
}
_IN_RESULTS = {"text", "image", "document", "search_result", "tool_reference"}


class Refused(Exception):
    """A request that the API answers with an error."""


@dataclass(slots=True)
class Block:
    """A content block of a request.

    Attributes:
        path: Where it stands, as the API's errors say it: ``messages.0.content.1``.
        value: The block.
    """

    path: str
    value: dict[str, Any]

    @property
    def data(self) -> str:
        """Its base64, or ""."""
        source = self.value.get("source")
        data = source.get("data") if isinstance(source, dict) else None
        return data if isinstance(data, str) else ""


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
        return list(_blocks(self.messages, "messages"))

    @property
    def images(self) -> list[str]:
        """The base64 of all pictures in it."""
        return [b.data for b in self.blocks if b.value.get("type") == "image"]

    @property
    def documents(self) -> list[str]:
        """The base64 of all documents in it."""
        return [b.data for b in self.blocks if b.value.get("type") == "document"]

    @property
    def text(self) -> str:
        """All messages, as JSON."""
        return json.dumps(self.messages, ensure_ascii=False)


@dataclass(slots=True, kw_only=True)
class MockMessages(Served):
    """The server; a context manager.

    Attributes:
        limit: The longest body it takes, in bytes.
        requests: What it was asked to answer, in order.
    """

    limit: int = REQUEST
    requests: list[Request] = field(default_factory=list)

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
        request = Request(body, json.loads(body))
        self.requests.append(request)
        try:
            self.check(request)
        except Refused as error:
            large = len(body) > self.limit
            request.status, request.error = 413 if large else 400, str(error)
            kind = "request_too_large" if large else "invalid_request_error"
            said = {"type": kind, "message": request.error}
            answer = json.dumps({"type": "error", "error": said}).encode()
            return request.status, JSON, answer
        message = _message(request, len(self.requests))
        if request.asked.get("stream"):
            return 200, "text/event-stream", b"".join(_events(message))
        return 200, JSON, json.dumps(message).encode()

    def check(self, request: Request) -> None:
        """Find what the API refuses.

        Raises:
            Refused: With the API's words.
        """
        if len(request.body) > self.limit:
            raise Refused("Request exceeds the maximum size")
        blocks = request.blocks
        images = [b for b in blocks if b.value.get("type") == "image"]
        if len(images) > MOST:
            raise Refused(f"Too many images and documents: {len(images)} > {MOST}")
        for block in blocks:
            _check(block, len(images))


def _blocks(messages: list[dict[str, Any]], path: str) -> Iterator[Block]:
    for number, message in enumerate(messages):
        content = message.get("content")
        if not isinstance(content, list):
            continue
        for place, value in enumerate(content):
            block = Block(f"{path}.{number}.content.{place}", value)
            yield block
            inner = value.get("content")
            if value.get("type") == "tool_result" and isinstance(inner, list):
                for nth, part in enumerate(inner):
                    yield Block(f"{block.path}.tool_result.content.{nth}", part)


def _check(block: Block, images: int) -> None:
    value, path = block.value, block.path
    kind = value.get("type")
    allowed = _KEYS.get(kind) if isinstance(kind, str) else None
    if allowed is None or (".tool_result." in path and kind not in _IN_RESULTS):
        raise Refused(f"{path}: Input tag {kind!r} found using 'type' is not expected")
    for key in value.keys() - allowed - {"type"}:
        raise Refused(f"{path}.{kind}.{key}: Extra inputs are not permitted")
    if kind == "text":
        text = value.get("text")
        if not isinstance(text, str):
            raise Refused(f"{path}.text.text: Field required")
        if not text.strip():
            raise Refused(f"{path}: text content blocks must be non-empty")
    elif kind in ("image", "document"):
        source = value.get("source")
        if not isinstance(source, dict) or "type" not in source:
            raise Refused(f"{path}.{kind}.source: Field required")
        if source["type"] != "base64":
            return
        for key in source.keys() - {"type", "media_type", "data"}:
            raise Refused(f"{path}.{kind}.source.{key}: Extra inputs are not permitted")
        _check_data(block, f"{path}.{kind}.source.base64", images)


def _check_data(block: Block, path: str, images: int) -> None:
    mime, text = block.value["source"].get("media_type"), block.data
    if not text:
        raise Refused(f"{path}: {block.value['type']} cannot be empty")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"{path}.data: Invalid base64 data") from None
    if block.value["type"] == "document":
        if mime != "application/pdf":
            raise Refused(f"{path}.media_type: Input should be 'application/pdf'")
        if not data.startswith(b"%PDF-"):
            raise Refused(f"{path}.data: The PDF specified was not valid.")
        return
    if mime not in _PICTURES:
        raise Refused(
            f"{path}.media_type: Input should be 'image/jpeg', 'image/png', "
            "'image/gif' or 'image/webp'"
        )
    if len(text) > BYTES:
        raise Refused(
            f"{path}: image exceeds 5 MB maximum: {len(text)} bytes > {BYTES} bytes"
        )
    format, sides = _picture(data)
    if format != _PICTURES[mime]:
        raise Refused(
            f"{path}.data: Image does not match the provided media type {mime}"
        )
    if max(sides) > SIDE:
        raise Refused(
            f"{path}.data: At least one of the image dimensions exceed max allowed "
            f"size: {SIDE} pixels"
        )
    if images > MANY and max(sides) > SIDE_OF_MANY:
        raise Refused(
            f"{path}.data: At least one of the image dimensions exceed max allowed "
            f"size for many-image requests: {SIDE_OF_MANY} pixels"
        )


def _picture(data: bytes) -> tuple[str, tuple[int, int]]:
    """A picture's format and sides; all of it must be there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(
                io.BytesIO(data), formats=list(_PICTURES.values())
            ) as found:
                found.load()
                return str(found.format), found.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused("Could not process image") from None


def _message(request: Request, number: int) -> dict[str, Any]:
    wanted = _wanted(request.messages)
    text = f"OK {number}"
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
    content = messages[-1].get("content") if messages else None
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
