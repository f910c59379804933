"""Sessions of pi, Gemini CLI and Qwen Code, and every command on threads.

The logs are those that the clients wrote (``fixtures/make_sessions.py``); the clients
themselves are in ``tests/real_client/test_agents.py``.
"""

import os
from pathlib import Path

import pytest

from assetstore.agents.bundle import export, import_bundle
from assetstore.agents.conversation import Gallery
from assetstore.agents.doctor import examine
from assetstore.agents.find import find_threads, the_thread
from assetstore.agents.fork import fork
from assetstore.agents.handoff import hand_off
from assetstore.agents.homes import agent_homes
from assetstore.agents.reading import whole_thread
from assetstore.agents.rescue import RescueOptions, rescue, undo
from assetstore.agents.transcript import events
from assetstore.errors import AssetstoreError, UsageError
from assetstore.jobs.built_in import built_in_jobs
from support.agent_sessions import NAMES, log_of
from support.program import Program
from support.samples import b64, picture
from support.stores import folder_store

# What a client writes down when the API refuses a request; Gemini CLI does not.
TELLS_ERRORS = ("pi", "qwen-code")
# Those whose logs are of several formats, and whose logs can be copied.
MIXED = ("gemini-cli", "cline")
FORKED = ("pi", "qwen-code")
# Those that could not go on with a log that is put in its place.
UNPLACED = ("kimi-cli", "cline")


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name.lower()))
    return tmp_path


@pytest.fixture(params=NAMES)
def log(request: pytest.FixtureRequest, user: Path) -> Path:
    return log_of(request.param, user)


def told(thread_log: Path) -> list[tuple[str, str, int]]:
    """What happened: kinds, words, and how many pictures."""
    with whole_thread(next(find_threads([thread_log]))) as (source, reading):
        found = list(events(source, reading, Gallery(reading, source)))
    quiet = ("about", "turn")
    return [(e.kind, e.text, len(e.pictures)) for e in found if e.kind not in quiet]


def test_doctor_finds_it_without_arguments(log: Path, user: Path) -> None:
    (found,) = examine().threads
    assert found.path == str(log)
    assert found.client in NAMES
    assert found.distinct == 2
    # Continue gives a tool's picture to the model as text.
    least = 1 if found.client == "continue" else 2
    assert found.images >= found.request_images >= least
    assert found.over == ()
    assert not found.unread
    assert found.stuck == (found.client in TELLS_ERRORS)
    if found.stuck:
        assert "maximum context length" in found.reason
    assert the_thread(found.thread[:8]).path == log


def test_a_rescue_leaves_words_and_its_undo_every_byte(log: Path, user: Path) -> None:
    before, said = log.read_bytes(), told(log)
    thread = next(find_threads([log]))
    with folder_store(user / "store") as store:
        planned = rescue(store, thread, RescueOptions(dry_run=True))
        assert log.read_bytes() == before
        done = rescue(store, thread, RescueOptions())
        assert done.well
        assert done.images == planned.images
        assert len(log.read_bytes()) < len(before) - 2 * 700
        now = examine([log]).threads[0]
        assert (now.images, now.request_images, now.stuck) == (0, 0, False)
        assert told(log) == said  # the pictures are named by what stands for them
        again = undo(store, next(find_threads([log])))
        assert again.exact
        assert again.images == done.images
    assert log.read_bytes() == before


def test_one_picture_is_kept_where_the_model_sees_it(log: Path, user: Path) -> None:
    with folder_store(user / "store") as store:
        thread = next(find_threads([log]))
        rescue(store, thread, RescueOptions(keep_pictures=1))
    (now,) = examine([log]).threads
    assert now.distinct == 1
    assert now.client == "continue" or now.request_images >= 1


def test_what_it_says_is_shown_and_handed_on(log: Path, user: Path) -> None:
    said = told(log)
    kinds = [kind for kind, _, _ in said]
    begin = ["user", "agent", "user", "call", "result", "agent", "user", "agent"]
    assert kinds[:8] == begin
    assert [count for _, _, count in said[:8]] == [1, 0, 0, 0, 1, 0, 0, 0]
    assert "look at this" in said[0][1]
    assert said[1][1] == "OK 1"
    written = hand_off(next(find_threads([log]))).text
    assert "look at this" in written
    assert "is it red?" in written
    assert "2 different images" in written


