"""The tools that an agent can call, without a process around them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.homes import THREAD, codex_home
from support.stores import memory_store

pytest.importorskip("mcp")

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from assetstore.archiver.run import archive_paths
from assetstore.cli.mcp_server import serve


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MCPServer]:
    """The server of a home with an archived thread."""
    found: list[MCPServer] = []
    monkeypatch.setattr(MCPServer, "run", lambda self, how: found.append(self))
    path = codex_home(tmp_path)
    with memory_store() as store:
        archive_paths(store, [path])
        serve(store, [], {"codex": tmp_path / ".codex"})
        yield found[0]


def call(server: MCPServer, name: str, **arguments: Any) -> Any:
    return asyncio.run(server.call_tool(name, arguments))


def test_it_offers_two_tools(server: MCPServer) -> None:
    tools = asyncio.run(server.list_tools())
    assert [tool.name for tool in tools] == ["list_images", "view_image"]
    assert all(tool.description for tool in tools)


def test_images_are_listed_and_viewed(server: MCPServer) -> None:
    listed = call(server, "list_images", thread=THREAD[:8])
    text = str(listed)
    assert text.count("as1:") >= 4
    placeholder = text[text.index("as1:") :][:31]
    assert "image/png" in str(call(server, "view_image", placeholder=placeholder))


def test_what_went_wrong_is_told_in_words(server: MCPServer) -> None:
    with pytest.raises(ToolError, match="no placeholder"):
        call(server, "view_image", placeholder="as1:x")
    with pytest.raises(ToolError, match="there is no thread nobody"):
        call(server, "list_images", thread="nobody")
