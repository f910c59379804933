"""Open WebUI's server as the judge: what it keeps, gives its page, and sends."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.chosen import only_if_chosen
from support.open_webui import OneModel, OpenWebUi, install
from support.program import Program
from support.samples import picture

pytestmark = [
    pytest.mark.real_client,
    only_if_chosen("open-webui"),
    pytest.mark.timeout(900),
]


@pytest.fixture
def api() -> Iterator[OneModel]:
    with OneModel() as api:
        yield api


@pytest.fixture
def webui(api: OneModel, tmp_path: Path) -> OpenWebUi:
    python = install()
    if python is None:
        pytest.skip("PyPI cannot be reached, or Python is too new: no real client")
    return OpenWebUi(python, tmp_path / "webui", api.url)


def values(database: Path) -> list[tuple[str, ...]]:
    """All that it keeps of messages, in the rows' order."""
    with closing(sqlite3.connect(database)) as db:
        chats = db.execute("SELECT chat FROM chat ORDER BY rowid").fetchall()
        files = "SELECT content, files FROM chat_message ORDER BY rowid"
        return [*chats, *db.execute(files).fetchall()]


def test_it_goes_on_without_its_pictures_and_all_come_back(
    webui: OpenWebUi, api: OneModel, program: Program
) -> None:
    with webui as server:
        first = server.say("look at this", picture(60, 40, 1))
        chat = server.chat()["id"]
        last = server.say("and now?", chat=chat, parent=first)
        busy = program("archive", webui.database)
        assert busy.code == 13, busy.err
    assert len(api.requests[-1].images) == 1
    before = values(webui.database)
    assert sum("base64" in str(row) for row in before) == 2

    done = program("rescue", webui.database)
    assert done.code == 0, done.err
    slim = values(webui.database)
    assert not any("base64" in str(row) for row in slim)

    with webui as server:
        shown = server.chat()["chat"]["history"]["messages"]
        (file,) = next(m["files"] for m in shown.values() if m.get("files"))
        assert file["type"] == "picture"
        assert file["name"].startswith("[image 60x40 png archived as1:")
        server.say("go on", chat=chat, parent=last)
    asked = api.requests[-1]
    assert (asked.images, asked.error) == ([], "")
    for words in ("look at this", "OK 1", "and now?", "OK 2", "go on"):
        assert words in asked.said

    done = program("rescue", "--undo", webui.database)
    assert done.code == 0, done.err
    rows = values(webui.database)
    assert rows[1 : len(before)] == before[1:]
    assert str(rows[0]).count("base64") == 1
    with webui as server:
        server.say("at last", chat=chat, parent=last)
    assert len(api.requests[-1].images) == 1
