"""What Claude Code sends of a session.

A session is a tree of records. What is sent is the branch from its last leaf up to
the root, or to the last compaction; records of one answer, which is written block
by block, belong together even where the branch passes one of them only. Measured on
2.1.112 and 2.1.332 (docs/claude-code.md).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from assetstore.agents import sent_payloads
from assetstore.agents.claude_code.attachments import messages_of
from assetstore.agents.records import Line, LogRecord, sent_size, without_cuts
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
_AROUND = {"user": 28, "assistant": 33, "system": 30}
# From about this version on, a first message of the system's own follows the user's,
# and attachments that are words are messages of the system's.
_SYSTEM_SPEAKS = (2, 1, 200)
# The list of sessions looks at so much of a file's beginning, and for these at its end.
_LOOKED_AT = 1 << 16
_TITLES = ("summary", "custom-title", "ai-title", "last-prompt")
_USUAL_WINDOW, _LARGE_WINDOW = 200_000, 1_000_000
# What newer versions write when they took out of a request what the API refused.
_MENDED = "media_removed"
_UNASKED = "No response requested."
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
    """Tell whether a record is one of Claude Code."""
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
    kind: str
    answer: str  # the id of the model's answer that it is a part of, or ""
    aside: bool
    parts: tuple[Part, ...]
    kept: tuple[str, str, str] | None = None  # of a compaction: `_kept`


class ClaudeRequest:
    """Builds the next request from a session's records."""

    def __init__(self) -> None:
        self._nodes: list[_Node] = []
        self._own = False  # it has more than what a subagent said, whose log is its own
        self._begin = 0  # where what is behind the last compaction begins
        self._error: LastError | None = None
        self._leaf = ""  # of a record that names it
        self._version = ""
        self._first = 0  # length of the line of the first message
        self._titled = False
        self._window = 0

    def take(self, record: LogRecord) -> None:
        """Take a record in."""
        value, line = record.value, record.line
        kind = string_of(value.get("type"))
        message = dict_of(value.get("message"))
        aside = bool(value.get("isSidechain"))
        self._own |= not aside and kind in ("user", "assistant")
        another = aside and self._own
        parts: list[Part] = []
        self._version = string_of(value.get("version")) or self._version
        if kind in ("user", "assistant"):
            parts = [message_part(kind, message.get("content"), line)]
            if value.get("isApiErrorMessage"):
                words = without_cuts(_words(message.get("content")), line)
                # The client mended that itself, and goes on.
                if value.get("apiError") != _MENDED:
                    self._error = LastError(
                        text=words, line=line.number, order=line.order
                    )
                # The client wrote it, and does not send it.
                if message.get("model") == "<synthetic>":
                    parts = []
            elif kind == "assistant" and not another:  # an answer ends the error
                self._error = None
                self._window = max(self._window, _window(dict_of(message.get("usage"))))
            if not another:
                self._leaf = ""
                if kind == "user" and not self._first and not value.get("isMeta"):
                    self._first = line.length
        elif kind == "attachment":
            messages = messages_of(dict_of(value.get("attachment")))
            parts = [
                replace(message_part("user", content, line), share=number)
                for number, content in enumerate(messages)
            ]
        elif kind in _TITLES:  # listed by it, wherever the first message is
            self._titled = True
            self._leaf = string_of(value.get("leafUuid"))
            return
        elif kind not in ("system", "progress"):
            return
        # What stands in front of a compaction is not sent any more.
        if value.get("subtype") == "compact_boundary":
            self._begin = len(self._nodes) + 1
        self._nodes.append(
            _Node(
                string_of(value.get("uuid")),
                string_of(value.get("parentUuid")),
                kind,
                string_of(message.get("id")) if kind == "assistant" else "",
                aside,
                tuple(part for part in parts if part.count),
                _kept(dict_of(value.get("compactMetadata"))),
            )
        )

    def finish(self) -> Request:
        """The next request."""
        hidden = self._own and self._first > _LOOKED_AT and not self._titled
        request = Request(
            error=self._error, hidden=hidden, window=self._window, drops_oldest=True
        )
        system = _version(self._version) >= _SYSTEM_SPEAKS
        last: tuple[str, str] = ("", "")
        nodes = self._nodes
        if not self._own:  # other programs' logs do not say what is beside
            nodes = [replace(node, aside=False) for node in nodes]
        branch = _branch(nodes, self._begin, self._leaf)
        for part, answer, apart in _ordered(branch, system=system):
            joined = last[0] == part.role and not apart
            # Two answers are two messages; records of one are one.
            if part.role == "assistant" and last[1] != answer:
                joined = False
            # The system speaks behind what was said first.
            if system and request.messages == 1 and part.role == "assistant":
                request.skip()
            request.add(part, joined=joined, around=_AROUND[part.role])
            last = part.role, answer
        # What nobody answered gets words in the model's name.
        if last[0] == "user" and self._error is None:
            said = message_part("assistant", [_said(_UNASKED)], Line(0, 0))
            said = replace(said, answer=False, share=None)
            request.add(said, joined=False, around=_AROUND["assistant"])
        if not system:
            request.shift()
        return request


def _window(usage: dict[str, Any]) -> int:
    """The model's context window, where an answer shows that it is a large one."""
    counts = [value for key, value in usage.items() if key.endswith("input_tokens")]
    total = sum(count for count in counts if isinstance(count, int))
    return _LARGE_WINDOW if total > _USUAL_WINDOW else 0


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,6}", text)[:3])


def _said(text: str) -> dict[str, object]:
    return {"type": "text", "text": text}


