"""Continue's command line itself as the judge: what it loads, lists and sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.chosen import only_if_chosen
from support.continue_cli import Continue, install
from support.mock_chat import MockChat
from support.program import Program
from support.samples import picture

pytestmark = [pytest.mark.real_client, only_if_chosen("continue")]


@pytest.fixture
def api() -> Iterator[MockChat]:
    with MockChat() as api:
        yield api
    assert not api.unknown


@pytest.fixture
def client(api: MockChat, tmp_path: Path) -> Continue:
    """A client with a session: a pasted picture, and one from a tool."""
    program = install()
    if program is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    client = Continue(program, tmp_path / "continue", api.url)
    client.clipboard.write_bytes(picture(60, 40, 1))
    client.drawn.write_bytes(picture(60, 40, 2))
    client.paste("look at this ")
    done = client.say("call draw {}", "--resume")
    assert done.code == 0, done.err
    return client


def test_it_goes_on_without_its_pictures_and_all_come_back(
    client: Continue, api: MockChat, program: Program
) -> None:
    whole, history = client.session.read_bytes(), client.history
    assert whole.count(b"base64,") == 2  # one is sent, one is for its editor
    assert whole.count(b"mimeType") == 1
    done = program("archive", client.session)
    assert done.code == 0, done.err
    slim = client.session.read_bytes()
    assert slim.count(b"archived as1:") == 3
    assert not slim.count(b"base64,") + slim.count(b"mimeType")

    assert "look at this" in client.listed()
    screen = client.shown()
    for words in ("look at this", "OK 1", "call draw", "OK 4"):
        assert words in screen
    assert client.session.read_bytes() == slim

    assert client.say("and now?", "--resume").code == 0
    asked = api.requests[-1]
    assert (asked.images, asked.error) == ([], "")
    for words in ("look at this", "OK 1", "call draw", "OK 4", "and now?"):
        assert words in asked.text
    assert asked.text.count("archived as1:") == 2

    added = client.history[len(history) :]
    assert [item["message"]["role"] for item in added] == ["user", "assistant"]
    done = program("restore", client.session)
    assert done.code == 0, done.err
    assert client.history == [*history, *added]
    assert client.say("at last", "--resume").code == 0
    assert (len(api.requests[-1].images), api.requests[-1].error) == (1, "")
    # It writes what a user said twice, the second time as a copy of the first, and
    # lays the whole file out each time.
    before, _, _ = whole.rpartition(b"\n  ],\n")
    assert client.session.read_bytes().startswith(before)


def test_a_picture_that_an_api_refuses_is_taken_out(
    client: Continue, api: MockChat, program: Program
) -> None:
    program.environment["HOME"] = str(client.home)
    api.most_images = 0
    assert client.say("are you there?", "--resume").code != 0
    history = client.history
    (told,) = program("doctor", "--json").result["threads"]
    assert (told["client"], told["request_images"]) == ("continue", 1)
    done = program("rescue", told["thread"], "--now")
    assert done.code == 0, done.err
    went_on = client.say("and now?", "--resume")
    assert went_on.code == 0, went_on.err
    assert "OK" in went_on.out

    added = client.history[len(history) :]
    done = program("rescue", "--undo", told["thread"], "--now")
    assert done.code == 0, done.err
    assert client.history == [*history, *added]
