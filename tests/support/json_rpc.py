"""A client that is talked to as an editor does: JSON-RPC on its standard streams."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

Message = dict[str, Any]


def _nothing(asked: Message) -> Message:
    raise RuntimeError(f"nobody can answer {asked}")


class JsonRpc:
    """A running client; a context manager.

    Attributes:
        told: What it told of the last call, in order.
    """

    def __init__(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        answer: Callable[[Message], Message] = _nothing,
    ):
        """Start it.

        Args:
            words: Its program and arguments.
            folder: Where it works.
            environment: All it gets of one.
            answer: Answers what it asks for itself.
        """
        self._process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._answer = answer
        self._id = 0
        self.told: list[Message] = []

    def call(self, method: str, **params: Any) -> Message:
        """Call a method; the whole answer, an error too."""
        assert self._process.stdout is not None
        self._id += 1
        id = str(self._id)
        self._send({"method": method, "id": id, "params": params})
        self.told = []
        for line in self._process.stdout:
            message: Message = json.loads(line)
            if "method" not in message and message.get("id") == id:
                return message
            if "method" in message and "id" in message:
                answer = self._answer(message["params"])
                self._send({"id": message["id"], "result": answer})
            else:
                self.told.append(message["params"])
        raise RuntimeError(f"the client ended: {self._process.wait()}")

    def _send(self, message: Message) -> None:
        assert self._process.stdin is not None
        text = json.dumps({"jsonrpc": "2.0", **message})
        self._process.stdin.write(text.encode() + b"\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Close its standard input and wait for its end."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
