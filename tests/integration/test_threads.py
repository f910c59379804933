"""doctor and rescue, as a user runs them on homes of agents."""

import json
import os
import shutil
from pathlib import Path

import pytest
import zstandard

from assetstore.store.locks import hold
from support.held import held
from support.homes import (
    SESSION,
    THREAD,
    claude_home,
    claude_session,
    codex_home,
    history,
    rollout,
)
from support.program import Program


@pytest.mark.parametrize("packed", [False, True])
def test_rescue_and_undo_after_more_turns(agents: Program, packed: bool) -> None:
    original = rollout()
    path = codex_home(agents.folder)
    home = agents.folder / ".codex"
    if packed:
        path.unlink()
        path = path.with_name(path.name + ".zst")
        path.write_bytes(zstandard.compress(original))

    def text() -> bytes:
        data = path.read_bytes()
        return (
            zstandard.ZstdDecompressor().decompressobj().decompress(data)
            if packed
            else data
        )

    before = history(home)
    modified = path.stat().st_mtime_ns
    ran = agents("rescue", THREAD)
    assert ran.code == 0, ran.err
    slim = text()
    assert b"data:image" not in slim
    assert slim.count(b"\n") == original.count(b"\n")
    for old, new in zip(original.splitlines(), slim.splitlines(), strict=True):
        assert json.loads(new)["type"] == json.loads(old)["type"]
    assert path.stat().st_mtime_ns == modified
    ends = [0]
    for line in slim.splitlines(keepends=True):
        ends.append(ends[-1] + len(line))
    now = history(home)
    assert [turn[2] for turn in now["thread_turns"]] == ends[:-1]
    assert now["thread_history_projection_state"] == [(THREAD, ends[-1])]
    shown = [json.loads(str(row[2])) for row in now["thread_items"]]
    assert len(shown) == 4
    for item in shown:
        assert [part["type"] for part in item["content"]] == ["text", "text"]
    assert agents("verify", "--read-data").code == 0
    agents("gc", "--grace", "0")

    tail = rollout(1, 0, start=7)
    if packed:
        path.write_bytes(zstandard.compress(slim + tail))
    else:
        with path.open("ab") as file:
            file.write(tail)
    back = agents("rescue", "--undo", THREAD, "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert text() == original + tail
    assert history(home) == before
    assert not list((agents.folder / "xdg" / "state").rglob("*.json"))


def test_an_undo_names_who_has_the_log_open(agents: Program) -> None:
    path = codex_home(agents.folder)
    assert agents("rescue", THREAD, "--now").code == 0
    slim = path.read_bytes()
    with held(path) as holder:
        ran = agents("rescue", "--undo", THREAD)
    assert ran.code == 13
    assert f"process {holder}" in ran.err
    assert path.read_bytes() == slim


def test_rescue_twice_then_undo(agents: Program) -> None:
    path = codex_home(agents.folder)
    original = path.read_bytes()
    assert agents("rescue", THREAD).code == 0
    tail = rollout(2, 1, start=5)
    with path.open("ab") as file:
        file.write(tail)
    assert agents("rescue", THREAD).code == 0
    assert b"data:image" not in path.read_bytes()
    assert agents("rescue", "--undo", THREAD).code == 0
    assert path.read_bytes() == original + tail


@pytest.mark.parametrize("packed", [False, True])
def test_undone_in_the_form_that_the_client_gave_it_since(
    agents: Program, packed: bool
) -> None:
    """Codex compresses what is idle, and unpacks what it loads."""
    path = codex_home(agents.folder)
    original, rows = path.read_bytes(), history(path.parents[4])
    other = path.with_name(f"{path.name}.zst")
    if packed:
        other.write_bytes(zstandard.compress(original))
        path.unlink()
    assert agents("rescue", THREAD, "--now").code == 0
    if packed:
        path.write_bytes(
            zstandard.ZstdDecompressor().stream_reader(other.read_bytes()).read()
        )
        other.unlink()
    else:
        other.write_bytes(zstandard.compress(path.read_bytes()))
        path.unlink()
    back = agents("rescue", "--undo", THREAD, "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert back.result["rows"] == 4
    if not packed:
        log = zstandard.ZstdDecompressor().stream_reader(other.read_bytes()).read()
    assert (path.read_bytes() if packed else log) == original
    assert history(path.parents[4]) == rows
    states = [d["state"] for d in agents("ls", "--json").result["documents"]]
    assert set(states) <= {"restored"}


def images_of(path: Path) -> int:
    return path.read_bytes().count(b"data:image")


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["--keep-pictures", "2"], 2),
        (["--only", "compacted"], 8),
        (["--older-than", "1d"], 0),
        (["--older-than", "90000d"], 12),
    ],
)
def test_what_stays(agents: Program, words: list[str], left: int) -> None:
    path = codex_home(agents.folder)
    original = path.read_bytes()
    ran = agents("rescue", THREAD, *words)
    assert ran.code == 0, ran.err
    assert images_of(path) == left
    if words[0] == "--keep-pictures":
        assert path.read_bytes().splitlines()[-1].count(b"data:image") == 2
    assert agents("rescue", "--undo", THREAD).code == 0
    assert path.read_bytes() == original


def test_an_old_name_of_an_option_is_told(agents: Program) -> None:
    path = codex_home(agents.folder)
    ran = agents("rescue", THREAD, "--keep-last", "2", "--json")
    assert images_of(path) == 2
    assert any("is called --keep-pictures now" in text for text in ran.json["warnings"])


