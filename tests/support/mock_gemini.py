"""A Gemini API on 127.0.0.1 that rejects what the real one rejects.

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

# A part says one thing; what else may stand in it says something about that.
_DATA = (
    "text",
    "inlineData",
    "functionCall",
    "functionResponse",
    "fileData",
    "executableCode",
    "codeExecutionResult",
)
_ABOUT = ("thought", "thoughtSignature", "videoMetadata", "mediaResolution")


@dataclass(slots=True)
class GeminiRequest:
    """A request to make a model answer.

    Attributes:
        contents: What the model is to read.
        error: Why it was refused, or "".
    """

    contents: list[dict[str, Any]]
    error: str = ""

    @property
    def parts(self) -> list[dict[str, Any]]:
        """All parts, those in functions' responses too."""
        return [part for content in self.contents for part in _all(content["parts"])]

    @property
    def images(self) -> list[str]:
        """The base64 of all pictures in it."""
        return [p["inlineData"]["data"] for p in self.parts if "inlineData" in p]

    @property
    def text(self) -> str:
        """Everything in it, as JSON."""
        return json.dumps(self.contents, ensure_ascii=False)

    @property
    def said(self) -> list[str]:
        """What users and models said, in order."""
        return [part["text"] for part in self.parts if "text" in part]


@dataclass(slots=True, kw_only=True)
class MockGemini(Served):
    """The server; a context manager.

    Attributes:
        requests: What it was asked to answer, in order.
        most_images: So many pictures a request may have.
        refuses: What it says to each request, which it refuses, if anything.
    """

    requests: list[GeminiRequest] = field(default_factory=list)
    most_images: int = 1 << 20
    refuses: str = ""

    @property
    def url(self) -> str:
        """Its base address."""
        return self.address

    def got(self, path: str) -> Answer | None:
        """No models."""
        return 200, JSON, b'{"models":[]}'

    def posted(self, path: str, body: bytes) -> Answer | None:
        """The answer of a model, or a count of tokens."""
        method = path.rpartition(":")[2]
        if method == "countTokens":
            return 200, JSON, json.dumps({"totalTokens": len(body) // 4}).encode()
        if method not in ("generateContent", "streamGenerateContent"):
            return None
        asked = json.loads(body)
        request = GeminiRequest(asked["contents"])
        wants_json = "responseJsonSchema" in asked.get("generationConfig", {})
        if not wants_json:  # else the client asks for something of its own
            self.requests.append(request)
        request.error = next(_refusals(request.contents), "")
        if len(request.images) > self.most_images:
            request.error = f"Please use fewer than {self.most_images} images"
        request.error = request.error or self.refuses
        if request.error:
            error = {"code": 400, "message": request.error}
            error["status"] = "INVALID_ARGUMENT"
            return 400, JSON, json.dumps({"error": error}).encode()
        part = _answer(request.contents[-1], len(self.requests))
        if wants_json:
            part = {"text": "{}"}
        candidate = {"content": {"role": "model", "parts": [part]}, "index": 0}
        used = {"promptTokenCount": 9, "candidatesTokenCount": 5, "totalTokenCount": 14}
        answer = json.dumps(
            {
                "candidates": [{**candidate, "finishReason": "STOP"}],
                "usageMetadata": used,
                "modelVersion": "made-up",
            }
        )
        if method == "generateContent":
            return 200, JSON, answer.encode()
        return 200, "text/event-stream", f"data: {answer}\r\n\r\n".encode()


def _answer(last: dict[str, Any], number: int) -> dict[str, Any]:
    texts = [str(part.get("text", "")) for part in last["parts"]]
    answers = any("functionResponse" in part for part in last["parts"])
    wanted = None if answers else wanted_call("\n".join(texts))
    if wanted is None:
        return {"text": f"OK {number}"}
    return {"functionCall": {"name": wanted[0], "args": json.loads(wanted[1])}}


def _all(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield part
        yield from _all(part.get("functionResponse", {}).get("parts", []))


def _refusals(contents: list[dict[str, Any]]) -> Iterator[str]:
    """Say what the API refuses, in its own words."""
    calls: set[str] = set()
    for number, content in enumerate(contents):
        at = f"contents[{number}]"
        parts = content.get("parts") or []
        if content.get("role") not in ("user", "model"):
            yield "Please use a valid role: user, model."
        if not parts:
            yield f"{at}.parts must not be empty."
        answers = {_id(p["functionResponse"]) for p in parts if "functionResponse" in p}
        if answers - calls or (calls and not answers):
            yield (
                "Please ensure that the number of function response parts is equal to "
                "the number of function call parts of the function call turn."
            )
        calls = {_id(p["functionCall"]) for p in parts if "functionCall" in p}
        for place, part in enumerate(_all(parts)):
            here = f"{at}.parts[{place}]"
            if sum(name in part for name in _DATA) != 1:
                yield f"{here}.data: required oneof field 'data' must have one field"
            for name in part:
                if name not in (*_DATA, *_ABOUT):
                    yield f'Invalid JSON payload received. Unknown name "{name}"'
            if "text" in part and not isinstance(part["text"], str):
                yield f"{here}.text: no string"
            given = part.get("functionResponse", {}).get("parts", [])
            for blob in given:
                if list(blob) != ["inlineData"]:
                    yield f'Invalid JSON payload received. Unknown name in "{blob}"'
            inline = part.get("inlineData")
            if inline is not None and inline.get("mimeType") != "text/plain":
                if "displayName" in inline and not answers:
                    yield 'Invalid JSON payload received. Unknown name "displayName"'
                if why := no_picture(str(inline.get("mimeType")), inline.get("data")):
                    yield f"{here}.inline_data: {why}"


def _id(call: dict[str, Any]) -> str:
    return str(call.get("id") or call.get("name"))
