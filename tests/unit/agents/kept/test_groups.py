"""Which files are one thread."""

import json
import os
from pathlib import Path

import pytest
import zstandard

from assetstore.agents.kept.groups import Grouper, client_files, threads_in
from assetstore.errors import SourceRefused
from support.homes import SESSION, THREAD, claude_home, codex_fork, codex_home, rollout
from support.kept import claude_thread

OTHER = "22222222-2222-4333-8444-555555555555"


def test_claude_code_with_what_lies_beside(tmp_path: Path) -> None:
    log = claude_thread(tmp_path)
    old = log.with_name("agent-7.jsonl")  # as 2.0 has them
    old.write_text(json.dumps({"sessionId": SESSION}) + "\n")
    log.with_name("agent-8.jsonl").write_text(json.dumps({"sessionId": OTHER}) + "\n")
    (log.with_suffix("") / "link").symlink_to("/etc/passwd")
    home = tmp_path / ".claude"
    one, two = threads_in([home])
    assert (one.client, one.thread, one.home, one.log) == (
        "claude-code",
        SESSION,
        home,
        log,
    )
    assert [one.place(path) for path in one.files] == [
        f"projects/-home-x/{SESSION}.jsonl",
        f"projects/-home-x/{SESSION}/subagents/agent-a1.jsonl",
        f"projects/-home-x/{SESSION}/tool-results/out.txt",
        "projects/-home-x/agent-7.jsonl",
        f"image-cache/{SESSION}/1.png",
    ]
    assert (two.thread, [path.name for path in two.files]) == (OTHER, ["agent-8.jsonl"])
    # Whatever of it is named, it is the same thread, also when its log is gone.
    log.unlink()
    (again,) = Grouper().threads([one.files[1], old])
    assert (again.document, again.log) == (one.document, log)
    assert again.files == one.files[1:]


def test_codex_with_all_logs_of_a_thread_and_what_it_goes_on_from(
    tmp_path: Path,
) -> None:
    origin = codex_home(tmp_path)
    rewound = codex_fork(origin, 1, 900, rollout(1, 0), rewinds=True)
    fork = codex_fork(rewound, 2, 500, rollout(1, 0), packed=True)
    mine, forked = sorted(
        threads_in([tmp_path / ".codex" / "sessions"]), key=lambda t: len(t.files)
    )
    assert mine.thread == THREAD
    assert set(mine.files) == {origin, rewound}
    assert forked.files[0] == forked.log == fork
    assert set(forked.files) == {fork, rewound, origin}
    assert forked.place(fork).endswith(".jsonl")
    assert mine.home == forked.home == tmp_path / ".codex"


def test_gemini_cli_with_its_subagents_and_outputs(tmp_path: Path) -> None:
    project = tmp_path / ".gemini" / "tmp" / "web"
    log = project / "chats" / "session-2026-10-01T10-00-abcd1234.jsonl"
    beside = [
        project / "chats" / "s-1" / "a.jsonl",
        project / "tool-outputs" / "session-s-1" / "out.txt",
        project / "s-1" / "plan.md",
        project / "logs" / "session-s-1.jsonl",
    ]
    for path in (log, *beside, project / "chats" / "s-2" / "b.jsonl"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"sessionId": "s-1", "kind": "main"}\n')
    found = {t.thread: t for t in threads_in([tmp_path / ".gemini" / "tmp"])}
    assert set(found) == {"s-1", "s-2"}
    assert found["s-1"].client == "gemini-cli"
    assert found["s-1"].log == log
    assert set(found["s-1"].files) == {log, *beside}
    assert found["s-1"].home == tmp_path / ".gemini"


def test_a_session_in_two_projects_is_kept_from_both(tmp_path: Path) -> None:
    """As where a project's folder was moved, and the session went on there."""
    log = claude_thread(tmp_path)
    moved = tmp_path / ".claude" / "projects" / "-home-y" / log.name
    moved.parent.mkdir()
    moved.write_bytes(log.read_bytes() + b'{"type":"user"}\n')
    (beside := moved.with_suffix("") / "tool-results").mkdir(parents=True)
    (beside / "out.txt").write_text("there")
    os.utime(log, (1, 1))
    (one,) = threads_in([tmp_path / ".claude"])
    assert one.log == moved
    assert {log, moved, beside / "out.txt"} < set(one.files)
    (again,) = Grouper().threads([log])
    assert again == one


def test_a_gemini_session_in_two_projects_is_kept_from_both(tmp_path: Path) -> None:
    chats = [tmp_path / ".gemini" / "tmp" / name / "chats" for name in "ab"]
    logs = [
        *(folder / "session-2026-10-01T10-00-s.jsonl" for folder in chats),
        chats[0] / "session-2026-10-02T10-00-s.jsonl",
    ]
    deep = chats[1] / "s-1" / "more" / "a.jsonl"
    for path in (*logs, deep):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"sessionId": "s-1"}\n')
    os.utime(logs[1], (1 << 33, 1 << 33))
    (one,) = threads_in([tmp_path / ".gemini" / "tmp"])
    assert (one.thread, one.log) == ("s-1", logs[1])
    assert set(one.files) == {*logs, deep}


def test_a_log_that_is_packed_as_well_is_the_one_that_goes_on(tmp_path: Path) -> None:
    log = codex_home(tmp_path)
    packed = log.with_name(f"{log.name}.zst")
    packed.write_bytes(zstandard.compress(log.read_bytes()[:500]))
    for first in (log, packed):  # whichever is found first in a folder
        first.rename(aside := tmp_path / "aside")
        aside.rename(first)
        (one,) = threads_in([tmp_path / ".codex" / "sessions"])
        assert (one.log, one.files) == (log, (log,))


def test_a_folder_is_a_thread_of_some_clients(tmp_path: Path) -> None:
    folder = tmp_path / ".kimi" / "sessions" / "abc" / "s1"
    folder.mkdir(parents=True)
    for name in ("context.jsonl", "wire.jsonl"):
        (folder / name).write_text("{}\n")
    (one,) = threads_in([tmp_path / ".kimi"])
    assert (one.client, one.thread, one.home) == ("kimi-cli", "s1", folder.parent)
    assert [one.place(path) for path in one.files] == [
        "s1/context.jsonl",
        "s1/wire.jsonl",
    ]


def test_below_a_folder_only_what_clients_have(tmp_path: Path) -> None:
    page, log = tmp_path / "a.html", tmp_path / "log.jsonl"
    page.write_text("x")
    log.write_text("{}\n")
    assert not list(threads_in([tmp_path]))
    (one,) = threads_in([log])
    assert (one.client, one.document) == ("", f"thread:{log}")
    with pytest.raises(SourceRefused, match="cannot be read"):
        list(threads_in([tmp_path / "gone"]))


def test_the_clients_here(tmp_path: Path) -> None:
    log = claude_home(tmp_path)
    environ = {"CLAUDE_CONFIG_DIR": str(tmp_path / ".claude")}
    assert log in client_files(environ)
