"""What Claude Code sends for a record of an attachment.

Measured on 2.1.112 and 2.1.332: a file that was named with @ becomes words on a call
of the Read tool and its result, or a picture; a prompt that waited for its turn
becomes words, and its pictures behind them.
"""

import json
from typing import Any

from assetstore.agents.request import dict_of, list_of, string_of

# Kinds whose content the client shows, and does not send.
_NOT_SENT = ("edited_image_file",)


def messages_of(attachment: dict[str, Any]) -> list[Any]:
    """The contents of the messages that stand for an attachment in a request."""
    kind = attachment.get("type")
    if kind in _NOT_SENT:
        return []
    if kind == "queued_command":
        return _queued(attachment.get("prompt"))
    if rendered := list_of(attachment.get("rendered")):
        return [_all_words([dict_of(part).get("content") for part in rendered])]
    if kind == "file":
        return _file(attachment)
    if kind == "mcp_resource":
        contents = list_of(dict_of(attachment.get("content")).get("contents"))
        words = [string_of(c.get("text")) for c in map(dict_of, contents)]
        return ["\n".join(filter(None, words))]
    said = _all_words({k: v for k, v in attachment.items() if k not in _NAMES})
    return [_reminder(said)] if said else []


_NAMES = ("type", "filename", "displayPath", "hookName", "hookEvent", "toolUseID")
_QUEUED = (
    "The user sent a new message while you were working:\n%s\n\nIMPORTANT: After "
    "completing your current task, you MUST address the user's message above. Do not "
    "ignore it."
)


def _queued(prompt: object) -> list[Any]:
    if isinstance(prompt, str):
        return [_reminder(_QUEUED % prompt)]
    parts = [dict_of(part) for part in list_of(prompt)]
    words = [string_of(p.get("text")) for p in parts if p.get("type") == "text"]
    images = [part for part in parts if part.get("type") == "image"]
    said = [_said(_reminder(_QUEUED % "\n".join(words)))] if words else []
    return [[*said, *images]]


def _file(attachment: dict[str, Any]) -> list[Any]:
    name = string_of(attachment.get("filename"))
    held = dict_of(attachment.get("content"))
    file = dict_of(held.get("file"))
    kind = held.get("type")
    call = json.dumps({"file_path": name}, ensure_ascii=False, separators=(",", ":"))
    called = _reminder(f"Called the Read tool with the following input: {call}")
    if kind == "image":
        return [called, [_picture(file.get("base64"), file.get("type"))]]
    if kind == "text":
        words = string_of(file.get("content"))
        first = file.get("startLine")
        first = first if isinstance(first, int) else 1
        numbered = "\n".join(
            f"{first + i}\t{line}" for i, line in enumerate(words.split("\n"))
        )
        return [called, _reminder(f"Result of calling the Read tool:\n{numbered}")]
    if kind == "notebook":
        return [called, _notebook(file)]
    return [_reminder(f"PDF file read: {name}")] if kind == "pdf" else []


def _notebook(file: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for cell in map(dict_of, list_of(file.get("cells"))):
        found.append(_said(_all_words({**cell, "outputs": None})))
        for output in map(dict_of, list_of(cell.get("outputs"))):
            found.append(_said(string_of(output.get("text"))))
            if image := dict_of(output.get("image")):
                data, type = image.get("image_data"), image.get("media_type")
                found.append(_picture(data, type))
    return [block for block in found if block.get("text", True)]


def _picture(data: object, type: object) -> dict[str, Any]:
    source = {"type": "base64", "data": data, "media_type": type}
    return {"type": "image", "source": source}


def _said(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _reminder(text: str) -> str:
    return f"<system-reminder>\n{text}\n</system-reminder>"


def _all_words(value: object) -> str:
    """Every text in a value, which may be nested deep."""
    words: list[str] = []
    waiting = [value]  # the next one last
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, str) and value:
            words.append(value)
    return "\n".join(words)
