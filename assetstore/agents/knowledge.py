"""What a thread's log tells to whoever goes on with its work.

It is collected in one pass, and bounded, however long the thread is.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from assetstore.agents.conversation import Event, Gallery, Picture
from assetstore.agents.reading import Reading
from assetstore.agents.redaction.redact import redact_end, redact_start
from assetstore.agents.transcript import events
from assetstore.files.source import RandomAccess

_MOST_FILES, _MOST_COMMANDS, _MOST_REQUESTS = 400, 400, 60
# So many of the requests that differ in their numbers only are kept.
_ALIKE = 2
_NUMBERS = re.compile(r"[\d\W_]+")

_DECIDES = re.compile(
    r"(?i)\b(?:decid|chose|choos|instead of|because|root cause|turns? out|the (?:bug|"
    r"problem|issue|fix) (?:is|was)|i.?ll use|we.?ll use|going with|must "
    r"not|trade-?off|rather than|the plan is|next step|remaining|still (?:fails|open|"
    r"missing)|not yet|todo)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


@dataclass(slots=True)
class RanCommand:
    """A command that was run.

    Attributes:
        text: What was run.
        line: Where its last run stands in the log.
        runs: How often.
        failed: How often it failed.
        ok: How the last run ended, as far as that is known.
        tail: The end of the last run's output.
    """

    text: str
    line: int
    runs: int = 0
    failed: int = 0
    ok: bool | None = None
    tail: str = ""


@dataclass(slots=True)
class AskedFor:
    """What a user asked for, and requests that differ in their numbers only.

    Attributes:
        newest: The newest of them.
        count: How many there were.
    """

    newest: deque[Event] = field(default_factory=lambda: deque(maxlen=_ALIKE))
    count: int = 0


@dataclass(slots=True)
class Step:
    """Something the agent did.

    Attributes:
        line: The number of its line in the log.
        text: What it was.
        call: What joins it and its result.
        ok: How it ended, as far as that is known.
        tail: The end of what it gave.
    """

    line: int
    text: str
    call: str
    ok: bool | None = None
    tail: str = ""


@dataclass(slots=True)
class Knowledge:
    """What is known of a thread."""

    facts: dict[str, str] = field(default_factory=dict)
    started: str = ""
    last: str = ""
    turns: int = 0
    first: Event | None = None
    requests: dict[str, AskedFor] = field(default_factory=dict)  # the newest last
    asked: Event | None = None  # the last request
    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=8))  # since it
    answers: deque[Event] = field(default_factory=lambda: deque(maxlen=40))
    decisions: dict[str, int] = field(default_factory=dict)
    plan: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    commands: dict[str, RanCommand] = field(default_factory=dict)
    errors: deque[Event] = field(default_factory=lambda: deque(maxlen=10))
    summary: Event | None = None
    summed_up: int = 0  # the turns before it
    open_turn: bool = False
    waiting: dict[str, str] = field(default_factory=dict)  # calls without a result
    pictures: list[Picture] = field(default_factory=list)
    seen_in: dict[int, int] = field(default_factory=dict)  # pictures: their last line
    shown_with: dict[int, str] = field(default_factory=dict)  # what was said with them


def learn(source: RandomAccess, reading: Reading) -> Knowledge:
    """Go through a thread and keep what matters."""
    known = Knowledge()
    gallery = Gallery(reading, source)
    running: dict[str, RanCommand] = {}
    for event in events(source, reading, gallery):
        known.started = known.started or event.time
        known.last = event.time or known.last
        for picture in event.pictures:
            known.seen_in[picture.number] = event.line
        _learn(known, event, running)
    known.pictures = list(gallery.pictures.values())
    return known


def _learn(known: Knowledge, event: Event, running: dict[str, RanCommand]) -> None:
    match event.kind:
        case "about":
            known.facts |= {k: v for k, v in event.facts.items() if v}
        case "turn":
            # One that began is open until it is said how it ended.
            known.turns += event.ok is None
            known.open_turn = event.ok is None
        case "user":
            known.first = known.first or event
            _learn_request(known, event)
        case "agent":
            known.answers.append(event)
            # An answer ends what led to it; what a successor must know of that are
            # the sentences that decide something, each once, the last ones.
            known.steps.clear()
            known.open_turn = False
            for sentence in _SENTENCE.split(event.text):
                if 20 < len(sentence) < 400 and _DECIDES.search(sentence):
                    known.decisions.pop(sentence, None)
                    known.decisions[sentence] = event.line
                    if len(known.decisions) > 200:
                        del known.decisions[next(iter(known.decisions))]
        case "summary":
            if event.text.strip():
                known.summary, known.summed_up = event, known.turns
        case "error":
            known.errors.append(event)
            known.open_turn = False
        case "call":
            _learn_call(known, event, running)
        case "result":
            known.waiting.pop(event.call, None)
            for step in known.steps:
                if step.call == event.call:
                    step.ok, step.tail = event.ok, redact_end(event.text.strip(), 400)
            command = running.pop(event.call, None)
            if command is not None:
                command.ok = event.ok
                command.failed += event.ok is False
                command.tail = redact_end(event.text.strip(), 800)
            elif event.ok is False:  # of a call that is no command, or unknown
                known.errors.append(event)


def _learn_request(known: Knowledge, event: Event) -> None:
    known.asked = event
    known.steps.clear()
    for picture in event.pictures:
        known.shown_with.setdefault(picture.number, event.text)
    shape = _NUMBERS.sub(" ", event.text.lower())[:300]
    request = known.requests.pop(shape, None) or AskedFor()
    request.newest.append(event)
    request.count += 1
    known.requests[shape] = request
    if len(known.requests) > _MOST_REQUESTS:
        del known.requests[next(iter(known.requests))]


def _learn_call(known: Knowledge, event: Event, running: dict[str, RanCommand]) -> None:
    facts: dict[str, Any] = event.facts
    known.waiting[event.call] = facts.get("command") or event.name
    known.steps.append(Step(event.line, _described(event), event.call))
    if len(known.waiting) > 50:
        del known.waiting[next(iter(known.waiting))]
    if plan := facts.get("plan"):
        known.plan = plan
    for what, path in facts.get("files", ()):
        was, count, _ = known.files.pop(path, (what, 0, 0))
        first = "created" if was == "created" and what != "deleted" else what
        known.files[path] = first, count + 1, event.line
        if len(known.files) > _MOST_FILES:
            del known.files[next(iter(known.files))]
    if text := facts.get("command"):
        command = known.commands.pop(text, None) or RanCommand(text, event.line)
        command.runs, command.line, command.ok = command.runs + 1, event.line, None
        known.commands[text] = command
        running[event.call] = command
        if len(known.commands) > _MOST_COMMANDS:
            del known.commands[next(iter(known.commands))]
        if len(running) > _MOST_COMMANDS:
            del running[next(iter(running))]


def in_code(text: str) -> str:
    """A text that stands between backticks, on a line, and ends there."""
    return " ".join(text.split()).replace("`", "'")


def _described(event: Event) -> str:
    """Say in a few words what a call did."""
    facts: dict[str, Any] = event.facts
    if files := facts.get("files"):
        return ", ".join(f"{what} `{in_code(path)}`" for what, path in files)
    text = facts.get("command") or facts.get("arguments") or ""
    text = redact_start(" ".join(text.split()).replace("`", "'"), 200)
    if facts.get("command"):
        return f"ran `{text}`"
    return f"called `{in_code(event.name)}`" + (f" with `{text}`" if text else "")
