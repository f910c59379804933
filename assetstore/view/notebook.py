"""A notebook as a page: its cells, and what they put out."""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from assetstore.errors import SourceRefused
from assetstore.view.page import data_uri, own_page, shown, staying, text

# Turns Markdown into HTML.
Render = Callable[[str], str]

# Of what a cell put out, the first of these that is there is shown.
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_MORE = ("image/avif", "image/bmp", "audio/wav", "audio/mpeg", "video/mp4")
_WORDS = ("text/latex", "text/plain")
# The third version's names of them.
_OLD = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "html": "text/html",
    "latex": "text/latex",
    "text": "text/plain",
}
_ATTACHED = re.compile(r'src="attachment:([^"]*)"')
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# A page of its own within the page could lead away from it.
_LEADS_AWAY = re.compile(r"<(?=/?(?:meta|base|html|head|body)\b)", re.IGNORECASE)


def notebook_page(title: str, data: bytes, render: Render) -> bytes:
    """A page that shows a notebook.

    Args:
        title: What it is called.
        data: The notebook.
        render: Renders Markdown.

    Raises:
        SourceRefused: It is no notebook.
    """
    try:
        book = json.loads(data)
        return own_page(title, *_cells(book, render))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as e:
        raise SourceRefused(
            f"{title} is no notebook that can be shown: {e}", path=title
        ) from e


def _cells(book: dict[str, Any], render: Render) -> Iterator[str]:
    sheets = book.get("worksheets") or [book]
    for cell in (cell for sheet in sheets for cell in sheet["cells"]):
        words = _joined(cell.get("source", cell.get("input", "")))
        yield "<section>"
        if cell["cell_type"] == "markdown":
            yield _ATTACHED.sub(_attached(cell.get("attachments") or {}), render(words))
        else:
            yield text(words)
        for output in cell.get("outputs", ()):
            yield f"<div>{_shown(output, render)}</div>"
        yield "</section>\n"


def _attached(
    attachments: dict[str, dict[str, Any]],
) -> Callable[[re.Match[str]], str]:
    def source(match: re.Match[str]) -> str:
        bundle = attachments.get(unquote(html.unescape(match[1])), {})
        for mime, data in bundle.items():
            return f'src="{html.escape(_address(mime, data, bare=True))}"'
        return match[0]

    return source


def _shown(output: dict[str, Any], render: Render) -> str:
    kind = output["output_type"]
    if kind == "stream":
        return text(_COLOURS.sub("", _joined(output["text"])))
    if kind in ("error", "pyerr"):
        return text(_COLOURS.sub("", "\n".join(output.get("traceback", ()))))
    bundle = output.get("data")
    if bundle is None:
        bundle = {_OLD[name]: data for name, data in output.items() if name in _OLD}
    for mime in (*_PICTURES, *_MORE):
        if mime in bundle:
            name = _joined(bundle.get("text/plain", mime))
            return shown(_address(mime, bundle[mime]), mime, name)
    if "text/html" in bundle:
        page = _LEADS_AWAY.sub("&lt;", _joined(bundle["text/html"]))
        return staying(page.encode("utf-8", "replace")).decode()
    if "text/markdown" in bundle:
        return render(_joined(bundle["text/markdown"]))
    for mime in _WORDS:
        if mime in bundle:
            return text(_COLOURS.sub("", _joined(bundle[mime])))
    return text("\n".join(f"[{mime}]" for mime in bundle))


def _address(mime: str, data: Any, *, bare: bool = False) -> str:
    words = _joined(data)
    if mime == "image/svg+xml" and not (bare and not words.lstrip().startswith("<")):
        return data_uri(words.encode(), mime)
    return f"data:{mime};base64,{''.join(words.split())}"


def _joined(words: Any) -> str:
    return words if isinstance(words, str) else "".join(words)
