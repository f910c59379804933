"""What Claude Code sends before a rescue, after it, and after its undo: a table."""

from pathlib import Path

import pytest

from support.claude import Claude
from support.claude_scenarios import SCENARIOS
from support.claude_sent import ClaudeSender
from support.compared import prove
from support.mock_messages import MockMessages
from support.program import Program

pytestmark = pytest.mark.real_client


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_sent(
    claude: Claude,
    messages: MockMessages,
    program: Program,
    tmp_path: Path,
    scenario: str,
) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)
    known = SCENARIOS[scenario]
    claude.write(known.log())
    prove(ClaudeSender(claude, messages), program, known, tmp_path / "kept")
