"""Real clients from npm, in homes of their own, with no way out but the mock API.

Their versions are those of the table of clients.
"""

import json
import platform
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from assetstore.agents.client_table import CLIENTS
from support.client import CLOSED, Said, said
from support.mock_chat import MockChat
from support.mock_gemini import MockGemini
from support.npm import kept

# A Node that is new enough for all of them, where the machine's is older.
_NODE = "22.23.3"
Mock = MockChat | MockGemini


def version_of(name: str) -> str:
    """The version of a client that the table says was run."""
    (client,) = (client for client in CLIENTS if client.name == name)
    return client.versions


def node(least: int) -> Path | None:
    """A Node of at least a version; None: npm cannot be reached."""
    found = shutil.which("node")
    if found is not None:
        words = [found, "--version"]
        said = subprocess.run(words, capture_output=True, check=True, text=True).stdout
        if int(re.findall(r"\d+", said)[0]) >= least:
            return Path(found)
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine())
    package = f"node-linux-{machine}"
    folder = kept(package, _NODE, "ASSETSTORE_TEST_NODE")
    return folder and folder / "node_modules" / package / "bin" / "node"


class Agent:
    """A client and its home; each client is a subclass.

    Attributes:
        home: The user's folder.
        work: The folder it works in.
    """

    name = ""
    package = ""
    program = ""
    least_node = 20
    # What a user says that makes the model call the tool that reads files.
    read_tool = "call read {path}"

    def __init__(self, folder: Path, program: Path, node: Path, api: Mock):
        self.home, self.work = folder / "home", folder / "work"
        self._words = [str(node), str(program)]
        self.api: Any = api
        for made in (self.home, self.work):
            made.mkdir(parents=True, exist_ok=True)
        self.set_up()

    def set_up(self) -> None:
        """Write its settings."""
        raise NotImplementedError

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        return {
            **CLOSED,
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
        }

    def words(self, text: str, *files: str, resume: bool) -> list[str]:
        """The arguments to say something with files, in a new session or the last."""
        raise NotImplementedError

    def say(self, text: str, *files: str, resume: bool = True) -> Said:
        """Run it without a terminal."""
        words = self.words(text, *files, resume=resume)
        return said([*self._words, *words], self.work, self.environment)

    def begin(self) -> Path:
        """Make a session with a picture that a user attached and one of a tool."""
        done = self.say("look at this", "a.png", resume=False)
        assert done.code == 0, done.err
        path = str(self.work / "b.png")
        done = self.say(self.read_tool.format(path=json.dumps(path)))
        assert done.code == 0, done.err
        return self.log

    @property
    def log(self) -> Path:
        """Its only session's log; Gemini CLI may begin another and leave that."""
        return max(self.logs(), key=lambda path: path.stat().st_size)

    def logs(self) -> list[Path]:
        """The logs of its sessions."""
        raise NotImplementedError


class Pi(Agent):
    """pi."""

    name = "pi"
    package = "@mariozechner/pi-coding-agent"
    program = "dist/cli.js"
    read_tool = 'call read {{"path":{path}}}'

    def set_up(self) -> None:
        """Name the mock as the only provider."""
        model = {"id": "made-up", "input": ["text", "image"], "contextWindow": 128_000}
        provider = {
            "baseUrl": self.api.url,
            "api": "openai-completions",
            "apiKey": "made-up",
            "models": [{**model, "maxTokens": 4096}],
        }
        folder = self.home / ".pi" / "agent"
        folder.mkdir(parents=True)
        text = json.dumps({"providers": {"mock": provider}})
        (folder / "models.json").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        """Without telemetry and a network."""
        return {**super().environment, "PI_OFFLINE": "1", "PI_TELEMETRY": "0"}

    def words(self, text: str, *files: str, resume: bool) -> list[str]:
        """Files are words with an @ in front."""
        model = ["--provider", "mock", "--model", "made-up"]
        more = ["-c"] if resume else []
        return [*model, *more, "-p", *(f"@{name}" for name in files), text]

    def logs(self) -> list[Path]:
        """One for each session."""
        return sorted(self.home.glob(".pi/agent/sessions/*/*.jsonl"))


