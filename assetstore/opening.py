"""Open a store, or make one where none ever was: the one way for all who do."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.command_line import shown_command
from assetstore.errors import StoreError, StoreGone, StoreNotFound
from assetstore.files.find import StrPath
from assetstore.store.known_stores import KnownStores, Sighting
from assetstore.store.store import Store

if TYPE_CHECKING:
    from assetstore.documents.find_store import Owner

# Takes "note" or "warning", and a sentence.
Tell = Callable[[str, str], None]
# Numbers of users whose store at a place may be opened (`Store.open`).
Trust = Callable[[Path], frozenset[int]]


def open_store(
    location: StrPath,
    *,
    create: bool = False,
    parents: bool = False,
    dry_run: bool = False,
    known: KnownStores | None = None,
    documents: Iterable[StrPath] = (),
    trust: Trust = lambda root: frozenset(),
    tell: Tell = lambda label, text: None,
    cache_dir: Path | None = None,
    state_dir: Path | None = None,
    clock: Callable[[], float] = time.time,
    kind: type[Store] = Store,
) -> Store:
    """Open the store at a place; make it there only if none ever was.

    Args:
        location: The store's folder.
        create: Make the store where none was ever seen.
        parents: Make the folders above it, too.
        dry_run: Rather than make one, take one in memory.
        known: Which stores were met where; None: nothing is known, or noted.
        documents: What is to be worked on with the store. Where there is none, and
            placeholders in these are another store's, the error names that one.
        trust: Says whose stores may be opened, apart from one's own and root's.
        tell: Told that a store was made, or is not the one that was there.
        cache_dir: As in `Store.open`.
        state_dir: As in `Store.open`.
        clock: Seconds since 1970.
        kind: The class that it is to be of.

    Raises:
        StoreGone: A store was there and is not, or a new and empty one is.
        StoreNotFound: There is none, and none was to be made; or another one knows
            the documents.
        StoreError: As `Store.open`.
        OSError: The notes on stores cannot be read, and there is none.
    """
    root = Path(os.path.abspath(location))

    def opened(root: Path, *, create: bool = False) -> Store:
        return kind.open(
            root,
            create=create,
            trusted=trust(root),
            cache_dir=cache_dir,
            state_dir=state_dir,
            clock=clock,
        )

    # Before looking at the place: who makes a store notes it when it is there.
    seen = None
    unreadable: OSError | None = None
    try:
        seen = known.at(root) if known is not None else None
    except OSError as e:  # told below, unless a store is to be made
        unreadable = e
    try:
        store = opened(root)
    except StoreNotFound as e:
        if unreadable is not None:
            raise unreadable from None
        if (root / "packs").is_dir():
            e.hint = "There are packs, and no config: 'assetstore repair' writes it."
            raise
        owner = None
        if known is not None:
            from assetstore.documents.find_store import owner_of

            owner = owner_of(documents, known, opened=opened, without=root)
        if seen is not None and known is not None:
            raise _gone(root, seen, known, owner) from None
        if not create:
            raise _absent(root, owner) from None
        check_place(root, known, parents=parents)
        if owner is not None:
            raise _absent(root, owner) from None
        if dry_run:
            from assetstore.store.backends.memory import MemoryBackend

            return kind.on(MemoryBackend(), create=True, writer="dryrun")
        store = opened(root, create=True)
        tell("note", f"made a new store at {root}")
    try:
        if seen is not None and seen.id not in ("", store.id):
            _check_another(store, root, seen, tell)
    except BaseException:
        store.close()
        raise
    if store.unkept is not None:
        at, why = store.unkept.filename, store.unkept.strerror
        tell(
            "warning",
            f"nothing can be remembered in {at}: {why}; what is archived meanwhile "
            "counts as another user's",
        )
    elif known is not None:
        _noted(known, root, store, tell)
    return store


def make_store(
    location: StrPath,
    *,
    known: KnownStores,
    force: bool = False,
    trust: Trust = lambda root: frozenset(),
    tell: Tell = lambda label, text: None,
) -> tuple[Store, bool]:
    """Make a store because somebody asks for one, and nothing else.

    Args:
        location: Its folder; it and those above it are made.
        known: Which stores were met where.
        force: Also where another store was; an empty one that is there is taken.
        trust: As in `open_store`.
        tell: As in `open_store`.

    Returns:
        The store, and whether it is new.

    Raises:
        StoreGone: A store was there, and ``force`` was not given.
        StoreError: There is a store, or something else, or it cannot be made.
        OSError: The notes on stores cannot be read.
    """
    root = Path(os.path.abspath(location))
    seen = known.at(root)
    made = False
    try:
        store = Store.open(root, trusted=trust(root))
    except StoreNotFound:
        if (root / "packs").is_dir():
            raise StoreError(
                f"{root} has the packs of a store, and no config",
                hint="'assetstore repair' writes it anew.",
                path=str(root),
            ) from None
        if seen is not None and not force:
            raise _gone(root, seen, known, None) from None
        store = Store.open(root, create=True, trusted=trust(root))
        made = True
    else:
        other = seen is None or seen.id != store.id
        if not (force and other and _is_empty(store)):
            store.close()
            raise StoreError(
                f"there is a store at {root} already",
                hint="Use it as it is, or name another folder.",
                path=str(root),
            )
    _noted(known, root, store, tell)
    return store, made


def check_place(root: Path, known: KnownStores | None, *, parents: bool) -> None:
    """Refuse to make a store where somebody seems to have mistyped, or not mounted.

    Args:
        root: The place of a store that is not there and was never seen.
        known: Which stores were met where.
        parents: Whether the folders above it may be made.

    Raises:
        StoreNotFound: The folder that it is to be in does not exist.
        StoreGone: That folder is empty, and a store was in it.
    """
    folder = root
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    if known is not None and _holds_nothing(folder):
        for one in known.below(folder):
            raise StoreGone(
                f"{folder} is empty; the store {one.place} was in it, last seen "
                f"{_when(one.seen)}",
                hint="Mount its disk. To begin a new store all the same: "
                + shown_command("init", root, store=False),
                path=str(root),
            )
    if not parents and folder not in (root, root.parent):
        raise StoreNotFound(
            f"there is no store at {root}, nor a folder {root.parent} to make one in",
            hint="Check the name. To make it all the same: "
            + shown_command("init", root, store=False),
            path=str(root),
        )


def _holds_nothing(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return False


def _noted(known: KnownStores, root: Path, store: Store, tell: Tell) -> None:
    try:
        known.note(root, store.id, store.clock())
    except OSError as e:
        tell("warning", f"it cannot be noted that a store is at {root}: {e.strerror}")


def _is_empty(store: Store) -> bool:
    """Tell whether nothing was ever put into a store, or nothing of it is left."""
    return not store.packs() and next(store.manifest_keys(), None) is None


def _check_another(store: Store, root: Path, seen: Sighting, tell: Tell) -> None:
    """Say that another store is at a place; refuse one that holds nothing.

    Raises:
        StoreGone: It is empty: somebody made it where the other one was not mounted.
    """
    if _is_empty(store):
        raise StoreGone(
            f"the store at {root} is empty and not the one that was there, last seen "
            f"{_when(seen.seen)}",
            hint="Mount the disk of the other one, or put it back. To go on with the "
            "empty one: " + shown_command("init", "--force", root, store=False),
            path=str(root),
        )
    tell(
        "warning",
        f"the store at {root} is another one ({store.id}) than was there "
        f"{_when(seen.seen)} ({seen.id})",
    )


def _gone(
    root: Path, seen: Sighting, known: KnownStores, owner: "Owner | None"
) -> StoreGone:
    """The error that a store is not where it was."""
    moved = (one.place for one in known.all() if one.id and one.id == seen.id)
    there = [str(place) for place in moved if place not in (root, seen.place)]
    if owner is not None:
        hint = _knows(owner)
    elif there:
        hint = f"It was at {there[0]}, too: name that with --store."
    else:
        hint = "Mount its disk, or put the folder back; a store elsewhere: --store."
    return StoreGone(
        f"the store at {root} is gone; it was last seen there {_when(seen.seen)}",
        hint=f"{hint} To give it up and begin anew: "
        + shown_command("init", "--force", root, store=False),
        path=str(root),
    )


def _absent(root: Path, owner: "Owner | None") -> StoreNotFound:
    """The error that there is no store."""
    hint = (
        "Name the folder of one with --store or ASSETSTORE_STORE; from another "
        "machine, copy that folder as a whole. 'assetstore archive' and "
        "'assetstore init' make a new one."
    )
    if owner is not None:
        new = shown_command("init", root, store=False)
        hint = f"{_knows(owner)} To make a new one: {new}"
    return StoreNotFound(f"there is no store at {root}", hint=hint, path=str(root))


def _knows(owner: "Owner") -> str:
    return (
        f"The store at {owner.place} knows the placeholders in {owner.document}: "
        f"--store {owner.place}."
    )


def _when(seconds: float) -> str:
    with contextlib.suppress(ValueError, OverflowError, OSError):
        seen = datetime.fromtimestamp(seconds, UTC).astimezone()
        return seen.strftime("%Y-%m-%d %H:%M %z")
    return "at an unknown time"
