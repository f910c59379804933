"""The program as a process, with a store and a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetstore.formats.registry import home_shapes
from support import forked

# What would lead the program to this machine's own files.
_HOMES = tuple(shape.variable for shape in home_shapes().values())
_SCRIPTS = str(Path(sys.executable).parent)
_FOREIGN = ("ASSETSTORE", "UV", "XDG_", *_HOMES)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the program left."""

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The envelope on standard output."""
        envelope: dict[str, Any] = json.loads(self.out)
        return envelope

    @property
    def result(self) -> dict[str, Any]:
        """The envelope's result."""
        result: dict[str, Any] = self.json["result"]
        return result


class Program:
    """Runs ``python -m assetstore`` in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.store = folder / "store"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)},
            "HOME": str(folder / "home"),
            # Where 'assetstore' is: command lines that are shown begin with that.
            "PATH": os.pathsep.join((_SCRIPTS, os.environ["PATH"])),
            "ASSETSTORE_STORE": str(self.store),
            "XDG_CONFIG_HOME": str(folder / "xdg" / "config"),
            "XDG_CACHE_HOME": str(folder / "xdg" / "cache"),
            "XDG_STATE_HOME": str(folder / "xdg" / "state"),
            "XDG_DATA_HOME": str(folder / "xdg" / "data"),
        }

    def __call__(
        self, *words: str | Path, stdin: bytes = b"", **environment: str
    ) -> Ran:
        """Run a command to its end."""
        environment = {**self.environment, **environment}
        if forked.can_fork() and forked.starts_alike(environment):
            code, out, err = forked.server().run(
                [*map(str, words)],
                folder=self.folder,
                environment=environment,
                stdin=stdin,
            )
        else:
            done = subprocess.run(
                self.words(*words),
                cwd=self.folder,
                env=environment,
                input=stdin,
                capture_output=True,
                check=False,
            )
            code, out, err = done.returncode, done.stdout, done.stderr
        return Ran(code, out, err.decode("utf-8", "replace"))

    def start(
        self,
        *words: str | Path,
        environment: Mapping[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Start a command."""
        return subprocess.Popen(
            self.words(*words),
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def words(self, *words: str | Path) -> list[str]:
        """The command line of a command."""
        return [sys.executable, "-W", "error", "-m", "assetstore", *map(str, words)]
