"""Bring along what Codex keeps beside a rollout when that rollout is replaced.

Codex holds ``thread-writer-locks/<thread>.lock`` while a thread is loaded and
appends through a descriptor it keeps, so a replacement under a loaded thread
would lose its next turn. Its ``thread_history_1.sqlite`` has byte offsets of line
boundaries in the rollout. A replacement keeps the number of lines, so each offset
moves to the same boundary of the new file. Measured on 0.169 (docs/codex.md).

The offsets change in one transaction, which is open while the file is replaced.
A process killed between the replacement and the commit leaves a note, from which
`recover` finishes.
"""

import contextlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from blake3 import blake3

from assetstore.atomic import Draft, Sweeper, make_folder
from assetstore.errors import SourceInUse, SourceRefused
from assetstore.reader import Source
from assetstore.store.locks import hold, try_hold

_NAME = re.compile(
    r"rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"\.jsonl(?:\.zst)?"
)
_FOLDERS = ("sessions", "archived_sessions")
_HISTORY = "thread_history_1.sqlite"
_LOCKS = "thread-writer-locks"
_WAIT = 10.0
_FIRST_LINE = 1 << 18
_BASE = re.compile(rb'"history_base"\s*:\s*\{[^{}]*?"thread_id"\s*:\s*"([^"]{1,64})"')
# Every column of the history that counts bytes of a rollout.
_OFFSETS = (
    ("thread_turns", "rollout_byte_offset"),
    ("thread_turns", "rollout_end_byte_offset"),
    ("thread_history_projection_state", "next_rollout_byte_offset"),
)
_OF_THREAD = ("thread_turns", "thread_items", "thread_history_projection_state")


@dataclass(frozen=True, slots=True)
class Rollout:
    """A thread's file in a Codex home.

    Attributes:
        path: The file.
        home: The ``CODEX_HOME`` it is in.
        thread: The thread's id.
    """

    path: Path
    home: Path
    thread: str

    @classmethod
    def at(cls, path: Path) -> "Rollout | None":
        """The rollout at an absolute path, or None where that is none."""
        found = _NAME.fullmatch(path.name)
        if found is None:
            return None
        for folder in path.parents:
            if folder.name in _FOLDERS:
                return cls(path, folder.parent, found[1])
        return None

    @property
    def history(self) -> Path:
        """The database with the offsets; there may be none."""
        return self.home / _HISTORY

    @property
    def note(self) -> Path:
        """Where a replacement notes what it is about to do."""
        import platformdirs

        state = platformdirs.user_state_path("assetstore", appauthor=False)
        key = blake3(os.fsencode(self.home)).hexdigest(8)
        return state / "codex" / f"{key}-{self.thread}.json"


@dataclass(frozen=True, slots=True)
class _Move:
    """An offset that changes."""

    table: str
    column: str
    row: int
    old: int
    new: int


def replace(
    draft: Draft, source: Source, *, texts: tuple[Source, Source] | None = None
) -> None:
    """Put a draft in a document's place, with what a client keeps beside it.

    Args:
        draft: The new file.
        source: The document.
        texts: What they hold, before and after, where they are compressed.

    Raises:
        SourceInUse: Codex has the thread loaded.
        SourceRefused: Codex's history is of a kind that is not known.
        SourceChanged: The document is not any more what was read.
        OSError: It cannot be replaced.
    """
    rollout = Rollout.at(draft.target)
    if rollout is None:
        draft.replace(source)
        return
    with writer_lock(rollout):
        _refuse_base(rollout)
        if not rollout.history.exists():
            draft.replace(source)
            return
        with draft.reopened() as slim, _history(rollout) as db:
            moves = _moves(db, rollout, *(texts or (source, slim)))
            if moves:
                _apply(db, moves)
                _write_note(rollout, slim, moves)
            draft.replace(source)
            db.execute("COMMIT")
        rollout.note.unlink(missing_ok=True)


