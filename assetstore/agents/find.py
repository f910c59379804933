"""Find the threads of the coding agents on this machine."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assetstore.agents.codex.current_log import current_log
from assetstore.agents.codex.forks import threads_of
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.homes import Homes, agent_homes, log_folders
from assetstore.agents.thread_clients import client_at, client_named
from assetstore.errors import SourceRefused, UsageError
from assetstore.files.find import find_documents, several
from assetstore.files.replace import absolute
from assetstore.files.source import Source
from assetstore.formats.registry import HEAD, choose, home_shapes, is_undecided, told

_LOGS = ("*.jsonl", "*.jsonl.zst")


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread, by the log that its client goes on with.

    Attributes:
        path: The file, absolute.
        client: Whose it is, by its name; "" where the name does not tell.
        id: The thread's id, or the file's name without its ending.
        size: The file's length in bytes.
        modified: When it was last modified, in nanoseconds since 1970.
        inode: Its number in the file system.
        others: Its other logs, the newest first: Codex makes a new one each time that
            a thread is rewound, which goes on from an older one.
    """

    path: Path
    client: str
    id: str
    size: int
    modified: int
    inode: int
    others: tuple["Thread", ...] = ()

    @property
    def logs(self) -> "tuple[Thread, ...]":
        """All of its logs, the one that its client goes on with first."""
        return (self, *self.others)

    @property
    def compressed(self) -> bool:
        """Tell whether the file is compressed with zstd."""
        return self.path.suffix == ".zst"

    @property
    def archived(self) -> bool:
        """Tell whether its owner put it away in the client."""
        return self.path.parent.name in ("archived_sessions", "archive")


def find_threads(
    paths: Iterable[Path] = (), homes: Homes | None = None
) -> Iterator[Thread]:
    """The threads at some paths and below them, or all there are, each once.

    Args:
        paths: Files and folders.
        homes: Where agents keep threads, if no path is given; None: where they do
            unless the environment says otherwise.

    Raises:
        SourceRefused: A path is no file or folder.
    """
    named = [absolute(path) for path in several(paths)]
    if not named:
        found = log_folders(agent_homes({}) if homes is None else homes)
        named = [folder for folders in found.values() for folder in folders]
    rewound = _Rewound()
    logs = dict.fromkeys((*_LOGS, *(shape.log for shape in home_shapes().values())))
    for file in find_documents(named, include=list(logs)):
        if file.error is not None or file.stat is None:
            if file.named:
                raise SourceRefused(f"{file.path} cannot be read", path=file.path)
            continue
        log = _log(Path(file.path), file.stat)
        if not (log.client or file.named or any(map(log.path.match, _LOGS))):
            continue  # one value of JSON is a thread where a client has such
        thread = rewound.whole(log)
        if thread is not None:
            yield thread


def log_at(path: Path) -> Thread:
    """A log alone, whatever other logs its thread has.

    Raises:
        OSError: It is not there.
    """
    return _log(absolute(path), os.stat(path, follow_symlinks=False))


def _log(path: Path, stat: os.stat_result) -> Thread:
    client, id = client_at(path)
    inode = stat.st_ino & (1 << 63) - 1
    return Thread(path, client, id, stat.st_size, stat.st_mtime_ns, inode)


class _Rewound:
    """Puts the logs of threads together that have several."""

    def __init__(self) -> None:
        self._homes: dict[Path, dict[str, list[Rollout]]] = {}
        self._known: set[tuple[Path, str]] = set()

    def whole(self, log: Thread) -> Thread | None:
        """The thread of a log; None where it was there already."""
        rollout = Rollout.at(log.path)
        if rollout is None:
            return self._gathered(log)
        home = self._homes.get(rollout.home)
        if home is None:
            home = self._homes[rollout.home] = threads_of(rollout.home)
        logs = home.get(rollout.thread, ())
        if len(logs) < 2 or rollout.path not in [each.path for each in logs]:
            return log
        key = rollout.home, rollout.thread
        if key in self._known:
            return None
        self._known.add(key)
        current = current_log(logs)
        others = [each.path for each in reversed(logs) if each is not current]
        try:
            return replace(log_at(current.path), others=tuple(map(log_at, others)))
        except OSError:  # its client moved it just now
            return log

    def _gathered(self, log: Thread) -> Thread | None:
        """The same of a client that names a thread's logs by their places."""
        client = client_named(log.client)
        logs = client.logs(log.path) if client is not None else ()
        if len(logs) < 2:
            return log
        key = logs[0], log.id
        if key in self._known:
            return None
        self._known.add(key)
        try:
            first, *others = map(log_at, logs)
        except OSError:  # its client moved one just now
            return log
        return replace(first, others=tuple(others))


def the_thread(name: str, homes: Homes | None = None) -> Thread:
    """The thread that a user names by its file, or by the beginning of its id.

    Args:
        name: The file or the beginning.
        homes: As in `find_threads`.

    Raises:
        UsageError: There is none, or there are several, or the file is another
            client's.
    """
    path = Path(name)
    if path.is_file():
        thread = next(find_threads([path]))
        _check_client(thread)
        return thread
    if len(name) < 4 or os.sep in name:
        raise UsageError(
            f"there is no thread {name}",
            hint="Give its file, or at least 4 characters of its id; "
            "'assetstore doctor' lists threads.",
        )
    found = [t for t in find_threads(homes=homes) if t.id.startswith(name)]
    if not found:
        raise UsageError(
            f"no agent's thread begins with {name}",
            hint="'assetstore doctor --all' lists threads; "
            f"{_variables()} say where to look.",
        )
    if len({t.id for t in found}) == 1:
        # A client may begin a log of a thread that it goes on with in another one.
        return max(found, key=lambda t: t.size)
    if len(found) > 1:
        raise UsageError(
            f"{name} fits {len(found)} threads",
            hint=f"Name one of {', '.join(t.id for t in found[:4])}.",
        )
    return found[0]


def check_named(thread: Thread) -> None:
    """Refuse a file that was named, and is not even called as a log.

    Raises:
        UsageError: It is none of a client's that can be told.
    """
    if not any(map(thread.path.match, _LOGS)):
        _check_client(thread)


def _check_client(thread: Thread) -> None:
    """Refuse a log whose records are no client's that can be told.

    Raises:
        UsageError: They are another client's, or nobody's.
    """
    if thread.client or thread.compressed or not thread.size:
        return
    with Source.open(thread.path) as source:
        format = choose("auto", thread.path, source.read(0, HEAD))
        known = format.name if not is_undecided(format) else ""
        if not known and (told_format := told(source)) is not None:
            known = told_format.name
    if known not in home_shapes():
        titles = " or ".join(shape.title for shape in home_shapes().values())
        raise UsageError(
            f"{thread.path} is no log of {titles}",
            hint="'assetstore clients' lists what works with those of other clients.",
        )


def _variables() -> str:
    *most, last = (shape.variable for shape in home_shapes().values())
    return f"{', '.join(most)} and {last}"