def test_one_image_by_its_hash(agents: Program) -> None:
    path = codex_home(agents.folder)
    slim = agents.folder / "slim.jsonl"
    agents("archive", path, "-o", slim)
    blob = agents("ls", "--blobs", "--json").result["blobs"][0]["id"]
    assert agents("rescue", THREAD, "--image", blob[:12]).code == 0
    assert images_of(path) == 9
    shown = [str(row[2]) for row in history(path.parents[4])["thread_items"]]
    assert sum("data:image" in text for text in shown) == 3


def test_a_plan_changes_nothing(agents: Program) -> None:
    path = codex_home(agents.folder)
    original = path.read_bytes()
    ran = agents("rescue", "-n", THREAD, "--json")
    assert ran.code == 0
    assert ran.result["images"] == 12
    assert ran.result["dry_run"] is True
    assert path.read_bytes() == original
    assert not agents.store.exists()
    assert not (agents.folder / "xdg" / "state").exists()


def test_a_copy_for_the_careful(agents: Program) -> None:
    path = codex_home(agents.folder)
    original = path.read_bytes()
    ran = agents("rescue", THREAD, "--backup", agents.folder / "copies", "--json")
    assert Path(ran.result["backup"]).read_bytes() == original


def test_a_fork_leaves_the_thread_as_it_is(agents: Program) -> None:
    path = codex_home(agents.folder)
    original = path.read_bytes()
    ran = agents("rescue", THREAD, "--fork", "--json")
    assert ran.code == 0, ran.out
    assert path.read_bytes() == original
    copy = Path(ran.result["path"])
    assert copy != path
    assert THREAD.encode() not in copy.read_bytes()
    assert ran.result["thread"].encode() in copy.read_bytes()
    assert images_of(copy) == 0
    new = ran.result["thread"]
    assert (ran.result["forked"], ran.result["undo"]) == (THREAD, "")
    assert ran.result["resume"] == f"codex resume {new}"
    ran = agents("rescue", THREAD, "--fork", "-n")
    assert b"this thread stays as it is" in ran.out
    ran = agents("rescue", THREAD, "--fork")
    (other,) = set(copy.parent.glob("*.jsonl")) - {path, copy}
    for words in (str(other), "a new thread, ", f"{THREAD} is as", "codex resume "):
        assert words.encode() in ran.out


def test_a_loaded_or_fresh_thread_is_refused(agents: Program) -> None:
    path = codex_home(agents.folder)
    original = path.read_bytes()
    lock = agents.folder / ".codex" / "thread-writer-locks" / f"{THREAD}.lock"
    held = hold(lock, 1)
    try:
        ran = agents("rescue", THREAD)
    finally:
        held.release()
    assert ran.code == 13
    assert "loaded in Codex (" in ran.err
    assert path.read_bytes() == original

    session = claude_home(agents.folder)
    os.utime(session)
    fresh = agents("rescue", SESSION)
    assert fresh.code == 13
    assert "seconds ago" in fresh.err
    assert agents("rescue", SESSION, "--now").code == 0
    assert b"iVBOR" not in session.read_bytes()
    for line in session.read_bytes().splitlines():
        json.loads(line)


def test_worst(agents: Program) -> None:
    codex_home(agents.folder)
    assert agents("rescue", "--worst").code == 2
    path = claude_home(agents.folder, claude_session(1, width=8100))
    original = path.read_bytes()
    ran = agents("rescue", "--worst", "--json")
    assert ran.result["thread"] == SESSION
    assert agents("doctor").code == 0
    assert agents("rescue", "--undo", SESSION[:8]).code == 0
    assert path.read_bytes() == original


def test_names_that_fit_none_or_several(agents: Program) -> None:
    path = codex_home(agents.folder)
    other = path.with_name(path.name.replace("8a-1d806f1a2b03", "8a-1d806f1a2b04"))
    shutil.copy(path, other)
    for name, words in (("01a2056c", "fits 2"), ("feed", "begins"), ("x", "no thread")):
        ran = agents("rescue", name)
        assert ran.code == 2
        assert words in ran.err


def _deep(agents: Program) -> Path:
    """A session with a record that is nested deep, beside a Codex thread at risk."""
    codex_home(agents.folder)
    record = {"type": "user", "sessionId": SESSION, "message": {"role": "user"}}
    text = json.dumps({**record, "message": {"role": "user", "content": "@@"}})
    deep = text.replace('"@@"', "[" * 1000 + "]" * 1000).encode()
    return claude_home(agents.folder, claude_session(1, width=8100) + deep + b"\n")


def test_a_log_that_nests_deep_is_read_and_rescued(agents: Program) -> None:
    path = _deep(agents)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    before = path.read_bytes()
    ran = agents("doctor", "--all", "--json")
    assert ran.json["errors"] == []
    assert [t["thread"] for t in ran.result["threads"]] == [SESSION, THREAD]
    for command in ("show", "handoff"):
        assert agents(command, SESSION).code == 0
    assert agents("rescue", "--all").code == 0
    after = path.read_bytes()
    assert len(after) < len(before)
    assert b"[" * 1000 + b"]" * 1000 in after
    assert agents("rescue", "--undo", SESSION).code == 0
    assert path.read_bytes() == before


def test_words_that_look_like_marks_are_counted_as_they_are(agents: Program) -> None:
    log, words = rollout(1, 0), b"look at number 0"
    marks = b"\x7f0\x7f \x7f1\x7f".ljust(len(words), b".")
    assert log.count(words) == 2
    path = codex_home(agents.folder, log)
    (plain,) = agents("doctor", "--all", "--json").result["threads"]
    path.write_bytes(log.replace(words, marks))
    (found,) = agents("doctor", "--all", "--json").result["threads"]
    assert found == plain
