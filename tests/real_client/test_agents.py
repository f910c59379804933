"""pi, Gemini CLI and Qwen Code: what they send of a thread, before and after.

They are run where ``$ASSETSTORE_TEST_CLIENTS`` names them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.find import find_threads
from support.agent_clients import KINDS, Agent, Gemini, install
from support.chosen import only_if_chosen
from support.program import Program
from support.samples import picture

pytestmark = pytest.mark.real_client

# What clients say in front of pictures that a tool gave.
_OF_TOOLS = ("attached media from previous tool", "Attached image(s) from tool")
NAMED = {kind.name: (kind, mock) for kind, mock in KINDS}


@pytest.fixture(
    params=[pytest.param(name, marks=only_if_chosen(name)) for name in NAMED]
)
def agent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agent]:
    kind, mock = NAMED[request.param]
    program = install(kind)
    if program is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    with mock() as api:
        agent = kind(tmp_path / "agent", *program, api)
        for number, name in enumerate("ab"):
            data = picture(40 + number, 30, number)
            (agent.work / f"{name}.png").write_bytes(data)
        yield agent
        assert not api.unknown


@pytest.fixture
def ours(program: Program, agent: Agent) -> Program:
    """Ours, in the client's user's home."""
    program.environment["HOME"] = str(agent.home)
    return program


def sent(agent: Agent, text: str) -> Any:
    """What the client sends when its last session goes on with some words."""
    before = len(agent.api.requests)
    done = agent.say(text)
    assert done.code == 0, done.json["errors"]
    asked = agent.api.requests[before:]
    assert not any(request.error for request in asked)
    return next(r for r in asked if r.said[-1].endswith(text))


def talk(request: Any) -> list[str]:
    """What was said, but for what stands for pictures."""
    quiet = ("as1:", "<session_context>", "<system-reminder>", *_OF_TOOLS)
    return [text for text in request.said if not any(q in text for q in quiet)]


def without_age(listed: str) -> str:
    """A list of sessions, but for how old they are."""
    return re.sub(r"\((?:Just now|\d+ \w+ ago)\)", "", listed)


@pytest.mark.parametrize("command", ["archive", "rescue"])
def test_it_goes_on_without_its_pictures_and_with_them_again(
    agent: Agent, ours: Program, command: str
) -> None:
    log = agent.begin()
    whole = sent(agent, "is it red?")
    assert len(set(whole.images)) == 2
    before = log.read_bytes()
    told = ours("doctor", "--json").result["threads"][0]
    assert (told["path"], told["distinct"]) == (str(log), 2)

    listed = agent.listed() if isinstance(agent, Gemini) else ""  # adds a title
    before = log.read_bytes()
    options = ["--now"] if command == "rescue" else []
    done = ours(command, *options, log, "--json")
    assert done.code == 0, done.json["errors"]
    assert len(log.read_bytes()) < len(before)
    now = ours("doctor", "--json").result["threads"][0]
    assert (now["request_images"], now["images"]) == (0, 0)

    if isinstance(agent, Gemini):
        assert without_age(agent.listed()) == without_age(listed)
    slim = sent(agent, "and blue?")
    assert slim.images == []
    assert slim.text.count(" archived as1:") >= 2
    assert talk(slim)[: len(talk(whole))] == talk(whole)
    assert ours("doctor", "--json").result["threads"][0]["unread"] == 0

    undo = ["rescue", "--undo"] if command == "rescue" else ["restore"]
    back = ours(*undo, log, "--json")
    assert back.code == 0, back.err
    after = log.read_bytes()
    assert after.startswith(before)
    assert b" archived as1:" not in after
    again = sent(agent, "or green?")
    assert sorted(set(again.images)) == sorted(set(whole.images))
    assert talk(again)[: len(talk(slim))] == talk(slim)


def test_one_that_the_api_refuses_comes_back_to_life(
    agent: Agent, ours: Program
) -> None:
    log = agent.begin()
    sent(agent, "is it red?")
    agent.api.most_images = 0
    refused = len(agent.api.requests)
    agent.say("and now?")
    assert agent.api.requests[refused].error
    told = ours("doctor", "--json").result["threads"][0]
    if agent.name == "pi":  # Qwen Code mends that itself, Gemini CLI writes nothing
        assert (told["stuck"], told["risk"]) == (True, "critical")
        assert ours("rescue", "--all", "--now").code == 0
    else:
        assert not told["stuck"]
        assert ours("rescue", "--now", log).code == 0
    assert sent(agent, "and blue?").images == []
    assert not ours("doctor", "--json").result["threads"][0]["stuck"]


def test_what_doctor_counts_is_what_is_sent(agent: Agent, ours: Program) -> None:
    agent.begin()
    told = ours("doctor", "--json").result["threads"][0]
    assert told["request_images"] == len(sent(agent, "is it red?").images)


def test_a_thread_moves_to_another_home(
    agent: Agent, ours: Program, tmp_path: Path
) -> None:
    log = agent.begin()
    before = log.read_bytes()
    bundle = tmp_path / "thread.bundle"
    assert ours("export", log, bundle).code == 0
    log.unlink()
    moved = ours("import", bundle, "--json")
    assert moved.code == 0, moved.err
    assert Path(moved.result["path"]) == log
    assert ours("restore", log).code == 0
    assert log.read_bytes() == before
    assert len(set(sent(agent, "is it red?").images)) == 2


def test_a_copy_is_another_session(agent: Agent, ours: Program) -> None:
    log = agent.begin()
    before = log.read_bytes()
    done = ours("rescue", "--fork", log, "--json")
    if agent.name == "gemini-cli":
        assert "cannot be forked" in done.err + done.out.decode()
        return
    assert done.code == 0, done.json["errors"]
    assert log.read_bytes() == before
    (copy,) = (thread for thread in find_threads([log.parent]) if thread.path != log)
    log.unlink()
    assert sent(agent, "is it red?").images == []
    assert agent.log == copy.path


def test_what_a_function_gives_as_data(agent: Agent, ours: Program) -> None:
    """Gemini 3 is given pictures within what a function gave."""
    if not isinstance(agent, Gemini):
        pytest.skip("Gemini CLI alone")
    agent.model = "gemini-3-flash-preview"
    log = agent.begin()
    given = b'"parts":[{"inlineData":'
    assert given in log.read_bytes()
    before = log.read_bytes()
    assert ours("archive", log).code == 0
    assert b'"displayName":"[image 41x30 png archived as1:' in log.read_bytes()
    assert sent(agent, "is it red?").images == []
    assert ours("restore", log).code == 0
    assert log.read_bytes().startswith(before)


def test_a_chat_of_an_older_version_goes_on(agent: Agent, ours: Program) -> None:
    """It is read as one value; what the client makes of it is a log of lines."""
    if not isinstance(agent, Gemini):
        pytest.skip("Gemini CLI alone")
    log = agent.begin()
    records = [json.loads(line) for line in log.read_bytes().splitlines()]
    head, messages = records[0], {r["id"]: r for r in records if "id" in r}
    old = log.with_suffix(".json")
    old.write_text(json.dumps({**head, "messages": [*messages.values()]}, indent=2))
    log.unlink()
    before = old.read_bytes()
    assert ours("rescue", "--now", old).code == 0
    assert sent(agent, "is it red?").images == []
    assert ours("rescue", "--undo", old).code == 0
    assert old.read_bytes() == before
