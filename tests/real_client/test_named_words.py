"""A block of words that the API refuses, in a thread that could go on without it."""

import json
from typing import Any

import pytest

from support import codex as codex_client
from support.claude import SESSION, Claude, Session, image, text
from support.codex import Codex, read, troubles
from support.mock_api import MockApi
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import b64, picture

pytestmark = pytest.mark.real_client

SHOT = picture(60, 40, 1)
# What the API refuses where it stands, though no picture is in it. (Of a text that is
# empty it does not say where.)
BLOCKS: dict[str, dict[str, Any]] = {
    "a key that is not known": {**text("a"), "odd": {"x": 'it "is"'}},
    "a type that is not known": {"type": "odd", "words": "so it was " * 200},
}


def asked(block: dict[str, Any]) -> Session:
    session = Session()
    session.user(text("hello"))
    session.assistant()
    session.user(text("look"), block, image(SHOT))
    session.assistant()
    return session


def given(block: dict[str, Any]) -> Session:
    """The block in what a tool gave."""
    session = Session()
    session.user(text("hello"))
    session.assistant()
    session.read(text("it gave"), block)
    session.assistant()
    session.user(text("and"), image(SHOT))
    session.assistant()
    return session


def repeated(block: dict[str, Any]) -> Session:
    """The record stands in the file more than once."""
    session = asked(block)
    session.records[3:3] = [session.records[2]] * 2
    return session


@pytest.mark.parametrize("make", [asked, given, repeated])
@pytest.mark.parametrize("block", BLOCKS)
def test_the_block_that_the_error_names(
    claude: Claude,
    messages: MockMessages,
    program: Program,
    block: str,
    make: Any,
) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)
    data = make(BLOCKS[block]).data
    path = claude.write(data)
    claude.resume("are you there?")
    refused = [request for request in messages.requests if request.status == 400]
    named = refused[0].error.partition(": ")[0]
    assert named.startswith("messages.")
    path.write_bytes(data)
    messages.requests.clear()

    done = program("rescue", SESSION, "--now", "--message", named)
    assert done.code == 0, done.err
    small = path.read_bytes()
    changed = [
        number
        for number, (a, b) in enumerate(
            zip(data.splitlines(), small.splitlines(), strict=True)
        )
        if a != b
    ]
    assert changed == ([2, 3, 4] if make is repeated else [2 + (make is given)])
    assert claude.resume("and now?").code == 0
    (request,) = messages.requests
    assert request.status == 200
    assert request.images == [b64(SHOT)]
    assert request.text.count("archived as1:") == 1

    later = path.read_bytes()[len(small) :]
    back = program("rescue", "--undo", SESSION, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes() == data + later


def test_what_is_too_long_for_the_api(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
        server.turn(thread, codex_client.text("hello"))
        server.turn(thread, codex_client.text("so it was " * 900))
        server.turn(thread, codex_client.text("and this"))
        shown = read(server, thread)
    (path,) = codex.rollouts()
    original = path.read_bytes()
    api.longest = 8000
    codex.exec("resume", thread, "are you there?")
    error = api.requests[-1].error
    assert "string too long" in error
    path.write_bytes(original)

    named = error.split("'")[1]
    done = program("rescue", thread, "--now", "--message", named, "--json")
    assert done.code == 0, done.err
    assert done.result["blocks"] == 1
    small = path.read_bytes()
    assert small.count(b"\n") == original.count(b"\n")
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert read(server, thread) == shown
        end = server.turn(thread, codex_client.text("and now?"))
        assert end["turn"]["status"] == "completed"
        assert not troubles(server.log)
    request = api.requests[-1]
    assert request.status == 200
    said = [part for item in request.input for part in item.get("content") or ()]
    (words,) = [p for p in said if "archived as1:" in str(p.get("text"))]
    assert words["type"] == "input_text"
    assert words["text"].startswith("[text of ")
    assert "and this" in json.dumps(said)

    later = path.read_bytes()[len(small) :]
    back = program("rescue", "--undo", thread, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes() == original + later


def test_what_a_tool_gave_that_is_too_long(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
        server.turn(thread, codex_client.text("hello"))
        command = json.dumps({"cmd": "seq 1 2000"})
        server.turn(thread, codex_client.text(f"call exec_command {command}"))
        shown = read(server, thread)
    (path,) = codex.rollouts()
    original = path.read_bytes()
    assert b"1999" in original
    api.longest = 5000
    codex.exec("resume", thread, "are you there?")
    error = api.requests[-1].error
    assert "output" in error
    path.write_bytes(original)

    done = program("rescue", thread, "--now", "--message", error.split("'")[1])
    assert done.code == 0, done.err
    small = path.read_bytes()
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert read(server, thread) == shown
        end = server.turn(thread, codex_client.text("and now?"))
        assert end["turn"]["status"] == "completed"
        assert not troubles(server.log)
    request = api.requests[-1]
    assert request.status == 200
    assert "[tool result of " in request.text
    later = path.read_bytes()[len(small) :]
    assert program("rescue", "--undo", thread, "--now").code == 0
    assert path.read_bytes() == original + later