def recover(path: Path) -> None:
    """Finish a replacement that was killed before its commit, if there is one.

    Raises:
        SourceInUse: Codex has the thread loaded.
        OSError: The note cannot be read, or the file.
    """
    rollout = Rollout.at(path)
    if rollout is None or not rollout.note.exists():
        return
    with writer_lock(rollout):
        try:
            note: dict[str, Any] = json.loads(rollout.note.read_bytes())
            size, digest = int(note["size"]), bytes.fromhex(note["blake3"])
            moves = [_Move(*move) for move in note["moves"]]
        except (ValueError, KeyError, TypeError):
            moves = []  # torn: it was not replaced yet
        if moves and _begins(path, size, digest):
            with _history(rollout) as db:
                _apply(db, moves)
                db.execute("COMMIT")
        rollout.note.unlink(missing_ok=True)


def check_free(path: Path) -> None:
    """Refuse a rollout that cannot be replaced now, before any work is done.

    Raises:
        SourceInUse: Codex has it loaded.
        SourceRefused: A fork counts its bytes.
    """
    rollout = Rollout.at(path)
    if rollout is not None:
        with writer_lock(rollout):
            _refuse_base(rollout)


def _refuse_base(rollout: Rollout) -> None:
    """Refuse a rollout that a fork goes on from.

    A fork that Codex 0.169 makes begins with a byte offset in its origin
    (``history_base.end_byte_offset``), and cannot be loaded once that is wrong.
    """
    for folder in _FOLDERS:
        for path in (rollout.home / folder).rglob("rollout-*.jsonl*"):
            if path != rollout.path and _base(path) == rollout.thread:
                raise SourceRefused(
                    f"{rollout.path} is what the fork {path.name} goes on from; the "
                    "fork counts its bytes and could not be loaded any more",
                    hint="Rescue the fork instead, or this thread with --fork.",
                    path=str(rollout.path),
                )


def _base(path: Path) -> str:
    """The thread that a rollout goes on from, or ""."""
    try:
        with path.open("rb") as file:
            if path.suffix == ".zst":
                reader = zstandard.ZstdDecompressor().stream_reader(file)
                head = reader.read(_FIRST_LINE)
            else:
                head = file.read(_FIRST_LINE)
    except (OSError, zstandard.ZstdError):
        return ""
    found = _BASE.search(head.partition(b"\n")[0])
    return found[1].decode("ascii", "replace") if found else ""


@contextlib.contextmanager
def writer_lock(rollout: Rollout) -> Iterator[None]:
    """Hold what Codex holds while a thread is loaded, where it has such locks.

    A thread's lock is a file that its holder removes at the end; Codex's
    coordination lock keeps that from meeting somebody who just opened it.

    Raises:
        SourceInUse: Codex, or somebody else, holds it.
    """
    folder = rollout.home / _LOCKS
    if not folder.is_dir():
        yield
        return
    path = folder / f"{rollout.thread}.lock"
    with hold(folder / ".coordination.lock", _WAIT):
        lock = try_hold(path)
    if lock is None:
        from assetstore.guard import opened_by_others

        who = opened_by_others(path)
        raise SourceInUse(
            f"{rollout.path} is loaded in Codex" + (f" ({who})" if who else ""),
            hint="Close the thread there (quit the app or the terminal session), "
            "and try again.",
            path=str(rollout.path),
        )
    try:
        yield
    finally:
        with hold(folder / ".coordination.lock", _WAIT):
            if os.name != "nt":  # no open file can be removed there
                path.unlink(missing_ok=True)
            lock.release()


@contextlib.contextmanager
def _history(rollout: Rollout) -> Iterator[sqlite3.Connection]:
    """The history in a transaction that ends with the block, undone."""
    db = sqlite3.connect(rollout.history, timeout=_WAIT, isolation_level=None)
    try:
        # A commit is durable before the note of it goes, in every journal mode.
        db.execute("PRAGMA synchronous=EXTRA")
        db.execute("BEGIN IMMEDIATE")
        yield db
    except sqlite3.Error as e:
        raise SourceRefused(
            f"Codex's {rollout.history} cannot be brought along: {e}",
            hint="Close Codex and try again. The file was left alone.",
            path=str(rollout.path),
        ) from e
    finally:
        db.close()


