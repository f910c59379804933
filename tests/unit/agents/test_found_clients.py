"""Which clients have threads here, and how much of them is pictures."""

import json
from pathlib import Path

import pytest

from assetstore.agents.client_table import CLIENTS
from assetstore.agents.found_clients import FoundClient, find_clients, looked_in
from support.clients import documents, make_clients
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
        "cline-tasks",
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
    looked = {
        one.client.name: one
        for one in looked_in({"PI_CODING_AGENT_DIR": "/pi"}, home=tmp_path)
    }
    assert set(looked) == {client.name for client in CLIENTS}
    codex, zed = looked["codex"], looked["zed"]
    assert codex.folder == tmp_path / ".codex" / "sessions"
    assert (codex.variable, codex.more) == ("CODEX_HOME", 2)
    assert looked["pi"].folder == Path("/pi/sessions")
    assert (zed.folder, zed.variable) == (tmp_path / ".local/share/zed/threads", "")


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


def test_every_made_up_document_has_a_client() -> None:
    assert len(documents()) == 9


def test_databases_of_projects_that_a_client_has_noted(tmp_path: Path) -> None:
    project = tmp_path / "work" / ".crush"
    project.mkdir(parents=True)
    (project / "crush.db").write_bytes(b"SQLite format 3\0")
    noted = tmp_path / ".local/share/crush/projects.json"
    noted.parent.mkdir(parents=True)
    folders = [project, tmp_path / "gone", "relative"]
    projects = [{"path": "x", "data_dir": str(folder)} for folder in folders]
    noted.write_text(json.dumps({"projects": projects}))
    assert found(tmp_path)["crush"].files == (project / "crush.db",)
    for text in ("[]", '{"projects": [1]}', '{"projects": [{}]}', "no list"):
        noted.write_text(text)
        assert "crush" not in found(tmp_path)
