"""Start the MCP server as a client does, and ask it what it can do."""

import contextlib
import importlib.util
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from assetstore.errors import AssetstoreError
from assetstore.version import __version__

# What Codex gives a server of its environment; Claude Code gives all of its own, which
# may be another one than that of the shell in which the server was installed.
PASSED_ON = (
    *("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ"),
    *("USER", "__CF_USER_TEXT_ENCODING"),
    *("COMSPEC", "HOMEDRIVE", "HOMEPATH", "PATHEXT", "SYSTEMDRIVE", "SYSTEMROOT"),
    *("TEMP", "TMP", "USERDOMAIN", "USERNAME", "USERPROFILE"),
)
_SECONDS = 60
_PACKAGE = "mcp"


def check_package() -> None:
    """Refuse where the package is missing that the server needs.

    Raises:
        AssetstoreError: It is not.
    """
    if importlib.util.find_spec(_PACKAGE) is None:
        from assetstore.installation import how_to_get

        raise AssetstoreError(
            f"the package {_PACKAGE} is not installed, which the server needs",
            hint=f"Run this, then the same command again: {how_to_get('mcp')}",
        )


def ask_server(words: Sequence[str], given: Mapping[str, str]) -> list[str]:
    """The tools of a server.

    Args:
        words: How it is started.
        given: What is written down of the environment for it; of this process's own, it
            gets what a client passes on.

    Raises:
        AssetstoreError: It does not start, or does not answer.
    """
    here = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile() as errors,
    ):
        process = subprocess.Popen(  # noqa: S603 this program, once more
            words,
            cwd=folder,  # a client's is the project's
            env={**here, **given},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        timer = threading.Timer(_SECONDS, process.kill)
        timer.start()
        with process:
            try:
                tools = _tools(process)
            finally:
                timer.cancel()
                _end(process)
        if tools is None:
            errors.seek(0)
            raise AssetstoreError(
                f"the server does not answer: {_reason(errors)}",
                hint="Nothing was written. What it is started with: " + " ".join(words),
            )
        return tools


def _tools(process: subprocess.Popen[bytes]) -> list[str] | None:
    about = {"name": "assetstore mcp --install", "version": __version__}
    asked = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about}
    if process.stdin is None or process.stdout is None:
        return None
    try:
        _send(process.stdin, {"id": 1, "method": "initialize", "params": asked})
        if _answer(process.stdout, 1) is None:
            return None
        _send(process.stdin, {"method": "notifications/initialized"})
        _send(process.stdin, {"id": 2, "method": "tools/list", "params": {}})
        found = _answer(process.stdout, 2)
    except OSError:  # it ended meanwhile
        return None
    return None if found is None else [tool["name"] for tool in found["tools"]]


def _send(file: IO[bytes], message: dict[str, Any]) -> None:
    file.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    file.flush()


def _answer(file: Iterable[bytes], id: int) -> dict[str, Any] | None:
    for line in file:
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict) and answer.get("id") == id:
            result = answer.get("result")
            return result if isinstance(result, dict) else None
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _reason(errors: IO[bytes]) -> str:
    """Return what a server said last, or the error that it ended with."""
    said = errors.read().decode("utf-8", "replace").split("\n")
    told = [line.strip() for line in said if line.strip()]
    ended = [line for line in told if line.startswith("error:")]
    return (ended or told or ["it says nothing"])[-1]
