"""``assetstore docs``."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[4] / "docs"


def test_it_lists_what_there_is(call: Callable[..., Any]) -> None:
    done = call("docs")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].split() == ["page", "about"]
    assert any(line.split() == ["recovery", "Recovery"] for line in lines)
    pages = call("docs", "--json").result["pages"]
    assert len(pages) == len(lines) - 1
    assert all(Path(page["path"]).is_file() for page in pages)


def test_a_page_is_written_as_it_is(call: Callable[..., Any]) -> None:
    text = (DOCS / "recovery.md").read_text("utf-8")
    assert call("docs", "recovery").out == text
    assert call("docs", "recovery", "--json").result["text"] == text


def test_where_they_are(call: Callable[..., Any]) -> None:
    assert call("docs", "--path").out == f"{DOCS}\n"
    assert call("docs", "stuck", "--path").out == f"{DOCS / 'stuck.md'}\n"


def test_another_page_is_none(call: Callable[..., Any]) -> None:
    done = call("docs", "recvery")
    assert done.code == 2
    assert "Close to it: recovery" in done.err


@pytest.mark.skipif(os.name != "posix", reason="a terminal is made by pty")
def test_a_terminal_shows_it_by_the_pager(tmp_path: Path) -> None:
    import pty

    seen = tmp_path / "seen"
    script = tmp_path / "pager"
    script.write_text(f"#!/bin/sh\ncat >{seen}\n")
    script.chmod(0o755)
    screen, terminal = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "assetstore", "docs", "stuck"],
            env={**os.environ, "PAGER": str(script), "TERM": "xterm"},
            stdin=terminal,
            stdout=terminal,
            check=True,
        )
    finally:
        os.close(terminal)
        os.close(screen)
    page = (DOCS / "stuck.md").read_text("utf-8").splitlines(keepends=True)
    comments = [line for line in page if line.strip().startswith("<!--")]
    assert comments
    shown = [line for line in page if line not in comments]
    assert seen.read_text("utf-8") == "".join(shown)
