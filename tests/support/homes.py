"""Homes of coding agents, as their clients leave them."""

import json
import os
import sqlite3
from pathlib import Path

import zstandard

from assetstore.agents.codex import state as codex_state
from assetstore.agents.codex.rollout import Rollout
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from support.samples import b64, lines, picture, uri

THREAD = "01a2056c-e85e-7890-9e8a-1d806f1a2b03"
ROLLOUT = f"rollout-2026-11-22T22-42-33-{THREAD}.jsonl"
SESSION = "0d4e5b1c-6a6f-4d3e-9a53-3a4a1f3f8f10"
_SCHEMA = """
CREATE TABLE thread_turns(thread_id TEXT, turn_id TEXT,
    rollout_byte_offset INTEGER, rollout_end_byte_offset INTEGER);
CREATE TABLE thread_items(thread_id TEXT, item_id TEXT, item_json TEXT);
CREATE TABLE thread_history_projection_state(
    thread_id TEXT, next_rollout_byte_offset INTEGER);
"""


def rollout(pictures: int = 4, compactions: int = 1, start: int = 0) -> bytes:
    """A rollout: a turn for each picture, then compactions that hold them again."""
    records = []
    if not start:
        records.append(
            _record("session_meta", 0, id=THREAD, cwd="/home/x", cli_version="0.169.0")
        )
    shots = [uri(picture(60, 40, start + i)) for i in range(pictures)]
    for i, shot in enumerate(shots):
        day = start + i + 1
        said = {"type": "input_text", "text": f"look at number {start + i}"}
        message = {
            "type": "message",
            "role": "user",
            "content": [said, {"type": "input_image", "image_url": shot}],
        }
        item = {
            "type": "UserMessage",
            "id": f"u{start + i}",
            "content": [
                {"type": "text", "text": said["text"], "text_elements": []},
                {"type": "image", "image_url": shot},
            ],
        }
        answer = {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": f"I see {start + i}."}],
        }
        records += [
            _record("event_msg", day, type="task_started", model_context_window=258400),
            _record("response_item", day, **message),
            _record("event_msg", day, type="item_completed", item=item),
            _record("response_item", day, **answer),
        ]
    for _ in range(compactions):
        history = [
            {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_image", "image_url": shot}],
            }
            for shot in shots
        ]
        payload = {"message": "we looked", "replacement_history": history}
        records.append(_record("compacted", 28, **payload))
    return lines(*records)


def _record(kind: str, day: int, **payload: object) -> dict[str, object]:
    time = f"2026-10-{day + 1:02}T10:00:00.000Z"
    return {"timestamp": time, "type": kind, "payload": payload}


def codex_home(folder: Path, log: bytes | None = None) -> Path:
    """A Codex home with a thread and what 0.169 keeps beside it; the rollout."""
    log = rollout() if log is None else log
    home = folder / ".codex"
    path = home / "sessions" / "2026" / "11" / "22" / ROLLOUT
    path.parent.mkdir(parents=True)
    path.write_bytes(log)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    (home / "thread-writer-locks").mkdir()
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    db.executescript(_SCHEMA)
    at = 0
    for number, line in enumerate(log.splitlines(keepends=True)):
        turn = (THREAD, f"t{number}", at, at + len(line))
        db.execute("INSERT INTO thread_turns VALUES(?,?,?,?)", turn)
        at += len(line)
        record = json.loads(line)
        item = record["payload"].get("item")
        if item:
            shown = json.dumps(item).replace('"image_url"', '"url"')
            row = (THREAD, item["id"], shown.replace("UserMessage", "userMessage"))
            db.execute("INSERT INTO thread_items VALUES(?,?,?)", row)
    db.execute("INSERT INTO thread_history_projection_state VALUES(?,?)", (THREAD, at))
    db.commit()
    db.close()
    return path


