"""Records of Claude Code, as the client writes them."""

import itertools
from typing import Any

from support.homes import SESSION
from support.samples import b64, picture

_SECONDS = itertools.count()


def text(words: str) -> dict[str, Any]:
    """A block of words."""
    return {"type": "text", "text": words}


def image(data: bytes | None = None, mime: str = "image/png") -> dict[str, Any]:
    """A block with a picture, or with what stands in its place."""
    data = picture(60, 40, 1) if data is None else data
    source = {"type": "base64", "media_type": mime, "data": b64(data)}
    return {"type": "image", "source": source}


def pdf(size: int = 900) -> dict[str, Any]:
    """A block with a document."""
    data = b64(b"%PDF-1.4\n" + bytes(size) + b"\n%%EOF\n")
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    return {"type": "document", "source": source}


def record(kind: str, parent: str | None, id: str, **more: object) -> dict[str, Any]:
    """A record of any kind."""
    second = next(_SECONDS) % 60
    return {
        "parentUuid": parent,
        "isSidechain": False,
        "sessionId": SESSION,
        "version": "2.1.112",
        "cwd": "/home/x",
        "type": kind,
        "uuid": id,
        "timestamp": f"2026-09-01T00:00:{second:02}.000Z",
        **more,
    }


def user(parent: str | None, id: str, content: object, **more: object) -> Any:
    """What a user said, or what a tool gave."""
    message = {"role": "user", "content": content}
    return record("user", parent, id, message=message, **more)


def answer(
    parent: str | None, id: str, *content: object, of: str = "", **more: object
) -> Any:
    """A part of a model's answer; ``of`` is the answer's id."""
    message = {
        "id": of or f"msg_{id}",
        "type": "message",
        "role": "assistant",
        "content": list(content),
    }
    return record("assistant", parent, id, message=message, **more)


def failure(parent: str | None, id: str, words: str) -> Any:
    """The error that the client writes down in the place of an answer."""
    message = {
        "role": "assistant",
        "model": "<synthetic>",
        "content": [text(f"API Error: {words}")],
    }
    return record("assistant", parent, id, message=message, isApiErrorMessage=True)


def attachment(parent: str | None, id: str, **held: object) -> Any:
    """A record of something that goes with a prompt."""
    return record("attachment", parent, id, attachment=held)


def named_picture(parent: str | None, id: str, data: bytes) -> Any:
    """A picture that was named with @."""
    file = {"base64": b64(data), "type": "image/png", "originalSize": len(data)}
    return attachment(
        parent,
        id,
        type="file",
        filename="/p/shot.png",
        content={"type": "image", "file": file},
        displayPath="shot.png",
    )


def use(id: str) -> dict[str, Any]:
    """A call of a tool."""
    return {"type": "tool_use", "id": id, "name": "Read", "input": {"file_path": "/a"}}


def result(id: str, *content: object) -> dict[str, Any]:
    """What it gave."""
    return {"type": "tool_result", "tool_use_id": id, "content": list(content)}
