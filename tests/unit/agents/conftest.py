"""What tests of agents share."""

from pathlib import Path

import pytest

from assetstore.formats.registry import home_shapes


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for homes, with a state folder of its own; no variable names others."""
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        folder = tmp_path / "xdg" / name.lower()
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder))
    for shape in home_shapes().values():
        monkeypatch.delenv(shape.variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path
