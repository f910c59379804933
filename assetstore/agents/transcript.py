"""A thread's conversation, in one form for all clients.

Pictures are cut out of a line before it is parsed, so that memory holds words and
nothing else.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from assetstore.agents.reading import Image, Reading, lines_of
from assetstore.files.source import Source

Kind = Literal["about", "user", "agent", "call", "result", "summary", "error", "turn"]

_CUT = re.compile(r"assetstore-picture:(\d+)")
_STOOD = re.compile(r"\[?(image [^\[\]]{1,60}?) archived (as1:[A-Za-z0-9_-]{27})\]?")
_BARE = re.compile(r"as1:[A-Za-z0-9_-]{27}")
# What clients say in a user's name.
_NOT_SAID = re.compile(
    r"\s*(?:<environment_context|<user_instructions|<permissions|<turn_aborted|"
    r"# AGENTS\.md|</?image\b|<local-command|<command-(?:name|message|args)|"
    r"<system-reminder|Caveat: The messages below)"
)
_EXIT = re.compile(r"(?:Process exited with code|Exit code:?) (-?\d+)")
_BODY = re.compile(r"(?:^|\n)Output:\n")
_PATCH = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$", re.M)
_WRITES = {"Write": "written", "Edit": "changed", "MultiEdit": "changed"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a conversation.

    Attributes:
        number: From 1, in the order in which different pictures first stand there.
        name: In words: ``image 60x40 png``.
        size: Its own bytes; 0: not known.
        image: Where it stands in the log, if it does.
        placeholder: What stands there instead, or "".
    """

    number: int
    name: str
    size: int = 0
    image: Image | None = None
    placeholder: str = ""


@dataclass(slots=True)
class Event:
    """Something that happened in a thread.

    Attributes:
        kind: What: "about" (facts of the thread, in ``facts``), "user", "agent" and
            "summary" (of a compaction) have ``text``; "call" has a tool's ``name``
            and ``facts``, "result" its output; "error" ended a turn; "turn" began
            one.
        line: The number of its line, from 1.
        time: As the line says it.
        text: The words.
        name: The tool's name.
        call: What joins a call and its result.
        ok: Whether it succeeded, as far as that can be told.
        facts: ``command``, ``files`` (pairs of what and where), ``plan`` (pairs of
            status and step), or of a thread ``cwd``, ``version``, ``branch`` and
            ``base``, the thread that it goes on from.
        pictures: Those in it.
    """

    kind: Kind
    line: int
    time: str = ""
    text: str = ""
    name: str = ""
    call: str = ""
    ok: bool | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)


class Gallery:
    """The pictures of a conversation, numbered.

    Attributes:
        pictures: By what tells one from another.
    """

    def __init__(self, images: Sequence[Image]):
        self._images = images
        self.pictures: dict[bytes | str, Picture] = {}

    def of(self, text: str) -> list[Picture]:
        """The pictures that a text names."""
        found = []
        for match in _CUT.finditer(text):
            i = int(match[1])
            if i < len(self._images):
                image = self._images[i]
                size = f" {image.width}x{image.height}" if image.width else ""
                name = f"image{size} {image.type.partition('/')[2]}"
                found.append(self._known(image.blob, name, image.size, image))
        for match in _STOOD.finditer(text):
            found.append(self._known(match[2], match[1], 0, None))
        if not found and (bare := _BARE.fullmatch(text)):
            found.append(self._known(bare[0], "image", 0, None))
        return found

    def _known(
        self, key: bytes | str, name: str, size: int, image: Image | None
    ) -> Picture:
        if key not in self.pictures:
            placeholder = key if isinstance(key, str) else ""
            number = len(self.pictures) + 1
            self.pictures[key] = Picture(number, name, size, image, placeholder)
        return self.pictures[key]


def events(
    source: Source, reading: Reading, gallery: Gallery | None = None
) -> Iterator[Event]:
    """What happened in a thread, in order.

    Args:
        source: Its log.
        reading: What `read_thread` found in it.
        gallery: Counts the pictures.
    """
    gallery = gallery or Gallery(reading.images)
    understood = _claude if reading.client == "claude-code" else _codex
    for number, text in _cut_lines(source, reading.images):
        try:
            record = orjson.loads(text)
        except ValueError:
            continue
        if not isinstance(record, dict):
            continue
        for event in understood(record, gallery):
            event.line = number
            event.time = _string(record.get("timestamp"))
            yield event


