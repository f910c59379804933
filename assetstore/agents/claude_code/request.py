"""What Claude Code sends of a session.

A session is a tree of records. What is sent is the branch from its last leaf up to
the root, or to the last compaction; records of one answer, which is written block
by block, belong together even where the branch passes one of them only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assetstore.agents import payloads
from assetstore.agents.records import Line, Record, sent_size
from assetstore.agents.request import (
    Block,
    Kind,
    LastError,
    Part,
    Request,
    dict_of,
    is_placeholder,
    list_of,
    string_of,
)

# '{"role":"assistant","content":[]}' but for the longer role.
_AROUND = {"user": 28, "assistant": 33}
_KINDS: dict[str, Kind] = {"image": "image", "document": "document"}
_TELLING = (
    "sessionId",
    "parentUuid",
    "leafUuid",
    "isSidechain",
    "toolUseResult",
    "messageId",
)


def is_ours(value: dict[str, Any]) -> bool:
    """Whether a record is one of Claude Code."""
    if "payload" in value:
        return False
    return any(key in value for key in _TELLING) or (
        value.get("type") in ("user", "assistant")
        and "role" in dict_of(value.get("message"))
    )


@dataclass(frozen=True, slots=True)
class _Node:
    """A record in the tree."""

    id: str
    parent: str
    answer: str  # the id of the model's answer that it is a part of, or ""
    boundary: bool
    part: Part | None


class Builder:
    """Builds the next request from a session's records."""

    def __init__(self) -> None:
        self._nodes: list[_Node] = []
        self._aside: list[_Node] = []
        self._error: LastError | None = None

    def take(self, record: Record) -> bool:
        """Take a record in; whether it may be sent."""
        value, line = record.value, record.line
        kind = value.get("type")
        message = dict_of(value.get("message"))
        part: Part | None = None
        answer = ""
        if kind in ("user", "assistant"):
            part = _part(kind, message.get("content"), line)
            if kind == "assistant":
                answer = string_of(message.get("id"))
                if value.get("isApiErrorMessage"):
                    words = _words(message.get("content"))
                    self._error = LastError(
                        text=words, line=line.number, order=line.order
                    )
                    part = None
                elif not value.get("isSidechain"):
                    self._error = None
            if value.get("isVisibleInTranscriptOnly"):
                part = None
        elif kind == "attachment":
            part = _attached(dict_of(value.get("attachment")), line)
        elif kind not in ("system", "progress"):
            return False
        node = _Node(
            string_of(value.get("uuid")),
            string_of(value.get("parentUuid")),
            answer,
            value.get("subtype") == "compact_boundary",
            part,
        )
        (self._aside if value.get("isSidechain") else self._nodes).append(node)
        return part is not None

    def finish(self) -> Request:
        """The next request."""
        request = Request(error=self._error)
        last: tuple[str, str] | None = None
        for node in _branch(self._nodes or self._aside):
            if node.part is None or not node.part.count:
                continue
            role = node.part.role
            joined = last is not None and last[0] == role
            if role == "assistant" and last is not None and last[1] != node.answer:
                joined = False
            request.add(node.part, joined=joined, around=_AROUND[role])
            last = role, node.answer
        return request


def _branch(nodes: list[_Node]) -> list[_Node]:
    """The records from the root, or the last compaction, to the last leaf.

    Records with one id, and records without any, are met in files that other
    programs wrote; what cannot be told apart is taken to be sent.
    """
    begin = 0
    for i, node in enumerate(nodes):
        if node.boundary:
            begin = i + 1
    nodes = nodes[begin:]
    by_id: dict[str, list[int]] = {}
    by_answer: dict[str, list[int]] = {}
    by_parent: dict[str, list[int]] = {}
    on = set()
    for i, node in enumerate(nodes):
        if not node.id:
            on.add(i)
            continue
        by_id.setdefault(node.id, []).append(i)
        by_parent.setdefault(node.parent, []).append(i)
        if node.answer:
            by_answer.setdefault(node.answer, []).append(i)
    leaf = next((i for i in range(len(nodes) - 1, -1, -1) if nodes[i].id), -1)
    waiting = [leaf] if leaf >= 0 else []
    while waiting:
        i = waiting.pop()
        if i in on:
            continue
        node = nodes[i]
        on.add(i)
        waiting += by_id[node.id]
        waiting += by_id.get(node.parent, [])
        if node.answer:
            for other in by_answer[node.answer]:
                if other not in on:
                    waiting.append(other)
                    # The results of its calls hang on it, not on the branch.
                    waiting += [
                        child
                        for child in by_parent.get(nodes[other].id, [])
                        if not nodes[child].answer
                        and nodes[child].part is not None
                        and other != i
                        and len(by_answer[node.answer]) > 1
                        and nodes[child].id not in by_parent
                    ]
    return [node for i, node in enumerate(nodes) if i in on]


def _part(role: str, content: object, line: Line) -> Part:
    """A message's share of the request."""
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    blocks = list_of(content)
    return Part(
        role=role,
        line=line,
        size=max(0, sent_size(blocks, line) - 2),
        count=len(blocks),
        blocks=tuple(_special(blocks, line)),
        answer=role == "assistant",
    )


def _special(content: Iterable[object], line: Line) -> Iterator[Block]:
    """The blocks of a message that are no words, inside of tools' results too."""
    for number, block in enumerate(map(dict_of, content)):
        found = _block(block, line, number, -1)
        if found is not None:
            yield found
        for inner, piece in enumerate(map(dict_of, list_of(block.get("content")))):
            found = _block(piece, line, number, inner)
            if found is not None:
                yield found


def _block(block: dict[str, Any], line: Line, content: int, inner: int) -> Block | None:
    kind = _KINDS.get(string_of(block.get("type")))
    source = dict_of(block.get("source"))
    payload = None
    if kind is not None:
        if source.get("type") not in (None, "base64"):
            return None  # an address, a file of the API, words
        payload = payloads.bare(source.get("data", ""), line, source.get("media_type"))
    elif is_placeholder(block.get("text")):
        kind = "placeholder"
    if kind is None:
        return None
    return Block(
        kind=kind,
        message=0,
        content=content,
        inner=inner,
        size=sent_size(block, line),
        payload=payload,
    )


def _attached(attachment: dict[str, Any], line: Line) -> Part | None:
    """What becomes of an attachment: a file that was named, a queued prompt."""
    blocks: list[object]
    kind = attachment.get("type")
    if kind == "queued_command":
        prompt = attachment.get("prompt")
        blocks = list_of(prompt)
        if isinstance(prompt, str):
            blocks = [{"type": "text", "text": prompt}]
    else:
        held = dict_of(attachment.get("content"))
        file = dict_of(held.get("file"))
        if "base64" in file:
            type = string_of(file.get("type")) or string_of(held.get("type"))
            blocks = [_as_block(file["base64"], type, string_of(held.get("type")))]
        else:
            blocks = [{"type": "text", "text": _all_words(attachment)}]
    return _part("user", blocks, line) if blocks else None


def _as_block(data: object, type: str, kind: str) -> dict[str, object]:
    document = kind == "pdf" or type.endswith("pdf")
    mime = "application/pdf" if document else type
    return {
        "type": "document" if document else "image",
        "source": {"type": "base64", "media_type": mime, "data": data},
    }


def _all_words(value: object) -> str:
    """Every text in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return "\n".join(filter(None, map(_all_words, value)))
    return value if isinstance(value, str) else ""


def _words(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(string_of(b.get("text")) for b in map(dict_of, list_of(content)))
