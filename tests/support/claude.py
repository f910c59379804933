"""The real Claude Code client, in a home of its own, with no way out but the mock."""

import json
import os
import re
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

# The newest on npm when it was last looked up, and the last that node ran.
NEWEST, OLDER = "2.1.332", "2.1.112"
SESSION = "11111111-2222-4333-8444-555555555555"


def install(version: str) -> Path | None:
    """Claude Code's program, installed from npm and kept; None: not reachable."""
    kept = os.environ.get("ASSETSTORE_TEST_CLAUDE")
    cache = platformdirs.user_cache_path("assetstore-tests", appauthor=False)
    folder = (Path(kept) if kept else cache / "claude") / version
    if not (folder / "done").exists():
        npm = shutil.which("npm")
        if npm is None:
            return None
        try:
            urllib.request.urlopen("https://registry.npmjs.org/is-number", timeout=10)
        except OSError:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        words = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            [*words, f"@anthropic-ai/claude-code@{version}"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode("utf-8", "replace"))
        (folder / "done").touch()
    packages = folder / "node_modules" / "@anthropic-ai"
    script = packages / "claude-code" / "cli.js"
    if script.exists():
        return script
    found = [p for p in packages.glob("*/claude") if os.access(p, os.X_OK)]
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Said:
    """How a run of the client ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """What ``--output-format json`` gave."""
        found: dict[str, Any] = json.loads(self.out)
        return found


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
        self.home.mkdir(parents=True, exist_ok=True)
        self.work.mkdir(exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        closed = "http://127.0.0.1:9"
        return {
            "HOME": str(self.home.parent),
            "CLAUDE_CONFIG_DIR": str(self.home),
            "PATH": "/usr/bin:/bin",
            "TMPDIR": str(self.home.parent),
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": "sk-ant-made-up",
            "HTTP_PROXY": closed,
            "HTTPS_PROXY": closed,
            "ALL_PROXY": closed,
            "NO_PROXY": "127.0.0.1",
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
        program = [str(self.program)]
        if self.program.suffix == ".js":
            program.insert(0, shutil.which("node") or "node")
        done = subprocess.run(
            [*program, "-p", words, "--output-format", "json", *more],
            cwd=self.work,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Said(
            done.returncode,
            done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"),
        )

    def resume(self, words: str, id: str = SESSION) -> Said:
        """Go on with a session."""
        return self.say(words, "--resume", id)
