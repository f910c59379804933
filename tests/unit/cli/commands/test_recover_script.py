"""``assetstore recover-script``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[4] / "docs" / "recover.py"


def test_it_is_the_script_of_the_docs(call: Callable[..., Any]) -> None:
    text = SCRIPT.read_text("utf-8")
    assert call("recover-script").out == text
    assert call("recover-script", "--json").result == {"path": None, "script": text}


def test_it_is_written_where_it_is_wanted(
    call: Callable[..., Any], tmp_path: Path
) -> None:
    target = tmp_path / "recover.py"
    assert call("recover-script", "-o", target).out == f"wrote {target}\n"
    assert target.read_bytes() == SCRIPT.read_bytes()


def test_the_one_that_was_installed_is_left(call: Callable[..., Any]) -> None:
    before = SCRIPT.stat()
    assert call("recover-script", "-o", SCRIPT).code == 2
    assert SCRIPT.stat().st_mtime_ns == before.st_mtime_ns
