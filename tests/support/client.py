"""Runs of a real client."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOWHERE = "http://127.0.0.1:9"
# The environment of a client that reaches nothing but servers on this machine.
CLOSED = {
    "PATH": "/usr/bin:/bin",
    "HTTP_PROXY": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "ALL_PROXY": NOWHERE,
    "NO_PROXY": "127.0.0.1",
}


@dataclass(frozen=True, slots=True)
class Said:
    """How a run of a client ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """What it wrote, where that is one value of JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def said(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    input: str = "",
    *,
    limit: float = 120,
) -> Said:
    """Run a client to its end.

    Args:
        words: Its program and arguments.
        folder: Where it works.
        environment: All it gets of one.
        input: What it reads; "": nothing.
        limit: Seconds after which it is taken for stuck.
    """
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        input=input.encode(),
        capture_output=True,
        timeout=limit,
        check=False,
    )
    return Said(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )
