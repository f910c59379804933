"""Logs that go on from another one, by a count of its bytes: forks, and rewinds.

The first line of such a log has ``history_base.end_byte_offset``, the place in its
origin's log up to which its turns are the origin's. Codex cannot load it where that
is wrong, so it moves along when the origin is replaced. The log keeps its length
where it can: the number stays in the room that it had, with spaces behind it, which
JSON allows and Codex reads. A number with more digits (a thread was rescued, rewound,
and is undone) makes the log longer, and then what counts its bytes moves along, too.
Measured on 0.169 and 0.171 (docs/codex.md).
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import zstandard
from blake3 import blake3

from assetstore.agents.codex.rollout import FOLDERS, Rollout
from assetstore.errors import SourceRefused, VerifyMismatch
from assetstore.files.durable import make_folder
from assetstore.files.plain import open_plain
from assetstore.files.replace import Draft, check_replaceable
from assetstore.files.source import CHUNK, Overlay, RandomAccess, Source
from assetstore.store.backends.temp import spool

# The longest first line that is looked at.
_FIRST_LINE = 16 << 20
_PIECE = 1 << 16
_BASE = re.compile(rb'"history_base"\s*:\s*\{[^{}]*?"thread_id"\s*:\s*"([^"]{1,64})"')
_FIELD = re.compile(
    rb'"history_base"\s*:\s*\{[^{}]*?"end_byte_offset"\s*:\s*(\d+ *)(?=[,}\s])'
)
_KNOWN = {"thread_id", "end_ordinal_exclusive", "end_byte_offset"}
# A folder that was modified so recently may change again without its time doing so.
_RACY = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Fork:
    """A rollout that goes on from another one.

    Attributes:
        rollout: Its file.
        at: Where, in its text, its origin's offset stands.
        field: What stands there: digits, and spaces that fill the room up.
        ordinal: The first number of a line in its origin that is not its own.
    """

    rollout: Rollout
    at: int
    field: bytes
    ordinal: int

    @property
    def offset(self) -> int:
        """The place in its origin up to which it is the same."""
        return int(self.field)

    def pointing(self, offset: int) -> bytes:
        """The field for another place in its origin.

        It is what stood there when that was its place before, so that the log is as it
        was then; else as long as what stands there now, or longer if it must be.
        """
        for was in _known(self.rollout):
            if int(was) == offset:
                return was
        return (b"%d" % offset).ljust(len(self.field))


@dataclass(slots=True)
class _Listing:
    """What a folder held.

    Attributes:
        modified: The folder's time of modification; 0: do not trust this.
        folders: The folders in it.
        logs: The logs in it, and their inodes.
        forks: Those that go on from another log, by that one's id; None: not read yet.
    """

    modified: int
    folders: list[str] = field(default_factory=list)
    logs: list[tuple[str, int]] = field(default_factory=list)
    forks: dict[str, list[str]] | None = None


class Index:
    """Which log goes on from which, found with as little reading as can be.

    A log's first line is written once, so it is read once for each path and inode; a
    folder is listed anew when its time of modification is another one, or so recent
    that it could have changed again without that.
    """

    def __init__(self) -> None:
        self._listings: dict[str, _Listing] = {}
        self._bases: dict[tuple[str, int], str] = {}

    def forks(self, home: Path, id: str) -> list[Path]:
        """The logs in a home that go on from another one, by its id."""
        forks = map(self._forks, self._all(home))
        return [Path(log) for found in forks for log in found.get(id, ())]

    def logs(self, home: Path) -> list[Path]:
        """All logs in a home."""
        return [Path(log) for found in self._all(home) for log, _ in found.logs]

    def _all(self, home: Path) -> Iterator[_Listing]:
        folders = [str(home / name) for name in FOLDERS]
        for folder in folders:  # grows
            listing = self._listing(folder)
            folders += listing.folders
            yield listing

    def _listing(self, folder: str) -> _Listing:
        now = time.time_ns()
        try:
            modified = os.stat(folder).st_mtime_ns
            return self._listed(folder, modified, now)
        except OSError:  # it is not there, or not any more
            return _Listing(0)

    def _listed(self, folder: str, modified: int, now: int) -> _Listing:
        known = self._listings.get(folder)
        if known is not None and known.modified == modified:
            return known
        found = _Listing(modified if modified < now - _RACY else 0)
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".jsonl", ".jsonl.zst")):
                    if entry.is_file(follow_symlinks=False):
                        found.logs.append((entry.path, entry.inode()))
                elif entry.is_dir(follow_symlinks=False):
                    found.folders.append(entry.path)
        self._listings[folder] = found
        return found

    def _forks(self, listing: _Listing) -> dict[str, list[str]]:
        if listing.forks is None:
            listing.forks = {}
            for log, inode in listing.logs:
                base = self._base(log, inode, listing)
                if base:
                    listing.forks.setdefault(base, []).append(log)
        return listing.forks

    def _base(self, log: str, inode: int, listing: _Listing) -> str:
        base = self._bases.get((log, inode))
        if base is None:
            line = first_line(Path(log))
            base = base_of(line)
            if line.endswith(b"\n"):
                self._bases[log, inode] = base
            else:  # it is being written
                listing.modified = 0
        return base


_INDEX = Index()


def forks_of(origin: Rollout) -> list[Fork]:
    """The rollouts in a rollout's home that count its bytes.

    Raises:
        SourceRefused: One does so in a way that is not known.
    """
    forks = []
    for path in _INDEX.forks(origin.home, origin.id):
        rollout = Rollout.at(path)
        if rollout is not None and (fork := fork_at(rollout)) is not None:
            forks.append(fork)
    return sorted(forks, key=lambda fork: fork.rollout.id)


def log_of(home: Path, id: str) -> Rollout | None:
    """The log with an id, where it is now: Codex moves and compresses logs."""
    named = (Rollout.at(path) for path in _INDEX.logs(home) if id in path.name)
    return next((log for log in named if log is not None and log.id == id), None)


def threads_of(home: Path) -> dict[str, list[Rollout]]:
    """The logs of each thread in a home, by its id, the oldest first.

    A thread has one log, and one more for each time that it was rewound. Of one that
    is there packed as well, its client goes on with the other.
    """
    found: dict[str, dict[str, Rollout]] = {}
    for log in _logs(home):
        logs = found.setdefault(log.thread, {})
        if log.id in logs and log.path.with_suffix("") == logs[log.id].path:
            continue
        logs[log.id] = log
    return {thread: [logs[id] for id in sorted(logs)] for thread, logs in found.items()}


def _logs(home: Path) -> Iterator[Rollout]:
    return filter(None, map(Rollout.at, _INDEX.logs(home)))


def fork_at(rollout: Rollout) -> Fork | None:
    """A log that goes on from another one, as it is now; None where it is none.

    Raises:
        SourceRefused: It does so in a way that is not known.
    """
    line = first_line(rollout.path)
    found = _FIELD.search(line)
    try:
        payload = orjson.loads(line)["payload"]
        base = payload["history_base"]
        if set(base) <= _KNOWN - {"end_byte_offset"}:
            return None
        fits = found is not None and base["end_byte_offset"] == int(found[1])
        fits = fits and set(base) <= _KNOWN and base["thread_id"] != rollout.id
        ordinal = int(base.get("end_ordinal_exclusive", -1))
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits or found is None:
        raise SourceRefused(
            f"{rollout.path} is a fork of a version of Codex that is not known",
            hint="Update assetstore. Its origin was left alone.",
            path=str(rollout.path),
        )
    return Fork(rollout, found.start(1), found[1], ordinal)


def base_of(line: bytes) -> str:
    """The id of what a log with this first line goes on from, or ""."""
    found = _BASE.search(line)
    return found[1].decode("ascii", "replace") if found else ""


def first_line(path: Path) -> bytes:
    """A log's first line; without its end where that is not there, or far away."""
    line = bytearray()
    try:
        with open_plain(path) as file:
            packed = path.suffix == ".zst"
            read = zstandard.ZstdDecompressor().stream_reader(file) if packed else file
            while b"\n" not in line and len(line) < _FIRST_LINE:
                piece = read.read(_PIECE)
                if not piece:
                    break
                line += piece
    except (OSError, zstandard.ZstdError):
        return b""
    end = line.find(b"\n")
    return bytes(line[: end + 1] if end >= 0 else line)


