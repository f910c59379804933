"""Markdown as HTML, where markdown-it-py is installed (``assetstore[view]``)."""

from collections.abc import Callable
from functools import cache

from assetstore.view.page import staying


@cache
def renderer() -> Callable[[str], str] | None:
    """Find what renders Markdown; None where nothing here does.

    Its HTML may have any that stands in the text, but for what leads away from it: a
    page for it runs no scripts.
    """
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        return None
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    accepts = reader.validateLink

    def is_good(url: str) -> bool:
        return url.lower().startswith("data:image/") or accepts(url)

    reader.validateLink = is_good  # type: ignore[method-assign]

    def rendered(words: str) -> str:
        return staying(reader.render(words).encode("utf-8", "replace")).decode()

    return rendered