def test_it_moves_to_another_machine(log: Path, user: Path) -> None:
    before = log.read_bytes()
    kinds = [kind for kind, _, _ in told(log)]
    thread = next(find_threads([log]))
    bundle = user / "thread.bundle"
    with folder_store(user / "store") as store:
        rescue(store, thread, RescueOptions())
        made = export(store, next(find_threads([log])), bundle)
        assert made.images >= 2
        assert made.placed is (thread.client not in UNPLACED)
    if thread.client in UNPLACED:
        with folder_store(user / "other") as store:
            moved = import_bundle(store, bundle, user / "there")
            undo(store, next(find_threads([Path(moved.path)])))
        assert Path(moved.path).read_bytes() == before
        assert [kind for kind, _, _ in told(Path(moved.path))] == kinds
        return
    homes = agent_homes({})
    there = user / "there" / homes[thread.client].relative_to(user)
    with folder_store(user / "other") as store:
        moved = import_bundle(store, bundle, None, homes={thread.client: there})
        assert Path(moved.path).relative_to(user / "there") == log.relative_to(user)
        undo(store, next(find_threads([Path(moved.path)])))
    assert Path(moved.path).read_bytes() == before


def test_a_run_knows_where_it_is(log: Path, user: Path) -> None:
    (client,) = (found.client for found in find_threads([log]))
    jobs = built_in_jobs(agent_homes({}))
    assert list(jobs) == [client]
    assert log.is_relative_to(jobs[client]["paths"][0])
    assert jobs[client]["profile"] == ("auto" if client in MIXED else client)


def test_a_copy_under_a_new_id_where_that_is_all(log: Path, user: Path) -> None:
    thread = next(find_threads([log]))
    if thread.client not in FORKED:
        with pytest.raises(AssetstoreError, match="cannot be forked"):
            fork(thread)
        return
    copy = fork(thread)
    assert copy.path.parent == log.parent
    text = copy.path.read_bytes()
    assert text.replace(copy.id.encode(), thread.id.encode()) == log.read_bytes()
    assert {found.id for found in find_threads()} == {copy.id, thread.id}


def test_what_an_error_names_cannot_be_said(log: Path, user: Path) -> None:
    thread = next(find_threads([log]))
    with folder_store(user / "store") as store:
        options = RescueOptions(message=(1, 0, None))
        # The picture's own message can be named by its number, words cannot.
        with pytest.raises(UsageError, match="known of Codex and Claude Code only"):
            rescue(store, thread, options)


def test_the_command_line_names_them_all(tmp_path: Path) -> None:
    program = Program(tmp_path)
    for name in NAMES:
        log_of(name, tmp_path / "home")
    found = program("doctor", "--json").result
    assert {thread["client"] for thread in found["threads"]} == set(NAMES)
    assert found["other_clients"] == []
    done = program("rescue", "--all", "--json")
    assert done.code == 0, done.err
    assert {t["undone"] for t in done.result["threads"]} == {False}
    assert len(done.result["threads"]) == len(TELLS_ERRORS)
    listed = program("clients", "--json").result["clients"]
    assert all("rescue" in one["can"] and one["versions"] for one in listed)


def test_a_run_archives_them_by_itself(tmp_path: Path) -> None:
    program = Program(tmp_path)
    logs = [log_of(name, tmp_path / "home") for name in NAMES]
    before = [log.read_bytes() for log in logs]
    for log in logs:
        then = log.stat().st_mtime - 3 * 86_400
        os.utime(log, (then, then))
    done = program("run")
    assert done.code == 0, done.err
    assert all(b" archived as1:" in log.read_bytes() for log in logs)
    assert program("restore", *logs).code == 0
    assert [log.read_bytes() for log in logs] == before


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_in_its_home_is_touched(name: str, tmp_path: Path) -> None:
    program = Program(tmp_path)
    log = log_of(name, tmp_path / "home")
    home = program.environment["HOME"]
    other = Path(home, log.relative_to(home).parts[0], "notes.jsonl")
    if name in ("pi", "cline"):
        other = other.with_name("agent" if name == "pi" else "data") / other.name
    other.write_text(f'{{"data":"{b64(picture(40, 30, 1))}","type":"image"}}\n')
    before = other.read_bytes()
    done = program("archive", home, "--json")
    assert done.code == 0, done.out
    assert other.read_bytes() == before
    assert b"archived as1:" in log.read_bytes()
