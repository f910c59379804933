"""The pictures in Codex's own view of a thread (``thread_history_1.sqlite``).

Its entries are made from the rollout and hold the same pictures once more. They
are archived like a document with a line for each entry, under a name of its own,
so that the store keeps what they need.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from blake3 import blake3

from assetstore.agents.codex import history_rows
from assetstore.agents.codex.format import STAND_INS
from assetstore.agents.codex.rollout import WAIT, Rollout, writer_lock
from assetstore.agents.find import Thread, log_at
from assetstore.agents.reading import read_thread
from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions
from assetstore.errors import SourceRefused
from assetstore.files.source import Source
from assetstore.restore.restore import RestoreOptions, Restorer
from assetstore.store.backends.temp import spool
from assetstore.store.format.blob import Kind
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.placeholder import PATTERN, PREFIX_BYTES, parse_placeholder
from assetstore.store.store import Store

_LONG = 400
_COLUMNS = {"thread_id", "item_json"}


class HistoryNotes(Protocol):
    """Where it is noted which entries were changed."""

    record: dict[str, Any]

    def note(self, **facts: object) -> None:
        """Write facts down, durably."""


def slim(
    store: Store, thread: Thread, notes: HistoryNotes, keep: Collection[bytes] = ()
) -> int:
    """Take the pictures out of a thread's entries.

    Args:
        store: Where they go.
        thread: The thread.
        notes: Where it is noted what was done.
        keep: Hashes of pictures that stay.

    Returns:
        How many entries were changed.
    """
    rollout = _known(thread)
    if rollout is None:
        return 0
    with writer_lock(rollout), _opened(rollout) as db:
        rows = db.execute(
            "SELECT rowid, item_json FROM thread_items "
            "WHERE thread_id=? AND length(item_json)>? "
            "AND instr(item_json, char(10))=0",
            (rollout.id, _LONG),
        ).fetchall()
        old = [text for _, text in rows]
        new = _archived(store, old, _name(rollout), keep) if rows else []
        changed = {
            row: text for (row, was), text in zip(rows, new, strict=True) if text != was
        }
        if not changed:
            return 0
        known = dict(notes.record.get("history", {}))
        known |= {str(row): _digest(text) for row, text in changed.items()}
        notes.note(history=known)
        _update(db, changed)
        return len(changed)


def restore(store: Store, thread: Thread, notes: HistoryNotes) -> int:
    """Put them back, in those entries that are as `slim` left them.

    Others may lack pictures, too, where the notes were lost or damaged, or the client
    wrote entries anew since. Then the thread's entries are removed: the client writes
    all of them anew.

    Returns:
        How many entries were changed.
    """
    known: dict[str, str] = notes.record.get("history", {})
    rollout = _known(thread)
    if rollout is None:
        return 0
    changed: dict[int, str] = {}
    with writer_lock(rollout), _opened(rollout) as db:
        rows = [
            (row, text)
            for row, text in db.execute(
                "SELECT rowid, item_json FROM thread_items WHERE thread_id=?",
                (rollout.id,),
            )
            if known.get(str(row)) == _digest(text)
        ]
        if rows:
            whole = _restored(store, [text for _, text in rows])
            changed = {row: new for (row, _), new in zip(rows, whole, strict=True)}
            _update(db, changed)
        own = store.manifest(Path(_name(rollout)))
        if _stand_ins(db, rollout) or (
            own is not None and _lack_pictures(db, rollout, own)
        ):
            db.execute("BEGIN IMMEDIATE")
            history_rows.forget(db, rollout.id)
            db.execute("COMMIT")
    if own is not None:
        store.retract(own)
    return len(changed)


def _lack_pictures(db: sqlite3.Connection, rollout: Rollout, own: Manifest) -> bool:
    """Tell whether entries hold placeholders that were put into them."""
    recipes = {id[:PREFIX_BYTES] for kind, id in own.refs if kind is Kind.RECIPE}
    rows = db.execute(
        "SELECT item_json FROM thread_items WHERE thread_id=?", (rollout.id,)
    )
    return any(
        parse_placeholder(found[0]) in recipes
        for (text,) in rows
        for found in PATTERN.finditer(str(text).encode("utf-8", "surrogatepass"))
    )


def _stand_ins(db: sqlite3.Connection, rollout: Rollout) -> bool:
    """Tell whether entries have what stands for a picture, without its placeholder.

    The client leaves out what it does not know where it writes entries anew.
    """
    stands = " OR ".join(["instr(item_json, ?)"] * len(STAND_INS))
    query = f"SELECT 1 FROM thread_items WHERE thread_id=? AND ({stands}) LIMIT 1"  # noqa: S608 question marks
    found = db.execute(query, (rollout.id, *STAND_INS)).fetchone()
    return found is not None


def _known(thread: Thread) -> Rollout | None:
    """The rollout, if its home has a history of the kind that is known."""
    rollout = Rollout.at(thread.path)
    if rollout is None or not rollout.history.exists():
        return None
    with _opened(rollout) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(thread_items)")}
    return rollout if columns >= _COLUMNS else None


@contextmanager
def _opened(rollout: Rollout) -> Iterator[sqlite3.Connection]:
    try:
        with closing(
            sqlite3.connect(rollout.history, timeout=WAIT, isolation_level=None)
        ) as db:
            db.execute("PRAGMA synchronous=EXTRA")
            yield db
    except sqlite3.Error as e:
        raise SourceRefused(
            f"Codex's {rollout.history} cannot be brought along: {e}",
            hint="Close Codex, make room if there is none, and run the same command "
            "again; it finishes.",
            path=str(rollout.path),
        ) from e


def _name(rollout: Rollout) -> str:
    return f"{rollout.history}#{rollout.id}"


def _update(db: sqlite3.Connection, changed: dict[int, str]) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany(
        "UPDATE thread_items SET item_json=? WHERE rowid=?",
        [(text, row) for row, text in changed.items()],
    )
    db.execute("COMMIT")


def _digest(text: str) -> str:
    return blake3(text.encode("utf-8", "surrogatepass")).hexdigest(16)


def _archived(
    store: Store, texts: Sequence[str], name: str, keep: Collection[bytes]
) -> list[str]:
    with spool() as folder:
        old, new = folder / "old", folder / "new"
        old.write_text("\n".join(texts), "utf-8", newline="\n")
        spare: frozenset[int] = frozenset()
        if keep:
            images = read_thread(log_at(old)).images
            spare = frozenset(image.offset for image in images if image.blob in keep)
        options = ArchiveOptions(profile="codex", spare=spare)
        with Source.open(old) as source:
            Archiver(store, options).elsewhere(source, name, new, name)
        return new.read_text("utf-8").split("\n")


def _restored(store: Store, texts: Sequence[str]) -> list[str]:
    with spool() as folder:
        old, new = folder / "old", folder / "new"
        old.write_text("\n".join(texts), "utf-8", newline="\n")
        Restorer(store, RestoreOptions()).to_file(old, new)
        return new.read_text("utf-8").split("\n")
