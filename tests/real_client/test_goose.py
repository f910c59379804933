"""Goose itself as the judge: what it loads and sends."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.chosen import only_if_chosen
from support.goose import Goose, install
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import picture

pytestmark = [pytest.mark.real_client, only_if_chosen("goose")]


@pytest.fixture
def api() -> Iterator[MockMessages]:
    with MockMessages() as api:
        yield api


@pytest.fixture
def goose(api: MockMessages, tmp_path: Path) -> Goose:
    program = install()
    if program is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    return Goose(program, tmp_path / "goose", api.url)


def values(database: Path) -> list[str]:
    """What its messages are, in their order."""
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute("SELECT content_json FROM messages ORDER BY id").fetchall()
    return [value for (value,) in rows]


def test_it_goes_on_without_its_pictures_and_all_come_back(
    goose: Goose, api: MockMessages, program: Program
) -> None:
    (goose.work / "seen.png").write_bytes(picture(60, 40, 1))
    with goose.session() as client:
        session = client.new()
        client.say(session, "look at this", picture(60, 40, 2))
        source = json.dumps({"source": str(goose.work / "seen.png")})
        client.say(session, f"call read_image {source}")
        client.say(session, "and now?")
        busy = program("archive", goose.database)
        assert busy.code == 13, busy.err
    assert len(api.requests[-1].images) == 2
    before = values(goose.database)

    done = program("rescue", goose.database)
    assert done.code == 0, done.err
    slim = values(goose.database)
    assert sum("as1:" in value for value in slim) == 2
    assert not any('"image"' in value for value in slim)

    words = ("run", "--resume", "--session-id", session, "-t", "go on")
    assert goose.run(*words).code == 0
    asked = api.requests[-1]
    assert (asked.images, asked.error) == ([], "")
    assert asked.text.count("image 60x40 png archived as1:") == 2
    for said in ("look at this", "call read_image", "and now?", "go on"):
        assert said in asked.text
    listed = goose.run("session", "export", "--session-id", session)
    assert listed.code == 0
    assert listed.out.count("archived as1:") == 2

    done = program("rescue", "--undo", goose.database)
    assert done.code == 0, done.err
    after = values(goose.database)
    assert after[: len(before)] == before
    assert len(after) > len(before)
    assert goose.run(*words).code == 0
    assert len(api.requests[-1].images) == 2
