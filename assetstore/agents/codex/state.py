"""Bring along what Codex keeps beside a rollout when that rollout is replaced.

Codex holds ``thread-writer-locks/<thread>.lock`` while a thread is loaded and
appends through a descriptor it keeps, so a replacement under a loaded thread
would lose its next turn. Its ``thread_history_1.sqlite`` has byte offsets of line
boundaries in the rollout. A replacement keeps the number of lines, so each offset
moves to the same boundary of the new file; so do those that logs have which go on from
it (`forks`), and where such a log becomes longer with that, what counts its bytes.
Measured on 0.169 and 0.171 (docs/codex.md).

The offsets change in one transaction, which is open while the file and then the
others are replaced. A process killed between the first replacement and the commit
leaves a note, from which `recover` finishes.
"""

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from blake3 import blake3

from assetstore.agents.codex import history_rows
from assetstore.agents.codex.forks import (
    Fork,
    fork_at,
    forks_of,
    log_of,
    remember,
    rewriting,
    unpacked,
)
from assetstore.agents.codex.rollout import Rollout, writer_lock
from assetstore.agents.lines import begins_line, moved, numbered
from assetstore.errors import SourceInUse, SourceRefused
from assetstore.files.durable import make_folder
from assetstore.files.in_use import called, written_by_others
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft
from assetstore.files.source import CHUNK, Overlay, RandomAccess, Source


@dataclass(frozen=True, slots=True)
class _Turn:
    """A fork whose field changes."""

    fork: Fork
    new: bytes


def replace(
    draft: Draft, source: Source, *, texts: tuple[Source, Source] | None = None
) -> None:
    """Put a draft in a document's place, with what a client keeps beside it.

    Args:
        draft: The new file.
        source: The document.
        texts: What they hold, before and after, where they are compressed.

    Raises:
        SourceInUse: Codex has the thread loaded, or a fork of it.
        SourceRefused: Codex's history is of a kind that is not known, or a fork
            cannot be brought along.
        SourceChanged: The document is not any more what was read.
        OSError: It cannot be replaced.
    """
    rollout = Rollout.at(draft.target)
    if rollout is None:
        draft.replace(source)
        return
    with ExitStack() as stack:
        _held(stack, rollout)
        slim = stack.enter_context(draft.reopened())
        db = None
        if rollout.history.exists():
            db = stack.enter_context(history_rows.opened(rollout))
        moves, turns = _along(stack, db, rollout, *(texts or (source, slim)))
        places = []
        # Forks are made ready, and what moves is noted, before anything is replaced: a
        # process that is killed from here on leaves what the next one finishes.
        for turn in turns:
            remember(turn.fork)
            places.append(rewriting(stack, turn.fork, turn.new))
        if db is not None and moves:
            history_rows.apply(db, moves)
        if moves or turns:
            _write_note(rollout, slim, moves, turns)
        draft.replace(source)
        for place in places:
            place()
        if db is not None:
            db.execute("COMMIT")
        rollout.note.unlink(missing_ok=True)


def _along(
    stack: ExitStack,
    db: sqlite3.Connection | None,
    rollout: Rollout,
    old: RandomAccess,
    new: RandomAccess,
) -> tuple[list[history_rows.Move], list[_Turn]]:
    """Find what changes along with a log, and with what changes along with it.

    Args:
        stack: Holds the locks and files that this takes.
        db: The history, if there is one.
        rollout: The log.
        old: Its text as it is.
        new: Its text as it will be.
    """
    moves, turns = list[history_rows.Move](), list[_Turn]()
    changing = [(rollout, old, new)]
    for log, was, will in changing:  # grows
        if db is not None:
            moves += history_rows.moves_of(db, log, was, will)
        for turn in _turns(log, _held(stack, log), was, will):
            fork = turn.fork
            if fork.rollout.id in {log.id for log, *_ in changing}:  # a circle
                raise _no_boundary(log, fork)
            turns.append(turn)
            if len(turn.new) != len(fork.field):
                text = stack.enter_context(unpacked(fork))
                longer = Overlay(text, fork.at, turn.new, len(fork.field))
                changing.append((fork.rollout, text, longer))
    return moves, turns