def codex_fork(
    origin: Path,
    number: int,
    end: int,
    turns: bytes = b"",
    *,
    packed: bool = False,
    rewinds: bool = False,
) -> Path:
    """A log that goes on from another one, as Codex makes it, with its history.

    Args:
        origin: The log that it goes on from.
        number: Makes its id.
        end: How many of that one's bytes are its own as well.
        turns: Its own.
        packed: Whether the client compressed it.
        rewinds: Whether it is another log of the same thread (Codex 0.152 and later),
            and no fork (0.169 and later).

    Returns:
        The log.
    """
    id = f"{THREAD[:-2]}{number:02x}"
    name, (thread, *other) = id, origin.name[28:].partition(".")[0].split("_")
    base = other[0] if other else thread
    if rewinds:
        name = f"{thread}_{id}"
    about = {
        "id": thread if rewinds else id,
        **({} if rewinds else {"forked_from_id": thread}),
        "history_base": {
            "thread_id": base,
            "end_ordinal_exclusive": 3,
            "end_byte_offset": end,
        },
        "base_instructions": {"text": "x" * 30_000},
    }
    log = lines(_record("session_meta", 1, **about)) + turns
    path = origin.with_name(f"rollout-2026-11-23T00-00-{number:02}-{name}.jsonl")
    if packed:
        path = path.with_name(f"{path.name}.zst")
    path.write_bytes(zstandard.compress(log) if packed else log)
    os.utime(path, (1_790_000_000, 1_790_000_000 + number))
    db = sqlite3.connect(origin.parents[4] / "thread_history_1.sqlite")
    at = 0
    for i, line in enumerate(log.splitlines(keepends=True)):
        turn = (id, f"t{number}.{i}", at, at + len(line))
        db.execute(
            "INSERT INTO thread_turns(thread_id, turn_id, rollout_byte_offset, "
            "rollout_end_byte_offset) VALUES(?,?,?,?)",
            turn,
        )
        at += len(line)
    db.execute("INSERT INTO thread_history_projection_state VALUES(?,?)", (id, at))
    db.commit()
    db.close()
    return path


def base_of(fork: Path) -> int:
    """Where a fork says that it goes on."""
    log = fork.read_bytes()
    if fork.suffix == ".zst":
        log = zstandard.ZstdDecompressor().stream_reader(log).read()
    first = json.loads(log.partition(b"\n")[0])
    offset: int = first["payload"]["history_base"]["end_byte_offset"]
    return offset


