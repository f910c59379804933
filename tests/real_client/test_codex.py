"""Codex itself as the judge: what it loads, sends and shows."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from support.codex import (
    Codex,
    has_pictures,
    image,
    read,
    text,
    thread_with_pictures,
    troubles,
    turns,
)
from support.mock_api import MockApi
from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.real_client


def test_stuck_before_alive_after_and_every_byte_back(
    codex: Codex, api: MockApi, program: Program
) -> None:
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
        shown, whole = turns(server, thread), read(server, thread)
        refused = program("archive", path)
        assert refused.code == 13, refused.err
        assert "codex" in refused.err
    api.limit = api.requests[-1].size // 2
    stuck = codex.exec("resume", thread, "are you there?")
    assert stuck.code != 0
    assert "context_length_exceeded" in api.requests[-1].error
    original = path.read_bytes()
    modified = path.stat().st_mtime_ns

    done = program("archive", path)
    assert done.code == 0, done.err
    assert not has_pictures(path)
    assert path.stat().st_mtime_ns == modified
    assert path.read_bytes().count(b"\n") == original.count(b"\n")

    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert turns(server, thread)[: len(shown)] == shown
        end = server.turn(thread, text("are you there?"))
        assert end["turn"]["status"] == "completed"
        now = turns(server, thread)
        assert now[: len(shown)] == shown
        assert now[-1][1][0] == "userMessage are you there?"
        assert read(server, thread)[: len(whole)] == whole
        assert not troubles(server.log)
    assert api.requests[-1].status == 200
    assert not api.requests[-1].images

    later = path.read_bytes()
    back = program("restore", path)
    assert back.code == 0, back.err
    assert path.read_bytes().startswith(original)
    assert (
        path.read_bytes()[len(original) :]
        == later[-(path.stat().st_size - len(original)) :]
    )
    api.limit = 1 << 40
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert turns(server, thread) == now
        server.turn(thread, text("once more"))
        assert turns(server, thread)[:-1] == now
        assert not troubles(server.log)


def test_exec_resumes_an_archived_thread(
    codex: Codex, api: MockApi, program: Program
) -> None:
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
    time.sleep(0.1)
    assert program("archive", path).code == 0
    small = path.read_bytes()
    ran = codex.exec("resume", thread, "go on")
    assert ran.code == 0, ran.err
    assert path.read_bytes().startswith(small)
    assert b"go on" in path.read_bytes()[len(small) :]
    assert not api.requests[-1].images
    assert "as1:" in api.requests[-1].text

    assert program("restore", path).code == 0
    assert codex.exec("resume", thread, "and now?").code == 0
    assert api.requests[-1].images


def test_rescue_slims_the_history_and_undo_is_exact_after_new_turns(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
        refused = program("rescue", thread)
        assert refused.code == 13, refused.err
        shown = turns(server, thread)
    original = path.read_bytes()
    done = program("rescue", thread, "--now", "--json")
    assert done.code == 0, done.out
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert turns(server, thread) == shown
        server.turn(thread, text("one more"))
        now = turns(server, thread)
        assert now[:-1] == shown
        assert not troubles(server.log)
    assert not api.requests[-1].images
    history = codex.home / "thread_history_1.sqlite"
    if history.exists():
        assert done.result["rows"] > 0
    back = program("rescue", "--undo", thread, "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes().startswith(original)
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert turns(server, thread) == now
        assert not troubles(server.log)


def test_a_forked_thread_is_one_of_its_own(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
    original = path.read_bytes()
    done = program("rescue", "--fork", thread, "--json")
    assert done.code == 0, done.out
    new = done.result["thread"]
    ran = codex.exec("resume", new, "go on in the copy")
    assert ran.code == 0, ran.err
    assert path.read_bytes() == original
    assert not api.requests[-1].images
    assert "go on in the copy" in api.requests[-1].text
    assert b"go on in the copy" in Path(done.result["path"]).read_bytes()


def test_an_archived_image_is_paged_in_once(
    codex: Codex, api: MockApi, program: Program
) -> None:
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
    assert program("archive", path).code == 0
    found = re.search(rb"as1:[\w-]{27}", path.read_bytes())
    assert found is not None
    words = program.words("--store", program.store, "mcp", codex.home / "sessions")
    codex.config(
        api.url,
        "\n[mcp_servers.assetstore]\n"
        f"command = {json.dumps(words[0])}\nargs = {json.dumps(words[1:])}\n"
        "startup_timeout_sec = 60\n",
    )
    tool = codex.tool("assetstore", "view_image")
    asked = json.dumps({"placeholder": found[0].decode()}, separators=(",", ":"))
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        for _ in range(20):  # it does not wait for the tool's server to start
            server.turn(thread, text(f"call {tool} {asked}"))
            if api.requests[-1].images:
                break
    assert api.requests[-1].status == 200
    assert len(api.requests[-1].images) == 1, api.requests[-1].text[-1500:]


def grown(path: Path, size: int) -> None:
    """Let a thread grow to a size, with turns like the one that it has."""
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    begins = [i for i, r in enumerate(records) if _is_event(r, "task_started")]
    ends = [i for i, r in enumerate(records) if _is_event(r, "task_complete")]
    first, last = (begins or [1])[0], (ends or [len(records) - 1])[0]
    turn = json.dumps(records[first : last + 1])
    shot = json.dumps(uri(picture(200, 100, 1)))[1:-1]
    thread = str(records[0]["payload"]["id"])
    ids = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f-]{27}\b", turn)) - {thread}
    ordinal, number = len(records), 0
    with path.open("ab") as file:
        while file.tell() < size:
            number += 1
            text = turn.replace(shot, uri(picture(640, 480, 1000 + number)))
            for i, id in enumerate(sorted(ids)):
                text = text.replace(id, f"{number:08x}-{i:04x}{id[13:]}")
            text = text.replace('"msg_1"', f'"msg_grown_{number}"')
            for record in json.loads(text):
                if "ordinal" in record:
                    record["ordinal"] = ordinal
                ordinal += 1
                line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
                file.write(line.encode() + b"\n")


def _is_event(record: dict[str, Any], kind: str) -> bool:
    return bool(record["type"] == "event_msg" and record["payload"]["type"] == kind)


def test_a_large_thread(codex: Codex, api: MockApi, program: Program) -> None:
    """As large as $ASSETSTORE_TEST_THREAD says, in bytes; 600000000 in earnest."""
    size = int(os.environ.get("ASSETSTORE_TEST_THREAD", "20000000"))
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread = server.call("thread/start", cwd=str(codex.work))["thread"]
        name, path = thread["id"], Path(thread["path"])
        server.turn(name, text("look"), image(uri(picture(200, 100, 1))))
    grown(path, size)
    api.limit = 2_000_000
    with codex.server() as server:
        server.call("thread/resume", threadId=name)
        end = server.turn(name, text("are you there?"))
        assert end["turn"]["status"] == "failed"
        shown = read(server, name)
    assert "context_length_exceeded" in api.requests[-1].error
    original = path.read_bytes()
    assert len(original) >= size

    told = program("doctor", "--json").result["threads"][0]
    assert told["size"] == len(original)
    # 0.125 and older do not write down why a turn failed.
    silent = codex.version < (0, 145) and size < 50 << 20
    assert told["risk"] == ("medium" if silent else "critical")
    start = time.monotonic()
    done = program("rescue", name, "--now", "--json")
    assert done.code == 0, done.out
    seconds = time.monotonic() - start
    with codex.server() as server:
        server.call("thread/resume", threadId=name)
        assert server.turn(name, text("and now?"))["turn"]["status"] == "completed"
        now = read(server, name)
        assert now[: len(shown)] == shown
        assert "userMessage and now?" in now[-1][1]
        assert not troubles(server.log)
    assert api.requests[-1].status == 200
    assert not api.requests[-1].images
    assert program("doctor").code == 0
    small = path.stat().st_size
    back = program("rescue", "--undo", name, "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes().startswith(original)
    print(  # noqa: T201
        f"\n{len(shown)} turns, {told['images']} images: {len(original):,} -> "
        f"{done.result['after']:,} bytes in {seconds:.1f} s, stuck before "
        f"({told['risk']}: {told['reason']}), answering after; undone with "
        f"{len(original) + small - done.result['after']:,} bytes, exact"
    )
