"""What Claude Code sends before a rescue, after it, and after its undo: a table."""

import os
from pathlib import Path

import pytest

from support.claude import Claude
from support.claude_scenarios import SCENARIOS
from support.claude_sent import ClaudeSender
from support.compared import prove
from support.mock_messages import MockMessages
from support.program import Program
from support.versions import CLAUDE_CODE, number

pytestmark = pytest.mark.real_client


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_sent(
    claude: Claude,
    messages: MockMessages,
    program: Program,
    tmp_path: Path,
    scenario: str,
) -> None:
    newest = claude.version == number(CLAUDE_CODE.chosen[0])
    if not newest and os.environ.get("ASSETSTORE_TEST_VERSIONS") != "all":
        pytest.skip("an older version: ASSETSTORE_TEST_VERSIONS=all runs it")
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)
    known = SCENARIOS[scenario]
    claude.write(known.log())
    prove(ClaudeSender(claude, messages), program, known, tmp_path / "kept")
