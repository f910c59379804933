"""The real goose, in a home of its own, with no way out but a mock."""

from pathlib import Path

from support.acp import Acp
from support.client import CLOSED, Said, said
from support.npm import kept

VERSION = "1.52.0"
PLACE = ".local/share/goose/sessions/sessions.db"


def install(version: str = VERSION) -> Path | None:
    """Its program, installed from npm and kept; None: not reachable."""
    folder = kept("@aaif/goose-binary-linux-x64", version, "ASSETSTORE_TEST_GOOSE")
    return folder and next(folder.rglob("bin/goose"))


class Goose:
    """A client and its home.

    Attributes:
        work: The folder it works in.
    """

    def __init__(self, program: Path, folder: Path, address: str):
        self.program = program
        self.home = folder / "home"
        self.work = folder / "work"
        self.home.mkdir(parents=True)
        self.work.mkdir()
        self._address = address

    @property
    def database(self) -> Path:
        """Where its sessions are."""
        return self.home / PLACE

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        return {
            **CLOSED,
            "HOME": str(self.home),
            "GOOSE_DISABLE_KEYRING": "1",
            "GOOSE_TELEMETRY_ENABLED": "false",
            "GOOSE_MODE": "auto",
            "GOOSE_PROVIDER": "anthropic",
            "GOOSE_MODEL": "claude-sonnet-4-5",
            "ANTHROPIC_HOST": self._address,
            "ANTHROPIC_API_KEY": "none",
        }

    def session(self) -> Acp:
        """Start it for a program that pastes pictures."""
        return Acp([str(self.program), "acp"], self.work, self.environment)

    def run(self, *words: str) -> Said:
        """Run it to its end."""
        return said([str(self.program), *words], self.work, self.environment)
