"""The next request of a thread, as its client builds it from the log.

What is not in the log (the system prompt, tools, what the client adds anew at each
start) is not in it either.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from assetstore.agents.apis import Api
from assetstore.agents.records import Line
from assetstore.agents.sent_payloads import Content, SentPayload
from assetstore.store.format.placeholder import IN_WORDS

Kind = Literal["image", "document", "placeholder", "other"]
# A message's number, that of a block in it, and that of one in what a tool gave.
BlockName = tuple[int, int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of a request with something in it that is no words.

    Attributes:
        kind: "image", "document", "placeholder" (text where one stood), or "other".
        message: The number of its message in the request, from 0.
        content: The number of its block in the message, from 0.
        inner: The number of its block inside of that one, a tool's result; -1: none.
        line: The number of its line in the log, from 1.
        order: The number of that line among all that the request is built from.
        origin: Which of the logs that the thread goes on from has it; -1: its own.
        size: Bytes of its JSON.
        payload: What it carries, if that is data.
        found: What that holds.
    """

    kind: Kind
    message: int
    content: int
    inner: int = -1
    line: int = 0
    order: int = 0
    origin: int = -1
    size: int = 0
    payload: SentPayload | None = None
    found: Content | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A record's share of a request.

    Attributes:
        role: Who says it.
        line: The line.
        size: Bytes of its blocks as JSON, with commas between them.
        count: How many blocks it has.
        plain: How much less that is where it is the only block, and words alone.
        blocks: Those that are not words, numbered within the record.
        answer: Whether it is a model's answer.
        result: Whether it holds the result of a tool.
        share: Which of its record's shares it is; None: the client writes it by itself.
    """

    role: str
    line: Line
    size: int
    count: int
    plain: int = 0
    blocks: tuple[Block, ...] = ()
    answer: bool = False
    result: bool = False
    share: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """The numbers that a request gives to what a record holds.

    Attributes:
        message: The number of its message, from 0.
        first: The number of its first block in the message, from 0.
        count: How many blocks it has.
        line: The number of its line in the log, from 1.
        origin: Which of the logs that the thread goes on from has it; -1: its own.
        share: Which of its record's shares it is; None: the client writes it by itself.
    """

    message: int
    first: int
    count: int
    line: int
    origin: int
    share: int | None

    def holds(self, message: int, content: int | None) -> bool:
        """Tell whether the log has a block of a message, or the message, here."""
        here = content is None or 0 <= content - self.first < self.count
        return message == self.message and here and self.share is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastError:
    """The error that a thread ends with.

    Attributes:
        text: Its words.
        line: The number of its line, from 1.
        order: The number of that line among all that the request is built from.
    """

    text: str
    line: int
    order: int


@dataclass(slots=True, kw_only=True)
class Request:
    """The next request.

    Attributes:
        size: Bytes of its conversation as JSON.
        messages: How many messages or items it has.
        blocks: The blocks that are not words, in order.
        numbered: Where what it says stands, words too, in order.
        error: What the thread ended with, if that was an error.
        unanswered: Whether its last turn ended without an answer and a reason.
        answered: Where the last answer of a model is, in the order of lines; -1: none.
        window: The model's context window in tokens, as the log says; 0: unsaid.
        hidden: Whether the client does not list the thread.
        mends: Whether the client itself leaves out what is no picture, and makes
            pictures smaller that are too large.
        drops_oldest: Whether the client leaves out the oldest pictures where there are
            more than the API takes.
        api: The API that it is for, if the log says that; None: the client's usual one.
        origins: The ids of the threads that it goes on from, the oldest first.
    """

    size: int = 0
    messages: int = 0
    blocks: list[Block] = field(default_factory=list)
    numbered: list[Numbered] = field(default_factory=list)
    error: LastError | None = None
    unanswered: bool = False
    answered: int = -1
    window: int = 0
    hidden: bool = False
    mends: bool = False
    drops_oldest: bool = False
    api: Api | None = None
    origins: list[str] = field(default_factory=list)

    @property
    def images(self) -> list[Block]:
        """Its pictures."""
        return [block for block in self.blocks if block.kind == "image"]

    def carried(self, own: str) -> dict[str, int]:
        """Count the pictures that it has of each thread that it goes on from.

        Args:
            own: The thread itself, which may have several logs.
        """
        origins = [b.origin for b in self.images if b.origin >= 0 and b.payload]
        found = Counter(self.origins[number] for number in origins)
        return {thread: count for thread, count in found.items() if thread != own}

    @property
    def documents(self) -> list[Block]:
        """Its documents."""
        return [block for block in self.blocks if block.kind == "document"]

    def add(self, part: Part, *, joined: bool, around: int) -> None:
        """Put a record's share at the end.

        Args:
            part: The share.
            joined: Whether it goes on with the last message.
            around: Bytes of JSON around a message's blocks.
        """
        if joined and self.messages:
            self.size += part.size + 1 + self._plain
            self._plain = 0
        else:
            self.size += part.size + around + (1 if self._begun else 0)
            self._begun = True
            self.size -= part.plain
            self._plain = part.plain
            self.messages += 1
            self._next = 0
        for block in part.blocks:
            self.blocks.append(
                replace(
                    block,
                    message=self.messages - 1,
                    content=self._next + block.content,
                    line=part.line.number,
                    order=part.line.order,
                    origin=part.line.origin,
                )
            )
        self.numbered.append(
            Numbered(
                message=self.messages - 1,
                first=self._next,
                count=part.count,
                line=part.line.number,
                origin=part.line.origin,
                share=part.share,
            )
        )
        self._next += part.count
        if part.answer:
            self.answered = part.line.order

    def skip(self) -> None:
        """Count a message that is not in the log."""
        self.messages += 1
        self._next = 0

    def shift(self) -> None:
        """Count a block that is not in the log, in front of all."""
        for i, block in enumerate(self.blocks):
            if block.message:
                break
            self.blocks[i] = replace(block, content=block.content + 1)
        for i, part in enumerate(self.numbered):
            if part.message:
                break
            self.numbered[i] = replace(part, first=part.first + 1)

    _begun: bool = False
    _next: int = 0
    _plain: int = 0  # what was saved on a message that is words alone


def is_placeholder(text: object) -> bool:
    """Tell whether a text says that something was archived."""
    return isinstance(text, str) and bool(IN_WORDS.search(text[:400]))


def written(name: BlockName) -> str:
    """A block's name, as ``--message`` takes it."""
    return ".".join(str(number) for number in name if number is not None)


def dict_of(value: object) -> dict[str, Any]:
    """A value that should be an object."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """A value that should be an array."""
    return value if isinstance(value, list) else []


def string_of(value: object) -> str:
    """A value that should be a string."""
    return value if isinstance(value, str) else ""
