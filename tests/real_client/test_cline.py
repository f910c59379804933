"""Cline in a terminal itself as the judge: what it loads, lists, shows and sends."""

import json
from pathlib import Path

import pytest

from support.chosen import only_if_chosen
from support.cline_cli import Cline, install
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import picture

pytestmark = [pytest.mark.real_client, only_if_chosen("cline")]

ARCHIVED = "archived as1:"
SUMMARY = '[{"role": "user", "content": [{"type": "text", "text": "two pictures"'


@pytest.fixture
def client(messages: MockMessages, tmp_path: Path) -> Cline:
    """A client with a session: a picture that goes with it, and one from a tool."""
    program = install()
    if program is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    client = Cline(program, tmp_path / "cline", messages.url)
    pasted, seen = client.work / "a.png", client.work / "b.png"
    pasted.write_bytes(picture(60, 40, 1))
    seen.write_bytes(picture(60, 40, 2))
    done = client.say(f"look at this @{pasted}")
    assert done.code == 0, done.out
    with client.resumed() as session:
        files = [{"path": str(seen)}]
        assert session.say(f"call read_files {json.dumps({'files': files})}") == ""
    return client


def test_it_goes_on_without_its_pictures_and_all_come_back(
    client: Cline, messages: MockMessages, program: Program
) -> None:
    whole, before = client.session.read_bytes(), client.messages
    assert len(messages.requests[-1].images) == 2
    assert whole.count(b'"mediaType"') == 2
    sessions = client.listed()
    with client.resumed() as session:
        shown = session.shown
    done = program("archive", client.session)
    assert done.code == 0, done.err
    slim = client.session.read_bytes()
    assert slim.count(ARCHIVED.encode()) == 2
    assert b'"mediaType"' not in slim

    assert client.listed() == sessions
    with client.resumed() as session:
        # Where it showed the picture, which has no words.
        now = [(kind, "" if ARCHIVED in text else text) for kind, text in session.shown]
        assert now == shown
        assert session.say("and now?") == ""
    asked = messages.requests[-1]
    assert (asked.images, asked.error) == ([], "")
    assert asked.text.count(ARCHIVED) == 2
    for words in ("look at this", "OK 1", "call read_files", "OK 3", "and now?"):
        assert words in asked.text

    added = client.messages[len(before) :]
    assert [message["role"] for message in added] == ["user", "assistant"]
    done = program("restore", client.session)
    assert done.code == 0, done.err
    assert client.messages == [*before, *added]
    kept = whole[whole.index(b'"messages"') : whole.rindex(b"\n  ],\n")]
    assert kept in client.session.read_bytes()
    with client.resumed() as session:
        assert session.say("at last") == ""
    assert (len(messages.requests[-1].images), messages.requests[-1].error) == (2, "")


def test_it_is_stuck_with_a_picture_and_goes_on_without(
    client: Cline, messages: MockMessages, program: Program
) -> None:
    program.environment["HOME"] = str(client.home)
    messages.limit = len(messages.requests[-1].body)
    with client.resumed() as session:
        assert session.say("are you there? " * 9) != ""
    assert messages.requests[-1].status == 413
    stuck, before = client.session.read_bytes(), client.messages
    (told,) = program("doctor", "--json").result["threads"]
    assert (told["client"], told["request_images"]) == ("cline", 2)
    done = program("rescue", told["thread"], "--now")
    assert done.code == 0, done.err
    with client.resumed() as session:
        assert session.say("and now?") == ""
    assert messages.requests[-1].error == ""

    added = client.messages[len(before) :]
    done = program("rescue", "--undo", told["thread"], "--now")
    assert done.code == 0, done.err
    assert client.messages == [*before, *added]
    kept = stuck[stuck.index(b'"messages"') : stuck.rindex(b"\n  ],\n")]
    assert kept in client.session.read_bytes()


def test_what_it_summed_up_stays_summed_up(
    client: Cline, messages: MockMessages, program: Program
) -> None:
    """A hash covers the messages; where it differs, all of them are sent again."""
    client.sum_up("two pictures")
    whole = client.session.read_bytes()
    done = program("archive", client.session.parent, "--json")
    assert done.code == 0, done.err
    assert client.session.read_bytes() == whole
    with client.resumed() as session:
        assert session.say("and now?") == ""
    assert messages.requests[-1].text.startswith(SUMMARY)
    # Told to take them all the same.
    assert program("archive", "--profile", "cline", client.session).code == 0
    with client.resumed() as session:
        assert session.say("and then?") == ""
    assert "look at this" in messages.requests[-1].text
