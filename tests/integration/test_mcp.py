"""The MCP server, spoken to as an agent does."""

import base64
import io
import json
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Self

import pytest
from PIL import Image

from assetstore.installation import how_to_get
from support.homes import THREAD, codex_home
from support.program import Program
from support.samples import html


class Server:
    """A running server."""

    def __init__(self, program: Program, *words: str | Path):
        self._process = program.start("mcp", *words, stdin=subprocess.PIPE)
        self._id = 0
        self.ask(
            "initialize",
            protocolVersion="2025-06-18",
            capabilities={},
            clientInfo={"name": "test", "version": "1"},
        )
        self._send({"method": "notifications/initialized"})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode())
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._id += 1
        self._send({"id": self._id, "method": method, "params": params})
        assert self._process.stdout is not None
        while True:
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
            if answer.get("id") == self._id:
                result: dict[str, Any] = answer["result"]
                return result

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self.ask("tools/call", name=tool, arguments=arguments)

    def end(self, number: int) -> int:
        """Send a signal, with the input still open; the exit code."""
        self._process.send_signal(number)
        return self._process.wait(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=30)


def test_an_agent_lists_and_views_what_its_thread_refers_to(agents: Program) -> None:
    codex_home(agents.folder)
    assert agents("rescue", THREAD).code == 0
    page = agents.folder / "page.html"
    page.write_bytes(html())
    assert agents("archive", page).code == 0
    other = page.read_bytes()
    private = other[other.index(b"as1:") :][:31].decode()
    with Server(agents) as server:
        tools = {tool["name"] for tool in server.ask("tools/list")["tools"]}
        assert tools == {"list_images", "view_image"}
        listed = server.call("list_images", thread=THREAD[:8])
        images = listed["structuredContent"]["result"]
        assert len(images) == 4
        assert images[0]["name"] == "image 60x40 png"
        assert images[0]["size"] > 7000
        assert images[0]["time"].startswith("2026-10-02")
        assert images[0]["words"] == "look at number 0"
        shown = server.call(
            "view_image", placeholder=images[1]["placeholder"], max_pixels=30
        )
        (content,) = shown["content"]
        assert content["mimeType"] == "image/png"
        with Image.open(io.BytesIO(base64.b64decode(content["data"]))) as small:
            assert small.size == (30, 20)
        for wrong in (private, "as1:nothing", "../../etc/passwd"):
            refused = server.call("view_image", placeholder=wrong)
            assert refused["isError"]
            assert all(part["type"] == "text" for part in refused["content"])


@pytest.fixture
def ready(agents: Program) -> Program:
    assert agents("init").code == 0
    return agents


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_client_ends_it_by_a_signal(agents: Program) -> None:
    """It waits for the client's words in a thread, and Python for that thread."""
    assert agents("init").code == 0
    with Server(agents) as server:
        assert server.end(signal.SIGTERM) == -signal.SIGTERM


def test_codex_is_told_only_when_asked(ready: Program) -> None:
    config = ready.folder / ".codex" / "config.toml"
    printed = ready("mcp", "--install", "codex")
    assert printed.code == 0, printed.err
    assert not config.exists()
    config.parent.mkdir()
    config.write_text('model = "x"  # mine')
    done = ready("mcp", "--install", "codex", "--write")
    assert done.code == 0, done.err
    assert "the server answers: list_images, view_image" in done.err
    assert config.read_text().startswith('model = "x"  # mine\n[mcp_servers')
    server = tomllib.loads(config.read_text())["mcp_servers"]["assetstore"]
    assert server["command"] == sys.executable
    store = ["--store", str(ready.store)]
    assert server["args"] == ["-P", "-m", "assetstore", "mcp", *store]
    again = ready("mcp", "--install", "codex", "--write")
    assert again.code == 1
    assert "already" in again.err


def test_claude_code_is_told_only_when_asked(ready: Program) -> None:
    config = ready.folder / ".claude" / ".claude.json"
    assert ready("mcp", "--install", "claude-code").code == 0
    assert not config.exists()
    config.parent.mkdir()
    config.write_text('{"mine": "naïve"}', "utf-8")
    assert ready("mcp", "--install", "claude-code", "--write").code == 0
    written = json.loads(config.read_text("utf-8"))
    assert written["mine"] == "naïve"
    assert written["mcpServers"]["assetstore"]["type"] == "stdio"
    config.write_text("[]")
    assert ready("mcp", "--install", "claude-code", "--write").code == 1
    assert config.read_text() == "[]"


@pytest.mark.parametrize("client", ["codex", "claude-code"])
def test_what_a_client_does_not_pass_on_is_written_down(
    ready: Program, client: str
) -> None:
    """Relative names, too: a client starts the server in the project's folder."""
    ready.environment["XDG_STATE_HOME"] = "xdg/state"
    ready.environment["TURN_UP"] = "no"
    store = ready.store.name
    done = ready("--store", store, "mcp", "--install", client, ".codex", "--json")
    assert done.code == 0, done.err
    assert done.result["tools"] == ["list_images", "view_image"]
    text = done.result["text"]
    servers = tomllib.loads(text) if client == "codex" else json.loads(text)
    (server,) = servers.popitem()[1].values()
    assert server["args"][-3:] == [
        *("--store", str(ready.store)),
        str(ready.folder / ".codex"),
    ]
    wanted = {
        *("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"),
        *("CODEX_HOME", "CLAUDE_CONFIG_DIR"),
    }
    assert server["env"].keys() == wanted
    assert server["env"]["XDG_STATE_HOME"] == str(ready.folder / "xdg" / "state")
    assert server["env"]["CODEX_HOME"] == ready.environment["CODEX_HOME"]


def test_modules_of_the_project_are_not_the_servers(ready: Program) -> None:
    """A client starts it there, and Python would take modules from there first."""
    project = ready.folder / "project"
    project.mkdir()
    for name in ("assetstore.py", "click.py", "mcp.py"):
        (project / name).write_text("raise SystemExit('not ours')")
    text = ready("mcp", "--install", "codex", "--json").result["text"]
    server = tomllib.loads(text)["mcp_servers"]["assetstore"]
    done = subprocess.run(
        [server["command"], *server["args"]],
        cwd=project,
        env=server["env"] | {"HOME": str(project), "PATH": "/usr/bin:/bin"},
        input=b"",
        capture_output=True,
        check=False,
    )
    assert b"not ours" not in done.stderr
    assert done.returncode == 0


def test_nothing_is_written_where_there_is_no_store(ready: Program) -> None:
    config = ready.folder / ".codex" / "config.toml"
    ready.store.rename(ready.folder / "elsewhere")
    absent = ready("mcp", "--install", "codex", "--write")
    assert absent.code != 0
    assert "store" in absent.err
    assert not config.exists()


def test_the_package_that_is_missing_is_named(ready: Program) -> None:
    hidden = ready.folder / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, *more: "
        "None if name == 'mcp' else found(name, *more)\n"
    )
    done = ready("mcp", "--install", "codex", "--write", PYTHONPATH=str(hidden))
    assert done.code == 1
    assert "mcp is not installed" in done.err
    assert how_to_get("mcp") in done.err
    assert not (ready.folder / ".codex" / "config.toml").exists()


def test_a_configuration_that_the_table_would_break_is_left(ready: Program) -> None:
    config = ready.folder / ".codex" / "config.toml"
    config.parent.mkdir()
    for text in ("mcp_servers = { other = { command = 'x' } }\n", "model = \n"):
        config.write_text(text)
        done = ready("mcp", "--install", "codex", "--write")
        assert done.code == 1
        assert "cannot be added" in done.err
        assert config.read_text() == text
