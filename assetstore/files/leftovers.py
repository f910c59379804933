"""What killed processes left beside documents."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from assetstore.errors import SourceInUse, SourceRefused
from assetstore.files.draft_names import NameSwap, drafts_of, is_temporary
from assetstore.files.durable import sync_folder
from assetstore.files.exchange import exchange
from assetstore.files.in_use import claim, leased
from assetstore.files.replace import changed, keep
from assetstore.files.source import Source

# Folders whose drafts are remembered at a time.
_MOST_FOLDERS = 10_000
# The clock of files may be behind by so many seconds.
_SLOW = 2.0
_READ = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
    _READ |= getattr(os, _flag, 0)


class Sweeper:
    """Removes the drafts that killed processes left beside documents."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[float, list[str]]] = {}

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
            OSError: It cannot be put back.
        """
        for name in self._drafts(document):
            path = document.with_name(name)
            if (swap := NameSwap.named(name, document)) is None:
                with contextlib.suppress(OSError):
                    path.unlink()
            else:
                with contextlib.suppress(FileNotFoundError):
                    _finish(path, swap, document)

    def may_be_taken_back(self, document: Path, seen: os.stat_result | None) -> bool:
        """Tell whether a document is being replaced, or was when a process was killed.

        Args:
            document: The document.
            seen: The file that was at its place, and was read before this is asked;
                None: there was none.

        Raises:
            OSError: There is no file any more.
        """
        # When it got its name, as far as that can be told.
        since = seen.st_ctime + _SLOW if seen is not None else 0.0
        if any(
            NameSwap.named(name, document) for name in self._drafts(document, since)
        ):
            return True
        # Had it not been there to stay, it is not there any more.
        return seen is not None and not os.path.samestat(document.lstat(), seen)

    def _drafts(self, document: Path, since: float = 0.0) -> list[str]:
        """A document's drafts; its folder is listed anew if that was before a time."""
        folder = document.parent
        if folder not in self._found or self._found[folder][0] < since:
            if len(self._found) >= _MOST_FOLDERS:
                self._found.clear()
            now, names = time.time(), list[str]()
            with contextlib.suppress(OSError, ValueError):
                names = [name for name in os.listdir(folder) if is_temporary(name)]
            self._found[folder] = now, names
        return drafts_of(document, self._found[folder][1])


def _finish(path: Path, swap: NameSwap, document: Path) -> None:
    """Do what was left to do when names had been, or were to be, exchanged.

    Raises:
        SourceChanged: Both files were written to.
    """
    left = path.lstat()
    old = left.st_ino != swap.new[0]
    with _claimed(document if old else path) as mine:
        now = None
        with contextlib.suppress(FileNotFoundError):
            now = document.lstat()
        names = max(left.st_nlink, now.st_nlink if now else 1)
        if not mine or names > 1 or (now and now.st_uid != left.st_uid):
            return  # its owner lives, or somebody made it up
        if not swap.speaks_of(left, now):
            return  # it came with the folder: nothing here is what it tells of
        done = old and _is_as_read(path, swap, document)
        if old and not done and now and swap.is_new(now) and exchange(path, document):
            old = False
        if done or (not old and swap.spares(path)):
            path.unlink()
            sync_folder(document.parent)
            return
        error = changed(document)
        keep(path, document, error)
        sync_folder(document.parent)
        raise error


@contextlib.contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    """Claim a file, where there is one to be opened."""
    try:
        fd = os.open(path, _READ)
    except OSError:
        yield True
        return
    try:
        yield claim(fd)
    finally:
        os.close(fd)


def _is_as_read(path: Path, swap: NameSwap, document: Path) -> bool:
    """Tell whether a document that was replaced is what was read, and stays so."""
    try:
        with (
            Source.open(path) as old,
            leased(old.fd, str(document)) as undisturbed,
        ):
            return swap.is_old(os.fstat(old.fd)) and undisturbed()
    except (SourceInUse, SourceRefused):
        return False
