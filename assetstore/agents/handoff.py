"""Write down what a thread knows, from its log alone.

The same log gives the same text. Nothing is summed up by a model: requests, plans,
decisions and errors are quoted, the newest first to keep where there is no room.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetstore.agents.conversation import Event
from assetstore.agents.find import Thread
from assetstore.agents.knowledge import AskedFor, Knowledge, RanCommand, learn
from assetstore.agents.picture_process import small_copy
from assetstore.agents.pictures import picture_bytes
from assetstore.agents.reading import Reading, whole_thread
from assetstore.agents.redaction.redact import redact, redact_end, redact_start
from assetstore.command_line import shown_command
from assetstore.errors import AssetstoreError
from assetstore.files.durable import make_folder
from assetstore.files.output import write_output
from assetstore.files.source import RandomAccess
from assetstore.store.store import Store

MAX_TOKENS = 8000
_BYTES_A_TOKEN = 4
_THUMBNAILS = 6
_PIXELS = 480
# What Markdown takes for HTML, or for a picture to be loaded, in somebody's words; the
# backslashes in front of it would undo one more.
_MARKUP = re.compile(r"(\\*)(<(?=[A-Za-z!/?])|!(?=\[))")
_TICKS = re.compile(r"`+")


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
    with whole_thread(thread) as (source, reading):
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
    title = _prose(known.first.text, 80) if known.first else thread.id
    head = [f"# Handoff: {title}", "", *_header(thread, reading, known), ""]
    text = _encodable("\n".join(head))
    room -= len(text.encode())
    spare = 0.0
    for share, name, body in _sections(thread, known, links):
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
        f"({_code(thread.id)}), without the agent: quotations, not conclusions. Line "
        f"numbers are the log's."
    )
    yield ""
    if facts.get("cwd"):
        branch = f", branch {_code(facts['branch'])}" if facts.get("branch") else ""
        yield f"- Works in {_code(facts['cwd'])}{branch}"
    yield (
        f"- {known.turns} turns{_when(known)}; "
        f"{reading.lines:,} lines, {len(known.pictures)} different images"
    )
    yield f"- Log: {_code(thread.path)}"
    origins = [id for id in reading.request.origins if id != thread.id]
    if origins:
        from_thread = _code(origins[-1])
        yield f"- A fork: it goes on from thread {from_thread}, whose turns are in it"
    elif facts.get("base") and not reading.request.origins:
        yield (
            "- A fork: what went before is in the log "
            f"{_code(facts['base'])}, which is gone"
        )


def _when(known: Knowledge) -> str:
    # Not every client's log has times.
    if not known.started:
        return ""
    first, last = (_prose(time[:19], 19) for time in (known.started, known.last))
    return f" from {first} to {last}"


def _sections(
    thread: Thread, known: Knowledge, links: dict[int, str]
) -> Iterator[tuple[float, str, list[str]]]:
    """Shares of the room, titles, and paragraphs, the most important first."""
    first = [_quoted(known.first, 2500)] if known.first else []
    yield 0.12, "What it was about", first
    latest = [_requested(r, known.first) for r in reversed(known.requests.values())]
    yield 0.16, "Latest requests, the newest first", [text for text in latest if text]
    yield 0.14, "Where it stopped", list(_stopped(known))
    yield (
        0.06,
        "Plan, as last stated",
        ["\n".join(f"- [{_mark(s)}] {_prose(step, 400)}" for s, step in known.plan)]
        if known.plan
        else [],
    )
    yield 0.1, "Summary of its last compaction", list(_summed_up(known))
    yield 0.10, "Open problems", list(_problems(known))
    decided = [f"- {_prose(s, 400)} (line {n})" for s, n in known.decisions.items()]
    yield 0.12, "Decisions and findings, as the agent stated them", [*reversed(decided)]
    yield (
        0.08,
        "Files created and changed",
        [
            f"- {_code(path)}: {_changed(what, count)} (line {line})"
            for path, (what, count, line) in reversed(known.files.items())
        ],
    )
    yield (
        0.08,
        "Commands and how they ended",
        [_ran(command) for command in reversed(known.commands.values())],
    )
    yield 0.04, "Images", list(_pictures(thread, known, links))


def _requested(request: AskedFor, first: Event | None) -> str:
    """A request, and how many there were that are like it."""
    shown = [event for event in request.newest if event is not first]
    text = "\n>\n".join(_quoted(event, 1200) for event in reversed(shown))
    more = request.count - len(request.newest)
    return f"{text}\n> (and {more:,} more like it)" if text and more else text


def _changed(what: str, count: int) -> str:
    """Say what became of a file."""
    if what == "created" and count > 1:
        what, count = "created, then changed", count - 1
    times = f" {count} times" if count > 1 and what != "deleted" else ""
    return what + times


def _summed_up(known: Knowledge) -> Iterator[str]:
    if known.summary is not None:
        yield (
            f"At line {known.summary.line}, in turn {known.summed_up} of {known.turns}:"
            "\n\n" + _quoted(known.summary, 6000)
        )


def _stopped(known: Knowledge) -> Iterator[str]:
    answered = 0
    if known.answers:
        event = known.answers[-1]
        answered = event.line
        yield f"The agent's last words (line {event.line}):\n\n" + _quoted(event, 3000)
    if known.asked is not None and known.asked.line > answered:
        yield f"Then this was asked (line {known.asked.line}), and has no answer:"
        yield _quoted(known.asked, 1200)
    if known.steps:
        yield "What the agent did after that:\n\n" + "\n".join(
            f"- {step.text}: {_ended(step.ok)} (line {step.line})"
            + (f": {_prose(step.tail, 300)}" if step.ok is False else "")
            for step in known.steps
        )
    if known.errors and (
        not known.answers or known.errors[-1].line > known.answers[-1].line
    ):
        yield f"Then an error: {_prose(known.errors[-1].text, 600)}"
    if known.open_turn:
        yield "The last turn has no end in the log: it was interrupted."
    if known.waiting:
        calls = ", ".join(f"`{_one_line(c, 120)}`" for c in known.waiting.values())
        yield f"Calls without a result: {calls}"


def _problems(known: Knowledge) -> Iterator[str]:
    for event in reversed(known.errors):
        yield f"- {_prose(redact_end(event.text, 600), 600)} (line {event.line})"
    for command in reversed(known.commands.values()):
        if command.ok is False:
            tail = _prose(command.tail[-400:], 400)
            text = _one_line(command.text, 200)
            yield f"- `{text}` failed at its last run (line {command.line}): {tail}"


def _ran(command: RanCommand) -> str:
    runs = f", {command.runs} runs, {command.failed} failed" if command.runs > 1 else ""
    text, ended = _one_line(command.text, 200), _ended(command.ok)
    return f"- `{text}`: {ended}{runs} (line {command.line})"


def _ended(ok: bool | None) -> str:
    return {True: "ok", False: "failed", None: "ended unknown"}[ok]


def _pictures(thread: Thread, known: Knowledge, links: dict[int, str]) -> Iterator[str]:
    for picture in reversed(known.pictures):
        name = _prose(picture.name, 100)
        name += f", {picture.size:,} bytes" if picture.size else ""
        where = f"line {known.seen_in[picture.number]}"
        stands = f", `{picture.placeholder}`" if picture.placeholder else ""
        said = _prose(known.shown_with.get(picture.number, ""), 100)
        said = f', shown with "{said}"' if said else ""
        line = f"- Image {picture.number}: {name} ({where}{stands}){said}"
        if picture.number in links:
            line += f"\n  {links[picture.number]}"
        yield line
    if known.pictures:
        named = thread.id if thread.client else thread.path
        command = shown_command("show", named, "--image", "1", "-o", "1.png")
        yield f"- `{command}` writes one to a file."


def _mark(status: str) -> str:
    return {"completed": "x", "in_progress": "~"}.get(status, " ")


def _quoted(event: Event, most: int) -> str:
    pictures = "".join(f" [image {p.number}]" for p in event.pictures)
    text = _escaped(_plain(event.text, most)) + pictures
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def _plain(text: str, most: int) -> str:
    text = "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
    if len(text) > most:
        start, end = redact_start(text, most * 2 // 3), redact_end(text, most // 3)
        text = f"{start} […] {end}"
    return text


def _one_line(text: str, most: int) -> str:
    return " ".join(_plain(text, most).split()).replace("`", "'")


def _prose(text: str, most: int) -> str:
    """A line of somebody's words that stands in ours."""
    return _escaped(_one_line(text, most))