def history(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """What is in a home's history."""
    db = sqlite3.connect(home / "thread_history_1.sqlite")
    tables = ("thread_turns", "thread_items", "thread_history_projection_state")
    found = {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608 names of this file
    db.close()
    return found


def claude_session(pictures: int = 3, width: int = 60) -> bytes:
    """A session of Claude Code, with each picture in three places."""
    records: list[dict[str, object]] = []
    for i in range(pictures):
        data = b64(picture(width, 40, 100 + i))
        source = {"type": "base64", "media_type": "image/png", "data": data}
        block = {"type": "image", "source": source}
        common = {
            "sessionId": SESSION,
            "timestamp": f"2026-10-{i + 1:02}T10:00:00.000Z",
            "cwd": "/home/x",
        }
        use = {"type": "tool_use", "id": f"t{i}", "name": "Read", "input": {}}
        result = {"type": "tool_result", "tool_use_id": f"t{i}", "content": [block]}
        records += [
            {
                "type": "user",
                **common,
                "message": {"role": "user", "content": [{"type": "text", "text": "?"}]},
            },
            {
                "type": "assistant",
                **common,
                "message": {"role": "assistant", "content": [use]},
            },
            {
                "type": "user",
                **common,
                "message": {"role": "user", "content": [result]},
                "toolUseResult": {"type": "image", "file": {"base64": data}},
            },
        ]
    return lines(*records)


def claude_home(folder: Path, log: bytes | None = None) -> Path:
    """A home of Claude Code with a session; its file."""
    path = folder / ".claude" / "projects" / "-home-x" / f"{SESSION}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(claude_session() if log is None else log)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    return path


def long_thread(turns: int = 500) -> bytes:
    """A thread in which an agent builds something: with what a successor must know."""
    records = [
        _record(
            "session_meta",
            0,
            id=THREAD,
            cwd="/home/x/parser",
            cli_version="0.169.0",
            git={"branch": "feature/streaming"},
        )
    ]
    number = 0

    def say(role: str, text: str, *shots: str) -> None:
        kind = "input_text" if role == "user" else "output_text"
        content = [{"type": kind, "text": text}]
        content += [{"type": "input_image", "image_url": shot} for shot in shots]
        message = {"type": "message", "role": role, "content": content}
        records.append(_record("response_item", 1, **message))

    def call(name: str, arguments: object, output: str) -> None:
        nonlocal number
        number += 1
        id = f"call_{number}"
        asked = {"name": name, "arguments": json.dumps(arguments), "call_id": id}
        records.append(_record("response_item", 1, type="function_call", **asked))
        gave = {"type": "function_call_output", "call_id": id, "output": output}
        records.append(_record("response_item", 1, **gave))

    for turn in range(turns):
        records.append(_record("event_msg", 1, type="task_started", turn_id=f"{turn}"))
        say(
            "user",
            "<environment_context>\n  <cwd>/home/x</cwd>\n</environment_context>",
        )
        if turn == 0:
            say("user", "Write a streaming parser for our log format in Rust.")
            steps = ("read the format", "write the lexer", "stream", "fuzz it")
            plan = [{"step": s, "status": "pending"} for s in steps]
            call("update_plan", {"plan": plan}, "Plan updated")
        elif turn % 100 == 50:
            say("user", f"It looks wrong, see {turn}", uri(picture(60, 40, turn)))
        else:
            say("user", f"Please go on with part {turn}.")
        file = f"src/part_{turn % 37}.rs"
        verb = "Add" if turn < 37 else "Update"
        change = f"*** {verb} File: {file}\n+fn f{turn}() {{}}\n"
        patch = f"*** Begin Patch\n{change}*** End Patch"
        call(
            "apply_patch", {"input": patch}, "Process exited with code 0\nOutput:\nok\n"
        )
        failed = turn % 9 == 4 or turn == turns - 1
        out = "error[E0308]: mismatched types in part" if failed else "test result: ok"
        code = 101 if failed else 0
        call(
            "exec_command",
            {"cmd": f"cargo test part_{turn % 37}"},
            f"Chunk ID: 1\nProcess exited with code {code}\nOutput:\n{out} {turn}\n",
        )
        if turn == 120:
            say(
                "assistant", "I chose a ring buffer instead of a Vec because of memory."
            )
        if turn == 200:
            secret = "export OPENAI_API_KEY=sk-proj-" + "a1B2c3D4" * 6
            call(
                "exec_command", {"cmd": secret}, "Process exited with code 0\nOutput:\n"
            )
        if turn == 300:
            summary = "The lexer is done; the streaming layer reads 64 KiB blocks."
            payload = {"message": summary, "replacement_history": []}
            records.append(_record("compacted", 2, **payload))
        if turn == turns - 2:
            plan = [
                {"step": s, "status": "completed" if i < 3 else "in_progress"}
                for i, s in enumerate(steps)
            ]
            call("update_plan", {"plan": plan}, "Plan updated")
        if turn < turns - 1:
            say("assistant", f"Part {turn} is in place. Next step: part {turn + 1}.")
            records.append(_record("event_msg", 1, type="task_complete"))
    return lines(*records)


def at(path: Path) -> Rollout:
    """A log as Codex knows it."""
    found = Rollout.at(path)
    assert found is not None
    return found


def swap(path: Path, text: bytes) -> None:
    """Put another text in a log's place, with what is kept beside it."""
    with Source.open(path) as source, Draft(path) as draft:
        draft.write(text)
        codex_state.replace(draft, source)


def text_of(path: Path) -> bytes:
    """A log's text, unpacked."""
    if path.suffix != ".zst":
        return path.read_bytes()
    with path.open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read()
