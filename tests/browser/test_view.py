"""What a browser shows of a view: the pictures, and nothing that runs."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from support.program import Program
from support.samples import b64, picture, svg, uri, wrapped

pytestmark = pytest.mark.browser

PNG = uri(picture(41, 20, 1))
JPEG = uri(picture(42, 20, 2, "JPEG"), "image/jpeg")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RAN = "document.title = 'ran'"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    driver = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no chromium")
    with driver.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[int, list[str]]]:
    """A server's port, and what it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, paths
        server.shutdown()
        thread.join()


def widths(browser: Any, page: Path) -> list[int]:
    """The widths of a page's pictures, once nothing of it has run."""
    tab = browser.new_page()
    try:
        tab.goto(page.as_uri())
        tab.evaluate("for (const i of document.images) i.loading = 'eager'")
        tab.wait_for_function("[...document.images].every(i => i.complete)")
        for link in tab.query_selector_all("a[href^='javascript:']"):
            link.click()
        assert tab.title() != "ran"
        found: list[int] = tab.evaluate("[...document.images].map(i => i.naturalWidth)")
        return found
    finally:
        tab.close()


def background(browser: Any, page: Path) -> list[int]:
    """Width and height of the picture behind a page."""
    tab = browser.new_page()
    try:
        tab.goto(page.as_uri())
        size: list[int] = tab.evaluate(
            """async () => {
                const set = getComputedStyle(document.body).backgroundImage
                const shown = new Image()
                shown.src = set.slice(5, -2)
                await shown.decode()
                return [shown.naturalWidth, shown.naturalHeight]
            }"""
        )
        return size
    finally:
        tab.close()


def viewed(program: Program, name: str, words: str) -> Path:
    path = program.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    ran = program("archive", "--min-size", "0", path.parent)
    assert ran.code == 0, ran.err
    assert "as1:" in path.read_text()
    ran = program("view", path, "--no-open", "--json")
    assert ran.code == 0, ran.err
    return Path(ran.result["page"])


@pytest.fixture(autouse=True)
def temporary(program: Program) -> None:
    folder = program.folder / "temporary"
    folder.mkdir()
    program.environment["TMPDIR"] = str(folder)


def test_a_page(program: Program, browser: Any) -> None:
    folder = program.folder / "site"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "a.css").write_text(f"body{{background:url({JPEG})}}")
    (folder / "c.png").write_bytes(picture(43, 9, 3))
    page = viewed(
        program,
        "site/a.html",
        '<!doctype html><link rel=stylesheet href="css/a.css">'
        f'<body><img src="{PNG}"><img src="c.png">'
        f'<picture><source srcset="{JPEG} 1x"><img></picture>'
        f'<img src="data:image/svg+xml,{quote(svg(1))}">',
    )
    assert widths(browser, page)[:3] == [41, 43, 42]
    assert widths(browser, page)[3] > 0
    assert background(browser, page) == [42, 20]


@pytest.mark.parametrize(
    "active",
    [
        f"<script>{RAN}</script>",
        f'<body onload="{RAN}">',
        f'<img src="x" onerror="{RAN}">',
        f'<a href="javascript:{RAN}">a</a>',
        f'<iframe src="data:text/html,<script>parent.{RAN}</script>"></iframe>',
        f'<iframe srcdoc="<script>parent.{RAN}</script>"></iframe>',
        f'<svg onload="{RAN}"><script>{RAN}</script></svg>',
        '<script src="run.js"></script>',
        '<iframe src="run.html"></iframe>',
        '<object data="run.html"></object>',
        '<img src="http://127.0.0.1:PORT/x.png">',
        '<link rel=stylesheet href="http://127.0.0.1:PORT/x.css">',
        '<base href="http://127.0.0.1:PORT/"><img src="x.png">',
    ],
)
@pytest.mark.parametrize("front", ["<!doctype html>", "<!-->", ""])
def test_nothing_in_a_page_runs_or_asks(
    program: Program,
    browser: Any,
    asked: tuple[int, list[str]],
    active: str,
    front: str,
) -> None:
    port, paths = asked
    active = active.replace("PORT", str(port))
    folder = program.folder / "site"
    folder.mkdir()
    (folder / "run.js").write_text(RAN)
    (folder / "run.html").write_text(f"<script>parent.{RAN}</script>")
    page = viewed(program, "site/a.html", f"{front}{active}<img src='{PNG}'>")
    assert widths(browser, page)[-1] == 41
    assert paths == []


def test_it_would_ask_and_run_as_it_is(
    program: Program, browser: Any, asked: tuple[int, list[str]]
) -> None:
    """What the tests above see is no other reason's doing."""
    port, paths = asked
    path = program.folder / "a.html"
    address = f"http://127.0.0.1:{port}/x.png"
    path.write_text(f"<img src='{PNG}'><img src='{address}'><script>{RAN}</script>")
    assert program("archive", "--min-size", "0", path).code == 0
    page = program("view", path, "--as-is", "--no-open", "--json").result["page"]
    tab = browser.new_page()
    tab.goto(Path(page).as_uri())
    assert tab.title() == "ran"
    tab.close()
    assert paths == ["/x.png"]
    paths.clear()


def test_a_drawing(program: Program, browser: Any) -> None:
    page = viewed(
        program,
        "a.svg",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="44" height="9" onload="{RAN}">'
        f'<script>{RAN}</script><image href="{PNG}" width="44"/></svg>',
    )
    assert widths(browser, page) == [44]


def test_markdown(program: Program, browser: Any) -> None:
    words = f"# x\n\n![a]({PNG}) ![b][r] <script>{RAN}</script>\n\n[r]: {JPEG}\n"
    assert widths(browser, viewed(program, "a.md", words)) == [41, 42]


def test_a_style_sheet_alone(program: Program, browser: Any) -> None:
    words = f"a{{background:url({PNG})}}\nb{{background:url('{JPEG}')}}\n"
    assert widths(browser, viewed(program, "a.css", words)) == [41, 42]


def book() -> Any:
    drawing = svg(3).replace("<svg ", '<svg width="45" height="9" ')
    lines = wrapped(b64(picture(41, 20, 1)), 76, "\n") + "\n"
    bundles = (
        {"image/png": lines},
        {"image/svg+xml": f"<?xml version='1.0'?>\n{drawing}\n"},
        {"text/html": f"<script>{RAN}</script>\n<img src='{JPEG}'>\n"},
    )
    outputs = [new_output("display_data", data=each) for each in bundles]
    attached = {"a.png": {"image/png": b64(picture(43, 9, 3))}}
    words = "![a](attachment:a.png)"
    return new_notebook(
        cells=[
            new_code_cell("plot()", outputs=outputs),
            new_markdown_cell(words, attachments=attached),
        ]
    )


def test_a_notebook(program: Program, browser: Any) -> None:
    page = viewed(program, "a.ipynb", nbformat.writes(book()))
    assert widths(browser, page) == [41, 45, 42, 43]


def test_a_notebook_that_was_exported(program: Program, browser: Any) -> None:
    """To a page, by nbconvert; the page is what is archived."""
    pytest.importorskip("nbconvert")
    path = program.folder / "a.ipynb"
    nbformat.write(book(), path)
    words = ["-m", "nbconvert", "--to", "html", "--log-level", "ERROR", str(path)]
    subprocess.run([sys.executable, *words], check=True, env=program.environment)
    exported = path.with_suffix(".html").read_text()
    page = viewed(program, "out/exported.html", exported)
    assert {41, 42, 43} <= set(widths(browser, page))