def recover(path: Path) -> None:
    """Finish replacements that were killed: of this log, or of one it goes on from.

    Raises:
        SourceInUse: Codex has the thread loaded, or one that was to change with it.
        OSError: A note cannot be read, or a file.
    """
    rollout = Rollout.at(path)
    for note in rollout.notes() if rollout is not None else ():
        assert rollout is not None  # noqa: S101 for the type checker
        if note == rollout.note:
            _finish(rollout, _read_note(note))
            continue
        record = _read_note(note)
        if any(id == rollout.id for id, *_ in record.get("forks", ())):
            found = log_of(rollout.home, note.stem.partition("-")[2])
            if found is not None:
                _finish(found, record)


def mend(path: Path) -> None:
    """Let logs that go on from this one do so where it says that they do, again.

    Something replaced it that did not know them: by the number of the line, their place
    can be told all the same. What is loaded is left as it is.

    Raises:
        SourceRefused: A log goes on from it in a way that is not known.
        OSError: A file cannot be read or written.
    """
    rollout = Rollout.at(path)
    if rollout is None or rollout.packed:
        return
    with ExitStack() as stack, contextlib.suppress(SourceInUse):
        wrong = [fork for fork in forks_of(rollout) if fork.ordinal >= 0]
        source = stack.enter_context(Source.open(path)) if wrong else None
        wrong = [f for f in wrong if source and not begins_line(source, f.offset)]
        if source is None or not wrong:
            return
        _held(stack, rollout)
        places = numbered(source, {fork.ordinal for fork in wrong})
        for fork in wrong:
            if (place := places.get(fork.ordinal)) is not None:
                # Codex cannot load it: nothing else counts its bytes by now but its
                # own rows, which are as they were if it keeps its length.
                field = fork.pointing(place)
                if len(field) == len(fork.field):
                    remember(fork)
                    rewriting(stack, fork, field)()
        _check_offsets(rollout)


def fit(path: Path) -> None:
    """Let what Codex knows of a log fit it again, which came back as it once was.

    Raises:
        SourceInUse: Codex has the thread loaded.
        SourceRefused: Codex's history is of a kind that is not known.
        OSError: The log cannot be read.
    """
    rollout = Rollout.at(path)
    if rollout is not None:
        with writer_lock(rollout):
            _check_offsets(rollout)


def _finish(rollout: Rollout, note: dict[str, Any]) -> None:
    with ExitStack() as stack:
        forks = {fork.rollout.id: fork for fork in _held(stack, rollout)}
        for id, *_ in note.get("forks", ()):  # those of forks that became longer, too
            if id not in forks and (fork := _fork_named(stack, rollout, id)):
                forks[id] = fork
        for fork in forks.values():
            Sweeper().sweep(fork.rollout.path)
        try:
            size, digest = int(note["size"]), bytes.fromhex(note["blake3"])
            packed = str(note["path"]).endswith(".zst")
            moves = [history_rows.Move(*move) for move in note["moves"]]
            turns = [
                _Turn(forks[id], new.encode())
                for id, old, new in note.get("forks", ())
                if id in forks and forks[id].field == old.encode()
            ]
        except (ValueError, KeyError, TypeError):
            moves, turns = [], []
            _check_offsets(rollout)
        if (moves or turns) and _begins(rollout, packed, size, digest):
            for turn in turns:
                remember(turn.fork)
                rewriting(stack, turn.fork, turn.new)()
            if moves:
                db = stack.enter_context(history_rows.opened(rollout))
                history_rows.apply(db, moves)
                db.execute("COMMIT")
        rollout.note.unlink(missing_ok=True)


def _fork_named(stack: ExitStack, rollout: Rollout, id: str) -> Fork | None:
    """A log that a note names, locked, as it is now."""
    found = log_of(rollout.home, str(id))
    if found is None:
        return None
    stack.enter_context(writer_lock(found))
    return fork_at(found)


def _read_note(note: Path) -> dict[str, Any]:
    """Read a note; it says nothing where it is torn, damaged or gone."""
    try:
        record: dict[str, Any] = json.loads(note.read_bytes())
        whole = record.pop("check") == _checksum(record)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        FileNotFoundError,
    ):
        return {}
    return record if whole else {}


def _check_offsets(rollout: Rollout) -> None:
    """Remove offsets that do not fit the log; Codex writes them anew."""
    if rollout.packed or not rollout.history.exists():
        return
    with Source.open(rollout.path) as file, history_rows.opened(rollout) as db:
        history_rows.apply(db, history_rows.moves_of(db, rollout, file, file))
        db.execute("COMMIT")


