"""What every table of `python -m benchmarks` is measured with: a folder, and results."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from benchmarks.measure import Contender, in_turn, run

TOOL = [sys.executable, "-m", "assetstore"]
UNWANTED = ("ASSETSTORE", "PYTHON")
MB = 1_000_000


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Bench:
    """A folder to work in, and the results so far."""

    def __init__(self, folder: Path, rounds: int, log_size: int):
        self.folder = folder
        self.rounds = rounds
        self.log_size = log_size
        self.text: list[str] = []
        self.demands: list[tuple[str, str, bool]] = []
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(UNWANTED)},
            "ASSETSTORE_STORE": str(folder / "store"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
            "RESTIC_PASSWORD": "x",
            "RESTIC_REPOSITORY": str(folder / "restic"),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "BORG_BASE_DIR": str(folder / "borg-home"),
        }

    def say(self, line: str = "") -> None:
        """A line of the results."""
        self.text.append(line)
        print(line, flush=True)

    def demand(self, what: str, measured: str, met: bool) -> None:
        """Something that is promised."""
        self.demands.append((what, measured, met))

    def path(self, name: str) -> Path:
        """A file or folder to work with."""
        return self.folder / name

    def without(self, *names: str) -> None:
        """Remove files and folders."""
        for name in names:
            path = self.path(name)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def fresh(self) -> None:
        """No store, no cache."""
        self.without("store", "cache")

    def once(self, *command: str) -> None:
        """Run a command that is not measured."""
        run(command, self.environment, self.path("out"))

    def make(self, kind: str, path: Path, number: int) -> int:
        """Make what is measured; its size.

        Not in this process: what it ever used would count as its children's peak.
        """
        self.once(
            sys.executable, "-m", "benchmarks.make_log", kind, str(path), str(number)
        )
        return path.stat().st_size

    def measure(self, *contenders: Contender, rounds: int = 0) -> None:
        """Measure contenders in turn."""
        in_turn(contenders, rounds or self.rounds, self.environment, self.path("out"))
