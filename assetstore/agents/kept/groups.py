"""Which files are one thread: its logs, and what lies beside them and belongs to it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from assetstore.agents.ancestors import ancestors
from assetstore.agents.client_table import CLIENTS
from assetstore.agents.codex.current_log import current_log
from assetstore.agents.codex.forks import threads_of
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.find import log_at
from assetstore.agents.found_clients import find_clients
from assetstore.agents.gemini_cli import session_at
from assetstore.agents.kept.card import document_name
from assetstore.errors import SourceRefused
from assetstore.files.find import find_documents
from assetstore.files.plain import open_plain
from assetstore.files.replace import absolute

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SESSION = re.compile(rf"({_UUID})\.jsonl")
_FOLDER = re.compile(_UUID)
# What Claude Code keeps of a session elsewhere in its home, by the session's id: files
# as they were before it changed them, and pictures that were pasted.
_ELSEWHERE = ("file-history", "image-cache")
_BY_FOLDER = ("cline", "copilot-cli", "kimi-cli")
# By their logs' names, wherever they lie.
_TOLD = ("codex", "claude-code")
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadFiles:
    """The files of a thread.

    Attributes:
        client: Whose it is, by its short name, or "".
        thread: Its id.
        home: Its client's home, or the folder that it is in.
        log: The log that its client goes on with, whether it is there or not.
        files: Those that are there.
    """

    client: str
    thread: str
    home: Path
    log: Path
    files: tuple[Path, ...]

    @property
    def document(self) -> str:
        """Its name in manifests when it is kept."""
        return document_name(str(self.home), self.thread)

    def place(self, path: Path) -> str:
        """Find where one of them is, from the home on, unpacked."""
        place = path.relative_to(self.home).as_posix()
        return place.removesuffix(".zst") if place.endswith(".jsonl.zst") else place


class Grouper:
    """Puts files together to threads, each thread once."""

    def __init__(self) -> None:
        self._done: set[str] = set()
        self._agents: dict[Path, dict[str, list[Path]]] = {}
        # The projects' folders that a session is in, by home and session: one that was
        # moved or copied to another project has the same id there.
        self._projects: dict[Path, dict[str, list[Path]]] = {}
        self._chats: dict[Path, dict[str, list[Path]]] = {}

    def threads(self, files: Iterable[Path]) -> Iterator[ThreadFiles]:
        """The threads that some files are of; what is gone meanwhile is passed over.

        Args:
            files: They, absolute.
        """
        for path in files:
            try:
                thread = self._of(path)
            except (OSError, SourceRefused):
                continue
            if thread is None or not thread.files:
                continue
            if thread.document not in self._done:
                self._done.add(thread.document)
                yield thread

    def _of(self, path: Path) -> ThreadFiles | None:
        if (rollout := Rollout.at(path)) is not None:
            return self._codex(rollout)
        if (found := _in_projects(path)) is not None:
            home, folder, session = found
            session = session or _session_of(path)
            if session:
                return self._claude_code(home, folder, session)
        client = _client_at(path)
        if client == "gemini-cli":
            return self._gemini(path)
        if client in _BY_FOLDER:
            folder = path.parent
            files = (path, *(p for p in _below(folder) if p.parent == folder))
            return ThreadFiles(
                client=client,
                thread=folder.name,
                home=folder.parent,
                log=path,
                files=tuple(sorted(dict.fromkeys(files))),
            )
        return ThreadFiles(
            client=client,
            thread=path.name,
            home=path.parent,
            log=path,
            files=(path,),
        )

    def _codex(self, rollout: Rollout) -> ThreadFiles | None:
        home = rollout.home
        if document_name(str(home), rollout.thread) in self._done:
            return None
        logs = threads_of(home).get(rollout.thread) or [rollout]
        current = current_log(logs)
        files = {current.path: None, **{log.path: None for log in reversed(logs)}}
        for log in logs:
            for base, _ in ancestors(log_at(log.path)):
                files.setdefault(base.path)
        return ThreadFiles(
            client="codex",
            thread=rollout.thread,
            home=home,
            log=current.path,
            files=tuple(files),
        )

    def _claude_code(self, home: Path, folder: Path, session: str) -> ThreadFiles:
        name = f"{session}.jsonl"
        folders = dict.fromkeys((folder, *self._folders_of(home).get(session, ())))
        logs = [each / name for each in folders if (each / name).is_file()]
        log = max(logs, key=_written, default=folder / name)
        files = dict.fromkeys(sorted(logs, key=lambda path: path != log))
        for each in folders:
            files |= dict.fromkeys(_below(each / session))
            files |= dict.fromkeys(self._agents_of(each).get(session, ()))
        for name in _ELSEWHERE:
            files |= dict.fromkeys(_below(home / name / session))
        return ThreadFiles(
            client="claude-code",
            thread=session,
            home=home,
            log=log,
            files=tuple(files),
        )

    def _folders_of(self, home: Path) -> dict[str, list[Path]]:
        """The projects' folders in a home, by the sessions that are in them."""
        if home not in self._projects:
            found = self._projects[home] = {}
            for path in sorted((home / "projects").glob("*/*")):
                if _FOLDER.fullmatch(session := path.name.removesuffix(".jsonl")):
                    found.setdefault(session, []).append(path.parent)
        return self._projects[home]

    def _agents_of(self, folder: Path) -> dict[str, list[Path]]:
        """The logs of subagents that 2.0 puts beside the sessions', by session."""
        if folder not in self._agents:
            found = self._agents[folder] = {}
            for path in sorted(folder.glob("agent-*.jsonl")):
                found.setdefault(_session_of(path), []).append(path)
        return self._agents[folder]

    def _gemini(self, path: Path) -> ThreadFiles:
        chats = next(folder for folder in path.parents if folder.name == "chats")
        projects = chats.parent.parent
        if projects not in self._chats:
            found = self._chats[projects] = {}
            for log in sorted(projects.glob("*/chats/session-*.json*")):
                found.setdefault(_gemini_id(log), []).append(log)
        inner = path.relative_to(chats).parts
        session = inner[0] if len(inner) > 1 else _gemini_id(path)
        logs = self._chats[projects].get(session, [path])
        log = max(logs, key=_written)
        files = dict.fromkeys((log, *logs, path))
        projects_of = (*(each.parents[1] for each in logs), chats.parent)
        for project in dict.fromkeys(projects_of):
            for folder in (
                project / "chats" / session,
                project / "tool-outputs" / f"session-{session}",
                project / session,
            ):
                files |= dict.fromkeys(_below(folder))
            if (journal := project / "logs" / f"session-{session}.jsonl").is_file():
                files[journal] = None
        return ThreadFiles(
            client="gemini-cli",
            thread=session,
            home=projects.parent,
            log=log,
            files=tuple(files),
        )


