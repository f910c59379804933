"""What happens in a rollout of Codex."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from assetstore.agents.conversation import (
    Event,
    Gallery,
    Kind,
    Picture,
    call_facts,
    said,
    worth_saying,
)
from assetstore.agents.request import dict_of, list_of, string_of

_EXIT = re.compile(r"(?:Process exited with code|Exit code:?) (-?\d+)")
_BODY = re.compile(r"(?:^|\n)Output:\n")


def events(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    """Yield the events that a record tells of."""
    payload = dict_of(record.get("payload"))
    kind = record.get("type")
    inner = payload.get("type")
    if kind == "session_meta":
        git = dict_of(payload.get("git"))
        facts = {
            "cwd": string_of(payload.get("cwd")),
            "version": string_of(payload.get("cli_version")),
            "branch": string_of(git.get("branch")),
            "base": string_of(dict_of(payload.get("history_base")).get("thread_id")),
        }
        yield Event("about", 0, facts=facts)
    elif kind == "compacted":
        # Some models write what they think in front of the summary.
        text = string_of(payload.get("message"))
        yield Event("summary", 0, text=text.partition("analysis:\n")[2] or text)
    elif kind == "event_msg" and inner == "task_started":
        yield Event("turn", 0)
    elif kind == "event_msg" and inner in ("task_complete", "error", "turn_aborted"):
        # A turn that ends with an error may end as completed; an abort has a reason.
        error = payload.get("error") if inner == "task_complete" else payload
        if error:
            words = string_of(dict_of(error).get("message")) or string_of(
                dict_of(error).get("reason")
            )
            yield Event("error", 0, text=words or "interrupted")
        elif inner == "task_complete":
            yield Event("turn", 0, ok=True)
    elif kind == "response_item" and inner == "message":
        yield from _message(
            string_of(payload.get("role")), list_of(payload.get("content")), gallery
        )
    elif kind == "response_item" and inner in ("function_call", "custom_tool_call"):
        name = string_of(payload.get("name"))
        raw = payload.get("arguments") or payload.get("input") or ""
        call = string_of(payload.get("call_id"))
        yield Event("call", 0, name=name, call=call, facts=call_facts(name, raw))
    elif kind == "response_item" and inner == "local_shell_call":
        action = dict_of(payload.get("action"))
        facts = call_facts("shell", {"command": action.get("command")})
        call = string_of(payload.get("call_id"))
        yield Event("call", 0, name="shell", call=call, facts=facts)
    elif kind == "response_item" and string_of(inner).endswith("_call_output"):
        yield _result(string_of(payload.get("call_id")), payload.get("output"), gallery)
    elif kind == "response_item" and inner == "image_generation_call":
        # Archived, its picture is in a member of another name.
        data = string_of(payload.get("result")) or string_of(payload.get("assetstore"))
        yield Event("result", 0, name="image", pictures=gallery.bare(data))


def _message(role: str, content: list[Any], gallery: Gallery) -> Iterator[Event]:
    words: list[str] = []
    pictures: list[Picture] = []
    for part in map(dict_of, content):
        text = string_of(part.get("text"))
        found = _pictures(part, gallery)
        pictures += found
        if worth_saying(text, found):
            words.append(text)
    if role == "user":
        words = said(words)
    if role in ("user", "assistant") and (words or pictures):
        kind: Kind = "user" if role == "user" else "agent"
        yield Event(kind, 0, text="\n".join(words), pictures=pictures)


def _pictures(part: dict[str, Any], gallery: Gallery) -> list[Picture]:
    if text := string_of(part.get("text")):
        return gallery.words(text)
    address = part.get("image_url") or part.get("file_data")
    if isinstance(address, dict):
        address = address.get("url")
    return gallery.uri(address)


def _result(call: str, output: object, gallery: Gallery) -> Event:
    """A tool's output, and how it ended."""
    pictures: list[Picture] = []
    words: list[str] = []
    parts = output if isinstance(output, list) else [output]
    for part in parts:
        if isinstance(part, dict):
            text = string_of(part.get("text"))
            found = _pictures(part, gallery)
            pictures += found
            if worth_saying(text, found) or not text:
                words.append(text or string_of(part.get("output")))
        elif isinstance(part, str):
            words.append(part)
    text, ok = "\n".join(words), None
    if text.startswith("{"):
        try:
            answer = dict_of(orjson.loads(text))
        except ValueError:
            answer = {}
        if "output" in answer:
            text = string_of(answer["output"])
            code = dict_of(answer.get("metadata")).get("exit_code")
            ok = code == 0 if isinstance(code, int) else None
    if ended := _EXIT.search(text[:400]):
        ok = ended[1] == "0"
        text = _BODY.split(text, maxsplit=1)[-1]
    return Event("result", 0, text=text, call=call, ok=ok, pictures=pictures)
