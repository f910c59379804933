"""The state that a document's file is in, whatever its newest manifest says.

A manifest is put before the file is replaced. Where that was refused, because the file
changed meanwhile, or the program was killed, the file is still in an older state. It
can be restored without that state's manifest, as long as a newer one names its blobs;
but only that manifest tells the file's own placeholders from text that looks like them
(`lineage`).
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from blake3 import blake3

from assetstore.errors import SourceChanged, SourceRefused, StoreWriteError
from assetstore.files.leftovers import Sweeper
from assetstore.files.source import Source
from assetstore.store.format.manifest import Manifest
from assetstore.store.manifests import Claims
from assetstore.store.reports import Decision


def standing(
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
        with Source.open(path) as source:
            now = longest(source, states)
            if sweeper.may_be_taken_back(path, source.stat):
                return None, replaced
            return now, ""
    except (FileNotFoundError, NotADirectoryError, SourceRefused, ValueError):
        return None, replaced if sweeper.may_be_taken_back(path, None) else ""
    except (OSError, SourceChanged) as e:
        return None, f"the file cannot be read: {e}"


def spared(
    decisions: Sequence[Decision],
    states: Sequence[Manifest],
    now: Manifest | None,
    problem: str,
) -> list[Decision]:
    """Keep the state that the file is in, and every state if that cannot be told.

    Args:
        decisions: What was decided on each state.
        states: All states of a document.
        now: The one that its file is in (`standing`).
        problem: Why that cannot be told.
    """
    if problem:
        return [_kept(decision, problem) for decision in decisions]
    return [
        _kept(decision, "the file is still as it was then")
        if state is now
        else decision
        for decision, state in zip(decisions, states, strict=True)
    ]


def settled(
    store: Claims,
    states: Sequence[Manifest],
    now: Manifest | None,
    *,
    dry_run: bool = False,
) -> Manifest | None:
    """Note of a restore that it was done, where it was killed before it did so.

    A restore first says that it is begun, with the hash of the document as it will be
    (`Manifest.begun`); a document that begins with these bytes was restored. What is
    put comes right behind that, or not at all: who archived the document meanwhile
    was there first.

    Args:
        store: The store.
        states: All states of a document, the newest first.
        now: The one that its file is in.
        dry_run: Put nothing.

    Returns:
        What was put; None where there is nothing to say, or it cannot be told whether
        the document was restored.
    """
    own = states[0]
    if not own.begun or own.client != store.client or now is not own:
        return None
    done = own.done
    with suppress(StoreWriteError):  # what it says can be said later
        if dry_run or store.put_signed(done):
            return done
    return None


def longest(source: Source, states: Iterable[Manifest]) -> Manifest | None:
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


def _kept(decision: Decision, reason: str) -> Decision:
    return decision if decision.keep else replace(decision, keep=True, reason=reason)