def _escaped(text: str) -> str:
    """Text in which Markdown sees neither HTML nor pictures to be loaded."""
    return _MARKUP.sub(lambda m: m[1] * 2 + ("\\<" if m[2] == "<" else "!\\"), text)


def _code(name: object) -> str:
    """A name as code, whatever backticks and lines are in it."""
    words = _encodable(str(name))  # of a file's name that is no UTF-8, too
    text = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    ticks = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    space = " " if "`" in (text[:1], text[-1:]) else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _encodable(text: str) -> str:
    """A text with half surrogate pairs, of names and of words, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _fitted(paragraphs: Iterable[str], room: int) -> str:
    """As many of the paragraphs as there is room for, the last one cut."""
    kept: list[str] = []
    left = 0
    for paragraph in map(_encodable, paragraphs):
        size = len(paragraph.encode()) + 2
        if size <= room:
            kept.append(paragraph)
            room -= size
        else:
            if not kept and room > 80:
                whole = redact(paragraph).encode()
                cut = whole[: room - 8].decode("utf-8", "ignore")
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
                "command": redact_start(c.text, 500),
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
    known: Knowledge, source: RandomAccess, store: Store | None, folder: Path
) -> Iterator[tuple[int, str]]:
    """Small copies of the newest pictures: what shows them, or says why not."""
    newest = sorted(known.pictures, key=lambda p: known.seen_in[p.number])
    for picture in newest[-_THUMBNAILS:]:
        number = picture.number
        try:
            small = small_copy(picture_bytes(picture, source, store), _PIXELS)
        except AssetstoreError as e:
            yield number, f"No small copy: {e}"
            continue
        make_folder(folder)
        name = f"image-{number}.png"
        write_output(folder / name, [small], sources=())
        yield number, f"![image {number}]({folder.name}/{name})"
