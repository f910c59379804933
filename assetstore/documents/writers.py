"""Who wrote to a store, and what happens to what a writer claims that is no more.

A writer frees its own claims alone. When its name is lost (a new machine, a state
folder that was removed), somebody has to take its claims over, or give them up.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.documents.catalog import count_placeholders
from assetstore.documents.row_names import database_of
from assetstore.errors import SourceError, SourceRefused, StoreError, UsageError

if TYPE_CHECKING:
    from assetstore.store.format.manifest import Manifest
    from assetstore.store.store import Store

_WAIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterInfo:
    """A user on a machine, who wrote to a store.

    Attributes:
        id: Its name in the store.
        own: Whether that is us.
        documents: How many documents it has claims on.
        here: How many of them are on this machine, as long as the archived ones were.
        last: When it archived or restored one last, in seconds since 1970.
        example: The one of these, by its path.
    """

    id: str
    own: bool
    documents: int
    here: int
    last: float
    example: str


def list_writers(store: "Store") -> list[WriterInfo]:
    """List who has claims in a store, the latest first.

    Raises:
        DamagedManifest: What the store knows of a document cannot be read.
    """
    found: dict[str, WriterInfo] = {}
    for manifest in store.manifests():
        known = found.get(manifest.writer)
        newest = known is None or manifest.created > known.last
        found[manifest.writer] = WriterInfo(
            id=manifest.writer,
            own=manifest.writer == store.writer,
            documents=1 + (known.documents if known else 0),
            here=_is_here(manifest) + (known.here if known else 0),
            last=manifest.created if newest or known is None else known.last,
            example=manifest.document if newest or known is None else known.example,
        )
    return sorted(found.values(), key=lambda writer: writer.last, reverse=True)


def _is_here(manifest: "Manifest") -> bool:
    if database := database_of(manifest.document):
        return Path(database).exists()
    try:
        if os.stat(manifest.document).st_size == manifest.slim_size:
            return True
        from assetstore.files.text import open_text

        with open_text(Path(os.path.realpath(manifest.document))) as source:
            return bool(source.encoding) and source.size == manifest.slim_size
    except (OSError, ValueError, SourceError):
        return False


def find_writer(store: "Store", name: str) -> WriterInfo:
    """Look for the writer that a user names by the beginning of its id.

    Raises:
        StoreError: The store has none.
        UsageError: There are several, or it is ourselves.
    """
    found = [one for one in list_writers(store) if one.id.startswith(name.lower())]
    if not found or not name:
        raise StoreError(
            f"the store knows no writer {name}",
            hint="'assetstore writers list' lists those it knows.",
        )
    if len(found) > 1:
        shown = ", ".join(one.id for one in found[:5])
        raise UsageError(f"{name} fits {len(found)} writers", hint=f"One of {shown}.")
    if found[0].own:
        raise UsageError(
            f"{name} is this user on this machine",
            hint="'assetstore forget' gives up what it claims, document by document.",
        )
    return found[0]


def adopt(store: "Store", writer: str) -> int:
    """Take over what a writer claims, that is no more.

    Each document's states become our own, in their order and with their times; where we
    have some of it, ours stay the newest. A collection that goes on meanwhile is waited
    for: it could look for a state where it is not yet, and then where it is no more.

    Args:
        store: The store.
        writer: Its id.

    Returns:
        How many documents.

    Raises:
        DamagedManifest: A manifest cannot be read; those before it are taken over.
        LockedError: A collection, or somebody at work on a document, takes too long.
        StoreWriteError: The store cannot be written.
    """
    newest = _of_writer(store, writer)
    with store.lock("gc", _WAIT):
        for manifest in newest:
            with store.doc_lock(Path(manifest.document), _WAIT):
                _take_over(store, manifest)
    return len(newest)


def _take_over(store: "Store", theirs: "Manifest") -> None:
    states = [store.load_manifest(key) for key in store.states(theirs)]
    own = store.manifest(Path(theirs.document))
    mine = [] if own is None else [store.load_manifest(k) for k in store.states(own)]
    # Behind all that there is, each in its order: what a restore says of itself stands
    # right behind the state that it is of.
    seq = own.seq if own is not None else 0
    for state in (*states, *mine):
        seq += 1
        while not store.put_signed(state.signed(store.writer, seq, state.created)):
            seq += 1
    for state in (*states, *mine):
        store.backend.delete(state.key)


def release(store: "Store", writer: str, *, force: bool = False) -> int:
    """Give up all that a writer claims, that is no more.

    Args:
        store: The store.
        writer: Its id.
        force: Do so even if documents here hold placeholders that it claims.

    Returns:
        How many documents.

    Raises:
        SourceRefused: Documents here hold placeholders, and ``force`` was not given.
        DamagedManifest: A manifest cannot be read.
        LockedError: Somebody is at work on a document.
        StoreWriteError: The store cannot be written.
    """
    newest = _of_writer(store, writer)
    held = "" if force else _held(store, newest)
    if held:
        raise SourceRefused(
            f"{held} is here, and holds placeholders that this writer claims",
            hint="'assetstore writers adopt' takes its claims over. With --force they "
            "are given up: such documents cannot be restored after the next gc.",
            path=held,
        )
    for manifest in newest:
        with store.doc_lock(Path(manifest.document), _WAIT):
            store.retract(manifest, foreign=True)
    return len(newest)


def _of_writer(store: "Store", writer: str) -> "list[Manifest]":
    """The newest manifests of a writer."""
    prefix = f"manifests/{writer}/"
    keys = [key for key in store.newest_keys() if key.startswith(prefix)]
    return [store.load_manifest(key) for key in keys]


def _held(store: "Store", newest: "list[Manifest]") -> str:
    """Name a document that is here with placeholders of the store, or nothing."""
    ours = {key.split("/")[2] for key in store.newest_keys() if store.is_own(key)}
    for manifest in newest:
        if manifest.key.split("/")[2] in ours:
            continue  # we claim it ourselves
        try:
            held = count_placeholders(store, Path(manifest.document))
        except (OSError, ValueError):
            continue  # it is not here
        if held:
            return manifest.document
    return ""