def _kept(about: dict[str, Any]) -> tuple[str, str, str] | None:
    """Find what a compaction left in the request: first and last record, and where."""
    segment = dict_of(about.get("preservedSegment"))
    if not segment:
        return None
    head, tail = segment.get("headUuid"), segment.get("tailUuid")
    return string_of(head), string_of(tail), string_of(segment.get("anchorUuid"))


def _branch(nodes: list[_Node], begin: int, leaf: str) -> list[_Node]:
    """The records from the root, or the last compaction, to the last leaf.

    What cannot be told apart is taken to be sent: different records with one id, and
    records without any, which other programs wrote. A parent that is nowhere is the
    record in front.
    """
    kept: list[_Node] = []
    about = nodes[begin - 1].kept if begin else None
    if about is not None:
        kept = _segment(nodes[: begin - 1], about)
    nodes = nodes[begin:]
    family = _Family(nodes)
    on = {i for i, node in enumerate(nodes) if not node.id and not node.aside}
    waiting = family.leaves(leaf)
    while waiting:
        i = waiting.pop()
        if i in on:
            continue
        on.add(i)
        waiting += [*family.same(i), *family.parents(i), *family.answer(i)]
    found = [node for i, node in enumerate(nodes) if i in on]
    if about is None:
        return found
    at = next((i for i, node in enumerate(found) if node.id == about[2]), -1)
    return [*found[: at + 1], *kept, *found[at + 1 :]]


def _segment(nodes: list[_Node], about: tuple[str, str, str]) -> list[_Node]:
    """The records that a compaction left, from the last to the first."""
    head, tail, _ = about
    by_id = {node.id: node for node in nodes}
    found: list[_Node] = []
    while (node := by_id.pop(tail, None)) is not None:
        found.insert(0, node)
        if node.id == head:
            break
        tail = node.parent
    return found


class _Family:
    """Who belongs to whom among some records."""

    def __init__(self, nodes: list[_Node]):
        self._nodes = nodes
        self._by_id: dict[str, list[int]] = {}
        self._by_answer: dict[str, list[int]] = {}
        self._children: dict[str, list[int]] = {}
        for i, node in enumerate(nodes):
            if node.id:
                self._by_id.setdefault(node.id, []).append(i)
                self._children.setdefault(node.parent, []).append(i)
                if node.answer:
                    self._by_answer.setdefault(node.answer, []).append(i)

    def leaves(self, named: str) -> list[int]:
        """The last record of the conversation, and the attachments that hang on it."""
        last = self._by_id.get(named) or [
            next(
                (
                    i
                    for i in range(len(self._nodes) - 1, -1, -1)
                    if self._nodes[i].kind in ("user", "assistant")
                    and self._nodes[i].id
                    and not self._nodes[i].aside
                ),
                -1,
            )
        ]
        found = [i for i in last if i >= 0]
        for i in found:
            for child in self._children.get(self._nodes[i].id, ()):
                if self._nodes[child].kind == "attachment" and child not in found:
                    found.append(child)
        return found

    def same(self, i: int) -> list[int]:
        """Other records of its id."""
        return self._by_id[self._nodes[i].id] if self._nodes[i].id else []

    def parents(self, i: int) -> list[int]:
        """Its parent; of one that names a parent that is nowhere, the one in front."""
        parent = self._nodes[i].parent
        if not parent:
            return []
        return self._by_id.get(parent) or ([i - 1] if i else [])

    def answer(self, i: int) -> list[int]:
        """The other records of its answer, and the results of their calls."""
        answer = self._nodes[i].answer
        others = self._by_answer.get(answer, []) if answer else []
        results = [
            child
            for other in others
            if other != i
            for child in self._children.get(self._nodes[other].id, ())
            if self._nodes[child].kind == "user"
            and self._nodes[child].id not in self._children
        ]
        return [*others, *results]


def _ordered(
    nodes: Iterable[_Node], *, system: bool
) -> Iterator[tuple[Part, str, bool]]:
    """The shares of records, in the order in which they are sent.

    Attachments stand in front of what a user said before them, behind the last
    answer or result of a tool; at the beginning of a turn, each of their messages is
    one of its own but for the last, which what the user said goes on with. Those
    that are words stay behind it where the system speaks (``system``).

    Returns:
        For each share: it, the answer that it is a part of, and whether it begins a
        message of its own.
    """
    found: list[tuple[Part, str, bool]] = []
    front = 0
    for node in nodes:
        # A record that was written twice is sent once.
        if not node.parts or (node.id and node.parts[0].line.copy):
            continue
        if node.kind != "attachment":
            found.append((node.parts[0], node.answer, False))
            if node.kind == "assistant" or node.parts[0].result:
                front = len(found)
        elif system and not any(part.blocks for part in node.parts):
            found += [(replace(p, role="system"), "", False) for p in node.parts]
        else:
            begins = not front or found[front - 1][0].role != "user"
            for i, part in enumerate(node.parts):
                found.insert(front, (part, "", begins and i > 0))
                front += 1
    yield from found


def message_part(role: str, content: object, line: Line) -> Part:
    """A message's share of the request."""
    plain = 0
    if isinstance(content, str):
        words, content = content, [{"type": "text", "text": content}]
        plain = sent_size(content, line) - sent_size(words, line)
    blocks = list_of(content)
    return Part(
        role=role,
        line=line,
        size=max(0, sent_size(blocks, line) - 2),
        count=len(blocks),
        plain=plain,
        blocks=tuple(_special(blocks, line)),
        answer=role == "assistant",
        result=any(dict_of(b).get("type") == "tool_result" for b in blocks),
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
        payload = sent_payloads.bare(
            source.get("data", ""), line, source.get("media_type")
        )
    elif is_placeholder(block.get("text")) or is_placeholder(block.get("content")):
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


def _words(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(string_of(b.get("text")) for b in map(dict_of, list_of(content)))
