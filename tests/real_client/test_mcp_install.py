"""The MCP server as clients start it: what ``mcp --install --write`` wrote."""

import json
import os
import re
from pathlib import Path

import pytest

from support.claude import Claude, Session, image, text
from support.codex import Codex, thread_with_pictures
from support.codex import text as said
from support.mock_api import MockApi
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import picture

pytestmark = pytest.mark.real_client


@pytest.fixture(autouse=True)
def elsewhere(program: Program) -> None:
    """A store and folders that only the environment names, which Codex keeps back."""
    program.environment["ASSETSTORE_STORE"] = "kept here"


def _hostile(folder: Path) -> None:
    """A project with modules that Python would take for the server's."""
    for name in ("assetstore.py", "click.py", "mcp.py", "json.py"):
        (folder / name).write_text("raise SystemExit('not ours')")


def _first(data: bytes) -> str:
    found = re.search(rb"as1:[\w-]{27}", data)
    assert found is not None
    return found[0].decode()


def test_codex_lists_and_views(codex: Codex, api: MockApi, program: Program) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
    assert program("archive", path).code == 0
    done = program("mcp", "--install", "codex", "--write")
    assert done.code == 0, done.err
    _hostile(codex.work)
    tool = f"mcp__assetstore{'__' if codex.old else ''}"
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        asked = json.dumps({"thread": thread})
        for _ in range(20):  # it does not wait for the tool's server to start
            server.turn(
                thread, {"type": "text", "text": f"call {tool}/list_images {asked}"}
            )
            if (
                "look" in api.requests[-1].text
                and '\\"placeholder' in api.requests[-1].text
            ):
                break
        asked = json.dumps({"placeholder": _first(path.read_bytes())})
        server.turn(thread, said(f"call {tool}/view_image {asked}"))
    assert api.requests[-1].status == 200
    assert len(api.requests[-1].images) == 1, api.requests[-1].text[-1500:]


def test_claude_code_views_and_lists_in_a_fork(
    claude: Claude, messages: MockMessages, program: Program
) -> None:
    """The environment in which Claude Code runs has no word of the store either."""
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)
    session = Session()
    session.user(text("look at it"), image(picture(60, 40, 1)))
    session.assistant()
    path = claude.write(session.data)
    assert program("archive", path).code == 0
    done = program("mcp", "--install", "claude-code", "--write")
    assert done.code == 0, done.err
    _hostile(claude.work)
    name = _first(path.read_bytes())
    may = ["--allowedTools", "mcp__assetstore__view_image,mcp__assetstore__list_images"]
    asked = f'call mcp__assetstore__view_image {{"placeholder":"{name}"}}'
    for _ in range(5):  # 2.1.220 does not wait for the server to start
        assert claude.say(asked, "--resume", path.stem, *may).code == 0
        if messages.requests[-1].images:
            break
    assert messages.requests[-1].status == 200
    assert len(messages.requests[-1].images) == 1, messages.requests[-1].text[-900:]

    forked = claude.say("in a fork", "--resume", path.stem, "--fork-session")
    fork = str(forked.json["session_id"])
    assert fork != path.stem
    os.utime(claude.session(fork))
    asked = f'call mcp__assetstore__list_images {{"thread":"{fork}"}}'
    for _ in range(5):
        assert claude.say(asked, "--resume", fork, *may).code == 0
        assert messages.requests[-1].status == 200
        told = last_result(messages)
        if f'"placeholder":"{name}"' in re.sub(r"[\\ ]", "", told):
            return
    pytest.fail(told)


def last_result(messages: MockMessages) -> str:
    """What the last call gave."""
    blocks = [block.value for block in messages.requests[-1].blocks]
    return str([b["content"] for b in blocks if b["type"] == "tool_result"][-1])
