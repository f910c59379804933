"""What is usual for a client."""

from pathlib import Path

from assetstore.agents.claude_code.client import CLAUDE_CODE
from assetstore.agents.thread_client import not_locked


def test_a_client_without_locks_has_nothing_to_be_asked(tmp_path: Path) -> None:
    assert CLAUDE_CODE.check_free is not_locked
    not_locked(tmp_path / "is not even looked for")


def test_a_client_that_writes_lines_has_none_to_split() -> None:
    assert CLAUDE_CODE.split is None
