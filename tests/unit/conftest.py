"""What tests of one module share."""

from pathlib import Path

import pytest

from support.page import LOG, PAGE


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two documents, and a home of its own."""
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("page.html").write_bytes(PAGE)
    Path("session.jsonl").write_bytes(LOG)
    return folder
