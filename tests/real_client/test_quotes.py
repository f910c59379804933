"""Conversations that quote placeholders: pasted, summed up, listed, read in the log."""

import json
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

PLACEHOLDER = re.compile(rb"as1:[\w-]{27}")


def named(path: Path) -> str:
    """The first placeholder in a log."""
    found = PLACEHOLDER.search(path.read_bytes())
    assert found is not None
    return found[0].decode()


def listed(name: str) -> str:
    """What list_images answers, as somebody pastes it."""
    about = {"placeholder": name, "name": "image 60x40 png", "size": 7308}
    return json.dumps({"result": [about]})


def passes(program: Program, path: Path, thread: str) -> None:
    """Archive and rescue a log again and again; nothing that it says changes."""
    for _ in range(2):
        before = PLACEHOLDER.findall(path.read_bytes())
        assert program("archive", "--min-size", "0", path).code == 0
        assert PLACEHOLDER.findall(path.read_bytes())[: len(before)] == before
        assert program("rescue", thread, "--now").code == 0
        assert PLACEHOLDER.findall(path.read_bytes())[: len(before)] == before


def test_claude_code(claude: Claude, messages: MockMessages, program: Program) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)
    session = Session()
    session.user(text("look at it"), image(picture(60, 40, 1)))
    session.assistant()
    path = claude.write(session.data)
    assert program("rescue", path.stem, "--now").code == 0
    small = path.read_bytes()
    name = named(path)
    stands = f"[image 60x40 png archived {name}]"

    assert claude.resume(f"you said {stands}, so {name}: {listed(name)}").code == 0
    read = f'call Bash {{"command":"head -c 100000 {path}","description":"d"}}'
    asked = claude.say(read, "--resume", path.stem, "--allowedTools", "Bash")
    assert asked.code == 0
    pasted = messages.requests[-1].text
    assert pasted.count(name) > 4
    passes(program, path, path.stem)
    assert claude.resume("go on").code == 0
    assert messages.requests[-1].status == 200
    for quote in re.findall(r"[^\"]*as1:[\w-]{27}[^\"]*", pasted):
        assert quote in messages.requests[-1].text

    messages.words = f"<summary>We looked at {stands}; see {name}.</summary>"
    assert claude.resume("/compact").code == 0
    messages.words = ""
    passes(program, path, path.stem)
    assert claude.resume("and now?").code == 0
    request = messages.requests[-1]
    assert request.status == 200
    assert f"We looked at {stands}; see {name}." in request.text

    later = path.read_bytes()[len(small) :]
    back = program("rescue", "--undo", path.stem, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes() == session.data + later
    assert program("restore", path).code == 0
    assert path.read_bytes() == session.data + later


def test_codex(codex: Codex, api: MockApi, program: Program) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
    original = path.read_bytes()
    assert program("rescue", thread, "--now").code == 0
    small = path.read_bytes()
    name = named(path)
    stands = f"[image 200x100 png archived {name}]"
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        server.turn(thread, said(f"you said {stands}, so {name}: {listed(name)}"))
        read = json.dumps({"cmd": f"head -c 100000 {path}"})
        server.turn(thread, said(f"call exec_command {read}"))
    pasted = api.requests[-1].text
    assert pasted.count(name) > 4
    passes(program, path, thread)
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        server.turn(thread, said("go on"))
        for quote in re.findall(r"[^\"]*as1:[\w-]{27}[^\"]*", pasted):
            assert quote in api.requests[-1].text
        api.words = f"We looked at {stands}; see {name}."
        server.call("thread/compact/start", threadId=thread)
        server.wait("turn/completed")
        api.words = ""
    passes(program, path, thread)
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        server.turn(thread, said("and now?"))
    assert api.requests[-1].status == 200
    assert f"We looked at {stands}; see {name}." in api.requests[-1].text

    later = path.read_bytes()[len(small) :]
    back = program("rescue", "--undo", thread, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes() == original + later
    assert program("restore", path).code == 0
    assert path.read_bytes() == original + later
