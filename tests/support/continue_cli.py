"""Continue's real command line, in a home of its own, with no way out but a mock."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from support import mcp_picture
from support.client import CLOSED, Said, said
from support.npm import kept
from support.terminal import Terminal

VERSION = "1.5.47"
CONFIG = """\
name: test
version: 1.0.0
schema: v1
models:
  - name: made-up
    provider: openai
    model: gpt-4o
    apiBase: {url}
    apiKey: none
    roles: [chat]
mcpServers:
  - name: pictures
    command: {python}
    args: [{server}, {picture}]
"""
_PASTE, _ENTER, _END, _ESCAPE = "\x16", "\r", "\x04", "\x1b"


def install() -> Path | None:
    """Its program, installed from npm and kept; None: not reachable."""
    folder = kept("@continuedev/cli", VERSION, "ASSETSTORE_TEST_CONTINUE")
    return folder and folder / "node_modules/@continuedev/cli/dist/cn.js"


class Continue:
    """A client and its home.

    Attributes:
        work: The folder it works in.
        clipboard: What a picture is pasted from.
        drawn: What the tool ``draw`` shows.
    """

    def __init__(self, program: Path, folder: Path, url: str):
        self.program = program
        self.home = folder / "home"
        self.work = folder / "work"
        self.clipboard = folder / "clipboard.png"
        self.drawn = folder / "drawn.png"
        self._bin = folder / "bin"
        for made in (self.home / ".continue", self.work, self._bin):
            made.mkdir(parents=True)
        xclip = self._bin / "xclip"
        xclip.write_text(f"#!/bin/sh\ncat '{self.clipboard}'\n")
        xclip.chmod(0o755)
        text = CONFIG.format(
            url=url,
            python=sys.executable,
            server=mcp_picture.__file__,
            picture=self.drawn,
        )
        (self.home / ".continue" / "config.yaml").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        node = shutil.which("node")
        assert node is not None
        return {
            **CLOSED,
            "HOME": str(self.home),
            "PATH": f"{self._bin}:{Path(node).resolve().parent}:/usr/bin:/bin",
            "CONTINUE_CLI_ENABLE_TELEMETRY": "0",
            "CONTINUE_CLI_AUTO_UPDATED": "1",
        }

    def say(self, prompt: str, *words: str) -> Said:
        """Say something; ``--resume`` goes on with the last session."""
        program = [*self._words, "-p", *words, prompt]
        return said(program, self.work, self.environment)

    def paste(self, prompt: str) -> None:
        """Say something with the picture on the clipboard, in a new session."""
        with Terminal(self._words, self.work, self.environment) as terminal:
            terminal.wait("Ask anything")
            terminal.pause(1)
            terminal.type(prompt)
            terminal.wait(f"● {prompt.rstrip()}")
            terminal.pause(1)
            terminal.type(_PASTE)
            terminal.wait("[Image #1]")
            terminal.type(_ENTER)
            terminal.wait("OK 1")
            terminal.pause(1)
            terminal.type(_END)

    def shown(self) -> str:
        """What it shows of its session when it is resumed."""
        words = [*self._words, "--resume"]
        with Terminal(words, self.work, self.environment) as terminal:
            terminal.wait("Ask anything")
            terminal.pause(1)
            terminal.type(_END)
        return terminal.text

    def listed(self) -> str:
        """What it lists as its sessions."""
        words = [*self._words[:2], "ls"]
        with Terminal(words, self.work, self.environment) as terminal:
            terminal.wait("to select")
            terminal.pause(1)
            terminal.type(_ESCAPE)
        return terminal.text

    @property
    def _words(self) -> list[str]:
        config = self.home / ".continue" / "config.yaml"
        node = shutil.which("node")
        assert node is not None
        return [node, str(self.program), "--config", str(config), "--auto"]

    @property
    def session(self) -> Path:
        """Its one session."""
        sessions = self.home / ".continue" / "sessions"
        (found,) = (p for p in sessions.glob("*.json") if p.name != "sessions.json")
        return found

    @property
    def history(self) -> list[dict[str, Any]]:
        """What it keeps of the session."""
        found: list[dict[str, Any]] = json.loads(self.session.read_bytes())["history"]
        return found
