"""Bring a kept thread back in its place, byte for byte, so that its client goes on."""

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from blake3 import blake3

from assetstore.agents.codex import state as codex_state
from assetstore.agents.codex.forks import threads_of
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.kept.card import Card, KeptFile, KeptText, card_of
from assetstore.agents.kept.text import recipe_at, text_pieces
from assetstore.agents.kept.writing import appended_to, opened_file
from assetstore.documents.rebuild import RebuildTally, StoreKnowledge, rebuild
from assetstore.documents.recipes import Recipes
from assetstore.documents.state import longest, states_at
from assetstore.errors import (
    IntegrityError,
    MissingBlob,
    SourceInUse,
    SourceRefused,
    UsageError,
)
from assetstore.files import windows_names
from assetstore.files.durable import make_folder
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft, absolute
from assetstore.files.source import Source, same
from assetstore.quantities import many
from assetstore.store.backends.temp import spool
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.notes import Verdict
from assetstore.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtBack:
    """What came back of a thread.

    Attributes:
        thread: Its id.
        client: Whose it is, by its short name, or "".
        path: The log that its client goes on with.
        files: How many files were written.
        there: How many were there already.
        size: Bytes that were written.
        purged: How many payloads did not come back, since they were purged.
    """

    thread: str
    client: str
    path: str
    files: int
    there: int
    size: int
    purged: int = 0


def bring_back(
    store: Store, manifest: Manifest, home: Path | None = None, *, earlier: int = 0
) -> BroughtBack:
    """Write a kept thread's files where they were; none that is there is changed.

    The log that its client goes on with comes last: it is not seen before all else is
    there. Cut off, it is finished by running it again. The files are as new as now,
    since clients delete by that.

    Args:
        store: The store.
        manifest: The thread's.
        home: Another home than the one that it was in.
        earlier: Bring back each file that something wrote anew as it was so many times
            before.

    Raises:
        UsageError: No file of it was written anew so often.
        MissingBlob: The store does not hold all of it.
        IntegrityError: What the store holds of it is damaged.
        SourceRefused: Another file is in a place; what came before it stays. Or
            somebody else kept it, and ``home`` does not say where it goes.
        OSError: Something cannot be written.
    """
    card = card_of(store, manifest)
    if home is None and manifest.writer != store.writer:
        # Whoever wrote that says where files go: into anything that is not there yet.
        raise SourceRefused(
            f"{card.thread} was kept by another user or machine, in {card.home}",
            hint="Say where it goes: --to, with the home of its client here.",
            path=card.home,
        )
    if home is None and not Path(card.home).is_absolute():  # of another system
        raise SourceRefused(
            f"{card.home!r} is no folder of this machine",
            hint="Bring the thread back to another folder with --to.",
            path=card.home,
        )
    if earlier > (most := max(len(file.before) for file in card.files)):
        raise UsageError(
            f"no file of {card.thread} was written anew {many(earlier, 'time')}: "
            f"{most:,} at most",
            hint="Without --earlier, it comes back as it was when it was last kept.",
        )
    home = absolute(Path(card.home) if home is None else home)
    targets = [(file, _target(home, file)) for file in card.files]
    log = targets[0][1]
    _refuse_known(log, card)
    written = there = size = purged = 0
    with spool() as folder:
        for file, target in reversed(targets):
            text = file.texts[min(earlier, len(file.before))]
            with store.doc_lock(target):
                Sweeper().sweep(target)  # of one that was killed
                new = folder / "file"
                purged += _write(store, text, new)
                if _is_there(target, new):
                    there += 1
                else:
                    make_folder(target.parent)
                    _put(new, target)
                    written, size = written + 1, size + new.stat().st_size
                if text is file.now and target.exists():
                    _claim(store, file, target)
            if target.exists():  # and is not compressed
                with suppress(SourceInUse):  # mended by the next command
                    codex_state.mend(target)
                    codex_state.fit(target)
    return BroughtBack(
        thread=card.thread,
        client=card.client,
        path=str(log),
        files=written,
        there=there,
        size=size,
        purged=purged,
    )