def check_free(path: Path) -> None:
    """Refuse a rollout that cannot be replaced now, before any work is done.

    Raises:
        SourceInUse: Codex has it loaded, or a fork of it.
        SourceRefused: A fork of it cannot be brought along.
    """
    rollout = Rollout.at(path)
    if rollout is None:
        return
    with ExitStack() as stack:
        forks = _held(stack, rollout, waits=False)
        if forks and not rollout.packed:
            source = stack.enter_context(Source.open(path))
            for fork in forks:
                fits = begins_line(source, fork.offset)
                if not fits and not numbered(source, {fork.ordinal}):
                    raise _no_boundary(rollout, fork)


def fork_sizes(path: Path) -> int:
    """Add up the sizes of the forks that are written anew with a log."""
    rollout = Rollout.at(path)
    forks = forks_of(rollout) if rollout is not None else ()
    return sum(fork.rollout.path.stat().st_size for fork in forks)


def _held(stack: ExitStack, rollout: Rollout, *, waits: bool = True) -> list[Fork]:
    """The forks of a rollout, with its lock and theirs held."""
    stack.enter_context(writer_lock(rollout, waits=waits))
    forks = forks_of(rollout)
    for fork in forks:
        try:
            stack.enter_context(writer_lock(fork.rollout, waits=waits))
        except SourceInUse as e:
            raise SourceInUse(
                f"{e}; it goes on from {rollout.path.name}, and changes along",
                hint=e.hint,
                path=str(rollout.path),
            ) from None
    files = {}
    for fork in forks:
        stat = fork.rollout.path.stat()
        files[stat.st_dev, stat.st_ino] = fork
    for file, process in written_by_others(files).items() if files else ():
        raise SourceInUse(
            f"{files[file].rollout.path}, which goes on from {rollout.path.name} and "
            f"changes along, is open for writing in {called(process)}",
            hint="Close that program, or wait for it, and try again.",
            path=str(rollout.path),
        )
    return forks


def _turns(
    rollout: Rollout, forks: Sequence[Fork], old: RandomAccess, new: RandomAccess
) -> list[_Turn]:
    """The forks that change with a log, and how."""
    offsets = sorted({fork.offset for fork in forks})
    places = dict(zip(offsets, moved(old, new, offsets), strict=True))
    turns = []
    for fork in forks:
        place = places[fork.offset]
        if place is None:  # it was wrong already: the number of the line says it, too
            place = numbered(new, {fork.ordinal}).get(fork.ordinal)
        if place is None:
            raise _no_boundary(rollout, fork)
        if place != fork.offset:
            turns.append(_Turn(fork, fork.pointing(place)))
    return turns


def _no_boundary(rollout: Rollout, fork: Fork) -> SourceRefused:
    return SourceRefused(
        f"{fork.rollout.path} goes on from {rollout.path.name}, at byte {fork.offset}, "
        "where no line of it ends",
        hint="Codex cannot load that fork. Once it is deleted, or moved out of its "
        "folder, this works; or take this thread with rescue --fork.",
        path=str(rollout.path),
    )


def _checksum(note: dict[str, Any]) -> str:
    return blake3(json.dumps(note, sort_keys=True).encode()).hexdigest()


def _write_note(
    rollout: Rollout,
    slim: Source,
    moves: Sequence[history_rows.Move],
    turns: Sequence[_Turn],
) -> None:
    note: dict[str, Any] = {
        "path": str(rollout.path),
        "size": slim.size,
        "blake3": slim.blake3().hex(),
        "moves": [[m.table, m.column, m.row, m.old, m.new] for m in moves],
        "forks": [
            [t.fork.rollout.id, t.fork.field.decode(), t.new.decode()] for t in turns
        ],
    }
    text = json.dumps({**note, "check": _checksum(note)})
    make_folder(rollout.note.parent)
    Sweeper().sweep(rollout.note)
    with Draft(rollout.note) as draft:
        draft.write(text.encode())
        draft.publish()


def _begins(rollout: Rollout, packed: bool, size: int, digest: bytes) -> bool:
    """Tell whether a log's first bytes have a hash; if packed since, its text's."""
    found, done = blake3(), 0
    with rollout.path.open("rb") as file:
        unpack = rollout.packed and not packed
        read = zstandard.ZstdDecompressor().stream_reader(file) if unpack else file
        while done < size and (piece := read.read(min(CHUNK, size - done))):
            found.update(piece)
            done += len(piece)
    return done == size and found.digest() == digest
