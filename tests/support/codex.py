"""The real Codex client, in a home of its own, with no way out but the mock."""

import json
import os
import queue
import re
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

from support.client import CLOSED, Said, said
from support.npm import kept
from support.samples import picture, uri

_NO_LISTS = (0, 98)
# 0.98 says so of every thread of a home that has no list.
_NO_TROUBLE = re.compile(r"plugins|state db|Falling back on rollout system")
# Pictures, but for the one that stands for others where a message has no words.
_PICTURE = re.compile(
    rb"data:image(?!/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAYAQAAAACzKMKZ)"
)
_TROUBLE = re.compile(r"rollout|offset|malformed|projection", re.I)
# The newest on npm when it was last looked up (`python -m benchmarks.codex_disk` does).
NEWEST = "0.171.0"
# All that are known: the first with logs of today's kind, each change of them since.
VERSIONS = (NEWEST, "0.160.0", "0.152.0", "0.145.0", "0.125.0", "0.98.0")
CONFIG = """\
model = "gpt-5.5"
model_provider = "mock"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
[model_providers.mock]
name = "mock"
base_url = "{url}"
wire_api = "responses"
requires_openai_auth = false
request_max_retries = 0
stream_max_retries = 0
[analytics]
enabled = false
"""


def wanted() -> tuple[str, ...]:
    """The versions that tests run: one, or what $ASSETSTORE_TEST_CODEX_VERSIONS says.

    That is "all", or versions with commas between them.
    """
    said = os.environ.get("ASSETSTORE_TEST_CODEX_VERSIONS", "")
    if said == "all":
        return VERSIONS
    return tuple(said.split(",")) if said else (NEWEST,)


def install(version: str) -> Path | None:
    """Codex's program, installed from npm and kept; None: not reachable."""
    folder = kept("@openai/codex", version, "ASSETSTORE_TEST_CODEX")
    if folder is None:
        return None
    found = [p for p in folder.rglob("codex") if p.is_file() and os.access(p, os.X_OK)]
    return max(found, key=lambda p: p.stat().st_size)


class Codex:
    """A client and its home.

    Attributes:
        home: Its ``CODEX_HOME``.
        work: The folder it works in.
    """

    def __init__(self, program: Path, folder: Path, url: str):
        self.program = program
        self.folder = folder
        self.home = folder / "home" / ".codex"
        self.work = folder / "work"
        self.home.mkdir(parents=True, exist_ok=True)
        self.work.mkdir(exist_ok=True)
        self.config(url)

    @property
    def version(self) -> tuple[int, ...]:
        """Its version, as numbers."""
        found = re.search(r"/(\d+)\.(\d+)\.\d+/", self.program.as_posix())
        assert found is not None
        return int(found[1]), int(found[2])

    @property
    def old(self) -> bool:
        """Whether it writes logs of the older kind."""
        return self.version < (0, 152)

    def tool(self, server: str, name: str) -> str:
        """What a model calls a tool of an MCP server, for `MockApi`: space/name."""
        if self.version < (0, 100):
            return f"mcp__{server}__{name}"
        return f"mcp__{server}{'__' if self.version < (0, 140) else ''}/{name}"

    def config(self, url: str, more: str = "") -> None:
        """Write its configuration."""
        text = CONFIG.format(url=url) + more
        (self.home / "config.toml").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        """All it gets of an environment."""
        return {
            **CLOSED,
            "HOME": str(self.home.parent),
            "CODEX_HOME": str(self.home),
            "RUST_LOG": "warn",
        }

    def exec(self, *words: str) -> Said:
        """Run ``codex exec``."""
        program = [str(self.program), "exec", "--skip-git-repo-check", "--json"]
        return said([*program, *words], self.work, self.environment)

    def rollouts(self) -> list[Path]:
        """Its threads' files, the oldest first."""
        return sorted((self.home / "sessions").rglob("rollout-*.jsonl*"))

    def server(self) -> "AppServer":
        """Start ``codex app-server``."""
        return AppServer(self)


