"""Durable replacement of one file by another."""

import contextlib
import functools
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

from assetstore.errors import SourceChanged, SourceRefused
from assetstore.files.attributes import copy_attributes, let_use
from assetstore.files.closing import Closing
from assetstore.files.draft_names import LONGEST_KEPT, NameSwap, cut, draft_prefix
from assetstore.files.durable import sync_file, sync_folder
from assetstore.files.exchange import can_exchange, exchange
from assetstore.files.holes import SparseWriter
from assetstore.files.in_use import claim, leased
from assetstore.files.inode_flags import refuse_fixed
from assetstore.files.owner import NEW_FILE, give
from assetstore.files.sharing import OPEN_FILES_STAY, put_in_place, remove
from assetstore.files.source import RandomAccess, Source
from assetstore.files.text import as_text, encoder_for

# Written bytes after which a sync starts in the background.
_SYNC_EVERY = 64 << 20


class Draft(Closing):
    """A file being written beside the one it will become, or replace.

    The temporary file is made by the first `write`. Leaving the ``with`` block
    without `publish` or `replace` removes it.

    Args:
        target: Its place.
        encoding: What text that it is given is to be written in; "": as it is.

    Attributes:
        target: Its place.
        size: How many bytes were written to the file.
        left: A temporary file that could not be removed, or "".
        folders: Where `replace` puts the folder that is to be synced after it; None: it
            does so itself.
    """

    def __init__(self, target: Path, encoding: str = ""):
        self.target = target
        self._encoder = encoder_for(encoding, str(target))
        self.size = 0
        self.left = ""
        self.folders: set[Path] | None = None
        self._dressed = self._durable = False
        self._path: Path | None = None
        self._placing: os.stat_result | None = None
        self._fd = -1
        self._holes = SparseWriter()
        self._unsynced = 0
        self._syncer: threading.Thread | None = None
        self._failed: OSError | None = None

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Append a piece.

        Raises:
            SourceRefused: It is no text that could be encoded.
            OSError: It cannot be written.
        """
        if self._path is None:
            self._make()
        if self._encoder is not None:
            piece = self._encoder.encode(piece)
        self._holes.write(self._fd, piece)
        self.size += len(piece)
        self._unsynced += len(piece)
        if self._unsynced >= _SYNC_EVERY and (
            self._syncer is None or not self._syncer.is_alive()
        ):
            self._unsynced = 0
            self._syncer = threading.Thread(target=self._write_out, daemon=True)
            self._syncer.start()

    def write_all(self, source: RandomAccess) -> None:
        """Append all of a source.

        Raises:
            OSError: It cannot be read, or not be written.
        """
        for piece in source.pieces(0, source.size):
            self.write(piece)

    def _write_out(self, metadata: bool = False) -> None:
        try:
            sync_file(self._fd, metadata=metadata)
            self._durable = metadata
        except OSError as e:
            self._failed = e  # told once: a later sync may not fail again

    def _sync(self) -> None:
        if self._syncer is not None:
            self._syncer.join()
        if self._failed is not None:
            raise self._failed
        if not self._durable:
            sync_file(self._fd, metadata=True)

    def begin_replacing(self, source: Source) -> None:
        """Do in the background what `replace` would wait for; nothing is written then.

        Raises:
            SourceRefused: Its owner or mode cannot be kept.
            OSError: It cannot be replaced.
        """
        self._dress(source)
        if self._syncer is not None:
            self._syncer.join()
        self._syncer = threading.Thread(target=self._write_out, args=(True,))
        self._syncer.daemon = True
        self._syncer.start()

    def _dress(self, source: Source) -> Path:
        """Give it what the file that ``source`` read has; returns where it is."""
        if self._path is None:
            self._make()
        assert self._path is not None  # noqa: S101 for the type checker
        if self._dressed:  # what has changed since is noticed by its ctime
            return self._path
        self._end()  # which changes its times
        try:
            copy_attributes(source, self._fd, self._path)
        except PermissionError as e:
            raise SourceRefused(
                f"{self.target}: its owner or mode could not be kept: {e.strerror}",
                hint="Run as the file's owner.",
                path=str(self.target),
            ) from e
        self._dressed = True
        return self._path

    def _make(self) -> None:
        name = f"{draft_prefix(self.target)}{os.urandom(8).hex()}.tmp"
        path = self.target.with_name(name)
        with self._named():
            self._fd = os.open(path, NEW_FILE, 0o600)
        self._path = path

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Let an error name the file that was to be written, not a temporary one."""
        try:
            yield
        except OSError as e:
            e.filename, e.filename2 = str(self.target), None
            raise

    def reopened(self) -> Source:
        """Open what was written so far, to be read: as the text that it was given."""
        if self._path is None:
            self._make()
        self._end()
        written = Source(os.dup(self._fd), str(self.target))
        return written if self._encoder is None else as_text(written)

    def _end(self) -> None:
        """Let the file be as long as what was written."""
        if self._encoder is not None:
            self._encoder.finish()
        self._holes.end(self._fd)

    @property
    def placed(self) -> bool:
        """Tell whether `replace` put it in its place, however that ended."""
        try:
            there = self.target.lstat()
        except OSError:
            return False
        return self._placing is not None and os.path.samestat(there, self._placing)

    def replace(self, source: Source) -> None:
        """Put this file in the place of the one that ``source`` read.

        Its owner, mode, extended attributes and times are kept. The new file is
        durable when this returns, and its name, but for `folders`. Where the system can
        (Linux), what somebody writes to the old one, or puts in its place, in the
        moment before it goes stays.

        Raises:
            SourceChanged: The file is not any more what was read. What another program
                put in its place is there; in the rarest case beside it, as is said.
            SourceInUse: Somebody has it open for writing.
            SourceRefused: Its owner or mode cannot be kept.
            OSError: It cannot be replaced.
        """
        draft = self._dress(source)
        self._sync()
        self._placing = os.fstat(self._fd)
        if OPEN_FILES_STAY:
            os.close(self._fd)
            self._fd = -1
            source.close()
            check = functools.partial(check_unchanged, source, self.target)
            put_in_place(draft, self.target, check)
            self._path = None
        else:
            swap = NameSwap.of(self._placing, source.stat)
            if can_exchange():
                claim(self._fd)
                name = swap.name(self.target)
                draft = self._path = draft.rename(draft.with_name(name))
            self._take_place(source, draft, swap)
        self.close()
        if self.folders is None:
            sync_folder(self.target.parent)
        else:
            self.folders.add(self.target.parent)

    def _take_place(self, source: Source, path: Path, swap: NameSwap) -> None:
        """Exchange names with the file that was read, and look whether it was that one.

        Who opens a file for writing, or puts another in its place, may have found it
        just before; then the names are exchanged back.
        """
        with leased(source.fd, str(self.target)) as undisturbed:
            check_unchanged(source, self.target)
            if not undisturbed():
                raise changed(self.target)
            self._path = None  # until it is known what has that name
            try:
                if not exchange(path, self.target):
                    path.replace(self.target)
                    return
            except OSError:
                self._path = path  # nothing was done
                raise
            if undisturbed() and _identity(path.lstat()) == _identity(source.stat):
                self._path = path
                return
            self._go_back(path, swap)

    def _go_back(self, path: Path, swap: NameSwap) -> None:
        """Exchange the names back; what that does not bring back is put beside it.

        Another program may have written to the new file meanwhile.

        Raises:
            SourceChanged: Always.
        """
        error = changed(self.target)
        with contextlib.suppress(OSError):
            exchange(path, self.target)
        if swap.spares(path):
            self._path = path
        else:
            keep(path, self.target, error)
        sync_folder(self.target.parent)
        raise error

    def publish(self, *, like: int | Path | None = None, shared: bool = False) -> None:
        """Put this file in its place, durably, over what is there.

        Root's gets the owner of what is there, or of the folder.

        Args:
            like: What has the mode and the list of access to give it; None: what is
                there, or nobody but its owner may read it, whatever the umask and the
                folder are.
            shared: Give it the mode that the user's umask, and the folder, leave:
                others are to read it, and there is nothing of a document in it.

        Raises:
            HeldOpen: Another program has open what is there (Windows).
            OSError: It cannot be written there.
        """
        if self._path is None:
            self._make()
        assert self._path is not None  # noqa: S101 for the type checker
        self._end()
        there = self._there()
        give(self._fd, self.target.parent if there is None else there)
        with contextlib.suppress(OSError):
            if shared:
                self._path.chmod(0o666 & ~_umask())
            else:
                let_use(self._path, self._fd, there if like is None else like)
        self._sync()
        os.close(self._fd)
        self._fd = -1
        with self._named():
            put_in_place(self._path, self.target)
        self._path = None
        sync_folder(self.target.parent)

    def _there(self) -> Path | None:
        """A plain file in its place."""
        with contextlib.suppress(OSError):
            if stat.S_ISREG(self.target.lstat().st_mode):
                return self.target
        return None

    def close(self) -> None:
        """Close the file, and remove it if it is not in its place yet."""
        if self._syncer is not None:
            self._syncer.join()
            self._syncer = None
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        if self._path is not None:
            if not remove(self._path):
                self.left = str(self._path)
            self._path = None


