"""Talks to a client that speaks the Agent Client Protocol on its standard streams."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from support.samples import b64


class Acp:
    """A running client; a context manager. It may do whatever it asks for."""

    def __init__(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str]
    ):
        self._folder = folder
        self._count = 0
        self._process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.call("initialize", protocolVersion=1, clientCapabilities={})

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method; its result."""
        self._count += 1
        self._send({"id": self._count, "method": method, "params": params})
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "method" not in said:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']}")
                result: dict[str, Any] = said["result"]
                return result
            if "id" in said:
                option = said["params"]["options"][0]["optionId"]
                chosen = {"outcome": "selected", "optionId": option}
                self._send({"id": said["id"], "result": {"outcome": chosen}})
        raise RuntimeError("the client ended")

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        line = json.dumps({"jsonrpc": "2.0", **message}) + "\n"
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()

    def new(self) -> str:
        """Begin a session."""
        begun = self.call("session/new", cwd=str(self._folder), mcpServers=[])
        name: str = begun["sessionId"]
        return name

    def say(self, session: str, text: str, *pictures: bytes) -> None:
        """Say something, with pasted pictures, and wait for the end of the turn."""
        prompt: list[dict[str, str]] = [{"type": "text", "text": text}]
        for data in pictures:
            prompt += [{"type": "image", "data": b64(data), "mimeType": "image/png"}]
        self.call("session/prompt", sessionId=session, prompt=prompt)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
