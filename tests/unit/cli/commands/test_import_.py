"""``assetstore import``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.homes import codex_home

Call = Callable[..., Any]


def test_a_log_that_is_there_is_not_written_over(call: Call, home: Path) -> None:
    log = codex_home(home)
    assert call("export", log, "b").code == 0
    log.write_bytes(log.read_bytes() + b"{}\n")
    before = log.read_bytes()
    assert call("import", "b").code != 0
    assert log.read_bytes() == before


def test_what_is_no_bundle_is_refused(call: Call, home: Path) -> None:
    (home / "b").write_bytes(b"PK\3\4" + bytes(100))
    assert call("import", "b", "--to", "else").code == 12
    assert call("import", "none").code == 1
    assert not (home / "else").exists()