def rewriting(stack: ExitStack, fork: Fork, text: bytes) -> Callable[[], None]:
    """Write a fork anew, with another field, beside it.

    Args:
        stack: What ends the writing, and removes what was not put in place.
        fork: The fork.
        text: The field.

    Returns:
        What puts it in place, durably.

    Raises:
        SourceRefused: The fork cannot be replaced.
        OSError: It cannot be written.
    """
    path = fork.rollout.path
    source = stack.enter_context(Source.open(path))
    source.settle()
    check_replaceable(source, path)
    draft = stack.enter_context(Draft(path))
    if fork.rollout.packed:
        _pack(fork, text, draft)
    else:
        draft.write_all(Overlay(source, fork.at, text, len(fork.field)))
    return lambda: draft.replace(source)


@contextmanager
def unpacked(fork: Fork) -> Iterator[Source]:
    """A fork's text; a compressed one's in a temporary file."""
    if not fork.rollout.packed:
        with Source.open(fork.rollout.path) as source:
            yield source
        return
    with spool() as folder:
        path = folder / "text"
        with path.open("wb") as out:
            for piece in _unpacked(fork, fork.field):
                out.write(piece)
        with Source.open(path) as source:
            yield source


def _pack(fork: Fork, text: bytes, draft: Draft) -> None:
    """Write a compressed fork anew, and compare what that unpacks to."""
    digest, size = blake3(), 0
    for piece in _unpacked(fork, text):
        digest.update(piece)
        size += len(piece)
    compressor = zstandard.ZstdCompressor(level=3).compressobj(size=size)
    for piece in _unpacked(fork, text):
        draft.write(compressor.compress(piece))
    draft.write(compressor.flush())
    written = blake3()
    with draft.reopened() as packed, os.fdopen(os.dup(packed.fd), "rb") as file:
        file.seek(0)
        for piece in _pieces(zstandard.ZstdDecompressor().stream_reader(file)):
            written.update(piece)
    if written.digest() != digest.digest():
        raise VerifyMismatch(f"{fork.rollout.path} was not compressed well")


