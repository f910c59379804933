"""The real Copilot CLI, in a home of its own, with no way out but a mock."""

import os
from pathlib import Path

from support.client import CLOSED, Said, said
from support.npm import kept

VERSION = "1.0.102"


def install(version: str = VERSION) -> Path | None:
    """Its program, installed from npm and kept; None: not reachable."""
    folder = kept("@github/copilot", version, "ASSETSTORE_TEST_COPILOT_CLI")
    if folder is None:
        return None
    (program,) = (
        path
        for path in folder.rglob("copilot-linux*/copilot")
        if path.is_file() and os.access(path, os.X_OK)
    )
    return program


class CopilotCli:
    """A client and its home.

    Attributes:
        work: The folder it works in.
    """

    def __init__(self, program: Path, folder: Path, url: str):
        self.program = program
        self.home = folder / "home"
        self.work = folder / "work"
        self.home.mkdir(parents=True)
        self.work.mkdir()
        self._url = url

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        return {
            **CLOSED,
            "HOME": str(self.home),
            "COPILOT_OFFLINE": "true",
            "COPILOT_AUTO_UPDATE": "false",
            "COPILOT_PROVIDER_BASE_URL": self._url,
            "COPILOT_PROVIDER_API_KEY": "none",
            "COPILOT_MODEL": "gpt-5.4",
        }

    def say(self, prompt: str, *words: str | Path) -> Said:
        """Say something; "--continue" goes on with the last session."""
        program = [str(self.program), "-p", prompt, *map(str, words)]
        program += ["--allow-all", "--disable-client-telemetry"]
        return said(program, self.work, self.environment)

    @property
    def log(self) -> Path:
        """Its one session."""
        sessions = self.home / ".copilot" / "session-state"
        (found,) = sessions.glob("*/events.jsonl")
        return found
