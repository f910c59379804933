"""Kimi CLI itself as the judge: what it loads, shows and sends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.chosen import only_if_chosen
from support.kimi import Kimi, install
from support.mock_chat import MockChat
from support.program import Program
from support.samples import picture

pytestmark = [pytest.mark.real_client, only_if_chosen("kimi-cli")]

# Begins as a video does; nobody looks at the rest.
VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 8


@pytest.fixture
def api() -> Iterator[MockChat]:
    with MockChat() as api:
        yield api
    assert not api.unknown


def made(folder: Path, api: MockChat, kind: str) -> Kimi:
    """A client that talks to an API of some kind."""
    program = install()
    if program is None:
        pytest.skip("PyPI, or Python 3.12, cannot be reached: no real client")
    return Kimi(program, folder, api.url, kind)


@pytest.fixture
def kimi(api: MockChat, tmp_path: Path) -> Kimi:
    """A client with a session: a pasted picture, and one from a tool."""
    client = made(tmp_path / "kimi", api, "kimi")
    seen = client.work / "b.png"
    seen.write_bytes(picture(60, 40, 2))
    with client.talk() as talk:
        talk.say("look at this", picture(60, 40, 1))
        talk.say(f"call ReadMediaFile {json.dumps({'path': str(seen)})}")
    return client


def logs(kimi: Kimi) -> dict[str, bytes]:
    """Its session's logs, by name."""
    return {log.name: log.read_bytes() for log in kimi.session.glob("*.jsonl")}


def test_it_goes_on_without_its_pictures_and_all_come_back(
    kimi: Kimi, api: MockChat, program: Program
) -> None:
    whole = logs(kimi)
    assert {name: data.count(b"base64,") for name, data in whole.items()} == {
        "context.jsonl": 2,
        "wire.jsonl": 2,
    }
    assert len(api.requests[-1].images) == 2
    with kimi.talk("--continue") as talk:
        shown = talk.shown()
    done = program("archive", kimi.session)
    assert done.code == 0, done.err
    slim = logs(kimi)
    assert not any(b"base64," in data for data in slim.values())

    with kimi.talk("--continue") as talk:
        assert talk.shown() == shown
        talk.say("and now?")
        asked = api.requests[-1]
        assert (asked.images, asked.error) == ([], "")
        assert asked.text.count("archived as1:") == 2
        for words in ("look at this", "OK 1", "call ReadMediaFile", "OK 3", "and now?"):
            assert words in asked.text
        talk.say("and this", picture(60, 40, 3))
        assert len(api.requests[-1].images) == 1

    grown = logs(kimi)
    done = program("restore", kimi.session)
    assert done.code == 0, done.err
    for name, data in logs(kimi).items():
        assert grown[name].startswith(slim[name])
        assert data == whole[name] + grown[name].removeprefix(slim[name])
    with kimi.talk("--continue") as talk:
        talk.say("at last")
    assert (len(api.requests[-1].images), api.requests[-1].error) == (3, "")


def test_a_video_that_an_api_refuses_is_taken_out(
    api: MockChat, tmp_path: Path, program: Program
) -> None:
    """Kimi's own API takes it, others refuse it from then on."""
    kimi = made(tmp_path / "kimi", api, "openai_legacy")
    film = kimi.work / "a.mp4"
    film.write_bytes(VIDEO)
    with kimi.talk() as talk:
        assert talk.say("look at this", picture(60, 40, 1)) == ""
        refused = talk.say(f"call ReadMediaFile {json.dumps({'path': str(film)})}")
        assert "video_url" in refused
        assert "video_url" in talk.say("are you there?")
    whole = logs(kimi)
    assert all(data.count(b"data:video/mp4;base64,") == 1 for data in whole.values())
    program.environment["HOME"] = str(kimi.home)
    (told,) = program("doctor", "--json").result["threads"]
    assert (told["client"], told["thread"]) == ("kimi-cli", kimi.session.name)
    done = program("rescue", told["thread"], "--now")
    assert done.code == 0, done.err
    assert not any(b"base64," in data for data in logs(kimi).values())
    with kimi.talk("--continue") as talk:
        assert talk.say("and now?") == ""
    assert "archived as1:" in api.requests[-1].text
    slim = logs(kimi)
    done = program("rescue", "--undo", told["thread"], "--now")
    assert done.code == 0, done.err
    for name, data in logs(kimi).items():
        assert data.startswith(whole[name])
        assert slim[name].endswith(data.removeprefix(whole[name]))


def test_what_it_puts_aside_comes_back_too(kimi: Kimi, program: Program) -> None:
    """It sums a session up in a new log, and keeps the old one under another name."""
    whole = logs(kimi)["context.jsonl"]
    assert program("archive", kimi.session).code == 0
    slim = logs(kimi)["context.jsonl"]
    with kimi.talk("--continue") as talk:
        assert talk.say("/compact") == ""
    aside = logs(kimi)["context_1.jsonl"]
    assert aside.startswith(slim)
    done = program("restore", kimi.session)
    assert done.code == 0, done.err
    again = logs(kimi)["context_1.jsonl"]
    assert again == whole + aside.removeprefix(slim)
    assert not any(b"archived as1:" in data for data in logs(kimi).values())
