"""OpenClaw itself as the judge: what it loads and sends."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.chosen import only_if_chosen
from support.openclaw import OpenClaw, WithoutNotes, install
from support.program import Program
from support.samples import picture

pytestmark = [
    pytest.mark.real_client,
    only_if_chosen("openclaw"),
    pytest.mark.timeout(2400),
]


@pytest.fixture
def api() -> Iterator[WithoutNotes]:
    with WithoutNotes() as api:
        yield api


@pytest.fixture
def openclaw(api: WithoutNotes, tmp_path: Path) -> OpenClaw:
    program = install()
    if program is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    return OpenClaw(program, tmp_path / "openclaw", api.url)


def events(database: Path) -> list[tuple[Any, ...]]:
    """What it keeps of its thread, in order."""
    with closing(sqlite3.connect(database)) as db:
        query = "SELECT * FROM transcript_events ORDER BY session_id, seq"
        return db.execute(query).fetchall()


def test_it_goes_on_without_its_pictures_and_all_come_back(
    openclaw: OpenClaw, api: WithoutNotes, program: Program
) -> None:
    shown, seen = openclaw.work / "shown.png", openclaw.work / "seen.png"
    shown.write_bytes(picture(60, 40, 1))
    seen.write_bytes(picture(60, 40, 2))
    assert openclaw.say(f"look at {shown} please").code == 0
    seen.rename(openclaw.work / "seen.data")
    call = f'call read {{"path":"{openclaw.work / "seen.data"}"}}'
    assert openclaw.say(f"and at this\n{call}").code == 0
    assert openclaw.say("and now?").code == 0
    assert len(api.requests[-1].images) == 2
    before = events(openclaw.database)

    done = program("rescue", openclaw.database)
    assert done.code == 0, done.err
    slim = events(openclaw.database)
    assert sum(was != now for was, now in zip(before, slim, strict=True)) == 2
    shown.unlink()
    assert openclaw.say("go on").code == 0
    asked = api.requests[-1]
    assert (asked.images, asked.error) == ([], "")
    assert asked.text.count(" png archived as1:") == 2
    for words in ("look at", "OK 1", "and at this", "and now?", "go on"):
        assert words in asked.text

    done = program("rescue", "--undo", openclaw.database)
    assert done.code == 0, done.err
    after = events(openclaw.database)
    assert after[: len(before)] == before
    assert len(after) > len(before)
    # Of pictures so many turns ago it sends some.
    assert openclaw.say("at last").code == 0
    assert api.requests[-1].images
