"""Threads that are kept, and what comes back of them."""

from collections.abc import Iterator
from pathlib import Path

from assetstore.agents.kept.bring_back import BroughtBack, bring_back
from assetstore.agents.kept.groups import Grouper, ThreadFiles
from assetstore.agents.kept.keeper import Keeper, KeptThread
from assetstore.agents.kept.listing import kept_manifests
from assetstore.store.format.manifest import Manifest
from assetstore.store.store import Store
from support.homes import SESSION, claude_home


def claude_thread(folder: Path) -> Path:
    """A thread of Claude Code with a subagent's log and a tool's output; its log."""
    log = claude_home(folder)
    beside = log.with_suffix("")
    (beside / "subagents").mkdir(parents=True)
    (beside / "tool-results").mkdir()
    (beside / "subagents" / "agent-a1.jsonl").write_bytes(log.read_bytes()[:90_000])
    (beside / "tool-results" / "out.txt").write_bytes(b"\0 a tool's output\n" * 999)
    pasted = folder / ".claude" / "image-cache" / SESSION
    pasted.mkdir(parents=True)
    (pasted / "1.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return log


def group(*logs: Path) -> ThreadFiles:
    """The thread of some logs."""
    (thread,) = Grouper().threads(logs)
    return thread


def keep(store: Store, *logs: Path) -> KeptThread:
    """Keep a thread."""
    (done,) = Keeper(store).keep([group(*logs)])
    if done.error is not None:
        raise done.error
    return done


def kept(store: Store) -> Manifest:
    """The manifest of the one thread that a store keeps."""
    (manifest,) = kept_manifests(store)
    return manifest


def back(store: Store, home: Path | None = None, **settings: int) -> BroughtBack:
    """Bring the one thread back that a store keeps."""
    return bring_back(store, kept(store), home, **settings)


def files(folder: Path) -> dict[str, bytes]:
    """What is in all files below a folder."""
    return dict(_files(folder))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