class Gemini(Agent):
    """Gemini CLI."""

    name = "gemini-cli"
    package = "@google/gemini-cli"
    program = "bundle/gemini.js"
    read_tool = 'call read_file {{"file_path":{path}}}'
    model = "gemini-2.5-flash"

    def set_up(self) -> None:
        """Turn off what asks somebody else, and what deletes sessions.

        A session that is resumed in another minute than it began has another file for
        a moment; where that is deleted, files with the same part of an id go, too.
        """
        keep = {"enabled": False}
        settings = {
            "general": {"enableAutoUpdate": False, "sessionRetention": keep},
            "privacy": {"usageStatisticsEnabled": False},
            "telemetry": {"enabled": False},
            "security": {"auth": {"selectedType": "gemini-api-key"}},
        }
        (self.home / ".gemini").mkdir()
        (self.home / ".gemini" / "settings.json").write_text(json.dumps(settings))

    @property
    def environment(self) -> dict[str, str]:
        """With the mock for Google's API."""
        return {
            **super().environment,
            "GEMINI_API_KEY": "made-up",
            "GOOGLE_GEMINI_BASE_URL": self.api.url,
            "GEMINI_CLI_TRUST_WORKSPACE": "true",
        }

    def words(self, text: str, *files: str, resume: bool) -> list[str]:
        """Files are named in the words."""
        named = " ".join([*(f"@{name}" for name in files), text])
        more = ["-r", "latest"] if resume else []
        return ["-m", self.model, *more, "-p", named]

    def listed(self) -> str:
        """What it lists of its sessions."""
        words = [*self._words, "--list-sessions"]
        return said(words, self.work, self.environment).out

    def logs(self) -> list[Path]:
        """One for each session."""
        return sorted(self.home.glob(".gemini/tmp/*/chats/session-*.json*"))


class Qwen(Agent):
    """Qwen Code."""

    name = "qwen-code"
    package = "@qwen-code/qwen-code"
    program = "cli-entry.js"
    least_node = 22
    read_tool = 'call read_file {{"file_path":{path}}}'

    def set_up(self) -> None:
        """Turn off what asks somebody else, and what asks by itself."""
        settings = {
            "general": {"enableAutoUpdate": False},
            "privacy": {"usageStatisticsEnabled": False},
            "telemetry": {"enabled": False},
            "memory": {"enableManagedAutoMemory": False},
            "security": {"auth": {"selectedType": "openai"}},
        }
        (self.home / ".qwen").mkdir()
        (self.home / ".qwen" / "settings.json").write_text(json.dumps(settings))

    @property
    def environment(self) -> dict[str, str]:
        """With the mock for an API of OpenAI's kind, and a model that sees."""
        return {
            **super().environment,
            "OPENAI_API_KEY": "made-up",
            "OPENAI_BASE_URL": self.api.url,
            "OPENAI_MODEL": "qwen3-vl-plus",
        }

    def words(self, text: str, *files: str, resume: bool) -> list[str]:
        """Files are named in the words."""
        named = " ".join([*(f"@{name}" for name in files), text])
        return [*(["-c"] if resume else []), "-p", named]

    def logs(self) -> list[Path]:
        """One for each session."""
        return sorted(self.home.glob(".qwen/projects/*/chats/*.jsonl"))


def install(kind: type[Agent]) -> tuple[Path, Path] | None:
    """A client's program, and a Node to run it; None: npm cannot be reached."""
    folder = kept(kind.package, version_of(kind.name), "ASSETSTORE_TEST_AGENTS")
    runs = node(kind.least_node)
    if folder is None or runs is None:
        return None
    return folder / "node_modules" / kind.package / kind.program, runs


# Each with what stands in for the API that it speaks.
KINDS: tuple[tuple[type[Agent], type[Mock]], ...] = (
    (Pi, MockChat),
    (Gemini, MockGemini),
    (Qwen, MockChat),
)
