"""opencode and Kilo themselves as the judge: what they load, send and export."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.chosen import only_if_chosen
from support.mock_chat import MockChat
from support.opencode import PACKAGES, OpenCode, install
from support.program import Program
from support.samples import picture

pytestmark = [pytest.mark.real_client, pytest.mark.timeout(1200)]


@pytest.fixture
def api() -> Iterator[MockChat]:
    with MockChat() as api:
        yield api


@pytest.fixture(
    params=[pytest.param(name, marks=only_if_chosen(name)) for name in PACKAGES]
)
def opencode(request: pytest.FixtureRequest, api: MockChat, tmp_path: Path) -> OpenCode:
    program = install(request.param)
    if program is None:
        pytest.skip("npm, or its registry, cannot be reached: no real client")
    return OpenCode(program, tmp_path / "opencode", api.url)


def rows(database: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return db.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608 ours


def turns(messages: list[dict[str, Any]]) -> list[Any]:
    """What a session is made of: messages and their parts, but for files."""
    return [
        (
            message["info"]["id"],
            message["info"]["role"],
            [
                (part["id"], words, part.get("tool"))
                for part in message["parts"]
                if "as1:" not in (words := part.get("text", ""))
                and part["type"] != "file"
            ],
        )
        for message in messages
    ]


def test_stuck_before_alive_after_and_every_value_back(
    opencode: OpenCode, api: MockChat, program: Program
) -> None:
    program.environment["XDG_DATA_HOME"] = str(opencode.database.parents[1])
    shots = [opencode.work / f"shot{number}.png" for number in range(2)]
    for number, shot in enumerate(shots):
        shot.write_bytes(picture(60, 40, number))
    assert opencode.say("look at this", shots[0]).code == 0
    (listed,) = opencode.sessions()
    session = listed["id"]
    call = f'call read {{"filePath":"{shots[1]}"}}'
    assert opencode.say(call, session=session).code == 0
    assert len(api.requests[-1].images) == 2
    shown = turns(opencode.exported(session))
    parts, events = (rows(opencode.database, name) for name in ("part", "event"))

    api.most_images = 1
    stuck = opencode.say("are you there?", session=session)
    assert stuck.code != 0
    assert "At most 1 image" in stuck.out + stuck.err
    assert "data:image" in str(rows(opencode.database, "part"))

    found = program("doctor", "--all", "--json").result["threads"]
    assert [(one["client"], one["images"]) for one in found] == [(opencode.name, 4)]
    done = program("rescue", opencode.database, "--vacuum")
    assert done.code == 0, done.err
    assert "base64" not in str(rows(opencode.database, "part"))
    assert "base64" not in str(rows(opencode.database, "event"))

    assert opencode.say("are you there?", session=session).code == 0
    asked = api.requests[-1]
    assert (asked.images, asked.error) == ([], "")
    assert asked.text.count("image 60x40 png archived as1:") == 2
    assert "look at this" in asked.text
    now = turns(opencode.exported(session))
    assert now[: len(shown)] == shown
    assert opencode.sessions()[0]["id"] == session

    api.most_images = 9
    done = program("rescue", "--undo", opencode.database)
    assert done.code == 0, done.err
    assert "every value is back" in done.out.decode()
    assert rows(opencode.database, "part")[: len(parts)] == parts
    assert rows(opencode.database, "event")[: len(events)] == events
    assert turns(opencode.exported(session))[: len(now)] == now
    assert opencode.say("once more", session=session).code == 0
    assert len(api.requests[-1].images) == 2


def test_several_pictures_of_a_tool_go_and_a_copied_session_lives(
    opencode: OpenCode, api: MockChat, program: Program
) -> None:
    """A tool's list of more than one; and what a fork copies is text."""
    shot = opencode.work / "shot.png"
    shot.write_bytes(picture(60, 40, 1))
    assert opencode.say("hello").code == 0
    session = opencode.sessions()[0]["id"]
    call = f'call read {{"filePath":"{shot}"}}'
    assert opencode.say(call, session=session).code == 0
    with closing(sqlite3.connect(opencode.database)) as db:
        for table, path in (("part", "$"), ("event", "$.part")):
            at = f"{path}.state.attachments"
            db.execute(
                f"UPDATE {table} SET data=json_insert(data, '{at}[#]', "  # noqa: S608 ours
                f"json_extract(data, '{at}[0]')) WHERE instr(data, 'attachments')"
            )
        db.commit()
    before = rows(opencode.database, "part")
    assert opencode.say("and now?", session=session).code == 0
    assert len(api.requests[-1].images) == 2

    assert program("archive", opencode.database).code == 0
    said = opencode.run("run", "--session", session, "--fork", input="go on")
    assert said.code == 0, said.err
    assert api.requests[-1].images == []
    assert api.requests[-1].error == ""
    assert len(opencode.sessions()) == 2
    assert program("restore", opencode.database).code == 0
    assert rows(opencode.database, "part")[: len(before)] == before
    assert opencode.say("and now?", session=session).code == 0
    assert len(api.requests[-1].images) == 2


def test_one_that_runs_is_left(opencode: OpenCode, program: Program) -> None:
    assert opencode.say("hello").code == 0
    words = [str(opencode.program), "serve", "--port", "0"]
    with subprocess.Popen(
        words,
        cwd=opencode.work,
        env=opencode.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if b"listening" in line:
                break
        try:
            ran = program("rescue", opencode.database)
        finally:
            server.kill()
    assert ran.code == 13, ran.err
    assert f"is open in {opencode.name}" in ran.err
