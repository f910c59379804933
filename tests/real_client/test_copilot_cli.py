"""Copilot CLI itself as the judge: what it loads and sends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.chosen import only_if_chosen
from support.copilot_cli import CopilotCli, install
from support.mock_chat import MockChat
from support.program import Program
from support.samples import picture

pytestmark = [pytest.mark.real_client, only_if_chosen("copilot-cli")]


@pytest.fixture
def api() -> Iterator[MockChat]:
    with MockChat() as api:
        yield api
    assert not api.unknown


@pytest.fixture
def copilot(api: MockChat, tmp_path: Path) -> CopilotCli:
    """A client with a session: a file's picture, and one from a tool."""
    program = install()
    if program is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    client = CopilotCli(program, tmp_path / "copilot", api.url)
    pasted, seen = client.work / "a.png", client.work / "b.png"
    pasted.write_bytes(picture(60, 40, 1))
    seen.write_bytes(picture(60, 40, 2))
    assert client.say("look at this", "--attachment", pasted).code == 0
    call = f"call view {json.dumps({'path': str(seen)})}"
    assert client.say(call, "--continue").code == 0
    return client


def assets(log: Path) -> int:
    """How many records hold a picture's bytes."""
    records = [json.loads(line) for line in log.read_bytes().splitlines()]
    return sum(
        record["type"] == "session.binary_asset" and record["data"]["data"] != ""
        for record in records
    )


def test_it_goes_on_without_its_pictures_and_all_come_back(
    copilot: CopilotCli, api: MockChat, program: Program
) -> None:
    whole = copilot.log.read_bytes()
    assert assets(copilot.log) == 2
    pasted = copilot.work / "a.png"
    kept = pasted.read_bytes()
    pasted.unlink()
    done = program("archive", copilot.log)
    assert done.code == 0, done.err
    assert assets(copilot.log) == 0

    assert copilot.say("and now?", "--continue").code == 0
    asked = api.requests[-1]
    assert (asked.images, asked.error) == ([], "")
    assert "binary asset unavailable" in asked.text
    for words in ("look at this", "OK 1", "call view", "OK 3", "and now?"):
        assert words in asked.text

    # The same picture again is written again; then there are two of its name.
    pasted.write_bytes(kept)
    assert copilot.say("again", "--continue", "--attachment", pasted).code == 0
    assert assets(copilot.log) == 1
    grown = copilot.log.read_bytes()
    done = program("restore", copilot.log)
    assert done.code == 0, done.err
    again = copilot.log.read_bytes()
    assert again.startswith(whole)
    added = again.removeprefix(whole)
    assert grown.endswith(added)
    assert assets(copilot.log) == 3
    assert copilot.say("at last", "--continue").code == 0
    assert len(api.requests[-1].images) == 2


def test_a_picture_whose_file_is_there_is_read_again(
    copilot: CopilotCli, api: MockChat, program: Program
) -> None:
    assert program("archive", copilot.log).code == 0
    assert copilot.say("and now?", "--continue").code == 0
    assert len(api.requests[-1].images) == 1