def _written(path: Path) -> int:
    """Say when a file was written to; 0: it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def threads_in(
    paths: Sequence[Path],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    without: Sequence[Path] = (),
) -> Iterator[ThreadFiles]:
    """The threads at some paths and below them, each once.

    Args:
        paths: Files, which are threads whatever they are, and folders, in which those
            of the clients are that are known.
        include: In folders, only files that match one of these globs.
        exclude: In folders, no files or folders that match one of these.
        without: Folders to leave out.

    Raises:
        SourceRefused: A path cannot be read.
    """
    named: set[Path] = set()

    def files() -> Iterator[Path]:
        found = find_documents(paths, include=include, exclude=exclude, without=without)
        for file in found:
            path = absolute(Path(file.path))
            if file.error is not None and file.named:
                raise SourceRefused(f"{path} cannot be read", path=str(path))
            if file.named:
                named.add(path)
            if file.error is None:
                yield path

    for thread in Grouper().threads(files()):
        if thread.client or thread.log in named:
            yield thread


def client_files(environ: Mapping[str, str]) -> list[Path]:
    """The files of all clients here whose threads are text.

    Args:
        environ: The environment, whose variables may name other folders.
    """
    found = (f for f in find_clients(environ) if f.client.kept == "text")
    return [path for client in found for path in client.files]


def _in_projects(path: Path) -> tuple[Path, Path, str] | None:
    """The home, the folder and the session of a file of Claude Code's."""
    parts = path.parts
    at = len(parts) - 1 - parts[::-1].index("projects") if "projects" in parts else 0
    if not at or len(parts) < at + 3:
        return None
    home, folder = Path(*parts[:at]), Path(*parts[: at + 2])
    if len(parts) == at + 3:
        found = _SESSION.fullmatch(path.name)
        return home, folder, found[1] if found else ""
    return (home, folder, parts[at + 2]) if _FOLDER.fullmatch(parts[at + 2]) else None


def _session_of(path: Path) -> str:
    """The session that the log of a subagent is of, by its first line."""
    if not path.name.startswith("agent-"):
        return ""
    try:
        with open_plain(path) as file:
            record = json.loads(file.readline(_HEAD))
    except (OSError, ValueError):
        return ""
    session = record.get("sessionId") if isinstance(record, dict) else None
    return session if isinstance(session, str) and _FOLDER.fullmatch(session) else ""


def _gemini_id(path: Path) -> str:
    return session_at(path) or path.name


def _client_at(path: Path) -> str:
    """The client whose thread a file is by where it lies, or ""."""
    name = path.as_posix()
    for client in CLIENTS:
        known = client.kept == "text" and client.name not in _TOLD
        for place in client.places if known else ():
            way = re.sub(r"^(?:~|\$\w+|\{[^}]*\})/", "", place).replace("**/", "*")
            if fnmatchcase(name, f"*/{way}"):
                return client.name
    if "chats" in path.parts and ".gemini" in path.parts:
        return "gemini-cli"  # a subagent's, below its session's folder
    return ""


def _below(folder: Path) -> Iterator[Path]:
    """The plain files below a folder, if it is there."""
    if folder.is_dir() and not folder.is_symlink():
        for file in find_documents([folder]):
            if file.error is None:
                yield absolute(Path(file.path))
