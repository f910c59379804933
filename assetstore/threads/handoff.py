"""Write down what a thread knows, from its log alone.

The same log gives the same text. Nothing is summed up by a model: requests, plans,
decisions and errors are quoted, the newest first to keep where there is no room.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetstore.errors import AssetstoreError
from assetstore.reader import Source
from assetstore.store.store import Store
from assetstore.threads.find import Thread
from assetstore.threads.pictures import picture_bytes, thumbnail
from assetstore.threads.reading import Reading, opened, read_thread
from assetstore.threads.redact import redact
from assetstore.threads.transcript import Event, Gallery, Picture, events

MAX_TOKENS = 8000
_BYTES_A_TOKEN = 4
_THUMBNAILS = 6
_MOST_FILES, _MOST_COMMANDS = 400, 400

_DECIDES = re.compile(
    r"(?i)\b(?:decid|chose|choos|instead of|because|root cause|turns? out|the (?:bug|"
    r"problem|issue|fix) (?:is|was)|i.?ll use|we.?ll use|going with|must "
    r"not|trade-?off|rather than|the plan is|next step|remaining|still (?:fails|open|"
    r"missing)|not yet|todo)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


@dataclass(slots=True)
class Command:
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
class Knowledge:
    """What is known of a thread; bounded, however long the thread is."""

    facts: dict[str, str] = field(default_factory=dict)
    started: str = ""
    last: str = ""
    turns: int = 0
    first: Event | None = None
    requests: deque[Event] = field(default_factory=lambda: deque(maxlen=12))
    answers: deque[Event] = field(default_factory=lambda: deque(maxlen=40))
    decisions: dict[str, int] = field(default_factory=dict)
    plan: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    errors: deque[Event] = field(default_factory=lambda: deque(maxlen=10))
    summaries: deque[Event] = field(default_factory=lambda: deque(maxlen=2))
    open_turn: bool = False
    waiting: dict[str, str] = field(default_factory=dict)  # calls without a result
    pictures: list[Picture] = field(default_factory=list)
    seen_in: dict[int, int] = field(default_factory=dict)  # pictures: their last line


def learn(source: Source, reading: Reading) -> Knowledge:
    """Go through a thread and keep what matters."""
    known = Knowledge()
    gallery = Gallery(reading.images)
    running: dict[str, Command] = {}
    for event in events(source, reading, gallery):
        known.started = known.started or event.time
        known.last = event.time or known.last
        for picture in event.pictures:
            known.seen_in[picture.number] = event.line
        _learn(known, event, running)
    known.pictures = list(gallery.pictures.values())
    return known


def _learn(known: Knowledge, event: Event, running: dict[str, Command]) -> None:
    match event.kind:
        case "about":
            known.facts |= {k: v for k, v in event.facts.items() if v}
        case "turn":
            known.turns += event.ok is None
            known.open_turn = event.ok is None
        case "user":
            known.first = known.first or event
            known.requests.append(event)
        case "agent":
            known.answers.append(event)
            known.open_turn = False
            for sentence in _SENTENCE.split(event.text):
                if 20 < len(sentence) < 400 and _DECIDES.search(sentence):
                    known.decisions.pop(sentence, None)
                    known.decisions[sentence] = event.line
                    if len(known.decisions) > 200:
                        del known.decisions[next(iter(known.decisions))]
        case "summary":
            known.summaries.append(event)
        case "error":
            known.errors.append(event)
            known.open_turn = False
        case "call":
            _learn_call(known, event, running)
        case "result":
            known.waiting.pop(event.call, None)
            command = running.pop(event.call, None)
            if command is not None:
                command.ok = event.ok
                command.failed += event.ok is False
                command.tail = event.text.strip()[-800:]
            elif event.ok is False:
                known.errors.append(event)


def _learn_call(known: Knowledge, event: Event, running: dict[str, Command]) -> None:
    facts: dict[str, Any] = event.facts
    known.waiting[event.call] = facts.get("command") or event.name
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
        command = known.commands.pop(text, None) or Command(text, event.line)
        command.runs, command.line, command.ok = command.runs + 1, event.line, None
        known.commands[text] = command
        running[event.call] = command
        if len(known.commands) > _MOST_COMMANDS:
            del known.commands[next(iter(known.commands))]
        if len(running) > _MOST_COMMANDS:
            del running[next(iter(running))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """What a thread knows, written down.

    Attributes:
        thread: The thread's id.
        text: Markdown.
        tokens: About how many a model counts for it.
        facts: The same for programs.
    """

    thread: str
    text: str
    tokens: int
    facts: dict[str, Any]


def hand_off(
    thread: Thread,
    *,
    max_tokens: int = MAX_TOKENS,
    thumbnails: Path | None = None,
    store: Store | None = None,
) -> Handoff:
    """Write down what a thread knows.

    Args:
        thread: The thread.
        max_tokens: About how long the text may be.
        thumbnails: A folder for small copies of its newest pictures, which the
            text links to.
        store: Where pictures are that were archived.

    Raises:
        SourceRefused: The log is no regular file, or not what its name says.
        OSError: It cannot be read, or a thumbnail not written.
    """
    reading = read_thread(thread)
    with opened(thread) as source:
        known = learn(source, reading)
        links = {}
        if thumbnails is not None:
            links = dict(_thumbnails(known, source, store, thumbnails))
    room = max(400, max_tokens) * _BYTES_A_TOKEN
    text = redact(_written(thread, reading, known, links, room))
    return Handoff(
        thread=thread.id,
        text=text,
        tokens=len(text.encode()) // _BYTES_A_TOKEN,
        facts=_facts(known),
    )


def _written(
    thread: Thread,
    reading: Reading,
    known: Knowledge,
    links: dict[int, str],
    room: int,
) -> str:
    title = _one_line(known.first.text, 80) if known.first else thread.id
    head = [f"# Handoff: {title}", "", *_header(thread, reading, known), ""]
    text = "\n".join(head)
    room -= len(text.encode())
    spare = 0.0
    for share, name, body in _sections(known, links):
        limit = int(room * share + spare)
        part = _fitted(body, limit - len(name) - 8)
        if part:
            part = f"\n## {name}\n\n{part}\n"
            text += part
        spare = limit - len(part.encode())
    return text


def _header(thread: Thread, reading: Reading, known: Knowledge) -> Iterator[str]:
    facts = known.facts
    yield (
        f"Written from the log of a thread of {reading.client or 'an agent'} "
        f"(`{thread.id}`), without the agent: quotations, not conclusions. Line "
        f"numbers are the log's."
    )
    yield ""
    if facts.get("cwd"):
        branch = f", branch `{facts['branch']}`" if facts.get("branch") else ""
        yield f"- Works in `{facts['cwd']}`{branch}"
    yield (
        f"- {known.turns} turns from {known.started[:19]} to {known.last[:19]}; "
        f"{reading.lines:,} lines, {len(known.pictures)} different images"
    )
    yield f"- Log: `{thread.path}`"


def _sections(
    known: Knowledge, links: dict[int, str]
) -> Iterator[tuple[float, str, list[str]]]:
    """Shares of the room, titles, and paragraphs, the most important first."""
    first = [_quoted(known.first, 2500)] if known.first else []
    yield 0.12, "What it was about", first
    latest = [r for r in known.requests if r is not known.first]
    yield 0.16, "Latest requests", [_quoted(r, 1200) for r in reversed(latest)]
    yield 0.14, "Where it stopped", list(_stopped(known))
    yield (
        0.06,
        "Plan, as last stated",
        ["\n".join(f"- [{_mark(status)}] {step}" for status, step in known.plan)]
        if known.plan
        else [],
    )
    yield 0.10, "Open problems", list(_problems(known))
    decided = [f"- {_one_line(s, 400)} (line {n})" for s, n in known.decisions.items()]
    yield 0.12, "Decisions and findings, as the agent stated them", [*reversed(decided)]
    yield (
        0.10,
        "Files created and changed",
        [
            f"- `{path}`: {what}"
            + (f", {count} times" if count > 1 else "")
            + f" (line {line})"
            for path, (what, count, line) in reversed(known.files.items())
        ],
    )
    yield (
        0.10,
        "Commands and how they ended",
        [_ran(command) for command in reversed(known.commands.values())],
    )
    summaries = [_plain(e.text, 6000) for e in reversed(known.summaries)]
    yield 0.06, "Summary of its last compaction", summaries[:1]
    yield 0.04, "Images", list(_pictures(known, links))


def _stopped(known: Knowledge) -> Iterator[str]:
    if known.answers:
        event = known.answers[-1]
        yield f"The agent's last words (line {event.line}):\n\n" + _quoted(event, 3000)
    if known.errors and (
        not known.answers or known.errors[-1].line > known.answers[-1].line
    ):
        yield f"Then an error: {_one_line(known.errors[-1].text, 600)}"
    if known.open_turn:
        yield "The last turn has no end in the log: it was interrupted."
    if known.waiting:
        calls = ", ".join(f"`{_one_line(c, 120)}`" for c in known.waiting.values())
        yield f"Calls without a result: {calls}"


def _problems(known: Knowledge) -> Iterator[str]:
    for event in reversed(known.errors):
        yield f"- {_one_line(event.text[-600:], 600)} (line {event.line})"
    for command in reversed(known.commands.values()):
        if command.ok is False:
            tail = _one_line(command.tail[-400:], 400)
            text = _one_line(command.text, 200)
            yield f"- `{text}` failed at its last run (line {command.line}): {tail}"


def _ran(command: Command) -> str:
    ended = {True: "ok", False: "failed", None: "ended unknown"}[command.ok]
    runs = f", {command.runs} runs, {command.failed} failed" if command.runs > 1 else ""
    return f"- `{_one_line(command.text, 200)}`: {ended}{runs} (line {command.line})"


def _pictures(known: Knowledge, links: dict[int, str]) -> Iterator[str]:
    for picture in reversed(known.pictures):
        name = (
            f"{picture.name}, {picture.size:,} bytes" if picture.size else picture.name
        )
        where = f"line {known.seen_in[picture.number]}"
        stands = f", `{picture.placeholder}`" if picture.placeholder else ""
        line = f"- Image {picture.number}: {name} ({where}{stands})"
        if picture.number in links:
            line += f"\n  ![image {picture.number}]({links[picture.number]})"
        yield line


def _mark(status: str) -> str:
    return {"completed": "x", "in_progress": "~"}.get(status, " ")


def _quoted(event: Event, most: int) -> str:
    pictures = "".join(f" [image {p.number}]" for p in event.pictures)
    text = _plain(event.text, most) + pictures
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def _plain(text: str, most: int) -> str:
    text = "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
    if len(text) > most:
        text = text[: most * 2 // 3] + " […] " + text[-most // 3 :]
    return text


def _one_line(text: str, most: int) -> str:
    return " ".join(_plain(text, most).split()).replace("`", "'")


def _fitted(paragraphs: Iterable[str], room: int) -> str:
    """As many of the paragraphs as there is room for, the last one cut."""
    kept: list[str] = []
    left = 0
    for paragraph in paragraphs:
        size = len(paragraph.encode()) + 2
        if size <= room:
            kept.append(paragraph)
            room -= size
        else:
            if not kept and room > 80:
                cut = paragraph.encode()[: room - 8].decode("utf-8", "ignore")
                kept.append(cut + " […]")
                room = 0
            else:
                left += 1
            room = min(room, 80)
    if left and kept:
        kept.append(f"- … and {left} more")
    joint = "\n" if all(p.startswith("- ") for p in kept) else "\n\n"
    return joint.join(kept)


def _facts(known: Knowledge) -> dict[str, Any]:
    return {
        **known.facts,
        "started": known.started,
        "last": known.last,
        "turns": known.turns,
        "files": [
            {"path": redact(path), "what": what, "times": times, "line": line}
            for path, (what, times, line) in known.files.items()
        ],
        "commands": [
            {
                "command": redact(c.text[:500]),
                "ok": c.ok,
                "runs": c.runs,
                "failed": c.failed,
                "line": c.line,
            }
            for c in known.commands.values()
        ],
        "plan": [{"status": s, "step": redact(step)} for s, step in known.plan],
        "interrupted": known.open_turn,
        "images": len(known.pictures),
    }


def _thumbnails(
    known: Knowledge, source: Source, store: Store | None, folder: Path
) -> Iterator[tuple[int, str]]:
    """Small copies of the newest pictures, and where they are from the text."""
    newest = sorted(known.pictures, key=lambda p: known.seen_in[p.number])
    for picture in newest[-_THUMBNAILS:]:
        try:
            small = thumbnail(picture_bytes(picture, source, store))
        except AssetstoreError:
            continue
        if small is not None:
            folder.mkdir(parents=True, exist_ok=True)
            name = f"image-{picture.number}.png"
            (folder / name).write_bytes(small)
            yield picture.number, f"{folder.name}/{name}"
