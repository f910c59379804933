"""What a client's configuration gets, and when it is left alone."""

import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from assetstore.cli import mcp_install
from assetstore.cli.invocation import Run
from assetstore.cli.mcp_install import install_outcome
from assetstore.errors import AssetstoreError, SourceRefused, StoreNotFound
from support.shown import shown

Asked = list[tuple[list[str], dict[str, str]]]


@pytest.fixture
def asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A store, and a server that answers; what it was started with."""
    found: Asked = []

    def ask(words: Sequence[str], given: Mapping[str, str]) -> list[str]:
        found.append((list(words), dict(given)))
        return ["list_images", "view_image"]

    monkeypatch.setattr(mcp_install, "check_package", lambda: None)
    monkeypatch.setattr(mcp_install, "ask_server", ask)
    Run(given={"store": "store"}).store(create=True).close()
    return found


def run() -> Run:
    return Run(given={"store": "store"})


def test_a_client_is_told_where_everything_is(home: Path, asked: Asked) -> None:
    outcome = install_outcome(run(), "codex", [Path("logs")], write=False)
    table = tomllib.loads(outcome.result["text"])["mcp_servers"]["assetstore"]
    words = ["-P", "-m", "assetstore", "mcp", "--store", str(home / "store")]
    assert (table["command"], table["args"]) == (
        sys.executable,
        [*words, str(home / "logs")],
    )
    assert table["env"]["CODEX_HOME"] == str(home / ".codex")
    assert table["env"]["XDG_DATA_HOME"] == str(home / "xdg" / "data")
    assert asked == [([sys.executable, *table["args"]], table["env"])]
    lines = shown(outcome)
    assert lines[0] == "[mcp_servers.assetstore]"
    assert lines[-2:] == [
        f"note: for {home / '.codex' / 'config.toml'}",
        "note: the server answers: list_images, view_image",
    ]
    assert not (home / ".codex").exists()


def test_relative_folders_are_made_absolute_and_none_stays(
    home: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_HOME", "c")
    monkeypatch.setenv("ASSETSTORE_CONFIG", "none")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    install_outcome(run(), "claude-code", [], write=False)
    ((_, given),) = asked
    assert given["CODEX_HOME"] == str(home / "c")
    assert given["ASSETSTORE_CONFIG"] == "none"
    assert "XDG_CACHE_HOME" not in given


@pytest.mark.parametrize("old", ["", "model = 'x'\n", "model = 'x'  # mine"])
def test_a_table_is_written_behind_what_is_there(
    home: Path, asked: Asked, old: str
) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_text(old)
    install_outcome(run(), "codex", [], write=True)
    text = path.read_text()
    assert text.startswith(old)
    assert "assetstore" in tomllib.loads(text)["mcp_servers"]
    with pytest.raises(SourceRefused, match="already"):
        install_outcome(run(), "codex", [], write=True)
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("[mcp_servers.assetstore]\ncommand = 'x'\n", "already"),
        ("[mcp_servers.'assetstore'.env]\n", "already"),
        ("mcp_servers.assetstore = {command = 'x'}\n", "already"),
        ("[mcp_servers]\nassetstore = {}\n", "already"),
        ("mcp_servers = {other = {}}\n", "cannot be added"),
        ("mcp_servers = ['assetstore']\n", "cannot be added"),
        ("a = [\n", "cannot be added"),
        ("a = '\xff'\n", "cannot be added"),  # no UTF-8
    ],
)
def test_a_configuration_that_it_would_break_is_left(
    home: Path, asked: Asked, old: str, said: str
) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_text(old, "latin-1")
    with pytest.raises(SourceRefused, match=said) as error:
        install_outcome(run(), "codex", [], write=True)
    assert error.value.path == str(path)
    assert path.read_text("latin-1") == old


def test_an_entry_is_put_beside_the_others(home: Path, asked: Asked) -> None:
    path = home / ".claude" / ".claude.json"
    install_outcome(run(), "claude-code", [], write=True)
    entry = json.loads(path.read_text())["mcpServers"]["assetstore"]
    assert (entry["type"], entry["command"]) == ("stdio", sys.executable)
    path.write_text('{"a": "ü", "mcpServers": {"b": {}}}', "utf-8")
    install_outcome(run(), "claude-code", [], write=True)
    both = json.loads(path.read_text("utf-8"))
    assert (both["a"], both["mcpServers"].keys()) == ("ü", {"b", "assetstore"})
    with pytest.raises(SourceRefused, match="already"):
        install_outcome(run(), "claude-code", [], write=True)


@pytest.mark.parametrize(
    "old", ["[]", "{", '{"mcpServers": 3}', '{"mcpServers": []}', '{"mcpServers": "x"}']
)
def test_a_file_that_is_not_what_it_should_be_is_left(
    home: Path, asked: Asked, old: str
) -> None:
    path = home / ".claude" / ".claude.json"
    path.parent.mkdir()
    path.write_text(old)
    with pytest.raises(SourceRefused, match="not what it should be"):
        install_outcome(run(), "claude-code", [], write=True)
    assert path.read_text() == old


def test_nothing_is_written_where_the_server_does_not_answer(
    home: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(words: Sequence[str], given: Mapping[str, str]) -> list[str]:
        raise AssetstoreError("the server does not answer")

    monkeypatch.setattr(mcp_install, "ask_server", dead)
    with pytest.raises(AssetstoreError, match="does not answer"):
        install_outcome(run(), "codex", [], write=True)
    with pytest.raises(StoreNotFound):
        install_outcome(Run(given={"store": "none"}), "codex", [], write=True)
    assert not (home / ".codex").exists()


def test_a_folder_that_no_configuration_can_name(
    home: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caf\udce9")
    with pytest.raises(SourceRefused, match="no UTF-8"):
        install_outcome(run(), "codex", [], write=True)
    assert asked == []
