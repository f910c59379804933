"""Find the threads of the coding agents on this machine."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assetstore.errors import SourceRefused, UsageError
from assetstore.files.find import find_documents, several
from assetstore.files.replace import absolute

Client = Literal["codex", "claude-code", ""]

_CODEX = re.compile(r"rollout-[\dT-]+-([0-9a-f-]{36})\.jsonl(?:\.zst)?")
_UUID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl(?:\.zst)?")
_LOGS = ("*.jsonl", "*.jsonl.zst")


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread's log.

    Attributes:
        path: The file, absolute.
        client: Whose it is, by its name; "" where the name does not tell.
        id: The thread's id, or the file's name without its ending.
        size: The file's length in bytes.
        modified: When it was last modified, in nanoseconds since 1970.
        inode: Its number in the file system.
    """

    path: Path
    client: Client
    id: str
    size: int
    modified: int
    inode: int

    @property
    def compressed(self) -> bool:
        """Whether the file is compressed with zstd."""
        return self.path.suffix == ".zst"

    @property
    def archived(self) -> bool:
        """Whether its owner put it away in the client."""
        return self.path.parent.name == "archived_sessions"


def homes() -> list[Path]:
    """The folders in which the agents on this machine keep threads."""
    return [folder for folders in homes_by_client().values() for folder in folders]


def homes_by_client() -> dict[Client, list[Path]]:
    """The same, by agent; none for an agent that is not here."""
    codex = Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex")
    claude = Path(os.environ.get("CLAUDE_CONFIG_DIR") or Path.home() / ".claude")
    folders: dict[Client, list[Path]] = {
        "codex": [codex / "sessions", codex / "archived_sessions"],
        "claude-code": [claude / "projects"],
    }
    found = {c: [absolute(f) for f in fs if f.is_dir()] for c, fs in folders.items()}
    return {client: folders for client, folders in found.items() if folders}


def find_threads(paths: Iterable[Path] = ()) -> Iterator[Thread]:
    """The threads at some paths and below them, or all there are.

    Raises:
        SourceRefused: A path is no file or folder.
    """
    named = [absolute(path) for path in several(paths)] or homes()
    for file in find_documents(named, include=_LOGS):
        if file.error is not None or file.stat is None:
            if file.named:
                raise SourceRefused(f"{file.path} cannot be read", path=file.path)
            continue
        path = Path(file.path)
        client, id = _identity(path)
        stat = file.stat
        inode = stat.st_ino & (1 << 63) - 1
        yield Thread(path, client, id, stat.st_size, stat.st_mtime_ns, inode)


def _identity(path: Path) -> tuple[Client, str]:
    if found := _CODEX.fullmatch(path.name):
        return "codex", found[1]
    if (found := _UUID.fullmatch(path.name)) and "projects" in path.parts:
        return "claude-code", found[1]
    return "", path.name.removesuffix(".zst").removesuffix(".jsonl")


def the_thread(name: str) -> Thread:
    """The thread that a user names by its file, or by the beginning of its id.

    Raises:
        UsageError: There is none, or there are several.
    """
    path = Path(name)
    if path.is_file():
        return next(find_threads([path]))
    if len(name) < 4 or os.sep in name:
        raise UsageError(
            f"there is no thread {name}",
            hint="Give its file, or at least 4 characters of its id; "
            "'assetstore doctor' lists threads.",
        )
    found: Sequence[Thread] = [t for t in find_threads() if t.id.startswith(name)]
    if not found:
        raise UsageError(
            f"no agent's thread begins with {name}",
            hint="CODEX_HOME and CLAUDE_CONFIG_DIR say where to look.",
        )
    if len(found) > 1:
        raise UsageError(
            f"{name} fits {len(found)} threads",
            hint=f"Name one of {', '.join(t.id for t in found[:4])}.",
        )
    return found[0]
