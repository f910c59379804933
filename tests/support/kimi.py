"""The real Kimi CLI, in a home of its own, with no way out but a mock."""

from pathlib import Path
from typing import Any

from support.client import CLOSED
from support.json_rpc import JsonRpc
from support.pypi import kept
from support.samples import uri

# The last one but one: the last says that another program takes its place, and no more.
VERSION = "1.51.0"
CONFIG = """\
default_model = "mock"
telemetry = false
[models.mock]
provider = "mock"
model = "made-up"
max_context_size = 1000000
capabilities = ["image_in", "video_in"]
[providers.mock]
type = "{kind}"
base_url = "{url}"
api_key = "none"
"""


def install() -> Path | None:
    """Its program, installed from PyPI and kept; None: it cannot be had."""
    folder = kept("kimi-cli", VERSION, "ASSETSTORE_TEST_KIMI")
    return folder and folder / "kimi"


class Kimi:
    """A client and its home.

    Attributes:
        work: The folder it works in.
    """

    def __init__(self, program: Path, folder: Path, url: str, kind: str = "kimi"):
        self.program = program
        self.home = folder / "home"
        self.work = folder / "work"
        self.work.mkdir(parents=True)
        share = self.home / ".kimi"
        share.mkdir(parents=True)
        (share / "config.toml").write_text(CONFIG.format(url=url, kind=kind))

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        return {
            **CLOSED,
            "HOME": str(self.home),
            "KIMI_CLI_NO_AUTO_UPDATE": "1",
        }

    @property
    def session(self) -> Path:
        """The folder of its one session."""
        (found,) = (self.home / ".kimi" / "sessions").glob("*/*")
        return found

    def talk(self, *words: str) -> "Talk":
        """Start it, as an editor does; ``--continue`` goes on with its session."""
        return Talk(self, *words)


class Talk(JsonRpc):
    """A running client."""

    def __init__(self, kimi: Kimi, *words: str):
        program = [str(kimi.program), "--wire", "--yolo", "--work-dir", str(kimi.work)]
        super().__init__([*program, *words], kimi.work, kimi.environment)
        self.call("initialize", protocol_version="1.0")

    def say(self, words: str, *pictures: bytes) -> str:
        """Say something, and wait for the end of the turn; an error, or ""."""
        parts: list[dict[str, Any]] = [{"type": "text", "text": words}]
        parts += [{"type": "image_url", "image_url": {"url": uri(p)}} for p in pictures]
        answer = self.call("prompt", user_input=parts if pictures else words)
        return str(answer["error"]["message"]) if "error" in answer else ""

    def shown(self) -> list[tuple[str, str]]:
        """What it shows of the session: who says what; tools' results, by their names.

        Words that stand for a picture, and the picture, are left out.
        """
        self.call("replay")
        found: list[tuple[str, str]] = []
        for event in self.told:
            held = event["payload"]
            if event["type"] == "TurnBegin":
                found += [("user", words) for words in _words(held["user_input"])]
            elif event["type"] == "ContentPart":
                found.append(("agent", held["text"]))
            elif event["type"] == "ToolResult":
                output = held["return_value"]["output"]
                found += [("tool", words) for words in _words(output)]
        return found


def _words(said: str | list[dict[str, Any]]) -> list[str]:
    parts = [{"type": "text", "text": said}] if isinstance(said, str) else said
    texts = [part["text"] for part in parts if part["type"] == "text"]
    return [text for text in texts if "archived as1:" not in text]
