"""Which clients have threads here, and how much of them is pictures."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.agents.found_clients import FoundClient, find_clients, measured
from support.clients import documents, make_clients, make_rows
from support.homes import codex_home


def found(home: Path, **environ: str) -> dict[str, FoundClient]:
    return {one.client.name: one for one in find_clients(environ, home=home)}


@pytest.fixture(autouse=True)
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")


def test_each_is_found_where_it_keeps_its_own(tmp_path: Path) -> None:
    made = make_clients(tmp_path)
    here = found(tmp_path)
    assert sorted(path for one in here.values() for path in one.files) == sorted(made)
    assert set(here) == {
        "pi",
        "gemini-cli",
        "qwen-code",
        "kimi-cli",
        "continue",
        "cline",
        "copilot-chat",
        "copilot-cli",
        "opencode",
    }
    for one in here.values():
        assert one.size == sum(path.stat().st_size for path in one.files)
        assert all(path.is_relative_to(one.folder) for path in one.files)
        assert not one.looked


def test_nobody_is_here(tmp_path: Path) -> None:
    assert found(tmp_path) == {}


def test_variables_name_other_folders(tmp_path: Path) -> None:
    log = codex_home(tmp_path / "elsewhere")
    assert "codex" not in found(tmp_path)
    here = found(tmp_path, CODEX_HOME=str(tmp_path / "elsewhere" / ".codex"))
    assert here["codex"].files == (log,)


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("darwin", "Library/Application Support/Code/User"),
        ("win32", "AppData/Roaming/Code/User"),
        ("linux", ".config/VSCodium/User"),
    ],
)
def test_other_systems_keep_settings_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, place: str
) -> None:
    monkeypatch.setattr("sys.platform", system)
    path = tmp_path / place / "globalStorage/emptyWindowChatSessions/a.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert found(tmp_path)["copilot-chat"].files == (path,)


def test_links_and_folders_are_no_threads(tmp_path: Path) -> None:
    folder = tmp_path / ".continue" / "sessions"
    (folder / "folder.json").mkdir(parents=True)
    (tmp_path / "outside.json").write_text("{}")
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    assert found(tmp_path) == {}


def test_pictures_that_would_go_and_those_that_would_stay(tmp_path: Path) -> None:
    paths = make_clients(tmp_path)
    before = {path: path.read_bytes() for path in paths}
    here = {name: measured(one) for name, one in found(tmp_path).items()}
    assert {path: path.read_bytes() for path in paths} == before
    for name in ("pi", "gemini-cli", "qwen-code", "kimi-cli", "continue"):
        one = here[name]
        assert (one.looked, one.pictures, one.left) == (True, 1, 0), name
        assert 0 < one.taken < one.size
    assert here["cline"].pictures == 2
    for name in ("copilot-cli", "copilot-chat", "opencode"):
        one = here[name]
        assert one.taken == 0
        assert 0 < one.left < one.size
    assert here["copilot-cli"].pictures == 2
    assert here["opencode"].pictures == 1


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


def test_every_made_up_document_has_a_client() -> None:
    assert len(documents()) == 9