def _unpacked(fork: Fork, text: bytes) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor()
    with fork.rollout.path.open("rb") as file:
        pieces = _pieces(reader.stream_reader(file, read_across_frames=True))
        head = bytearray()
        while len(head) < fork.at + len(fork.field):
            head += next(pieces)
        head[fork.at : fork.at + len(fork.field)] = text
        yield bytes(head)
        yield from pieces


def _pieces(reader: zstandard.ZstdDecompressionReader) -> Iterator[bytes]:
    return iter(lambda: reader.read(CHUNK), b"")


def remember(fork: Fork) -> None:
    """Keep, durably, what a fork's field is, before it becomes another.

    What was noted of the fork's bytes, a hash in a manifest or in the journal of a
    rescue, is of the bytes as they were then.
    """
    known = _known(fork.rollout)
    if fork.field in known:
        return
    make_folder(fork.rollout.fields.parent)
    with Draft(fork.rollout.fields) as draft:
        draft.write(b"\n".join([*known, fork.field]) + b"\n")
        draft.publish()


def earlier_forms(path: Path, text: Source) -> Sequence[RandomAccess]:
    """A fork's log as it was before its origin was replaced; for other files, none.

    Args:
        path: The log.
        text: What it holds now, unpacked.
    """
    rollout = Rollout.at(path)
    known = _known(rollout) if rollout is not None else []
    if not known:
        return ()
    found = _FIELD.search(text.read(0, _FIRST_LINE).partition(b"\n")[0])
    if found is None:
        return ()
    return [
        Overlay(text, found.start(1), was, len(found[1]))
        for was in known
        if was != found[1]
    ]


def _known(rollout: Rollout) -> list[bytes]:
    try:
        kept = rollout.fields.read_bytes()
    except OSError:
        return []
    return [was for was in kept.split(b"\n") if was.strip().isdigit()]
