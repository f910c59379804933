"""Records of Codex, and threads of them."""

import json
from pathlib import Path
from typing import Any

from support.homes import codex_home
from support.samples import lines


def meta(**payload: Any) -> dict[str, Any]:
    """What a log begins with."""
    return {
        "timestamp": "2026-10-01T10:00:00Z",
        "type": "session_meta",
        "payload": payload,
    }


def event(kind: str, **payload: Any) -> dict[str, Any]:
    """An event that the client shows."""
    return {"type": "event_msg", "payload": {"type": kind, **payload}}


def says(role: str, text: str, *shots: str) -> dict[str, Any]:
    """Something that a user or an agent says, with pictures."""
    kind = "input_text" if role == "user" else "output_text"
    content = [{"type": kind, "text": text}]
    content += [{"type": "input_image", "image_url": shot} for shot in shots]
    message = {"type": "message", "role": role, "content": content}
    return {"type": "response_item", "payload": message}


def call(name: str, arguments: object, id: str) -> dict[str, Any]:
    """A call of a tool."""
    asked = {"name": name, "arguments": json.dumps(arguments), "call_id": id}
    return {"type": "response_item", "payload": {"type": "function_call", **asked}}


def gave(id: str, output: str, code: int | None = None) -> dict[str, Any]:
    """What a tool gave."""
    if code is not None:
        output = f"Process exited with code {code}\nOutput:\n{output}"
    answer = {"type": "function_call_output", "call_id": id, "output": output}
    return {"type": "response_item", "payload": answer}


def thread(home: Path, *records: dict[str, Any]) -> Path:
    """A log of these records, in a home of Codex."""
    return codex_home(home, lines(meta(id="t", cwd="/home/x"), *records))
