"""Stores as the command line opens them.

What the environment and the user's state say of stores goes in as arguments.
"""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assetstore.cli.invocation import Run
from assetstore.documents.find_store import owner_of
from assetstore.errors import MissingBlob, PurgedBlob
from assetstore.opening import open_store
from assetstore.results import Report
from assetstore.store.known_stores import KnownStores
from assetstore.store.store import Store


def known_stores(run: Run) -> KnownStores:
    """The stores that this user met."""
    return KnownStores(run.state_path / "stores")


def trusted(path: Path) -> frozenset[int]:
    """Users whose store may be opened: who called sudo, and whom it is said of."""
    users: set[int] = set()
    caller = os.environ.get("SUDO_UID", "")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and caller.isdecimal():
        users.add(int(caller))
    safe = os.environ.get("ASSETSTORE_SAFE_STORES", "").split(os.pathsep)
    root = Path(os.path.abspath(path))
    if "*" in safe or root in (Path(os.path.abspath(s)) for s in safe if s):
        places = (place for place in (root, root / "config") if place.exists())
        users.update(place.stat().st_uid for place in places)
    return frozenset(users)


def open_at(
    run: Run,
    place: Path,
    *,
    create: bool = False,
    dry_run: bool = False,
    documents: Iterable[str | Path] = (),
    clock: Callable[[], float] = time.time,
) -> Store:
    """Open the store at a place; as `assetstore.opening.open_store`."""

    def tell(label: str, text: str) -> None:
        # At the usual place it is no news.
        if label != "note" or run.given.get("store") or run.verbosity > 0:
            run.remarks.append((label, text))

    return open_store(
        place,
        create=create,
        parents=place == run.default_store,
        dry_run=dry_run,
        known=known_stores(run),
        documents=[name for name in documents if str(name) != "-"],
        trust=trusted,
        tell=tell,
        clock=clock,
    )


def name_owner(run: Run, report: Report) -> None:
    """Say which store knows the placeholders that the one at hand does not."""
    unknown = [
        file.path
        for file in report.files
        if getattr(file, "unknown", False)
        or (
            isinstance(file.error, MissingBlob)
            and not isinstance(file.error, PurgedBlob)
        )
    ]
    owner = None
    with suppress(OSError):  # where the notes on stores cannot be read, none is named
        owner = owner_of(
            [path for path in unknown if path != "-"],
            known_stores(run),
            opened=lambda place: open_store(place, trust=trusted),
            without=Path(os.path.abspath(run.store_path)),
        )
    if owner is None:
        return
    hint = f"the store at {owner.place} knows its placeholders: --store {owner.place}"
    report.files = [
        file
        if file.path != owner.document
        else replace(file, hint=hint)
        if file.error is not None
        else replace(file, warnings=(*file.warnings, hint))
        for file in report.files
    ]