def _cut_lines(source: Source, images: Sequence[Image]) -> Iterator[tuple[int, bytes]]:
    """The lines, with marks where pictures stand."""
    at = 0
    for number, (start, length) in enumerate(lines_of(source), 1):
        parts, end = [], start + length
        while at < len(images) and images[at].offset < end:
            image = images[at]
            parts.append(source.read(start, image.offset - start))
            parts.append(b"assetstore-picture:%d" % at)
            start = image.offset + image.length
            at += 1
        parts.append(source.read(start, end - start))
        yield number, b"".join(parts)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _codex(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    payload = _dict(record.get("payload"))
    kind = record.get("type")
    inner = payload.get("type")
    if kind == "session_meta":
        git = _dict(payload.get("git"))
        facts = {
            "cwd": _string(payload.get("cwd")),
            "version": _string(payload.get("cli_version")),
            "branch": _string(git.get("branch")),
            "base": _string(_dict(payload.get("history_base")).get("thread_id")),
        }
        yield Event("about", 0, facts=facts)
    elif kind == "compacted":
        said = _string(payload.get("message"))
        yield Event("summary", 0, text=said.partition("analysis:\n")[2] or said)
    elif kind == "event_msg" and inner == "task_started":
        yield Event("turn", 0)
    elif kind == "event_msg" and inner in ("task_complete", "error", "turn_aborted"):
        error = payload.get("error") if inner == "task_complete" else payload
        if error:
            words = _string(_dict(error).get("message")) or _string(
                _dict(error).get("reason")
            )
            yield Event("error", 0, text=words or "interrupted")
        elif inner == "task_complete":
            yield Event("turn", 0, ok=True)
    elif kind == "response_item" and inner == "message":
        yield from _message(
            _string(payload.get("role")), _list(payload.get("content")), gallery
        )
    elif kind == "response_item" and inner in ("function_call", "custom_tool_call"):
        name = _string(payload.get("name"))
        raw = payload.get("arguments") or payload.get("input") or ""
        call = _string(payload.get("call_id"))
        yield Event("call", 0, name=name, call=call, facts=_call(name, raw))
    elif kind == "response_item" and inner == "local_shell_call":
        action = _dict(payload.get("action"))
        facts = _call("shell", json.dumps({"command": action.get("command")}))
        call = _string(payload.get("call_id"))
        yield Event("call", 0, name="shell", call=call, facts=facts)
    elif kind == "response_item" and _string(inner).endswith("_call_output"):
        yield _result(_string(payload.get("call_id")), payload.get("output"), gallery)
    elif kind == "response_item" and inner == "image_generation_call":
        data = _string(payload.get("result")) or _string(payload.get("assetstore"))
        yield Event("result", 0, name="image", pictures=gallery.of(data))


def _message(role: str, content: list[Any], gallery: Gallery) -> Iterator[Event]:
    words: list[str] = []
    pictures: list[Picture] = []
    for part in map(_dict, content):
        text = _string(part.get("text"))
        found = gallery.of(text or _string(part.get("image_url")))
        pictures += found
        if text and not (found and _STOOD.fullmatch(text)):
            words.append(text)
    if role == "user":
        words = [word for word in words if not _NOT_SAID.match(word)]
    if role in ("user", "assistant") and (words or pictures):
        kind: Kind = "user" if role == "user" else "agent"
        yield Event(kind, 0, text="\n".join(words), pictures=pictures)


def _call(name: str, raw: object) -> dict[str, Any]:
    """What a call is about."""
    given: dict[str, Any] = {}
    if isinstance(raw, dict):
        given = raw
    elif isinstance(raw, str):
        try:
            given = _dict(orjson.loads(raw))
        except ValueError:
            given = {"input": raw}
    facts: dict[str, Any] = {}
    command = given.get("cmd") or given.get("command")
    if isinstance(command, list):
        words = [str(word) for word in command]
        command = words[-1] if words[1:2] in (["-lc"], ["-c"]) else " ".join(words)
    text = _string(command) or _string(given.get("input"))
    if patched := _PATCH.findall(text):
        done = {"Add": "created", "Update": "changed", "Delete": "deleted"}
        facts["files"] = [(done[what], path.strip()) for what, path in patched]
    elif command:
        facts["command"] = str(command)
    if name in _WRITES and given.get("file_path"):
        facts["files"] = [(_WRITES[name], str(given["file_path"]))]
    steps = _list(given.get("plan") or given.get("todos"))
    if steps:
        facts["plan"] = [
            (
                _string(step.get("status")),
                _string(step.get("step") or step.get("content")),
            )
            for step in map(_dict, steps)
        ]
    if not facts:
        facts["arguments"] = json.dumps(given, ensure_ascii=False)[:500]
    return facts


def _result(call: str, output: object, gallery: Gallery) -> Event:
    """A tool's output, and how it ended."""
    pictures: list[Picture] = []
    words: list[str] = []
    parts = output if isinstance(output, list) else [output]
    for part in parts:
        if isinstance(part, dict):
            text = _string(part.get("text"))
            found = gallery.of(text or _string(part.get("image_url")))
            pictures += found
            if not (found and _STOOD.fullmatch(text)):
                words.append(text or _string(part.get("output")))
        elif isinstance(part, str):
            words.append(part)
    text, ok = "\n".join(words), None
    if text.startswith("{"):
        try:
            answer = _dict(orjson.loads(text))
        except ValueError:
            answer = {}
        if "output" in answer:
            text = _string(answer["output"])
            code = _dict(answer.get("metadata")).get("exit_code")
            ok = code == 0 if isinstance(code, int) else None
    if ended := _EXIT.search(text[:400]):
        ok = ended[1] == "0"
        text = _BODY.split(text, maxsplit=1)[-1]
    return Event("result", 0, text=text, call=call, ok=ok, pictures=pictures)


def _claude(record: dict[str, Any], gallery: Gallery) -> Iterator[Event]:
    kind = record.get("type")
    if kind == "summary":
        yield Event("summary", 0, text=_string(record.get("summary")))
        return
    if kind not in ("user", "assistant") or record.get("isMeta"):
        return
    facts = {
        "cwd": _string(record.get("cwd")),
        "version": _string(record.get("version")),
        "branch": _string(record.get("gitBranch")),
    }
    yield Event("about", 0, facts=facts)
    content = _dict(record.get("message")).get("content")
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    words: list[str] = []
    pictures: list[Picture] = []
    for part in map(_dict, _list(content)):
        what = part.get("type")
        if what == "tool_use":
            name = _string(part.get("name"))
            call = _string(part.get("id"))
            yield Event(
                "call", 0, name=name, call=call, facts=_call(name, part.get("input"))
            )
        elif what == "tool_result":
            yield _claude_result(part, gallery)
        else:
            text = _string(part.get("text"))
            found = _claude_pictures(part, gallery)
            pictures += found
            if text and not (found and _STOOD.fullmatch(text)):
                words.append(text)
    if record.get("isCompactSummary"):
        yield Event("summary", 0, text="\n".join(words))
        return
    if kind == "user":
        words = [word for word in words if not _NOT_SAID.match(word)]
    if words or pictures:
        said: Kind = "user" if kind == "user" else "agent"
        if said == "user":
            yield Event("turn", 0)
        yield Event(said, 0, text="\n".join(words), pictures=pictures)


def _claude_pictures(part: dict[str, Any], gallery: Gallery) -> list[Picture]:
    data = _string(_dict(part.get("source")).get("data"))
    return gallery.of(_string(part.get("text")) or data)


def _claude_result(part: dict[str, Any], gallery: Gallery) -> Event:
    content = part.get("content")
    inner = content if isinstance(content, list) else [{"text": _string(content)}]
    pictures: list[Picture] = []
    words: list[str] = []
    for piece in map(_dict, inner):
        found = _claude_pictures(piece, gallery)
        pictures += found
        text = _string(piece.get("text"))
        if text and not (found and _STOOD.fullmatch(text)):
            words.append(text)
    return Event(
        "result",
        0,
        text="\n".join(words),
        call=_string(part.get("tool_use_id")),
        ok=not part.get("is_error"),
        pictures=pictures,
    )
