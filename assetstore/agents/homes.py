"""Where agents keep everything they know, and what of it are session logs.

A home holds credentials, databases, settings and locks beside the logs; none of it is
ours. It is known by its name or by what is in it, since homes lie at other places
too: `CODEX_HOME`, `CLAUDE_CONFIG_DIR`, and inside other agents' folders.
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_YEAR = re.compile(r"\d{4}|rollout-.*")
_LOOKED_AT = 20
_PROJECT = re.compile(r"-.*|[A-Za-z]--.*")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a client's homes look like.

    Attributes:
        client: The client.
        title: What people call it.
        name: The folder's usual name.
        logs: The folders of session logs, the one that makes a home first.
        log: What a log is called.
        own: What lies beside these folders in no other program's folder.
        beside: What else lies there.
        shape: What stands in the first of them.
    """

    client: Literal["codex", "claude-code"]
    title: str
    name: str
    logs: tuple[str, ...]
    log: re.Pattern[str]
    own: re.Pattern[str]
    beside: re.Pattern[str]
    shape: re.Pattern[str]


_KINDS = (
    _Kind(
        client="codex",
        title="Codex",
        name=".codex",
        logs=("sessions", "archived_sessions"),
        log=re.compile(r"rollout-.*\.jsonl"),
        own=re.compile(
            r"auth\.json|history\.jsonl|session_index\.jsonl|thread-writer-locks"
            r"|archived_sessions|shell_snapshots|(?:state|thread_history|logs)_\d+\.sqlite"
        ),
        beside=re.compile(
            r"config\.toml|version\.json|installation_id|.*\.sqlite|memories|skills"
            r"|prompts|rules|log|AGENTS\.md"
        ),
        shape=_YEAR,
    ),
    _Kind(
        client="claude-code",
        title="Claude Code",
        name=".claude",
        logs=("projects",),
        log=re.compile(r".*\.jsonl"),
        own=re.compile(
            r"\.?credentials\.json|\.claude\.json|history\.jsonl|todos|statsig"
            r"|shell-snapshots|file-history|session-env|paste-cache|stats-cache\.json"
        ),
        beside=re.compile(
            r"settings(?:\.local)?\.json|tasks|plans|sessions|debug|plugins|ide|skills"
            r"|agents|commands|CLAUDE\.md"
        ),
        shape=_PROJECT,
    ),
)


@dataclass(frozen=True, slots=True)
class Home:
    """An agent's home.

    Attributes:
        folder: The folder.
        kind: Whose.
    """

    folder: str
    kind: _Kind

    @property
    def client(self) -> Literal["codex", "claude-code"]:
        """Whose it is."""
        return self.kind.client

    @property
    def reason(self) -> str:
        """What users are told of what is left alone in it."""
        return f"{self.kind.title}'s own files: only its session logs are touched"

    def enters(self, way: str) -> bool:
        """Whether session logs may be below a folder, by its way from the home."""
        return way.partition("/")[0] in self.kind.logs

    def takes(self, way: str) -> bool:
        """Whether a file is a session log, by its way from the home."""
        name = way.rpartition("/")[2]
        return name != way and self.enters(way) and bool(self.kind.log.fullmatch(name))


def home_at(folder: str, names: Collection[str] | None = None) -> Home | None:
    """The home that a folder is, or None.

    Args:
        folder: Its path.
        names: What is in it; None: that is looked at where it matters.
    """
    name = Path(os.path.abspath(folder)).name
    for kind in _KINDS:
        if name == kind.name:
            return Home(folder, kind)
    for kind in _KINDS:
        logs = Path(folder, kind.logs[0])
        if names is None and not logs.is_dir():
            continue
        here = _names(Path(folder)) if names is None else names
        if kind.logs[0] not in here:
            continue
        own = sum(bool(kind.own.fullmatch(n)) for n in here)
        if own > 1 or (
            (own or any(map(kind.beside.fullmatch, here)))
            and _looks(logs, kind.shape, empty=own > 0)
        ):
            return Home(folder, kind)
    return None


def _looks(folder: Path, shape: re.Pattern[str], *, empty: bool) -> bool:
    """Whether a folder has what a folder of logs has, or may be an empty one."""
    names = _names(folder)
    if not names:
        return empty
    return any(map(shape.fullmatch, names)) or any(
        name.endswith(".jsonl")
        for inner in names[:_LOOKED_AT]
        for name in _names(folder / inner)
    )


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