def _moves(
    db: sqlite3.Connection, rollout: Rollout, source: Source, slim: Source
) -> list[_Move]:
    _check_known(db, rollout)
    rows = [
        (table, column, row, offset)
        for table, column in _OFFSETS
        for row, offset in db.execute(
            f'SELECT rowid, "{column}" FROM "{table}" WHERE thread_id=?',
            (rollout.thread,),
        )
        if offset
    ]
    offsets = sorted({offset for *_, offset in rows})
    places = dict(zip(offsets, moved(source, slim, offsets), strict=True))
    if None in places.values():
        # It does not fit the file now: somebody changed that without it. Codex
        # writes it anew from the file when the thread is next loaded.
        for table in _OF_THREAD:
            db.execute(f'DELETE FROM "{table}" WHERE thread_id=?', (rollout.thread,))
        return []
    return [
        _Move(table, column, row, offset, new)
        for table, column, row, offset in rows
        if (new := places[offset]) is not None and new != offset
    ]


def _check_known(db: sqlite3.Connection, rollout: Rollout) -> None:
    """Refuse a database with other byte offsets than those that are known."""
    found = {
        (table, column)
        for (table,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type='table'"
        ).fetchall()
        for _, column, *_ in db.execute(f'PRAGMA table_info("{table}")')
        if "offset" in column or "byte" in column
    }
    if found != set(_OFFSETS):
        raise SourceRefused(
            f"{rollout.history} is of a version of Codex that is not known",
            hint="Update assetstore. The file was left alone.",
            path=str(rollout.path),
        )


def moved(source: Source, slim: Source, offsets: Sequence[int]) -> list[int | None]:
    """Where line boundaries of one file are in another with as many lines.

    Args:
        source: The one file.
        slim: The other.
        offsets: Places in ``source``, sorted: beginnings of lines, or its end.

    Returns:
        Their places in ``slim``; None for one that is no boundary.
    """
    numbers: list[int | None] = []
    at = count = 0
    for offset in offsets:
        last = b"\n"
        for piece in source.pieces(at, min(offset, source.size)):
            count += piece.count(b"\n")
            last = piece[-1:]
        at = offset
        fits = last == b"\n" and offset < source.size
        numbers.append(count if fits else -1 if offset == source.size else None)
    places = _behind(slim, [n for n in numbers if n is not None and n >= 0])
    return [
        None if n is None else slim.size if n < 0 else places.get(n) for n in numbers
    ]


def _behind(source: Source, numbers: Sequence[int]) -> dict[int, int]:
    """Offsets behind the n-th newlines, for sorted numbers."""
    found = {0: 0}
    wanted = iter(sorted({n for n in numbers if n}))
    want = next(wanted, None)
    base = count = 0
    for piece in source.pieces(0, source.size):
        if want is None:
            break
        here = piece.count(b"\n")
        at = 0
        while want is not None and want <= count + here:
            at = piece.index(b"\n", at) + 1
            count, here = count + 1, here - 1
            if count == want:
                found[want] = base + at
                want = next(wanted, None)
        count += here
        base += len(piece)
    return found


def _apply(db: sqlite3.Connection, moves: Sequence[_Move]) -> None:
    for m in moves:
        db.execute(
            f'UPDATE "{m.table}" SET "{m.column}"=? WHERE rowid=? AND "{m.column}"=?',
            (m.new, m.row, m.old),
        )


def _write_note(rollout: Rollout, slim: Source, moves: Sequence[_Move]) -> None:
    text = json.dumps(
        {
            "path": str(rollout.path),
            "size": slim.size,
            "blake3": slim.blake3().hex(),
            "moves": [[m.table, m.column, m.row, m.old, m.new] for m in moves],
        }
    )
    make_folder(rollout.note.parent)
    Sweeper().sweep(rollout.note)
    with Draft(rollout.note) as draft:
        draft.write(text.encode())
        draft.publish()


def _begins(path: Path, size: int, digest: bytes) -> bool:
    """Whether a file's first bytes have a hash."""
    with Source.open(path) as file:
        if file.size < size:
            return False
        found = blake3()
        for piece in file.pieces(0, size):
            found.update(piece)
    return found.digest() == digest
