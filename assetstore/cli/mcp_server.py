"""The MCP server: two tools over `assetstore.agents.paging`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from assetstore.agents.homes import Homes
from assetstore.agents.paging import MOST_PIXELS, Pager
from assetstore.errors import AssetstoreError
from assetstore.store.store import Store

_INSTRUCTIONS = (
    "Images of this conversation may have been archived; a text like "
    "'[image 1280x720 png archived as1:...]' stands in their place. view_image shows "
    "one by its placeholder (as1:...), list_images tells which there are. Look at an "
    "image only where you need it: it costs tokens in every later request."
)


@contextmanager
def _told() -> Iterator[None]:
    """Let the agent read what went wrong."""
    try:
        yield
    except (AssetstoreError, OSError) as e:
        raise ToolError(f"{e} {getattr(e, 'hint', '')}".strip()) from e


def serve(store: Store, paths: Sequence[Path], homes: Homes) -> None:
    """Serve on standard input and output until the client goes away."""
    pager = Pager(store, paths, homes)
    server = MCPServer("assetstore", instructions=_INSTRUCTIONS, log_level="WARNING")

    # Coroutines, since a store is for the thread that opened it.
    @server.tool()
    async def list_images(thread: str = "") -> list[dict[str, Any]]:
        """List a thread's archived images: placeholder, size, date, and where it stood.

        Args:
            thread: The beginning of the thread's id; empty for the latest one.
        """
        with _told():
            return [asdict(image) for image in pager.images(thread)]

    @server.tool()
    async def view_image(placeholder: str, max_pixels: int = MOST_PIXELS) -> Image:
        """Show one archived image.

        Args:
            placeholder: The text that stands for it: as1: and 27 characters.
            max_pixels: Make its longer side at most so long.
        """
        with _told():
            return Image(data=pager.image(placeholder, max_pixels), format="png")

    server.run("stdio")
