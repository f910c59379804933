"""The real opencode, and Kilo, which is made of it, in homes of their own."""

import json
from pathlib import Path
from typing import Any

from support.client import CLOSED, Said, said
from support.npm import kept

# Their packages on npm, with their programs.
PACKAGES = {
    "opencode": ("opencode-linux-x64-baseline", "1.18.33"),
    "kilo": ("@kilocode/cli-linux-x64-baseline", "7.7.9"),
}


def install(name: str) -> Path | None:
    """A program, installed from npm and kept; None: not reachable."""
    package, version = PACKAGES[name]
    folder = kept(package, version, f"ASSETSTORE_TEST_{name.upper()}")
    return folder and next(folder.rglob(f"bin/{name}"))


class OpenCode:
    """A client and its home; there is no way out of it but a mock.

    Attributes:
        name: Whether it is opencode or Kilo.
        program: It.
        work: The folder it works in.
        database: Where its sessions are.
    """

    def __init__(self, program: Path, folder: Path, address: str):
        self.program = program
        self._home = folder / "home"
        self.work = folder / "work"
        self.name = program.name
        self.database = self._home / f".local/share/{self.name}/{self.name}.db"
        place = self._home / f".config/{self.name}/{self.name}.json"
        for made in (place.parent, self.work):
            made.mkdir(parents=True)
        model = {
            "name": "made-up",
            "attachment": True,
            "tool_call": True,
            "modalities": {"input": ["text", "image", "pdf"], "output": ["text"]},
            "limit": {"context": 1_000_000, "output": 8000},
        }
        provider = {
            "npm": "@ai-sdk/openai-compatible",
            "options": {"baseURL": address, "apiKey": "none"},
            "models": {"made-up": model},
        }
        settings = {
            "model": "mock/made-up",
            "small_model": "mock/made-up",
            "autoupdate": False,
            "share": "disabled",
            "permission": {"*": "allow"},
            "enabled_providers": ["mock"],
            "provider": {"mock": provider},
        }
        place.write_text(json.dumps(settings))

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        off = ("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "SHARE", "DEFAULT_PLUGINS")
        return {
            **CLOSED,
            "HOME": str(self._home),
            "PWD": str(self.work),
            "DO_NOT_TRACK": "1",
            "KILO_TELEMETRY_LEVEL": "off",
            **{f"{self.name.upper()}_DISABLE_{name}": "1" for name in off},
        }

    def say(self, words: str, *files: Path, session: str = "") -> Said:
        """Say something in a session; in a new one, if none is named."""
        options = ["--session", session] if session else []
        for file in files:
            options += ["--file", str(file)]
        return self.run("run", *options, input=words)

    def run(self, *words: str, input: str = "") -> Said:
        """Run it to its end."""
        program = [str(self.program), *words]
        return said(program, self.work, self.environment, input)

    def sessions(self) -> list[dict[str, Any]]:
        """Those that it lists."""
        listed: list[dict[str, Any]] = json.loads(
            self.run("session", "list", "--format", "json").out
        )
        return listed

    def exported(self, session: str) -> list[dict[str, Any]]:
        """The messages of a session, as it exports them."""
        found = json.loads(self.run("export", session).out)
        messages: list[dict[str, Any]] = found["messages"]
        return messages
