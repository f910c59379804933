"""How much of clients' files is pictures that would go, and that would stay."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.agents.found_clients import FoundClient, find_clients
from assetstore.agents.measured_clients import measured
from support.clients import make_clients, make_rows


def found(home: Path) -> dict[str, FoundClient]:
    return {one.client.name: one for one in find_clients({}, home=home)}


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")


def test_pictures_that_would_go_and_those_that_would_stay(tmp_path: Path) -> None:
    paths = make_clients(tmp_path)
    before = {path: path.read_bytes() for path in paths}
    here = {name: measured(one) for name, one in found(tmp_path).items()}
    assert {path: path.read_bytes() for path in paths} == before
    for name in ("pi", "gemini-cli", "qwen-code", "kimi-cli", "continue", "cline"):
        one = here[name]
        assert (one.looked, one.pictures, one.left) == (True, 1, 0), name
        assert 0 < one.taken < one.size
    assert here["cline-tasks"].pictures == 1
    assert here["copilot-cli"].pictures == 2
    assert here["copilot-cli"].left == 0
    one = here["copilot-chat"]
    assert one.taken == 0
    assert 0 < one.left < one.size
    rows = here["opencode"]
    assert (rows.pictures, rows.left) == (1, 0)
    assert 0 < rows.taken < rows.size


def test_nothing_is_made_beside_a_database(tmp_path: Path) -> None:
    path = make_rows(tmp_path / ".local/share/opencode/opencode.db")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("INSERT INTO part VALUES('c', 3, 'data:image/png;base64,')")
        db.commit()
        beside = sorted(path.parent.iterdir())
        content = path.read_bytes()
        one = measured(found(tmp_path)["opencode"])
        assert sorted(path.parent.iterdir()) == beside
        assert path.read_bytes() == content
    assert one.pictures >= 1


def test_a_damaged_database_ends_nothing(tmp_path: Path) -> None:
    path = make_rows(tmp_path / ".local/share/opencode/opencode.db")
    (path.parent / "opencode-two.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
    (path.parent / "opencode-three.db").write_bytes(b"no database")
    one = measured(found(tmp_path)["opencode"])
    assert (len(one.files), one.pictures) == (3, 1)


def test_names_in_a_database_are_words(tmp_path: Path) -> None:
    path = make_rows(tmp_path / ".local/share/opencode/opencode.db")
    with closing(sqlite3.connect(path)) as db:
        db.execute('CREATE TABLE "a""b; DROP TABLE part"("x""y" TEXT)')
        db.execute('INSERT INTO "a""b; DROP TABLE part" VALUES(\'data:image/png\')')
        db.commit()
    assert measured(found(tmp_path)["opencode"]).pictures == 2