class AppServer:
    """A running app-server: JSON-RPC on standard input and output."""

    def __init__(self, codex: Codex):
        self._process = subprocess.Popen(
            [str(codex.program), "app-server"],
            cwd=codex.work,
            env=codex.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._errors: list[str] = []
        self.notes: list[dict[str, Any]] = []
        self._id = 0
        self.lists_turns = codex.version > _NO_LISTS
        self._readers = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._listen, daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self.call(
            "initialize",
            clientInfo={"name": "test", "title": "test", "version": "1"},
            capabilities={"experimentalApi": True},
        )
        self._send({"method": "initialized"})

    @property
    def log(self) -> str:
        """What it wrote to standard error."""
        return "".join(self._errors)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._messages.put(json.loads(line))
        self._messages.put(None)

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line.decode("utf-8", "replace"))

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method; the whole answer, an error too."""
        self._id += 1
        self._send({"id": self._id, "method": method, "params": params})
        while True:
            message = self._messages.get(timeout=120)
            if message is None:
                raise RuntimeError(f"the server ended: {self.log[-2000:]}")
            if message.get("id") == self._id and "method" not in message:
                return message
            self.notes.append(message)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method; its result."""
        answer = self.ask(method, **params)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def wait(self, method: str) -> dict[str, Any]:
        """The next notification of a kind."""
        while True:
            for i, note in enumerate(self.notes):
                if note.get("method") == method:
                    del self.notes[i]
                    return note
            message = self._messages.get(timeout=120)
            if message is None:
                raise RuntimeError(f"the server ended: {self.log[-2000:]}")
            self.notes.append(message)

    def turn(self, thread: str, *content: dict[str, Any]) -> dict[str, Any]:
        """Say something and wait for the end of the turn."""
        self.call("turn/start", threadId=thread, input=list(content))
        done = self.wait("turn/completed")
        params: dict[str, Any] = done["params"]
        return params

    def close(self) -> None:
        """Close its standard input and wait for its end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join(5)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def text(words: str) -> dict[str, Any]:
    """A message's text."""
    return {"type": "text", "text": words, "text_elements": []}


def image(url: str) -> dict[str, Any]:
    """A pasted picture."""
    return {"type": "image", "url": url}


def turns(server: AppServer, thread: str) -> list[tuple[str, list[str]]]:
    """The words that the client shows, the oldest turn first."""
    if not server.lists_turns:
        return read(server, thread)
    found = server.call("thread/turns/list", threadId=thread)["data"]
    return [_shown(turn) for turn in reversed(found)]


def read(server: AppServer, thread: str) -> list[tuple[str, list[str]]]:
    """The same from another call."""
    answer = server.call("thread/read", threadId=thread, includeTurns=True)
    return [_shown(turn) for turn in answer["thread"]["turns"]]


# What stands in for a picture, in the client's words.
_ALONE = ("", "[Image]")


def _shown(turn: dict[str, Any]) -> tuple[str, list[str]]:
    words = []
    for item in turn["items"]:
        said = [item.get("text")]
        if "content" in item:
            said = [part.get("text", "") for part in item["content"]]
        said = [word for word in said if word not in _ALONE]
        words += [f"{item['type']} {word}" for word in said]
    return turn["id"], words


def thread_with_pictures(codex: Codex, server: AppServer) -> tuple[str, Path]:
    """A thread with pasted pictures, one from a tool, and a compaction."""
    (codex.work / "a.png").write_bytes(picture(300, 200, 7))
    thread = server.call("thread/start", cwd=str(codex.work))["thread"]
    name: str = thread["id"]
    server.turn(name, text("look"), image(uri(picture(200, 100, 1))))
    server.turn(name, text(f'call view_image {{"path":"{codex.work / "a.png"}"}}'))
    server.call("thread/compact/start", threadId=name)
    server.wait("turn/completed")
    server.turn(name, text("and this"), image(uri(picture(200, 100, 2))))
    return name, Path(thread["path"])


def has_pictures(path: Path) -> bool:
    """Whether a log holds pictures that a rescue takes out."""
    return _PICTURE.search(path.read_bytes()) is not None


def troubles(log: str) -> list[str]:
    """Lines of a client's log that complain about a thread's file."""
    return [
        line
        for line in log.splitlines()
        if _TROUBLE.search(line) and not _NO_TROUBLE.search(line)
    ]
