"""``assetstore stats``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.page import PAGE, PNG

Call = Callable[..., Any]


def test_what_a_store_holds(home: Path, call: Call) -> None:
    (home / "page.html").write_bytes(PAGE)
    assert call("archive", "page.html").code == 0
    result = call("stats", "--json").result
    assert result["documents"] == 1
    assert result["source_bytes"] == len(PAGE)
    assert result["slim_bytes"] == (home / "page.html").stat().st_size
    assert result["types"] == []
    (png,) = (
        one
        for one in call("stats", "--types", "--json").result["types"]
        if one["mime"] == "image/png"
    )
    assert (png["count"], png["raw_bytes"]) == (1, len(PNG))
    assert "image/png" in call("stats", "--types").out


def test_there_is_no_store(call: Call) -> None:
    assert call("stats").code == 10
