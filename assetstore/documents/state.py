"""The state that a document's file is in, whatever its newest manifest says.

A manifest is put before the file is replaced. Where that was refused, because the file
changed meanwhile, or the program was killed, the file is still in an older state. It
can be restored without that state's manifest, as long as a newer one names its blobs;
but only that manifest tells the file's own placeholders from text that looks like them
(`ownership`).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from blake3 import blake3

from assetstore.errors import DamagedManifest, SourceChanged, SourceRefused
from assetstore.files.leftovers import Sweeper
from assetstore.files.source import RandomAccess
from assetstore.files.text import open_text
from assetstore.store.format.manifest import Manifest
from assetstore.store.store import Store


def file_state(
    states: Sequence[Manifest], sweeper: Sweeper
) -> tuple[Manifest | None, str]:
    """The state that a document's file is in.

    An archive or a restore that finds, just after it replaced the file, that another
    program wrote to it at that moment, puts it back, and so does the next one if it
    is killed. What the file seems to be until then, it is not.

    Args:
        states: All states of a document.
        sweeper: Knows what is beside documents.

    Returns:
        The state, or None; and why it cannot be told, or "".
    """
    path = Path(states[0].document)
    if not path.is_absolute():  # it came from standard input
        return None, ""
    replaced = "it is being replaced, or was when a process was killed"
    try:
        with open_text(path) as source:
            now = longest(source, states)
            if sweeper.may_be_taken_back(path, source.stat):
                return None, replaced
            return now, ""
    except (FileNotFoundError, NotADirectoryError, SourceRefused, ValueError):
        return None, replaced if sweeper.may_be_taken_back(path, None) else ""
    except (OSError, SourceChanged) as e:
        return None, f"the file cannot be read: {e}"


def states_of(store: Store, own: Manifest) -> Iterator[Manifest]:
    """All states of a manifest's document that can be read, the newest first."""
    for key in reversed(store.states(own)):
        with suppress(DamagedManifest, FileNotFoundError):
            yield store.load_manifest(key)


def states_at(store: Store, path: Path) -> list[Manifest]:
    """All states of a document that a store can read, the newest first."""
    try:
        own = store.manifest(path)
    except DamagedManifest:
        return []
    return [] if own is None else list(states_of(store, own))


def longest(source: RandomAccess, states: Iterable[Manifest]) -> Manifest | None:
    """The state that most of a file's first bytes are of.

    Args:
        source: The file.
        states: What it may be; of two that are alike, the first counts.
    """
    known: dict[int, dict[bytes, Manifest]] = {}
    for state in states:
        if state.slim_hash and 0 < state.slim_size <= source.size:
            known.setdefault(state.slim_size, {}).setdefault(state.slim_hash, state)
    digest, at, found = blake3(), 0, None
    for size in sorted(known):
        for piece in source.pieces(at, size):
            digest.update(piece)
        at = size
        found = known[size].get(digest.digest(), found)
    return found