def keep(path: Path, document: Path, error: SourceChanged) -> None:
    """Give a file that is not ours alone a name beside a document, and tell it."""
    beside = f"{cut(document.name, LONGEST_KEPT)}.{os.urandom(4).hex()}.kept"
    kept = path.rename(document.with_name(beside))
    error.hint = f"What another program wrote at that moment is in {kept}"


def absolute(path: Path) -> Path:
    """A path from the root, with no link in it followed."""
    return Path(os.path.abspath(path))


def check_replaceable(source: Source, path: Path) -> None:
    """Refuse files that cannot be replaced without harm.

    Raises:
        SourceRefused: It has other names, or may not be written.
    """
    refuse_fixed(source.fd, path)
    if source.stat.st_nlink > 1:
        raise SourceRefused(
            f"{path} has {source.stat.st_nlink} names (hard links); replacing it "
            "would split them",
            hint="Write the result elsewhere with --output.",
            path=str(path),
        )
    if not source.stat.st_mode & 0o222:
        raise SourceRefused(
            f"{path} is read-only",
            hint="Make it writable (chmod u+w), or use --output.",
            path=str(path),
        )


def check_unchanged(source: Source, path: Path) -> None:
    """Compare a file's inode, size and times with what was read.

    Raises:
        SourceChanged: It is another file now, or was written to.
    """
    try:
        now = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        raise SourceChanged(f"{path} is gone", path=str(path)) from None
    if _is_other(now, source.stat):
        raise changed(path)


def check_untouched(source: Source, path: Path) -> None:
    """Compare the size and times of the file that is read with what they were.

    Raises:
        SourceChanged: Somebody wrote to it.
    """
    if _is_other(os.fstat(source.fd), source.stat):
        raise changed(path)


def _is_other(now: os.stat_result, was: os.stat_result) -> bool:
    """Tell whether a file is another one, or was written to.

    Who writes to it may put its time of modification back; when its attributes changed
    is beyond programs. (An exchange of names changes that as well.)
    """
    return _identity(now) != _identity(was) or now.st_ctime_ns != was.st_ctime_ns


def _identity(stat: os.stat_result) -> tuple[int, int, int, int]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def changed(path: Path) -> SourceChanged:
    """The error that a document is not any more what was read."""
    return SourceChanged(
        f"{path} changed while it was being read",
        hint="Run the command again when nothing writes to it.",
        path=str(path),
    )


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
