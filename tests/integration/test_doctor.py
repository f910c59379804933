"""`assetstore doctor`: what is in threads, and which are at risk."""

import contextlib
import json
import sqlite3

import pytest

from support.homes import (
    SESSION,
    THREAD,
    claude_home,
    claude_session,
    codex_home,
    rollout,
)
from support.program import Program
from support.samples import lines, picture, uri


def test_doctor_tells_what_is_in_a_thread(agents: Program) -> None:
    path = codex_home(agents.folder, rollout(4, 2))
    ran = agents("doctor", "--json")
    (found,) = ran.result["threads"]
    assert found["path"] == str(path)
    assert found["thread"] == THREAD
    assert found["client"] == "codex"
    assert found["size"] == path.stat().st_size
    assert found["lines"] == path.read_bytes().count(b"\n")
    longest = max(path.read_bytes().splitlines(keepends=True), key=len)
    assert found["largest_line"] == len(longest)
    assert found["images"] == 16
    assert found["distinct"] == 4
    assert found["compacted_images"] == 8
    assert found["request_images"] == 4
    history = json.loads(longest)["payload"]["replacement_history"]
    sent = json.dumps(history, ensure_ascii=False, separators=(",", ":"))
    assert found["request_bytes"] == len(sent) - len("[]")
    assert found["window"] == 258400
    # 60x40 pixels: one tile
    assert found["image_tokens"] == 4 * 210


def test_doctor_exits_with_4_where_a_thread_is_at_risk(agents: Program) -> None:
    codex_home(agents.folder)
    assert agents("doctor").code == 0
    claude_home(agents.folder, claude_session(1, width=8100))
    ran = agents("doctor")
    assert ran.code == 4
    text = ran.out.decode()
    assert text.startswith("critical claude-code")
    assert "line 3: 8100x40 pixels" in text
    assert f"run: assetstore rescue {SESSION}\n" in text
    other = agents.folder / "other"
    text = agents("--store", str(other), "doctor").out.decode()  # from the cache
    assert f"run: assetstore rescue {SESSION} --store {other}\n" in text


def test_a_file_that_is_no_thread_is_named_in_vain(agents: Program) -> None:
    words = agents.folder / "README.md"
    words.write_text("# Words\n")
    other = agents.folder / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE a(b)")
    for path in (words, other):
        ran = agents("doctor", path)
        assert (ran.code, ran.out) == (2, b"")
        assert f"error: {path} is no log of " in ran.err
    log = codex_home(agents.folder)
    ran = agents("doctor", words, log, "--all")
    assert ran.code == 3
    assert b"1 thread, " in ran.out
    assert f"error: {words} is no log of " in ran.err


@pytest.mark.parametrize(
    ("end", "line"),
    [
        ({"error": {"message": "invalid_image: too many pixels"}}, 3),
        ({"last_agent_message": None}, 3),  # older versions do not say why
        ({"error": {"message": "no network"}, "last_agent_message": None}, None),
        ({"last_agent_message": "I see"}, None),
    ],
)
def test_doctor_names_the_picture_that_a_codex_turn_failed_on(
    agents: Program, end: dict[str, object], line: int | None
) -> None:
    records = [json.loads(line) for line in rollout(1, 0).splitlines()]
    large = uri(picture(2100, 8, 1))
    records[2]["payload"]["content"][1]["image_url"] = large
    records[2]["payload"]["content"] += [
        {"type": "input_image", "image_url": uri(picture(20, 20, i))} for i in range(20)
    ]
    done = {"type": "task_complete", **end}
    codex_home(agents.folder, lines(*records, {"type": "event_msg", "payload": done}))
    (found,) = agents("doctor", "--json").result["threads"]
    if line is None:
        assert found["over"] == []
        return
    (over,) = found["over"]
    assert over["line"] == line
    assert over["what"] == "2100x8 pixels, over 2000 with 21 images"
    assert found["risk"] == "critical"
    assert agents("rescue", THREAD, "--image", over["image"], "--json").code == 0
    (now,) = agents("doctor", "--json").result["threads"]
    assert (now["request_images"], now["over"]) == (20, [])


def test_doctor_reads_no_unchanged_file_again(agents: Program) -> None:
    path = codex_home(agents.folder)
    assert agents("doctor", "--json").result["unchanged"] == 0
    again = agents("doctor", "--json").result
    assert again["unchanged"] == 1
    assert again["threads"][0]["images"] == 12
    with path.open("ab") as file:
        file.write(rollout(1, 0, start=9))
    now = agents("doctor", "--json").result
    assert now["unchanged"] == 0
    assert now["threads"][0]["images"] == 14


def test_doctor_without_agents_and_with_damage(agents: Program) -> None:
    none = agents("doctor")
    assert none.code == 0
    assert b"0 threads" in none.out
    bad = agents.folder / "bad.jsonl.zst"
    bad.write_bytes(b"not zstd at all")
    ran = agents("doctor", bad)
    assert ran.code == 3
    assert "no zstd file" in ran.err
