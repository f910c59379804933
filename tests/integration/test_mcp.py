"""The MCP server, spoken to as an agent does."""

import base64
import io
import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any, Self

from PIL import Image

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


def test_codex_is_told_only_when_asked(agents: Program) -> None:
    config = agents.folder / ".codex" / "config.toml"
    printed = agents("mcp", "--install", "codex")
    assert printed.code == 0
    assert not config.exists()
    config.parent.mkdir()
    config.write_text('model = "x"  # mine')
    assert agents("mcp", "--install", "codex", "--write").code == 0
    assert config.read_text().startswith('model = "x"  # mine\n[mcp_servers')
    server = tomllib.loads(config.read_text())["mcp_servers"]["assetstore"]
    assert server["args"][-1] == "mcp"
    again = agents("mcp", "--install", "codex", "--write")
    assert again.code == 1
    assert "already" in again.err


def test_claude_code_is_told_only_when_asked(agents: Program) -> None:
    config = agents.folder / ".claude" / ".claude.json"
    assert agents("mcp", "--install", "claude-code").code == 0
    assert not config.exists()
    config.parent.mkdir()
    config.write_text('{"mine": "naïve"}', "utf-8")
    assert agents("mcp", "--install", "claude-code", "--write").code == 0
    written = json.loads(config.read_text("utf-8"))
    assert written["mine"] == "naïve"
    assert written["mcpServers"]["assetstore"]["type"] == "stdio"
    config.write_text("[]")
    assert agents("mcp", "--install", "claude-code", "--write").code == 1
    assert config.read_text() == "[]"
