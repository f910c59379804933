"""What tests of the whole program share."""

import pytest

from support.program import Program


@pytest.fixture
def agents(program: Program) -> Program:
    """The program, with agents whose homes are in its folder."""
    program.environment |= {
        "CODEX_HOME": str(program.folder / ".codex"),
        "CLAUDE_CONFIG_DIR": str(program.folder / ".claude"),
    }
    return program
