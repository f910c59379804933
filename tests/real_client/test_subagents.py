"""Logs of Claude Code's subagents, which lie beside the session that asked them."""

import pytest

from support.claude import Claude
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import b64, picture

pytestmark = pytest.mark.real_client

# From about here on an agent that ended goes on when it is sent a message.
GOES_ON = (2, 1, 200)


def test_a_subagents_log_is_rescued_by_itself(
    claude: Claude, messages: MockMessages, program: Program
) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)
    shot = claude.work / "shot.png"
    shot.write_bytes(picture(60, 40, 1))
    tool = "Agent" if claude.version >= (2, 1) else "Task"
    prompt = f'call Read {{\\"file_path\\":\\"{shot}\\"}}'
    about = '"description":"d","subagent_type":"general-purpose"'
    asked = claude.say(f'call {tool} {{{about},"prompt":"{prompt}"}}')
    session = str(asked.json["session_id"])
    data = b64(shot.read_bytes()).encode()
    (log,) = [
        path
        for path in claude.sessions.rglob("agent-*.jsonl")
        if data in path.read_bytes()
    ]
    assert data not in claude.session(session).read_bytes()
    original = log.read_bytes()
    threads = program("doctor", "--all", "--json").result["threads"]
    (told,) = [thread for thread in threads if thread["thread"] == log.stem]
    assert told["request_images"] == 1

    done = program("rescue", log.stem, "--now")
    assert done.code == 0, done.err
    small = log.read_bytes()
    assert data not in small
    assert b"png archived as1:" in small
    if claude.version >= GOES_ON:
        messages.requests.clear()
        agent = log.stem.removeprefix("agent-")
        again = f'{{"to":"{agent}","summary":"s","message":"and now?"}}'
        claude.resume(f"call SendMessage {again}", session)
        sent = [r for r in messages.requests if "archived as1:" in r.text]
        assert sent
        assert all(not request.error for request in messages.requests)
    later = log.read_bytes()[len(small) :]
    back = program("rescue", "--undo", log.stem, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert log.read_bytes() == original + later
