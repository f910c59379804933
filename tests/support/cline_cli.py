"""The real Cline in a terminal, in a home of its own, with no way out but a mock."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from support.client import CLOSED, Said, said
from support.json_rpc import JsonRpc, Message
from support.npm import kept

VERSION = "3.0.65"
_MODEL = "claude-sonnet-4-6"
# What it wraps a user's words in.
_AROUND = re.compile(r"<user_input[^>]*>(.*)</user_input>", re.DOTALL)


def install() -> Path | None:
    """Its program, installed from npm and kept; None: not reachable."""
    folder = kept("cline", VERSION, "ASSETSTORE_TEST_CLINE")
    if folder is None:
        return None
    (program,) = (
        path
        for path in folder.glob("node_modules/@cline/cli-*/bin/cline")
        if os.access(path, os.X_OK)
    )
    return program


class Cline:
    """A client and its home.

    Attributes:
        work: The folder it works in.
    """

    def __init__(self, program: Path, folder: Path, url: str):
        self.program = program
        self.home = folder / "home"
        self.work = folder / "work"
        self.work.mkdir(parents=True)
        settings = self.home / ".cline" / "data" / "settings"
        settings.mkdir(parents=True)
        provider = {
            "provider": "anthropic",
            "model": _MODEL,
            "apiKey": "none",
            "baseUrl": f"{url}/v1",
        }
        entry = {"settings": provider, "updatedAt": "2026-09-01T00:00:00.000Z"}
        providers = {
            "version": 1,
            "lastUsedProvider": "anthropic",
            "modes": {},
            "providers": {"anthropic": {**entry, "tokenSource": "manual"}},
        }
        (settings / "providers.json").write_text(json.dumps(providers))
        off = json.dumps({"telemetryOptOut": True})
        (settings / "global-settings.json").write_text(off)

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        return {
            **CLOSED,
            "HOME": str(self.home),
            "CLINE_NO_AUTO_UPDATE": "1",
            # Else it leaves a process behind that goes on.
            "CLINE_SESSION_BACKEND_MODE": "local",
            "CLINE_PROVIDER": "anthropic",
            "CLINE_MODEL": _MODEL,
            "CLINE_API_KEY": "none",
        }

    def say(self, prompt: str) -> Said:
        """Say something in a new session; ``@PATH`` is a file that goes with it."""
        words = [str(self.program), "--json", prompt]
        return said(words, self.work, self.environment)

    def listed(self) -> list[dict[str, Any]]:
        """The sessions that it lists."""
        words = [str(self.program), "history", "--json"]
        done = said(words, self.work, self.environment)
        found: list[dict[str, Any]] = json.loads(done.out)
        return found

    @property
    def session(self) -> Path:
        """What it keeps of its one session."""
        sessions = self.home / ".cline" / "data" / "sessions"
        (found,) = sessions.glob("*/*.messages.json")
        return found

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of that."""
        found: list[dict[str, Any]] = json.loads(self.session.read_bytes())["messages"]
        return found

    def sum_up(self, words: str) -> Path:
        """Put a summary beside its session, as it does when that becomes too long."""
        messages = self.messages
        summary = [("user", words), ("assistant", "I see")]
        state = {
            "version": 1,
            "updated_at": "2026-09-01T00:00:00.000Z",
            "source_message_count": len(messages),
            "source_prefix_hash": _hash(messages),
            "messages": [
                {"role": role, "content": [{"type": "text", "text": text}]}
                for role, text in summary
            ],
        }
        name = self.session.name.replace(".messages.", ".compaction.")
        path = self.session.with_name(name)
        path.write_text(json.dumps(state, indent=2))
        return path

    def resumed(self) -> "Resumed":
        """Go on with its session, as an editor does."""
        return Resumed(self, self.session.name.removesuffix(".messages.json"))


class Resumed(JsonRpc):
    """A running client with a session.

    Attributes:
        shown: What it showed of the session: the kind of a thing, and its words.
    """

    def __init__(self, cline: Cline, session: str):
        words = [str(cline.program), "--acp"]
        super().__init__(words, cline.work, cline.environment, _yes)
        self.call("initialize", protocolVersion=1, clientCapabilities={})
        self._session = session
        place = {"cwd": str(cline.work), "mcpServers": []}
        answer = self.call("session/load", sessionId=session, **place)
        assert "error" not in answer, answer
        self.shown = [
            (update["sessionUpdate"], update.get("content", {}).get("text", ""))
            for update in (told["update"] for told in self.told)
        ]

    def say(self, words: str) -> str:
        """Say something, and wait for the end of the turn; an error, or ""."""
        prompt = [{"type": "text", "text": words}]
        answer = self.call("session/prompt", sessionId=self._session, prompt=prompt)
        return str(answer["error"]["message"]) if "error" in answer else ""


def _hash(messages: list[dict[str, Any]]) -> str:
    """The hash of messages that were summed up, as it makes it."""
    digest = hashlib.sha256(b"cline-session-compaction-source-v2\n")
    digest.update(f"{len(messages)}\n".encode())
    names = (
        "role",
        "content",
        "agent",
        "sessionId",
        "metadata",
        "modelInfo",
        "metrics",
    )
    for message in messages:
        content = [
            {**part, "text": _AROUND.sub(r"\1", part["text"])}
            if message["role"] == "user" and part["type"] == "text"
            else part
            for part in message["content"]
        ]
        known = {**message, "content": content}
        pairs = [[name, known.get(name)] for name in names]
        text = json.dumps(pairs, separators=(",", ":"), ensure_ascii=False)
        digest.update(text.encode() + b"\n")
    return f"sha256:{digest.hexdigest()}"


def _yes(asked: Message) -> Message:
    chosen = asked["options"][0]["optionId"]
    return {"outcome": {"outcome": "selected", "optionId": chosen}}
