"""Threads that the clients delete: kept, and resumed when they are back."""

import shutil
from pathlib import Path

import pytest

from support.claude import Claude, image, text
from support.codex import Codex, thread_with_pictures, troubles, turns, wanted
from support.codex import text as words
from support.mock_api import MockApi
from support.mock_messages import MockMessages
from support.mock_messages import Request as Message
from support.program import Program
from support.samples import picture
from support.versions import CLAUDE_CODE

pytestmark = pytest.mark.real_client


def deleted(path: Path) -> None:
    """Delete a session as Claude Code does after 30 days, with its folder."""
    path.unlink()
    shutil.rmtree(path.with_suffix(""), ignore_errors=True)


def last(messages: MockMessages) -> Message:
    """The newest request of a session itself."""
    return [request for request in messages.requests if not request.aside][-1]


@pytest.mark.parametrize("installed_claude", CLAUDE_CODE.chosen, indirect=True)
def test_claude_code_goes_on_with_a_session_that_is_back(
    claude: Claude, messages: MockMessages, program: Program
) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)
    path = claude.paste(text("look at my drawing"), image(picture(200, 100, 1)))
    name = path.stem
    before = last(messages).messages
    config = program.folder / "config.toml"
    config.write_text("[jobs.claude-code]\nkeep = true\nmin_age = 0\n")
    assert program("run", "--config", config).code == 0
    whole = path.read_bytes()  # its picture is archived: as it is on the disk
    deleted(path)
    refused = claude.resume("are you there?", name)
    assert refused.code != 0
    assert "No conversation found" in refused.out + refused.err

    (gone,) = program("threads", "--gone", "--json").result["threads"]
    assert (gone["thread"], gone["client"]) == (name, "claude-code")
    assert gone["first"] == "look at my drawing"
    assert program("threads", "restore", name[:8]).code == 0
    assert path.read_bytes() == whole
    assert claude.resume("and now?", name).code == 0
    sent = last(messages)
    assert len(sent.messages) == len(before) + 2
    for said in ("look at my drawing", "archived as1:", "and now?"):
        assert said in sent.text
    assert path.read_bytes().startswith(whole)
    # Its picture is in the store still, and goes back into the log.
    assert program("restore", path).code == 0
    assert claude.resume("and with it?", name).code == 0
    assert len(last(messages).images) == 1


@pytest.mark.parametrize("installed", wanted(), indirect=True)
def test_codex_goes_on_with_a_thread_that_is_back(
    codex: Codex, api: MockApi, program: Program
) -> None:
    """As it was when it was kept: its client's own list of turns fits that again."""
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
        shown = turns(server, thread)
        assert program("threads", "keep", codex.home).code == 0
        kept = path.read_bytes()
        server.turn(thread, words("a turn that is not kept"))
    path.unlink()
    (gone,) = program("threads", "--gone", "--json").result["threads"]
    assert (gone["thread"], gone["first"]) == (thread, "look")
    assert program("threads", "restore", thread).code == 0
    assert path.read_bytes() == kept
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert turns(server, thread) == shown
        server.turn(thread, words("and now?"))
        assert turns(server, thread)[:-1] == shown
        assert not troubles(server.log)
    assert len(api.requests[-1].images) == 1
    assert "and now?" in api.requests[-1].text
    assert "a turn that is not kept" not in api.requests[-1].text


@pytest.mark.parametrize("installed", wanted(), indirect=True)
def test_codex_goes_on_with_a_log_that_was_packed(
    codex: Codex, api: MockApi, program: Program
) -> None:
    """And with a fork of it; versions that could not read it keep their logs."""
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
        shown = turns(server, thread)
        fork = ""
        if not codex.old:
            fork = server.call("thread/fork", threadId=thread)["thread"]["id"]
            server.turn(fork, words("in the fork"))
    sent = len(api.requests[-1].images)
    before = path.read_bytes()
    done = program("threads", "pack", path, "--older-than", "0", "--json")
    assert done.code == 0, done.out
    if codex.old:
        assert (done.result["old"], path.read_bytes()) == (1, before)
        return
    assert not path.exists()
    with codex.server() as server:
        listed = [each["id"] for each in server.call("thread/list")["data"]]
        assert {thread, fork} <= set(listed)
        server.call("thread/resume", threadId=fork)
        server.turn(fork, words("and now?"))
        assert len(api.requests[-1].images) == sent
        assert not path.exists()  # its origin stays packed
        server.call("thread/resume", threadId=thread)
        assert turns(server, thread) == shown
        server.turn(thread, words("and now?"))
        assert not troubles(server.log)
    assert path.read_bytes().startswith(before)
    packed = program("threads", "pack", path, "--older-than", "0", "--json")
    after = path.with_name(f"{path.name}.zst")
    assert packed.result["logs"][0]["to"] == str(after)
    assert program("threads", "unpack", after).code == 0
    assert path.read_bytes().startswith(before)
