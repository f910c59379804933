"""What killed processes left beside documents."""

import contextlib
import os
from pathlib import Path

from assetstore.atomic import (
    Swap,
    changed,
    draft_prefix,
    is_temporary,
    keep,
    sync_folder,
)
from assetstore.errors import SourceInUse, SourceRefused
from assetstore.exchange import exchange
from assetstore.guard import leased
from assetstore.reader import Source

# Folders whose drafts are remembered at a time.
_MOST_FOLDERS = 10_000


class Sweeper:
    """Removes the drafts that killed processes left beside documents."""

    def __init__(self) -> None:
        self._found: dict[Path, list[str]] = {}

    def sweep(self, document: Path) -> None:
        """Remove the drafts of a document whose lock the caller holds.

        A process may have been killed just when a draft and the document had
        exchanged their names. What another program wrote to the document at that
        moment is put back.

        A draft of somebody who holds another store's lock may go too: its owner
        then fails, and says so, with the document as it was.

        Raises:
            SourceChanged: What another program wrote cannot be put back, because
                the document was written to since, too; it was put beside it.
        """
        for name in self._drafts(document):
            path = document.with_name(name)
            with contextlib.suppress(OSError):
                if (swap := Swap.named(name)) is None:
                    path.unlink()
                else:
                    _finish(path, swap, document)

    def cut_off(self, document: Path) -> bool:
        """Whether a replacement of a document was, and may have to be taken back."""
        return any(Swap.named(name) for name in self._drafts(document))

    def _drafts(self, document: Path) -> list[str]:
        folder = document.parent
        if folder not in self._found:
            if len(self._found) >= _MOST_FOLDERS:
                self._found.clear()
            with contextlib.suppress(OSError):
                names = [name for name in os.listdir(folder) if is_temporary(name)]
                self._found[folder] = names
        start = draft_prefix(document)
        return [name for name in self._found.get(folder, []) if name.startswith(start)]


def _finish(path: Path, swap: Swap, document: Path) -> None:
    """Do what was left to do when names had been, or were to be, exchanged.

    Raises:
        SourceChanged: Both files were written to.
    """
    left, now = path.lstat(), document.lstat()
    if now.st_uid != left.st_uid:  # somebody made it up
        return
    old = left.st_ino != swap.inode
    done = old and _is_as_read(path, swap, document)
    if old and not done and swap.is_new(now) and exchange(path, document):
        old = False
    if done or (not old and swap.spares(path)):
        path.unlink()
        sync_folder(document.parent)
        return
    error = changed(document)
    keep(path, document, error)
    sync_folder(document.parent)
    raise error


def _is_as_read(path: Path, swap: Swap, document: Path) -> bool:
    """Whether a document that was replaced is what was read, and stays so."""
    try:
        with (
            Source.open(path) as old,
            leased(old.fd, str(document)) as undisturbed,
        ):
            return swap.is_old(os.fstat(old.fd)) and undisturbed()
    except (SourceInUse, SourceRefused):
        return False
