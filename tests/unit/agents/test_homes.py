"""The homes of clients, and the folders in them in which they keep logs."""

from pathlib import Path

import pytest

from assetstore.agents.homes import agent_homes, log_folders
from support.homes import claude_home, codex_home


@pytest.fixture
def homes(alone: Path) -> dict[str, Path]:
    codex_home(alone)
    claude_home(alone)
    return {"codex": alone / ".codex", "claude-code": alone / ".claude"}


def test_homes_are_where_the_environment_says(alone: Path) -> None:
    assert agent_homes({"CODEX_HOME": "/c"}) == {
        **agent_homes({}),
        "codex": Path("/c"),
    }
    assert agent_homes({})["claude-code"] == alone / ".claude"
    assert agent_homes({"CODEX_HOME": ""})["codex"] == alone / ".codex"


def test_an_agent_that_is_not_here_has_no_folders(
    alone: Path, homes: dict[str, Path]
) -> None:
    found = log_folders({**homes, "claude-code": alone / "none"})
    assert found == {"codex": [alone / ".codex" / "sessions"]}
