"""Whose stores the command line trusts, and which one knows a placeholder."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assetstore.errors import MissingBlob, PurgedBlob
from assetstore.opening import open_store
from assetstore.results import Report
from assetstore.store.known_stores import KnownStores


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


def name_owner(report: Report, known: KnownStores, without: Path) -> None:
    """Say which store knows the placeholders that the one at hand does not.

    Args:
        report: Takes it, as a hint or a warning of a file.
        known: The stores that this user met.
        without: The one at hand.
    """
    unknown = [
        file.path
        for file in report.files
        if getattr(file, "unknown", False)
        or (
            isinstance(file.error, MissingBlob)
            and not isinstance(file.error, PurgedBlob)
        )
    ]
    if not unknown:
        return
    from assetstore.documents.find_store import owner_of

    owner = None
    with suppress(OSError):  # where nobody can tell what stores there are
        owner = owner_of(
            [path for path in unknown if path != "-"],
            known,
            opened=lambda place: open_store(place, trust=trusted),
            without=Path(os.path.abspath(without)),
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
