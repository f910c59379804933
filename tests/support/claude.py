"""The real Claude Code client, in a home of its own, with no way out but the mock."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from support.client import CLOSED, Said, said
from support.npm import kept
from support.samples import b64, lines
from support.versions import CLAUDE_CODE, number

# From about here on, it takes out of a request what the API refuses.
MENDS = (2, 1, 200)
_VERSION = re.compile(r"\d+\.\d+\.\d+")
SESSION = "11111111-2222-4333-8444-555555555555"


def install(version: str) -> Path | None:
    """Claude Code's program, installed from npm and kept; None: not reachable."""
    folder = kept(CLAUDE_CODE.package, version, "ASSETSTORE_TEST_CLAUDE")
    if folder is None:
        return None
    packages = folder / "node_modules" / "@anthropic-ai"
    script = packages / "claude-code" / "cli.js"
    if script.exists():
        return script
    found = [p for p in packages.glob("*/claude") if os.access(p, os.X_OK)]
    return found[0] if found else None


class Claude:
    """A client and its home.

    Attributes:
        home: Its ``CLAUDE_CONFIG_DIR``.
        work: The folder it works in.
    """

    def __init__(self, program: Path, folder: Path, url: str):
        self.program = program
        self.home = folder / "home" / ".claude"
        self.work = folder / "work"
        self.url = url
        for folder in (self.home, self.work):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def version(self) -> tuple[int, ...]:
        """Its version."""
        parts = reversed(self.program.parts)
        return number(next(part for part in parts if _VERSION.fullmatch(part)))

    @property
    def mends(self) -> bool:
        """Whether it takes out of a request what the API refuses, and tries again."""
        return self.version >= MENDS

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        return {
            **CLOSED,
            "HOME": str(self.home.parent),
            "CLAUDE_CONFIG_DIR": str(self.home),
            "TMPDIR": str(self.home.parent),
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": "sk-ant-made-up",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_BUG_COMMAND": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": "0",
        }

    @property
    def sessions(self) -> Path:
        """The folder of its sessions."""
        name = re.sub(r"[^A-Za-z0-9]", "-", str(self.work.resolve()))
        return self.home / "projects" / name

    @property
    def logs(self) -> set[Path]:
        """The files of its sessions, without those of subagents, and empty ones."""
        found = {path for path in self.sessions.glob("*.jsonl") if path.stat().st_size}
        return {path for path in found if not path.name.startswith("agent-")}

    def session(self, id: str = SESSION) -> Path:
        """A session's file."""
        return self.sessions / f"{id}.jsonl"

    def write(self, data: bytes, id: str = SESSION) -> Path:
        """Put a session's file where the client looks for it."""
        self.sessions.mkdir(parents=True, exist_ok=True)
        path = self.session(id)
        path.write_bytes(data)
        return path

    def say(self, words: str, *more: str) -> Said:
        """Run it without a terminal."""
        return self._run(["-p", words, "--output-format", "json", *more])

    def paste(self, *content: dict[str, Any]) -> Path:
        """Say something with pictures, in a new session; its file."""
        message = {"type": "user", "message": {"role": "user", "content": content}}
        form = ["--input-format", "stream-json", "--output-format", "stream-json"]
        before = self.logs
        ended = self._run(["-p", *form, "--verbose"], json.dumps(message) + "\n")
        if ended.code:
            raise RuntimeError(ended.out + ended.err)
        (new,) = self.logs - before
        return new

    def _run(self, words: list[str], input: str = "") -> Said:
        program = [str(self.program)]
        if self.program.suffix == ".js":
            program.insert(0, shutil.which("node") or "node")
        return said([*program, *words], self.work, self.environment, input)

    def resume(self, words: str, id: str = SESSION) -> Said:
        """Go on with a session."""
        return self.say(words, "--resume", id)


class Session:
    """A session's records, each the child of the one before, as the client writes them.

    Attributes:
        records: What is in it so far.
    """

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self._leaf: str | None = None

    def add(self, record: dict[str, Any], **more: object) -> None:
        """Add a record of the talk."""
        number = len(self.records)
        id = f"00000000-0000-4000-8000-{number:012}"
        self.records.append(
            {
                "parentUuid": self._leaf,
                "isSidechain": False,
                **record,
                "uuid": id,
                "timestamp": f"2026-09-01T00:{number // 60:02}:{number % 60:02}.000Z",
                "userType": "external",
                "cwd": "/p",
                "sessionId": SESSION,
                "version": "2.1.112",
                **more,
            }
        )
        self._leaf = id

    def user(self, *content: dict[str, Any], **more: object) -> None:
        """Add what a user says."""
        message = {"role": "user", "content": list(content)}
        self.add({"type": "user", "message": message}, **more)

    def assistant(self, *content: dict[str, Any], **more: object) -> None:
        """Add an answer; ``message`` stands before ``type``, as the client has it."""
        message = {
            "id": f"msg_{len(self.records)}",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-6",
            "content": list(content) or [text("yes")],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
        self.add({"message": message, "type": "assistant"}, **more)

    def read(self, *content: dict[str, Any], **more: object) -> None:
        """Add a call of the tool that reads files, and its result."""
        id = f"toolu_{len(self.records)}"
        given = {"file_path": "/p/a.png"}
        self.assistant({"type": "tool_use", "id": id, "name": "Read", "input": given})
        result = {"tool_use_id": id, "type": "tool_result", "content": list(content)}
        self.user(result, **more)

    def attach(self, **attachment: object) -> None:
        """Add what the client attaches to a message."""
        self.add({"attachment": attachment, "type": "attachment"})

    def failed(self, words: str) -> None:
        """Add what the client writes when the API refuses a request."""
        self.assistant(text(f"API Error: 400 {words}"), isApiErrorMessage=True)
        self.records[-1]["message"]["model"] = "<synthetic>"
        self.records[-1]["error"] = "unknown"

    @property
    def data(self) -> bytes:
        """The file."""
        return lines(*self.records)


def text(words: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": words}


def image(data: bytes, mime: str = "image/png") -> dict[str, Any]:
    """A block with a picture."""
    source = {"type": "base64", "media_type": mime, "data": b64(data)}
    return {"type": "image", "source": source}


def document(data: bytes) -> dict[str, Any]:
    """A block with a PDF."""
    source = {"type": "base64", "media_type": "application/pdf", "data": b64(data)}
    return {"type": "document", "source": source}