def _target(home: Path, file: KeptFile) -> Path:
    """Find where a file goes: not out of the home or to a device, whatever it says."""
    place = PurePosixPath(file.place)
    plain = not place.is_absolute() and place.parts and ".." not in place.parts
    if windows_names.NEEDED and not all(map(windows_names.is_name, place.parts)):
        raise SourceRefused(
            f"Windows can have no file that is called {file.place!r}",
            hint="Bring it back on the system that it came from.",
            path=str(home),
        )
    target = home.joinpath(*place.parts)
    real = Path(os.path.realpath(home))
    if not plain or not Path(os.path.realpath(target)).is_relative_to(real):
        raise SourceRefused(
            f"{file.place!r} leads out of {home}",
            hint="Bring it back to another folder with --to.",
            path=str(home),
        )
    return target


def _refuse_known(log: Path, card: Card) -> None:
    """Refuse a thread that Codex has under the name of another log."""
    rollout = Rollout.at(log)
    if rollout is None:
        return
    names = {Path(file.place).name for file in card.files}
    for known in threads_of(rollout.home).get(rollout.thread, ()):
        name = known.path.name.removesuffix(".zst")
        if known.path.parent != log.parent or name not in names:
            raise SourceRefused(
                f"the thread {card.thread} is here already: {known.path}",
                hint="Delete it in its client first, or bring it back elsewhere with "
                "--to.",
                path=str(known.path),
            )


def _write(store: Store, text: KeptText, target: Path) -> int:
    """Write what a file held; return how many payloads are not in it."""
    recipes = Recipes(store)
    recipe = recipe_at(recipes, text.text)
    with ExitStack() as stack:
        slim = target.with_name("slim") if text.changed else target
        with slim.open("wb") as out:
            for piece in text_pieces(recipes, recipe):
                out.write(piece)
                _check_length(out.tell(), text.slim_size)
        if not text.changed:
            return 0
        source = stack.enter_context(Source.open(slim))
        stays = frozenset(text.stays)

        def judge(offset: int, prefix: bytes) -> Verdict:
            return Verdict.TEXT if offset in stays else Verdict.OWN

        tally = RebuildTally()
        known = [StoreKnowledge(recipes, judge)]
        digest = blake3()
        gone = bool(store.purged())
        with target.open("wb") as out:
            for piece in rebuild(source, known, allow_missing=gone, tally=tally):
                digest.update(piece)
                out.write(piece)
    if tally.missing > tally.purged:
        lost = tally.missing - tally.purged
        raise MissingBlob(
            f"{lost:,} images of the thread are not in the store",
            hint="Run 'assetstore verify'.",
        )
    if tally.purged <= text.purged and digest.hexdigest() != text.hash:
        raise IntegrityError("what comes back of the thread is not what was kept")
    return tally.purged


def _check_length(size: int, most: int) -> None:
    """Refuse to fill the disk with what is longer than what was kept."""
    if size > most:
        raise IntegrityError("what comes back of the thread is not what was kept")


def _is_there(target: Path, new: Path) -> bool:
    """Tell whether a file is there already, as it was or with what came since.

    Raises:
        SourceRefused: Something else is.
    """
    packed = target.with_name(f"{target.name}.zst")  # its client may compress it
    there = target
    if appended_to(packed) and packed.exists() and not os.path.lexists(target):
        there = packed
    if not there.exists() and not there.is_symlink():
        return False
    if not there.is_symlink():
        with opened_file(there) as old, Source.open(new) as text:
            if old.size >= text.size and same(old.pieces(0, text.size), text):
                return True
    raise _exists(there)


def _exists(path: Path) -> SourceRefused:
    return SourceRefused(
        f"{path} exists already",
        hint="Move it away, or bring the thread back elsewhere with --to.",
        path=str(path),
    )


def _put(path: Path, target: Path) -> None:
    """Copy a file to its place, durably.

    Raises:
        SourceRefused: Its client made one there meanwhile.
    """
    with Source.open(path) as source, Draft(target) as draft:
        draft.write_all(source)
        if os.path.lexists(target):  # since it was looked for
            raise _exists(target)
        draft.publish()


def _claim(store: Store, file: KeptFile, target: Path) -> None:
    """Let the store know again which placeholders in a file are its own.

    The store may have forgotten that since its client deleted it. All that this
    claims, the thread's own manifest claims, too: nothing of it can be gone.
    """
    if not file.archived:
        return
    recipes = Recipes(store)
    data = b"".join(
        bytes(p) for p in text_pieces(recipes, recipe_at(recipes, file.archived))
    )
    state = Manifest.unpack(data, "a kept thread's")
    with Source.open(target) as source:
        if longest(source, states_at(store, target)) is None:
            store.put_manifest(replace(state, document=str(target)))
