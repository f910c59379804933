"""The stores that this user met: which one was at which place, and when.

What was at a place once is never made anew there without being asked: an empty folder
may be the mount point of a disk that is not mounted. Each place has a file of its own,
named by the hash of the place: so writers do not meet, a file that is damaged still
says that a store was at its place, and it takes nothing else along.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from blake3 import blake3

from assetstore.files.draft_names import is_temporary
from assetstore.files.durable import make_folder
from assetstore.files.replace import Draft
from assetstore.store.format.blob import is_name

# A store that was met so many seconds ago is not noted anew.
_FRESH = 3600.0
_OLD = 86400.0
_LONGEST = 1 << 16


class Sighting(NamedTuple):
    """A store that was at a place.

    Attributes:
        place: The store's folder, as an absolute path.
        id: The store's id; "" where what was written down is damaged.
        seen: When it was there last, in seconds since 1970, to the hour.
    """

    place: Path
    id: str
    seen: float


class KnownStores:
    """Remembers which store was at which place.

    Args:
        folder: Where that is written down; made when there is something to write.
    """

    def __init__(self, folder: Path):
        self._folder = folder

    def at(self, root: Path) -> Sighting | None:
        """The store that was last at a place, or where links lead from there.

        Raises:
            OSError: It cannot be read, so that nobody can tell.
        """
        for place in _places(root):
            found = self._read(self._file(place))
            if found is not None:
                return found._replace(place=place)
        return None

    def note(self, root: Path, id: str, now: float) -> None:
        """Note that a store is at a place; its writing is durable and whole.

        Raises:
            OSError: It cannot be written.
        """
        for place in _places(root):
            file = self._file(place)
            known = self._read(file)
            if known and known.id == id and 0 <= now - known.seen < _FRESH:
                continue
            make_folder(self._folder)
            self._sweep(now)
            record = {"id": id, "place": str(place), "seen": int(now), "v": 1}
            with Draft(file) as draft:
                draft.write(json.dumps(record, sort_keys=True).encode() + b"\n")
                draft.publish()
            file.chmod(0o600)

    def forget(self, root: Path) -> bool:
        """Forget what was at a place.

        Returns:
            Whether anything was known of it.

        Raises:
            OSError: What was written down cannot be removed.
        """
        known = False
        for place in _places(root):
            with contextlib.suppress(FileNotFoundError):
                self._file(place).unlink()
                known = True
        return known

    def all(self) -> list[Sighting]:
        """List what was seen anywhere, the latest first, without what is damaged."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        found = (
            self._read(self._folder / name) for name in names if name.endswith(".seen")
        )
        return sorted(
            (one for one in found if one is not None and one.id),
            key=lambda one: one.seen,
            reverse=True,
        )

    def below(self, folder: Path) -> Iterator[Sighting]:
        """The stores that were in a folder, or anywhere below it."""
        for one in self.all():
            if one.place.is_relative_to(folder):
                yield one

    def _sweep(self, now: float) -> None:
        """Remove what killed writers left; a living one needs no day."""
        for path in self._folder.iterdir():
            with contextlib.suppress(OSError):
                if is_temporary(path.name) and path.stat().st_mtime < now - _OLD:
                    path.unlink()

    def _file(self, place: Path) -> Path:
        name = blake3(os.fsencode(place)).hexdigest(20)
        return self._folder / f"{name}.seen"

    def _read(self, file: Path) -> Sighting | None:
        """Read a sighting; None where there is no such file."""
        try:
            with file.open("rb") as opened:
                text = opened.read(_LONGEST)
                written = os.fstat(opened.fileno()).st_mtime
        except FileNotFoundError:
            return None
        try:
            record = json.loads(text)
            place, id, seen = Path(record["place"]), record["id"], float(record["seen"])
            if not is_name(id) or self._file(place) != file:
                raise ValueError("it is another one's")
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            return Sighting(place=Path(), id="", seen=written)
        return Sighting(place=place, id=id, seen=seen)


def _places(root: Path) -> list[Path]:
    """A place as it is named, and where links lead from there."""
    named = Path(os.path.abspath(root))
    real = Path(os.path.realpath(named))
    return [named] if real == named else [named, real]
